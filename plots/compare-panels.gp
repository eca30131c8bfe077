# Draws the panels of one chart over several bundles: a row per figure, a column per copies mode; one
# colour per bundle, one point shape and dash per mechanism. scripts/plot.sh sets name and format.
# NAME.data, written by compare_chart_data, holds texts, ticks and numbers; all texts in it are drawn
# as they are (noenhanced).

load name.".data"
left = 106.0
right = 18.0
between = 26.0
top = 110.0
legend_step = 19.0
# The x axis with its label, a line of mechanisms, and a line per bundle.
bottom = 66.0 + legend_step * (bundles + 1)
row_gap = 22.0
height = top + bottom + 290.0 * rows + row_gap * (rows - 1)
if (rows == 1) { height = height + 110 }

load "page.gp"

panel_width = (width - left - right - (columns - 1) * between) / columns
panel_height = (height - top - bottom - (rows - 1) * row_gap) / rows

# Those of style.gp that stay apart on white and in grey.
bundle_color(b) = b == 1 ? "#0072B2" : b == 2 ? "#D55E00" : b == 3 ? "#009E73" : "#CC79A7"
# Shapes are those of style.gp, filled: a mechanism has the same one in all charts.
role_of(m) = word(mechanisms, m)
mechanism_point(m) = shape_of(role_of(m)) + 1
mechanism_dashes(m) = role_of(m) eq "pipe" ? 1 : role_of(m) eq "shm" ? 11 : 13
look(i) = word(series_looks, i)
bundle(i) = int(substr(look(i), 1, 1))
mechanism(i) = int(substr(look(i), 2, 2))
# Bars of several bundles at one size stand side by side.
beside(x, i) = x * 1.05 ** (bundle(i) - (bundles + 1) / 2.0)

set multiplot
unset key
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.5 textcolor rgb "#222222"
set logscale xy
set clip two
set grid xtics ytics lt 1 lc rgb "#e6e6e6" lw 0.8

load "title.gp"

do for [p = 1:rows * columns] {
    row = (p - 1) / columns + 1
    column = (p - 1) % columns + 1
    x0 = left + (column - 1) * (panel_width + between)
    y0 = bottom + (rows - row) * (panel_height + row_gap)
    set lmargin at screen across(x0)
    set rmargin at screen across(x0 + panel_width)
    set bmargin at screen up(y0)
    set tmargin at screen up(y0 + panel_height)

    set xrange [x_least:x_most]
    set yrange [value(sprintf("y%d_least", row)):value(sprintf("y%d_most", row))]
    # Panels of a row share their y axis, panels of a column their x axis.
    eval "set xtics ".(row == rows ? x_ticks : x_bare_ticks)
    eval "set ytics ".value(sprintf(column == 1 ? "y%d_ticks" : "y%d_bare_ticks", row))
    if (row == rows) { set xlabel "payload size" offset 0, 0.4 font ",11" } else { unset xlabel }
    if (column == 1) {
        set label 5 value(sprintf("y_label_%d", row)) rotate by 90 center \
            at screen across(14), screen up(y0 + panel_height / 2) font ",11"
    } else { unset label 5 }
    if (row == 1) {
        set label 4 mode_name_of(value(sprintf("panel_copies_%d", p))) \
            at graph 0.5, graph 1 center offset 0, 0.8 font ",11" textcolor rgb "#000000"
    } else { unset label 4 }
    do for [l = 1:words(levels)] {
        level = word(levels, l) + 0
        set arrow 20 + l from graph 0, first level to graph 1, first level nohead \
            lc rgb "#000000" lw 1.2 dt 1 back
    }

    first = value(sprintf("panel_first_%d", p))
    last = value(sprintf("panel_last_%d", p))
    if (first > last) {
        plot NaN notitle
    } else {
        plot for [i = first:last] $data index i - 1 \
                 using (beside($1, i)):3:(0):($4 - $3) with vectors nohead \
                 lc rgb bundle_color(bundle(i)) dt 1 lw 1.4 notitle, \
             for [i = first:last] $data index i - 1 using (beside($1, i)):2 with linespoints \
                 lc rgb bundle_color(bundle(i)) dt mechanism_dashes(mechanism(i)) lw 1.6 \
                 pt mechanism_point(mechanism(i)) ps 0.85 notitle
    }
    unset label 1
    unset label 2
    unset label 3
}

# The legend: a line of mechanisms, then a line per bundle.
unset label
unset arrow
unset border
unset tics
unset grid
unset xlabel
unset ylabel
unset logscale
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:1]
set yrange [0:1]
at_up = legend_step * bundles + 18.0
at_pixels = left
do for [m = 1:words(mechanisms)] {
    set arrow m from screen across(at_pixels), up(at_up) to screen across(at_pixels + 34), up(at_up) \
        nohead lc rgb "#555555" lw 1.6 dt mechanism_dashes(m)
    set label m "" at screen across(at_pixels + 17), up(at_up) point pt mechanism_point(m) ps 0.85 \
        lc rgb "#555555"
    set label 10 + m name_of(word(mechanisms, m)) at screen across(at_pixels + 42), up(at_up) left \
        font ",11"
    at_pixels = at_pixels + 70 + 7.5 * strlen(name_of(word(mechanisms, m)))
}
if (words(levels) > 0) {
    set arrow 9 from screen across(at_pixels), up(at_up) to screen across(at_pixels + 34), up(at_up) \
        nohead lc rgb "#000000" lw 1.2 dt 1
    set label 19 "1: as fast as the pipe" at screen across(at_pixels + 42), up(at_up) left font ",11"
}
do for [b = 1:bundles] {
    at_up = 14.0 + legend_step * (bundles - b)
    text_here = value(sprintf("bundle_%d", b))
    color_here = bundle_color(b)
    set arrow 20 + b from screen across(left), up(at_up) to screen across(left + 34), up(at_up) \
        nohead lc rgb color_here lw 4 dt 1
    set label 20 + b text_here at screen across(left + 42), up(at_up) left \
        font fitting(text_here, 11.0)
}
plot NaN notitle
unset multiplot
unset output
