/*
 * Plausibility gates: what cannot be, or must be, whatever is measured. A gate that trips does not
 * change a figure; it says that some should not be believed as they stand. Computed from a
 * bundle's summary and second clock. Knows no report.
 *
 *   ceiling               no throughput of mode own above memcpy of that size on one CPU, and none
 *                         in place above the floor (null) in place. Intervals decide
 *   fifo-equals-pipe      a FIFO runs the pipe's own kernel code and, at each call, keeps the times
 *                         of its file; from GATES_FIFO_BYTES on, where a call costs little beside
 *                         the payload, its ratio is that of two equal things. Trips when more
 *                         intervals miss 1 than chance lets: fewer than 1 in 100 such runs
 *   clocks-agree          hyperfine's clock outside and the programs' own inside differ by
 *                         GATES_CLOCKS_APART at most. Medians decide
 *   floor                 the floor, the same loops with a mechanism that moves nothing, is at most
 *                         GATES_FLOOR_SHARE of the figure. Where it is more, much of a figure is
 * the price of producing and reading the payload. Medians decide latency-above-bounce  no median
 * latency below the time that a cache line takes between the same two CPUs. Intervals decide
 */
#ifndef GATES_H
#define GATES_H

#include "base/failure.h"
#include "results/bundle_reader.h"

#include <stddef.h>
#include <stdio.h>

#define GATES_FILE         "gates.tsv"
#define GATES_FIFO_BYTES   16384
#define GATES_CLOCKS_APART 0.10
#define GATES_FLOOR_SHARE  0.10
#define GATES_DETAIL_BYTES 3072

enum gate { GATE_CEILING, GATE_FIFO, GATE_CLOCKS, GATE_FLOOR, GATE_LATENCY, GATE_COUNT };

enum gate_state {
    GATE_PASSED,
    GATE_TRIPPED,
    GATE_NOT_APPLICABLE, /* the bundle has nothing to compare */
    GATE_STATE_COUNT
};

extern const char *const gate_names[GATE_COUNT + 1];
extern const char *const gate_state_names[GATE_STATE_COUNT + 1];

struct gate_result {
    enum gate_state state;
    size_t cells;   /* compared: cells, intervals or, of the clocks, mechanisms */
    size_t tripped; /* of them beyond the bound; of fifo-equals-pipe the intervals that miss 1 */
    /* Which: "shm throughput inplace spin cache: 64 B, 256 B; ...", cut at "; ..."; "" for none. Of
     * the clocks, of all: "pipe +0.4 %; shm -4.5 %". */
    char detail[GATES_DETAIL_BYTES];
};

void gates_compute(const struct bundle_data *bundle, struct gate_result gates[GATE_COUNT]);

/* Prints header and rows: gate, state, cells, tripped, detail ("-" for none). */
void gates_print(const struct gate_result gates[GATE_COUNT], FILE *stream);

/*
 * Writes gates.tsv of the bundle in `bundle_folder`, replaced as a whole (replace_file.h). Returns
 * 0, or a negative errno as bundle_read and replace_file; then nothing has changed.
 */
int gates_write(const char *bundle_folder, struct failure *failure);

#endif
