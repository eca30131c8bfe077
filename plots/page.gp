# The page of a chart: its size, fonts and file, and the numbers of NAME.data. The chart's script
# sets height (pixels) before; scripts/plot.sh sets name and format. All texts are drawn as they are
# (noenhanced).
load "style.gp"
load name.".data"

if (format eq "svg") {
    set terminal svg size width, height dynamic fontscale 1.2 font "sans-serif,12" \
        background "#ffffff" noenhanced
} else {
    if (strstrt(GPVAL_TERMINALS, "pngcairo") > 0) {
        set terminal pngcairo size width, height font "sans-serif,10" \
            background "#ffffff" noenhanced
    } else {
        set terminal png truecolor size width, height background "#ffffff" noenhanced
    }
}
set output name.".".format

# Pixels from the lower left corner to the fractions that gnuplot wants.
across(pixels) = pixels / (width * 1.0)
up(pixels) = pixels / (height * 1.0)
