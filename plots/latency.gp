# Half a round trip against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
y_label_1 = "half a round trip, median"
load "panels.gp"
