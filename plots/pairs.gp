# Latency between every two CPUs: one map per mechanism and way of waiting, on one common scale.
load name.".data"
columns = maps < 4 ? maps : 4
rows = (maps + columns - 1) / columns
left = 66.0
right = 18.0
top = 128.0
bottom = 104.0
between = 46.0
row_gap = 84.0
side = (1000 - left - right - (columns - 1) * between) / columns
if (side > 300) { side = 300.0 }
height = int(top + bottom + rows * side + (rows - 1) * row_gap)
fifo_width = 1.2
load "page.gp"

set multiplot
unset key
set border 15 lc rgb "#555555"
set tics nomirror out scale 0.3 textcolor rgb "#222222"
# From dark to light as a lamp would, so that a grey print keeps the order; then to red.
set palette defined (0 "#1b1464", 0.25 "#31688e", 0.5 "#35b779", 0.75 "#fde725", 1 "#b40426")
unset colorbox
set cbrange [log10(least_ns):log10(most_ns)]
set style fill solid 1.0 noborder
load "title.gp"
set xrange [0.5:cpus + 0.5]
set yrange [0.5:cpus + 0.5]
letters = side / cpus > 40 ? 9.0 : side / cpus / 3.1
if (letters > 9) { letters = 9.0 }
# Dark boxes have light text; so has the red end.
part(ns) = (log10(ns) - log10(least_ns)) / (log10(most_ns) - log10(least_ns))
is_dark(ns) = part(ns) < 0.4 || part(ns) > 0.9

do for [m = 1:maps] {
    x0 = left + ((m - 1) % columns) * (side + between)
    y0 = bottom + (rows - 1 - (m - 1) / columns) * (side + row_gap)
    set lmargin at screen across(x0)
    set rmargin at screen across(x0 + side)
    set bmargin at screen up(y0)
    set tmargin at screen up(y0 + side)
    eval "set xtics ".cpu_ticks." font ',8'"
    eval "set ytics ".cpu_ticks." font ',8'"
    set label 4 value(sprintf("map_name_%d", m)) at graph 0.5, screen up(y0 + side + 28) center \
        font ",11"
    set label 5 (with_values ? sprintf(say("%s; in %s"), value(sprintf("map_range_%d", m)), value(sprintf("map_unit_%d", m))) : \
        value(sprintf("map_range_%d", m))) \
        at graph 0.5, screen up(y0 + side + 11) center font ",9" textcolor rgb "#444444"
    set label 6 "CPU" at graph 0.5, screen up(y0 - 28) center font ",9" textcolor rgb "#444444"
    if ((m - 1) % columns == 0) {
        set label 7 "CPU" rotate by 90 center at screen across(x0 - 42), screen up(y0 + side / 2) \
            font ",9" textcolor rgb "#444444"
    } else { unset label 7 }
    set object 1 rectangle from graph 0, graph 0 to graph 1, graph 1 behind fc rgb "#dddddd" \
        fs solid noborder
    if (with_values) {
        plot $data index m - 1 using 1:2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5):(log10($3)) \
                 with boxxyerror lc palette notitle, \
             $data index m - 1 using 1:2:(is_dark($3) ? strcol(4) : "") with labels \
                 font sprintf(",%.1f", letters) textcolor rgb "#ffffff" notitle, \
             $data index m - 1 using 1:2:(is_dark($3) ? "" : strcol(4)) with labels \
                 font sprintf(",%.1f", letters) textcolor rgb "#000000" notitle
    } else {
        plot $data index m - 1 using 1:2:($1 - 0.5):($1 + 0.5):($2 - 0.5):($2 + 0.5):(log10($3)) \
                 with boxxyerror lc palette notitle
    }
    unset label
}

# The scale, by hand: a colour box of gnuplot has no place of its own on a page of many maps.
unset object
unset border
unset tics
set lmargin at screen across(left)
set rmargin at screen across(left + 420)
set bmargin at screen up(38)
set tmargin at screen up(52)
set xrange [least_ns:most_ns]
set yrange [0:1]
set logscale x
eval "set xtics ".scale_ticks." nomirror out scale 0.4 font ',10'"
set label 1 say("half a round trip") at graph 1, graph 0.5 left offset 1.5, 0 font ",11"
set object 2 rectangle from screen across(left + 600), screen up(38) \
    to screen across(left + 620), screen up(52) fc rgb "#dddddd" fs solid noborder
set label 2 say("not measured") at screen across(left + 628), screen up(45) left font ",11"
steps = 60
step_ns(i) = least_ns * (most_ns / least_ns) ** (i / (steps * 1.0))
set samples steps + 1
plot sample [i = 0:steps] "+" using (step_ns($1 + 0.5)):(0.5):(step_ns($1)): \
    (step_ns($1 + 1) > most_ns ? most_ns : step_ns($1 + 1)):(0):(1): \
    (log10(step_ns($1 + 0.5) > most_ns ? most_ns : step_ns($1 + 0.5))) with boxxyerror lc palette notitle
unset multiplot
unset output
