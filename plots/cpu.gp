# CPU time of both processes per KiB of payload against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
y_label_1 = "CPU time per KiB, writer and reader"
load "panels.gp"
