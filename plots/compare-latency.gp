# Half a round trip against payload size, of several bundles; below over one bounce of a cache line.
load "compare-panels.gp"
