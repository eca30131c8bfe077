/*
 * The order of raw samples in memory: by cell, then by round. Cells are few and their keys long, so
 * each cell is told once and rows are sorted by numbers. Knows no files.
 */
#ifndef RAW_ORDER_H
#define RAW_ORDER_H

#include "results/raw_samples.h"

/*
 * Sorts raw->samples by cell_key_compare, then by round; equal ones keep their order. The bytes of
 * a cell behind the ends of its words must be 0, as they are when it was read. Takes the time of
 * sorting as many numbers. Returns 0, or -ENOMEM and then the samples are as they were.
 */
int raw_order_sort(struct raw_samples *raw);

#endif
