# How many times faster than the pipe, with the interval as a band: a row of panels per test.
height = 780
fifo_width = 1.2
bands = 1
levels = "1 4"
test_label(row) = value(sprintf("panel_test_%d", (row - 1) * columns + 1)) eq "latency" ? \
    say("latency: pipe / mechanism") : say("throughput: mechanism / pipe")
load "style.gp"
load name.".data"
y_label_1 = test_label(1)
y_label_2 = rows > 1 ? test_label(2) : ""
if (rows == 1) { height = 640 }
load "panels.gp"
