#include "measure/ledger.h"

#include <stdbool.h>

const char *const ledger_stage_names[] = {"source", "transfer_in", "transfer_out", "sink", NULL};
const char *const stage_kind_names[] = {"none",  "kernel", "user",    "remote",
                                        "queue", "fill",   "discard", NULL};
const char *const mutation_names[] = {"none", "unseen", "copied", "shared", NULL};

static enum stage_kind stage_of_source(enum source_kind source)
{
    switch (source) {
    case SOURCE_FILE:
    case SOURCE_STDIN:
        return STAGE_KERNEL;
    case SOURCE_ZERO:
        return STAGE_FILL;
    case SOURCE_MEMORY: /* produced where it is handed over from */
    case SOURCE_KIND_COUNT:
        break;
    }
    return STAGE_NONE;
}

static enum stage_kind stage_of_sink(enum sink_kind sink)
{
    switch (sink) {
    case SINK_FILE:
    case SINK_STDOUT:
        return STAGE_KERNEL;
    case SINK_NULL:
        return STAGE_DISCARD;
    case SINK_USE: /* used where it lies */
    case SINK_KIND_COUNT:
        break;
    }
    return STAGE_NONE;
}

struct ledger_path ledger_predict(const struct channel_operations *operations,
                                  enum source_kind source, enum sink_kind sink, enum copies copies)
{
    return (struct ledger_path){.stages = {
                                    [LEDGER_SOURCE] = stage_of_source(source),
                                    [LEDGER_TRANSFER_IN] = operations->stages[copies].in,
                                    [LEDGER_TRANSFER_OUT] = operations->stages[copies].out,
                                    [LEDGER_SINK] = stage_of_sink(sink),
                                }};
}

/* How many stages are of the kinds whose bits are set. */
static double count_stages(const struct ledger_path *path, unsigned kinds)
{
    double count = 0.0;
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        count += (kinds & (1U << path->stages[stage])) != 0 ? 1.0 : 0.0;
    return count;
}

double ledger_copies(const struct ledger_path *path)
{
    return count_stages(path, 1U << STAGE_KERNEL | 1U << STAGE_USER | 1U << STAGE_REMOTE |
                                  1U << STAGE_QUEUE);
}

double ledger_kernel_io(const struct ledger_path *path)
{
    return count_stages(path, 1U << STAGE_KERNEL | 1U << STAGE_FILL | 1U << STAGE_DISCARD);
}

double ledger_user_copies(const struct ledger_path *path)
{
    return count_stages(path, 1U << STAGE_USER);
}

double ledger_mutations(const struct ledger_path *path)
{
    double count = 0.0;
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        count += ledger_mutation(path, (enum ledger_stage)stage) == MUTATION_COPIED ? 1.0 : 0.0;
    return count;
}

enum mutation ledger_mutation(const struct ledger_path *path, enum ledger_stage stage)
{
    bool is_transfer = stage == LEDGER_TRANSFER_IN || stage == LEDGER_TRANSFER_OUT;
    switch (path->stages[stage]) {
    case STAGE_NONE:
        return is_transfer ? MUTATION_SHARED : MUTATION_NONE;
    case STAGE_FILL:
    case STAGE_DISCARD:
        return MUTATION_UNSEEN;
    case STAGE_KERNEL:
    case STAGE_USER:
    case STAGE_REMOTE:
    case STAGE_QUEUE:
    case STAGE_KIND_COUNT:
        break;
    }
    return MUTATION_COPIED;
}
