# Draws the panels of one chart. The chart's script sets before: height (pixels), y_label_1 (and
# y_label_2 for a second row) and bands (1: intervals as bands, 0: as bars). scripts/plot.sh sets
# name and format. NAME.data, written by chart_data, holds texts, ticks and numbers; all texts in
# it are drawn as they are (noenhanced).

left = 106.0
right = 18.0
load "style.gp"
load name.".data"
load "legend.gp"
height = height + legend_line_pixels * (legend_rows - 1)
load "page.gp"

between = 26.0
top = 110.0
bottom = 104.0 + legend_line_pixels * (legend_rows - 1)
row_gap = 22.0
panel_width = (width - left - right - (columns - 1) * between) / columns
panel_height = (height - top - bottom - (rows - 1) * row_gap) / rows

# Labels of marks stand upright at the upper end of the first row's panels: room for the longest.
label_pixels = 0.0
do for [m = 1:marks] {
    length = 5.9 * letters_of(value(sprintf("mark_text_%d", m))) + 12
    if (length > label_pixels) { label_pixels = length }
}
headroom = label_pixels / panel_height
if (headroom > 0.45) { headroom = 0.45 }

set multiplot
unset key
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.5 textcolor rgb "#222222"
set logscale xy
set clip two
set grid xtics ytics lt 1 lc rgb "#e6e6e6" lw 0.8
set style fill transparent solid 0.18 noborder

load "title.gp"

panel_y_least(r) = value(sprintf("y%d_least", r))
panel_y_most(r) = r > 1 ? value(sprintf("y%d_most", r)) : \
    panel_y_least(r) * (value(sprintf("y%d_most", r)) / panel_y_least(r)) ** (1 / (1 - headroom))
role(i) = word(series_roles, i)
wait(i) = word(series_waits, i)
# A function, as gnuplot takes "dt (" for the beginning of a pattern.
level_dashes(level) = level == 1 ? 1 : 13
# Two colours: the SVG terminal forgets new dashes while colour and width stay the same.
level_color(level) = level == 1 ? "#000000" : "#333333"
level_name(level) = level == 1 ? say("1: as fast as the pipe") : \
                    say("4: what four copies against one would predict")

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
    set yrange [panel_y_least(row):panel_y_most(row)]
    # Panels of a row share their y axis, panels of a column their x axis.
    eval "set xtics ".(row == rows ? x_ticks : x_bare_ticks)
    eval "set ytics ".value(sprintf(column == 1 ? "y%d_ticks" : "y%d_bare_ticks", row))
    if (row == rows) { set xlabel say("payload size") offset 0, 0.4 font ",11" } else { unset xlabel }
    if (column == 1) {
        set label 5 value(sprintf("y_label_%d", row)) rotate by 90 center \
            at screen across(14), screen up(y0 + panel_height / 2) font ",11"
    } else { unset label 5 }
    if (row == 1) {
        set label 4 mode_name_of(value(sprintf("panel_copies_%d", p))) \
            at graph 0.5, graph 1 center offset 0, 0.8 font ",11" textcolor rgb "#000000"
    } else { unset label 4 }

    do for [m = 1:marks] {
        at_bytes = value(sprintf("mark_bytes_%d", m))
        set arrow 10 + m from at_bytes, graph 0 to at_bytes, graph 1 nohead \
            lc rgb "#b0b0b0" lw 1 dt 14 back
        if (row == 1) {
            set label 10 + m value(sprintf("mark_text_%d", m)) at at_bytes, graph 0.99 \
                right rotate by 90 offset screen -0.007, 0 font ",9" textcolor rgb "#777777"
        } else { unset label 10 + m }
    }
    do for [l = 1:words(levels)] {
        level = word(levels, l) + 0
        set arrow 20 + l from graph 0, first level to graph 1, first level nohead \
            lc rgb level_color(l) lw 1.2 dt level_dashes(l) back
    }

    first = value(sprintf("panel_first_%d", p))
    last = value(sprintf("panel_last_%d", p))
    if (first > last) {
        plot NaN notitle
    } else {
        if (bands) {
            plot for [i = first:last] $data index i - 1 using 1:3:4 with filledcurves \
                     lc rgb color_of(role(i)) notitle, \
                 for [i = first:last] $data index i - 1 using 1:3:(0):($4 - $3) with vectors nohead \
                     lc rgb color_of(role(i)) dt 1 lw 0.8 notitle, \
                 for [i = first:last] $data index i - 1 using 1:2 with linespoints \
                     lc rgb color_of(role(i)) dt dashes_of(role(i), wait(i)) \
                     lw width_of(role(i), wait(i)) pt point_of(role(i), wait(i)) \
                     ps point_size_of(role(i)) notitle
        } else {
            plot for [i = first:last] $data index i - 1 using 1:3:(0):($4 - $3) with vectors nohead \
                     lc rgb color_of(role(i)) dt 1 lw 1.2 notitle, \
                 for [i = first:last] $data index i - 1 using 1:2 with linespoints \
                     lc rgb color_of(role(i)) dt dashes_of(role(i), wait(i)) \
                     lw width_of(role(i), wait(i)) pt point_of(role(i), wait(i)) \
                     ps point_size_of(role(i)) notitle
        }
    }
    unset label 1
    unset label 2
    unset label 3
}

# The legend: lines below the panels, mechanisms with ways of waiting and then reference lines.
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
do for [i = 1:entries] {
    role_here = is_wait(i) ? "" : entry_word(i)
    wait_here = is_wait(i) ? entry_word(i) : ""
    color_here = is_wait(i) ? "#555555" : color_of(role_here)
    dash_here = dashes_of(role_here, wait_here)
    width_here = is_wait(i) ? 1.8 : width_of(role_here, "")
    point_here = is_wait(i) ? (wait_here eq "spin" ? 6 : 7) : point_of(role_here, "")
    size_here = is_wait(i) ? 0.7 : point_size_of(role_here)
    at_pixels = entry_left[i]
    line = 40 + legend_line_pixels * (legend_rows - entry_row[i])
    set arrow i from screen across(at_pixels), up(line) \
        to screen across(at_pixels + 30), up(line) nohead \
        lc rgb color_here lw width_here dt dash_here
    set label i "" at screen across(at_pixels + 15), up(line) \
        point pt point_here ps size_here lc rgb color_here
    set label 40 + i entry_name(i) at screen across(at_pixels + 36), up(line) left \
        font sprintf(",%.1f", 11 * letter_pixels / 7.5)
}
at_pixels = left
do for [i = 1:words(references) + words(levels)] {
    is_level = i > words(references)
    role_here = is_level ? "" : word(references, i)
    level = is_level ? word(levels, i - words(references)) + 0 : 0
    name_here = is_level ? level_name(level) : name_of(role_here)
    color_here = is_level ? level_color(level) : color_of(role_here)
    width_here = is_level ? 1.2 : 1.6
    dash_here = is_level ? level_dashes(level) : dashes_of(role_here, "")
    set arrow 40 + i from screen across(at_pixels), up(17) to screen across(at_pixels + 30), up(17) \
        nohead lc rgb color_here lw width_here dt dash_here
    set label 80 + i name_here at screen across(at_pixels + 36), up(17) left font ",11"
    at_pixels = at_pixels + 58 + 7.5 * letters_of(name_here)
}
plot NaN notitle
unset multiplot
unset output
