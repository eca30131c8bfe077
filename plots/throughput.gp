# Payload bytes per second against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
y_label_1 = "payload per second"
load "panels.gp"
