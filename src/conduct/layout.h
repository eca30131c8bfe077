/*
 * Where in memory a round's programs find their stack and buffers. One binary in one environment is
 * one sample of memory layouts, and a layout alone can make a program some per cent faster or
 * slower (T. Mytkowicz, A. Diwan, M. Hauswirth, P. F. Sweeney: Producing wrong data without doing
 * anything obviously wrong, ASPLOS 2009). So every round has another one, the same for all its
 * cells: what a layout does to one mechanism falls into the interval, and pairs within a round
 * share it. Knows no mechanism.
 */
#ifndef LAYOUT_H
#define LAYOUT_H

#include <stddef.h>
#include <stdint.h>

struct layout {
    size_t environment_padding_bytes; /* 1 to 4096: a page of stack, see runner.h */
    uint64_t buffer_offset_bytes;     /* of private buffers in their pages: 0 to 4032, by lines */
};

/* Drawn from seed and round (from 1) alone. */
struct layout layout_of_round(uint64_t seed, uint64_t round);

#endif
