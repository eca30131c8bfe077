# Half a round trip against payload size.
height = 640
fifo_width = 3.2
bands = 0
levels = ""
load "style.gp"
load name.".data"
y_label_1 = say("half a round trip, median")
load "panels.gp"
