# CPU time of both processes per KiB of payload against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
load "style.gp"
load name.".data"
y_label_1 = say("CPU time per KiB, writer and reader")
load "panels.gp"
