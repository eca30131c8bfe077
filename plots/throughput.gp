# Payload bytes per second against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
load "style.gp"
load name.".data"
y_label_1 = say("payload per second")
load "panels.gp"
