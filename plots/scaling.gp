# Throughput of many pairs of processes together, against their number.
height = 620
fifo_width = 3.2
load "page.gp"

left = 106.0
right = 22.0
top = 96.0
bottom = 116.0

set multiplot
unset key
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.5 textcolor rgb "#222222"
set logscale xy
set clip two
set grid xtics ytics lt 1 lc rgb "#e6e6e6" lw 0.8
load "title.gp"
set lmargin at screen across(left)
set rmargin at screen across(width - right)
set bmargin at screen up(bottom)
set tmargin at screen up(height - top)
set xrange [0.9:most_pairs * 1.12]
set yrange [least_rate:most_rate]
eval "set xtics ".pairs_ticks
eval "set ytics ".rate_ticks
set label 4 say("pairs of processes at once") at graph 0.5, screen up(bottom - 38) center font ",11"
set label 5 say("payload of all pairs together") rotate by 90 center \
    at screen across(14), screen up(bottom + (height - top - bottom) / 2) font ",11"
role(i) = word(line_roles, i)
wait(i) = word(line_waits, i)
# Lines of one number of pairs would hide each other's intervals: each stands a little aside.
aside(i) = 1.0 + 0.006 * (i - (lines + 1) / 2.0)
plot for [i = 1:lines] $data index i - 1 using 1:5 with lines lc rgb color_of(role(i)) lw 1.0 \
         dt 13 notitle, \
     for [i = 1:lines] $data index i - 1 using ($1 * aside(i)):3:(0):($4 - $3) with vectors nohead \
         lc rgb color_of(role(i)) dt 1 lw 1.2 notitle, \
     for [i = 1:lines] $data index i - 1 using ($1 * aside(i)):2 with linespoints \
         lc rgb color_of(role(i)) dt dashes_of(role(i), wait(i)) lw width_of(role(i), wait(i)) \
         pt point_of(role(i), wait(i)) ps point_size_of(role(i)) notitle

# The legend, laid out by hand: a key of gnuplot makes every entry as wide as the widest.
unset label
unset border
unset tics
unset grid
unset logscale
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:1]
set yrange [0:1]
entries = words(legend_roles) + words(legend_waits) + 1
is_wait(i) = i > words(legend_roles) && i < entries
entry_word(i) = i > words(legend_roles) ? word(legend_waits, i - words(legend_roles)) : \
                                          word(legend_roles, i)
at_pixels = left
do for [i = 1:entries] {
    role_here = i <= words(legend_roles) ? entry_word(i) : ""
    wait_here = is_wait(i) ? entry_word(i) : ""
    entry = i == entries ? say("as many times one pair") : is_wait(i) ? sprintf(say("wait: %s"), wait_here) : name_of(role_here)
    color_here = role_here eq "" ? "#555555" : color_of(role_here)
    dash_here = i == entries ? 13 : dashes_of(role_here, wait_here)
    set arrow i from screen across(at_pixels), up(34) to screen across(at_pixels + 30), up(34) nohead \
        lc rgb color_here lw (i == entries ? 1.0 : 1.8) dt dash_here
    if (i < entries) {
        set label i "" at screen across(at_pixels + 15), up(34) point \
            pt (is_wait(i) ? (wait_here eq "spin" ? 6 : 7) : point_of(role_here, "")) ps 0.8 \
            lc rgb color_here
    }
    set label 40 + i entry at screen across(at_pixels + 36), up(34) left font ",11"
    at_pixels = at_pixels + 58 + 7.5 * letters_of(entry)
}
plot NaN notitle
unset multiplot
unset output
