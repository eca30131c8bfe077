# The gap between the article's pipe and its shared memory, taken apart: shares against payload
# size, and at one size the way down in ns per KiB.
height = 686
fifo_width = 1.2
load "page.gp"

left = 72.0
right = 18.0
top = 134.0
bottom = 138.0
between = 106.0
fall_width = 386.0
share_width = width - left - right - between - fall_width
panel_height = height - top - bottom

# The pieces, in the order of the data.
piece_color(piece) = piece == 1 ? "#E69F00" : piece == 2 ? "#8C8C8C" : piece == 3 ? "#CC79A7" : \
                     piece == 4 ? color_of("pipe") : color_of("shm")
piece_name(piece) = piece == 1 ? say("copies") : piece == 2 ? say("mechanism") : say("waiting")

set multiplot
unset key
set border 3 lc rgb "#555555"
set tics nomirror out scale 0.5 textcolor rgb "#222222"
set grid ytics lt 1 lc rgb "#e6e6e6" lw 0.8
set style fill solid 1.0 border rgb "#ffffff"
load "title.gp"

# Shares. An interval that leaves the panel ends in an arrow.
span = share_most - share_least
y_low = share_least < 0 ? share_least - 0.05 * span : 0
y_high = share_most + 0.05 * span
set lmargin at screen across(left)
set rmargin at screen across(left + share_width)
set bmargin at screen up(bottom)
set tmargin at screen up(bottom + panel_height)
set xrange [0.35:sizes + 0.65]
set yrange [y_low:y_high]
crowded = sizes > 8
eval "set xtics ".share_ticks.(crowded ? " rotate by 45 right font ',9'" : sizes > 6 ? " font ',9'" : "")
set xtics scale 0
set label 6 say("payload size") at graph 0.5, screen up(bottom - (crowded ? 66 : 36)) center font ",11"
set label 4 say("share of the gap, in %") rotate by 90 center \
    at screen across(14), screen up(bottom + panel_height / 2) font ",11"
set label 5 say("shares by payload size; above: copies") at graph 0.5, \
    screen up(bottom + panel_height + 34) center font ",11"
# The copies' share as a number above each size.
do for [i = 1:sizes:size_step] {
    set label 20 + i word(share_texts, i) at first i, screen up(bottom + panel_height + 14) center \
        font (crowded ? ",8" : ",10") textcolor rgb "#8a5f00"
}
# By hand: gnuplot 5.4 crashes at a plot with labels none of which is to be drawn.
do for [i = 1:sizes] {
    if (word(share_texts, i) eq "-") {
        set label 300 + i say("not resolved") at first i, first 50 center rotate by 90 font ",9" \
            textcolor rgb "#444444" front
    }
}
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead lc rgb "#555555" lw 1
half = sizes == 1 ? 0.22 : 0.34
low(y) = y < y_low ? y_low : y
high(y) = y > y_high ? y_high : y
plot $sizes using 1:($6 == 0 ? 50 : NaN):($1 - half):($1 + half):(0):(100) with boxxyerror \
         fs pattern 4 border rgb "#bbbbbb" lc rgb "#bbbbbb" notitle, \
     for [piece = 1:3] $shares using 1:($4 == piece ? $2 : NaN):($1 - half):($1 + half):2:3 \
         with boxxyerror lc rgb piece_color(piece) notitle, \
     $sizes using ($1 - half - 0.05):5:(2 * half + 0.1):(0) with vectors nohead \
         lc rgb "#000000" lw 2 notitle, \
     $sizes using 1:(low($3)):(0):(high($4) - low($3)) with vectors heads size screen 0.004, 90 \
         lc rgb "#000000" lw 1.4 notitle, \
     $sizes using 1:($4 > y_high ? y_high - 0.02 * span : NaN) with points pt 9 ps 1 \
         lc rgb "#000000" notitle, \
     $sizes using 1:($3 < y_low ? y_low + 0.02 * span : NaN) with points pt 11 ps 1 \
         lc rgb "#000000" notitle
unset label
unset arrow

# The way down.
span = fall_most - fall_least
y_low = fall_least < 0 ? fall_least - 0.06 * span : 0
y_high = fall_most + 0.1 * span
x0 = left + share_width + between
set lmargin at screen across(x0)
set rmargin at screen across(x0 + fall_width)
set xrange [0.4:5.6]
set yrange [y_low:y_high]
set xtics norotate center font ",10" ("pipe\n".say("4 copies")."\nblock" 1, piece_name(2) 2, piece_name(1) 3, \
    piece_name(3) 4, "shm\n".say("1 copy")."\nspin" 5)
set label 4 say("wall time, ns per KiB of payload") rotate by 90 center \
    at screen across(x0 - 74), screen up(bottom + panel_height / 2) font ",11"
set label 5 sprintf(say("from pipe to shared memory at %s"), fall_size) at graph 0.5, \
    screen up(bottom + panel_height + 34) center font ",11"
set label 6 sprintf(say("bars: range over %d orders of the steps"), fall_orders) at graph 0.5, \
    screen up(bottom + panel_height + 14) center font ",10" textcolor rgb "#444444"
set arrow 1 from graph 0, first 0 to graph 1, first 0 nohead lc rgb "#555555" lw 1
upper(a, b) = a > b ? a : b
half = 0.36
top_of_text(from, to, most) = (most == most && most > upper(from, to) ? most : upper(from, to)) \
    + 0.012 * span
plot for [piece = 1:5] $fall using 1:($4 == piece ? $2 : NaN):($1 - half):($1 + half):2:3 \
         with boxxyerror lc rgb piece_color(piece) notitle, \
     $fall using ($1 < 5 ? $1 + half : NaN):3:(1 - 2 * half):(0) with vectors nohead \
         lc rgb "#555555" lw 0.8 dt 14 notitle, \
     $fall using 1:5:(0):($6 - $5) with vectors heads size screen 0.004, 90 lc rgb "#000000" \
         lw 1.4 notitle, \
     $fall using 1:(top_of_text($2, $3, $6)):(value(sprintf("fall_text_%d", $1))) with labels \
         offset 0, 0.5 font ",10" notitle
unset label
unset arrow

# The legend, laid out by hand: a key of gnuplot makes every entry as wide as the widest.
unset border
unset tics
unset grid
set lmargin at screen 0
set rmargin at screen 1
set bmargin at screen 0
set tmargin at screen 1
set xrange [0:1]
set yrange [0:1]
at_pixels = left
do for [i = 1:4] {
    entry = i < 4 ? piece_name(i) : say("all together: the gap")
    if (i < 4) {
        set object i rectangle from screen across(at_pixels), up(34) \
            to screen across(at_pixels + 18), up(48) fc rgb piece_color(i) fs solid noborder
    } else {
        set arrow i from screen across(at_pixels), up(41) to screen across(at_pixels + 18), up(41) \
            nohead lc rgb "#000000" lw 2
    }
    set label i entry at screen across(at_pixels + 24), up(41) left font ",11"
    at_pixels = at_pixels + 54 + 7.5 * letters_of(entry)
}
set arrow 5 from screen across(left + 9), up(9) to screen across(left + 9), up(25) \
    heads size screen 0.004, 90 lc rgb "#000000" lw 1.4
set label 5 say("left: 95 % interval of copies; right: range over the orders in which steps can be taken") \
    at screen across(left + 24), up(17) left font ",11"
plot NaN notitle
unset multiplot
unset output
