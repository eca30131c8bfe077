# Payload bytes per second against payload size, of several bundles; below over what memcpy reaches.
load "compare-panels.gp"
