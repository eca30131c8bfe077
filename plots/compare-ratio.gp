# How many times faster than the pipe, of several bundles; a row of panels per test.
load "compare-panels.gp"
