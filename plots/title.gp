# The three lines above a chart: title, machine and finding, from NAME.data.
# A line too long for the width is set smaller: the name of a CPU may be long, and nothing is cut
# off.
fitting(text, points) = sprintf(",%.1f", letters_of(text) * points > 1280 ? 1280.0 / letters_of(text) : points)
set label 1 title at screen across(18), up(height - 22) left font fitting(title, 15.0) \
    textcolor rgb "#000000"
set label 2 machine at screen across(18), up(height - 45) left font fitting(machine, 11.0) \
    textcolor rgb "#444444"
set label 3 finding at screen across(18), up(height - 66) left font fitting(finding, 11.0) \
    textcolor rgb "#444444"
