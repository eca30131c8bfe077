# Copies per payload byte against time, at one payload size: a panel per way of waiting. Here the
# shape of a point tells its path and filling its mode (own filled, inplace hollow), because the
# ways of waiting have panels of their own; the colours are those of all charts.
height = 700
fifo_width = 1.2
load "page.gp"

left = 84.0
right = 18.0
between = 26.0
top = 112.0
bottom = 138.0
panel_width = (width - left - right - (columns - 1) * between) / columns
panel_height = height - top - bottom

# The texts of the fitted lines stand above the points.
headroom = 74.0 / panel_height

set multiplot
unset key
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.5 textcolor rgb "#222222"
set clip two
set grid xtics ytics lt 1 lc rgb "#e6e6e6" lw 0.8
load "title.gp"

role(i) = word(series_roles, i)
is_control(i) = role(i) eq "control"
filled(i) = word(series_modes, i) eq "inplace" ? 0 : 1
shape_of_path(path) = path == 1 ? 4 : path == 2 ? 8 : 6
series_color(i) = is_control(i) ? "#333333" : color_of(role(i))
at_path(path) = column(5) == path ? column(2) : NaN
fit(name, p, x) = value(sprintf("%s_intercept_%d", name, p)) + x * value(sprintf("%s_slope_%d", name, p))
text_of(name, p) = value(sprintf("%s_%d", name, p))

do for [p = 1:columns] {
    x0 = left + (p - 1) * (panel_width + between)
    set lmargin at screen across(x0)
    set rmargin at screen across(x0 + panel_width)
    set bmargin at screen up(bottom)
    set tmargin at screen up(bottom + panel_height)
    set xrange [-0.45:x_most + 0.45]
    set yrange [0:1.04 * y_most / (1 - headroom)]
    set xtics 1
    set xlabel "copies per payload byte" offset 0, 0.4 font ",11"
    if (p == 1) {
        set format y "%g"
        set label 5 "wall time, ns per KiB of payload" rotate by 90 center \
            at screen across(14), screen up(bottom + panel_height / 2) font ",11"
    } else {
        set format y ""
        unset label 5
    }
    set label 4 "wait: ".value(sprintf("panel_wait_%d", p)) at graph 0.5, graph 1 center \
        offset 0, 0.6 font ",11" textcolor rgb "#000000"
    set label 6 text_of("hot_text", p) at graph 0.02, screen up(bottom + panel_height - 12) left \
        font ",10" textcolor rgb "#333333"
    set label 7 text_of("hot_more", p) at graph 0.02, screen up(bottom + panel_height - 28) left \
        font ",10" textcolor rgb "#333333"
    set label 8 text_of("cold_text", p) at graph 0.02, screen up(bottom + panel_height - 46) left \
        font ",10" textcolor rgb "#777777"
    set label 9 text_of("cold_more", p) at graph 0.02, screen up(bottom + panel_height - 62) left \
        font ",10" textcolor rgb "#777777"
    first = value(sprintf("panel_first_%d", p))
    last = value(sprintf("panel_last_%d", p))
    plot [x = -0.3:x_most + 0.3] \
         fit("cold", p, x) with lines lc rgb "#777777" lw 0.9 dt 11 notitle, \
         fit("hot", p, x) with lines lc rgb "#333333" lw 1.6 dt 1 notitle, \
         for [i = first:last] $data index i - 1 using 1:(is_control(i) ? NaN : $2) with lines \
             lc rgb series_color(i) lw 1 dt dashes_of("", filled(i) ? "" : "semop") notitle, \
         for [i = first:last] $data index i - 1 using 1:3:(0):($4 - $3) with vectors nohead \
             lc rgb series_color(i) dt 1 lw 1.4 notitle, \
         for [i = first:last] for [path = 1:3] $data index i - 1 using 1:(at_path(path)) \
             with points lc rgb series_color(i) lw 1.4 pt shape_of_path(path) + filled(i) ps 1.25 \
             notitle, \
         for [i = first:last] $data index i - 1 using 1:(at_path(4)) with points \
             lc rgb series_color(i) lw 1.4 pt 2 ps 0.9 notitle
    unset label 1
    unset label 2
    unset label 3
}

# The legend: mechanisms, then what a point's shape says, then the control.
unset label
unset border
unset tics
unset grid
unset xlabel
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:1]
set yrange [0:1]
set key at screen across(left), screen up(66) left center horizontal maxrows 1 \
    samplen 3 Left reverse width -1 font ",11"
plot for [i = 1:words(legend_roles)] NaN with lines lw 2.4 dt 1 \
         lc rgb color_of(word(legend_roles, i)) title name_of(word(legend_roles, i)), \
     NaN notitle
set key at screen across(left), screen up(42) left center horizontal maxrows 1 \
    samplen 1.5 Left reverse width -1 font ",11"
plot for [path = 1:3] NaN with points lc rgb "#555555" pt shape_of_path(path) + 1 ps 1.25 \
         title word("file-to-file file-to-use memory-to-use", path), \
     NaN with points lc rgb "#555555" pt 7 ps 1.25 title "filled: own", \
     NaN with points lc rgb "#555555" lw 1.4 pt 6 ps 1.25 title "hollow: inplace"
set key at screen across(left), screen up(18) left center horizontal maxrows 1 \
    samplen 3 Left reverse width -1 font ",11"
plot NaN with linespoints lc rgb "#333333" lw 1.6 dt 1 pt 2 ps 0.9 \
         title "shm inplace with 0, 1, 2, ... extra copies, and the line through them (hot)", \
     NaN with lines lc rgb "#777777" lw 0.9 dt 11 title "line, cold memory"
unset multiplot
unset output
