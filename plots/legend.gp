# How the entries of a legend below the panels are laid out: mechanisms, then ways of waiting, in as
# many lines as they need. Wants left, right, legend_roles and legend_waits; leaves legend_rows, and
# what is needed to draw the entries. Laid out by hand: a key of gnuplot makes every entry as wide as
# the widest.
mechanisms = ""
references = ""
do for [i = 1:words(legend_roles)] {
    if (is_reference(word(legend_roles, i))) {
        references = references.word(legend_roles, i)." "
    } else {
        mechanisms = mechanisms.word(legend_roles, i)." "
    }
}
entries = words(mechanisms) + words(legend_waits)
is_wait(i) = i > words(mechanisms)
entry_word(i) = is_wait(i) ? word(legend_waits, i - words(mechanisms)) : word(mechanisms, i)
entry_name(i) = is_wait(i) ? sprintf(say("wait: %s"), entry_word(i)) : name_of(entry_word(i))
legend_line_pixels = 23.0
entry_letters = 0
do for [i = 1:entries] { entry_letters = entry_letters + letters_of(entry_name(i)) }
# A little smaller letters spare a line; much smaller ones cannot be read.
letter_pixels = entry_letters > 0 ? (width - left - right - 58.0 * entries) / entry_letters : 7.5
if (letter_pixels > 7.5) { letter_pixels = 7.5 }
if (letter_pixels < 6.3) { letter_pixels = 7.5 }
entry_pixels(i) = 58 + letter_pixels * letters_of(entry_name(i))
# The line of each entry, from the top, and where it begins.
array entry_row[entries + 1]
array entry_left[entries + 1]
legend_rows = 1
at_pixels = left
do for [i = 1:entries] {
    if (at_pixels > left && at_pixels + entry_pixels(i) > width - right + 20) {
        legend_rows = legend_rows + 1
        at_pixels = left
    }
    entry_row[i] = legend_rows
    entry_left[i] = at_pixels
    at_pixels = at_pixels + entry_pixels(i)
}
