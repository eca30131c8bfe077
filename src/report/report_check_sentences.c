#include "report/report_check_sentences.h"

#include "base/units.h"
#include "text/text.h"

#include <string.h>

/* ---- gates ---- */

static const char *const states[] = {
    [GATE_PASSED] = TEXT("passed"),
    [GATE_TRIPPED] = TEXT("tripped"),
    [GATE_NOT_APPLICABLE] = TEXT("not applicable"),
};

static const char *const brief[GATE_COUNT] = {
    [GATE_CEILING] = TEXT("above what the machine can do at best"),
    [GATE_FIFO] = TEXT("a FIFO should equal the pipe, and does not, at this share of intervals"),
    [GATE_CLOCKS] =
        TEXT("the clock outside (hyperfine) and the programs' own are more than 10 % apart"),
    [GATE_FLOOR] =
        TEXT("more than 10 % of the figure is the harness producing and reading the payload"),
    [GATE_LATENCY] = TEXT("below the time of a cache line between the same CPUs"),
};

void check_say_briefly(enum gate gate, const struct gate_result *result, struct sentence *sentence)
{
    if (result->state != GATE_TRIPPED)
        return;
    sentence_add(sentence, "%s tripped, %zu of %zu: %s", gate_names[gate], result->tripped,
                 result->cells, sentence_word(sentence, brief[gate]));
    if (gate == GATE_CLOCKS)
        sentence_add(sentence, " (%s)", result->detail);
}

static const char *const nothing[GATE_COUNT] = {
    [GATE_CEILING] = TEXT("no throughput with an interval beside its ceiling in this bundle"),
    [GATE_FIFO] = TEXT("no intervals of a FIFO's ratio to the pipe from 16 KiB on in this bundle"),
    [GATE_CLOCKS] = TEXT("the outer clock (hyperfine) was not run on these cells"),
    [GATE_FLOOR] = TEXT("no floor in this bundle for any of its cells"),
    [GATE_LATENCY] = TEXT("no latency with an interval beside a bounce of the same placement"),
};

static void say_outcome(enum gate gate, const struct gate_result *result, struct sentence *sentence)
{
    bool tripped = result->state == GATE_TRIPPED;
    switch (gate) {
    case GATE_CEILING:
        sentence_add(sentence,
                     "where payload is copied (own), throughput above that of one process's memcpy "
                     "of the same size is suspect, and in place above the floor in place: %zu of "
                     "%zu. (Beyond the caches two processes that share the work can exceed "
                     "memcpy.)",
                     result->tripped, result->cells);
        break;
    case GATE_FIFO:
        sentence_add(sentence,
                     "a FIFO runs the pipe's own kernel code and, at each call, keeps the times of "
                     "its file. From 16 KiB on, where a call costs little beside the payload, it "
                     "must equal the pipe: %zu of %zu 95 %% intervals contain 1, %s.",
                     result->cells - result->tripped, result->cells,
                     tripped ? sentence_word(sentence,
                                             "**fewer than chance lets: something favours one "
                                             "of the two**")
                             : sentence_word(sentence, "as many as chance lets"));
        break;
    case GATE_CLOCKS:
        sentence_add(sentence,
                     "hyperfine's clock outside and the programs' own inside are at most 10 %% "
                     "apart: %zu of %zu are not (%s).",
                     result->tripped, result->cells, result->detail);
        break;
    case GATE_FLOOR:
        sentence_add(sentence,
                     "the floor (null: the same loops, nothing is moved) is more than 10 %% of the "
                     "figure in %zu of %zu cells. There part of what is reported is producing and "
                     "reading the payload, which every mechanism pays: the mechanisms themselves "
                     "are further apart than their figures.",
                     result->tripped, result->cells);
        break;
    case GATE_LATENCY:
        sentence_add(sentence,
                     "no median latency lies below the time of a cache line between the same two "
                     "CPUs: %zu of %zu do.",
                     result->tripped, result->cells);
        break;
    case GATE_COUNT:
        break;
    }
}

void check_say_fully(enum gate gate, const struct gate_result *result, struct sentence *sentence)
{
    sentence_add(
        sentence, "%s, %s%s%s: ", gate_names[gate], result->state == GATE_TRIPPED ? "**" : "",
        sentence_word(sentence, states[result->state]), result->state == GATE_TRIPPED ? "**" : "");
    if (result->state == GATE_NOT_APPLICABLE)
        sentence_add(sentence, "%s.", sentence_word(sentence, nothing[gate]));
    else
        say_outcome(gate, result, sentence);
}

/* ---- steadiness ---- */

struct counts {
    size_t states[STABILITY_STATE_COUNT];
    size_t with_outliers;
    size_t outliers;
    size_t with_batches; /* cells whose samples had two batches and more */
};

static struct counts count_rows(const struct evidence *evidence)
{
    struct counts counts = {.outliers = 0};
    for (size_t index = 0; index < evidence->stability_count; index++) {
        const struct stability_row *row = &evidence->stability[index];
        counts.states[row->state]++;
        counts.with_outliers += row->outliers > 0 ? 1 : 0;
        counts.outliers += row->outliers;
        counts.with_batches += row->last_over_first.ci95_lo > 0.0 ? 1 : 0;
    }
    return counts;
}

void check_say_steadiness_briefly(const struct report_scope *scope, struct sentence *sentence)
{
    struct counts counts = count_rows(scope->evidence);
    if (counts.states[STABILITY_DRIFTS] + counts.states[STABILITY_WARMING] == 0)
        return;
    sentence_add(sentence,
                 "of %zu cells %zu drift over the rounds and the samples of %zu were still warming "
                 "up (%s); none was left out for it",
                 scope->evidence->stability_count, counts.states[STABILITY_DRIFTS],
                 counts.states[STABILITY_WARMING], STABILITY_FILE);
}

void check_say_steadiness(const struct report_scope *scope, struct sentence *sentence)
{
    struct counts counts = count_rows(scope->evidence);
    size_t all = scope->evidence->stability_count;
    if (all == 0) {
        sentence_add(sentence, "This bundle does not say how steady its cells were: it has no %s.",
                     STABILITY_FILE);
        return;
    }
    sentence_add(
        sentence,
        "Of %zu cells %zu drift over the rounds (Mann-Kendall, corrected for the number of "
        "cells). ",
        all, counts.states[STABILITY_DRIFTS]);
    if (counts.with_batches > 0)
        sentence_add(sentence,
                     "In %zu of %zu the samples were still warming up: their last batch took "
                     "another time per message than their first, by more than 10 %%. ",
                     counts.states[STABILITY_WARMING], counts.with_batches);
    else
        sentence_add(sentence, "Whether samples were still warming up is not known: no cell has "
                               "two batches told apart in enough rounds. ");
    sentence_add(sentence,
                 "%zu single rounds of %zu cells lie far from the others of their cell; about one "
                 "cell in six has such a round by chance alone with six rounds. Nothing was "
                 "dropped: medians and intervals rest on all rounds.",
                 counts.outliers, counts.with_outliers);
    if (counts.states[STABILITY_UNKNOWN] > 0)
        sentence_add(sentence, " %zu cells have too few rounds (fewer than %d) to tell.",
                     counts.states[STABILITY_UNKNOWN], STATISTICS_LEAST_SAMPLES);
}
