# Copies per payload byte against time, at one payload size: a panel per way of waiting. Here the
# shape of a point tells its path and filling its mode (own filled, inplace hollow), because the
# ways of waiting have panels of their own; the colours are those of all charts.
height = 700
fifo_width = 1.2
left = 84.0
right = 18.0
load "style.gp"
load name.".data"
legend_waits = ""
load "legend.gp"
height = height + legend_line_pixels * (legend_rows - 1)
load "page.gp"

between = 26.0
top = 112.0
bottom = 138.0 + legend_line_pixels * (legend_rows - 1)
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
set style textbox opaque noborder fillcolor rgb "#ffffff" margins 0.4, 0.4
load "title.gp"

role(i) = word(series_roles, i)
is_control(i) = role(i) eq "control"
filled(i) = word(series_modes, i) eq "inplace" ? 0 : 1
shape_of_path(path) = path == 1 ? 4 : path == 2 ? 8 : 6
series_color(i) = is_control(i) ? "#333333" : color_of(role(i))
at_path(path) = column(5) == path ? column(2) : NaN
fit(name, p, x) = value(sprintf("%s_intercept_%d", name, p)) + x * value(sprintf("%s_slope_%d", name, p))
# Nothing is drawn into the texts above: a line ends there, and an interval with an arrow.
y_top = 1.04 * y_most
below_texts(y) = y > y_top ? NaN : y
end_of(y) = y > y_top ? y_top : y
text_of(name, p) = value(sprintf("%s_%d", name, p))

do for [p = 1:columns] {
    x0 = left + (p - 1) * (panel_width + between)
    set lmargin at screen across(x0)
    set rmargin at screen across(x0 + panel_width)
    set bmargin at screen up(bottom)
    set tmargin at screen up(bottom + panel_height)
    set xrange [-0.45:x_most + 0.75]
    set yrange [0:y_top / (1 - headroom)]
    set xtics 1
    set xlabel say("copies per payload byte") offset 0, 0.4 font ",11"
    if (p == 1) {
        set format y "%g"
        set label 5 say("wall time, ns per KiB of payload") rotate by 90 center \
            at screen across(14), screen up(bottom + panel_height / 2) font ",11"
    } else {
        set format y ""
        unset label 5
    }
    set label 4 sprintf(say("wait: %s"), value(sprintf("panel_wait_%d", p))) at graph 0.5, graph 1 center \
        offset 0, 0.6 font ",11" textcolor rgb "#000000"
    set label 6 text_of("hot_text", p) at graph 0.02, screen up(bottom + panel_height - 12) left \
        font ",10" textcolor rgb "#333333"
    set label 7 text_of("hot_more", p) at graph 0.02, screen up(bottom + panel_height - 28) left \
        font ",10" textcolor rgb "#333333"
    set label 8 text_of("cold_text", p) at graph 0.02, screen up(bottom + panel_height - 46) left \
        font ",10" textcolor rgb "#777777"
    set label 9 text_of("cold_more", p) at graph 0.02, screen up(bottom + panel_height - 62) left \
        font ",10" textcolor rgb "#777777"
    # How far the pipe lies above the line.
    pipe_copies = value(sprintf("pipe_copies_%d", p))
    pipe_wall = value(sprintf("pipe_wall_%d", p))
    on_line = fit("hot", p, pipe_copies)
    if (pipe_wall == pipe_wall && on_line == on_line) {
        set arrow 1 from first pipe_copies + 0.2, first on_line to first pipe_copies + 0.2, \
            first pipe_wall heads size screen 0.006, 25 lc rgb "#000000" lw 1 front
        set label 10 value(sprintf("pipe_above_%d", p)) at first pipe_copies + 0.26, \
            first (pipe_wall + on_line) / 2 left font ",10" textcolor rgb "#000000" boxed front
    } else {
        unset arrow 1
        unset label 10
    }
    first = value(sprintf("panel_first_%d", p))
    last = value(sprintf("panel_last_%d", p))
    set samples 200
    plot (x < -0.3 || x > x_most + 0.3 ? NaN : below_texts(fit("cold", p, x))) with lines \
             lc rgb "#777777" lw 0.9 dt 11 notitle, \
         (x < -0.3 || x > x_most + 0.3 ? NaN : below_texts(fit("hot", p, x))) with lines \
             lc rgb "#333333" lw 1.6 dt 1 notitle, \
         for [i = first:last] $data index i - 1 using 1:(is_control(i) ? NaN : $2) with lines \
             lc rgb series_color(i) lw 1 dt dashes_of("", filled(i) ? "" : "semop") notitle, \
         for [i = first:last] $data index i - 1 using 1:3:(0):(end_of($4) - $3) with vectors nohead \
             lc rgb series_color(i) dt 1 lw 1.4 notitle, \
         for [i = first:last] $data index i - 1 using 1:($4 > y_top ? y_top : NaN) with points \
             lc rgb series_color(i) pt 9 ps 0.8 notitle, \
         for [i = first:last] for [path = 1:3] $data index i - 1 using 1:(at_path(path)) \
             with points lc rgb series_color(i) lw 1.4 pt shape_of_path(path) + filled(i) ps 1.25 \
             notitle, \
         for [i = first:last] $data index i - 1 using 1:(at_path(4)) with points \
             lc rgb series_color(i) lw 1.4 pt 2 ps 0.9 notitle
    unset label 1
    unset label 2
    unset label 3
}

# The legend: mechanisms, then what a point's shape says, then the control. Laid out by hand: a key
# of gnuplot makes every entry as wide as the widest.
unset label
unset arrow
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
wide(text) = 7.5 * letters_of(text)
do for [i = 1:entries] {
    at_pixels = entry_left[i]
    line = 66 + legend_line_pixels * (legend_rows - entry_row[i])
    set arrow i from screen across(at_pixels), up(line) to screen across(at_pixels + 26), up(line) \
        nohead lw 2.4 lc rgb color_of(entry_word(i))
    set label i entry_name(i) at screen across(at_pixels + 32), up(line) left font ",11"
}
at_pixels = left + 6
do for [i = 1:5] {
    entry = i == 1 ? say("file to file") : i == 2 ? say("file to use") : i == 3 ? say("memory to use") : \
           i == 4 ? say("filled: own") : say("hollow: inplace")
    shape = i < 4 ? shape_of_path(i) + 1 : i == 4 ? 7 : 6
    set label 30 + i "  ".entry at screen across(at_pixels), up(42) left font ",11" \
        point pt shape ps 1.25 lw 1.4 lc rgb "#555555"
    at_pixels = at_pixels + 56 + wide(entry)
}
entry = say("shm inplace with 0, 1, 2, ... extra copies, and the line through them")
set arrow 40 from screen across(left), up(18) to screen across(left + 26), up(18) nohead lw 1.6 \
    lc rgb "#333333"
set label 40 entry at screen across(left + 32), up(18) left font ",11"
set label 41 "" at screen across(left + 13), up(18) point pt 2 ps 0.9 lw 1.4 lc rgb "#333333"
# Where no copy went through cold memory there is no such line.
cold_lines = 0
do for [p = 1:columns] {
    cold_lines = cold_lines + (strlen(text_of("cold_text", p)) > 0)
}
if (cold_lines > 0) {
    at_pixels = left + 62 + wide(entry)
    set arrow 41 from screen across(at_pixels), up(18) to screen across(at_pixels + 26), up(18) nohead \
        lc rgb "#777777" lw 0.9 dt 11
    set label 42 say("the same, cold memory") at screen across(at_pixels + 32), up(18) left font ",11"
}
plot NaN notitle
unset multiplot
unset output
