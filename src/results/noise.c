#include "results/noise.h"

#include "results/noise_moved.h"
#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

const char *const noise_names[NOISE_KINDS + 1] = {"steal", "busy",      "frequency", "throttled",
                                                  "moved", "elsewhere", NULL};

/* The marks made so far; there is room for all. A doctored table may make values that no number
 * holds: these are none. */
struct marks {
    struct noise_mark *marks;
    size_t count;
};

static void add_mark(struct marks *marks, const struct noise_mark *mark)
{
    if (isfinite(mark->value))
        marks->marks[marks->count++] = *mark;
}

/* Whether a time that /proc/stat counted is more than rounding. */
static bool is_counted(const struct raw_round *round, double nanoseconds)
{
    return nanoseconds > round->online_cpus * NOISE_TICK_NS;
}

static void mark_steal(const struct raw_round *round, struct noise_mark mark, struct marks *marks)
{
    mark.kind = NOISE_STEAL;
    mark.value = round->steal_ns / (round->seconds * 1e9 * round->online_cpus);
    mark.limit = NOISE_STEAL_SHARE;
    if (mark.value > mark.limit && is_counted(round, round->steal_ns))
        add_mark(marks, &mark);
}

static void mark_busy(const struct raw_round *round, struct noise_mark mark, struct marks *marks)
{
    mark.kind = NOISE_BUSY;
    mark.value = round->other_busy_ns / (round->seconds * 1e9);
    mark.limit = NOISE_BUSY_CPUS;
    if (mark.value > mark.limit && is_counted(round, round->other_busy_ns))
        add_mark(marks, &mark);
}

static void mark_frequency(const struct raw_round *round, double usual, struct noise_mark mark,
                           struct marks *marks)
{
    mark.kind = NOISE_FREQUENCY;
    mark.value = round->frequency_mean_hz;
    mark.usual = usual;
    mark.limit = NOISE_FREQUENCY_SHARE;
    if (fabs(mark.value - usual) > mark.limit * usual)
        add_mark(marks, &mark);
}

static void mark_throttled(const struct raw_round *round, struct noise_mark mark,
                           struct marks *marks)
{
    mark.kind = NOISE_THROTTLED;
    mark.value = round->throttles;
    mark.limit = 0.0;
    if (mark.value > mark.limit)
        add_mark(marks, &mark);
}

/* The median over rounds of the frequency, into *usual_hz; NAN where no round tells it. */
static int find_usual_frequency(const struct raw_round *rounds, size_t count, double *usual_hz)
{
    double *known = calloc(count + 1, sizeof *known);
    size_t known_count = 0;
    if (known == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < count; index++) {
        if (!isnan(rounds[index].frequency_mean_hz))
            known[known_count++] = rounds[index].frequency_mean_hz;
    }
    statistics_sort(known, known_count);
    *usual_hz = statistics_median(known, known_count);
    free(known);
    return 0;
}

static int compare_numbers(const void *left, const void *right)
{
    const uint64_t *a = left;
    const uint64_t *b = right;
    return (*a > *b) - (*a < *b);
}

/* The rounds of all samples, rising; the caller frees them. NULL without memory. */
static uint64_t *list_rounds(const struct raw_samples *raw)
{
    uint64_t *numbers = calloc(raw->sample_count + 1, sizeof *numbers);
    for (size_t index = 0; numbers != NULL && index < raw->sample_count; index++)
        numbers[index] = raw->samples[index].round;
    if (numbers != NULL)
        qsort(numbers, raw->sample_count, sizeof *numbers, compare_numbers);
    return numbers;
}

/* What /proc and /sys told of each round. */
static int mark_rounds(const struct raw_samples *raw, const struct raw_round *rounds, size_t count,
                       struct marks *marks)
{
    double usual_hz = NAN;
    int result = find_usual_frequency(rounds, count, &usual_hz);
    uint64_t *numbers = list_rounds(raw);
    if (result < 0 || numbers == NULL) {
        free(numbers);
        return -ENOMEM;
    }
    size_t next = 0;
    for (size_t index = 0; index < count; index++) {
        const struct raw_round *round = &rounds[index];
        struct noise_mark mark = {.round = round->round, .value = NAN, .usual = NAN};
        while (next < raw->sample_count && numbers[next] < round->round)
            next++;
        while (next < raw->sample_count && numbers[next] == round->round) {
            mark.affected++;
            next++;
        }
        mark_steal(round, mark, marks);
        mark_busy(round, mark, marks);
        mark_frequency(round, usual_hz, mark, marks);
        mark_throttled(round, mark, marks);
    }
    free(numbers);
    return 0;
}

static int mark_moved(const struct raw_samples *raw, struct marks *marks)
{
    struct noise_moved *moved;
    size_t count;
    int result = noise_moved_find(raw, &moved, &count);
    if (result < 0)
        return result;
    for (size_t index = 0; index < count; index++)
        add_mark(marks, &(struct noise_mark){.round = moved[index].round,
                                             .kind = NOISE_MOVED,
                                             .value = moved[index].bounce_ns,
                                             .usual = moved[index].usual_ns,
                                             .limit = NOISE_MOVED_FACTOR,
                                             .affected = moved[index].samples});
    free(moved);
    return 0;
}

/* Rounds with samples that count in no figure. */
static int mark_elsewhere(const struct raw_samples *raw, struct marks *marks)
{
    uint64_t *all = list_rounds(raw);
    uint64_t *elsewhere = calloc(raw->sample_count + 1, sizeof *elsewhere);
    size_t count = 0;
    if (all == NULL || elsewhere == NULL) {
        free(all);
        free(elsewhere);
        return -ENOMEM;
    }
    for (size_t index = 0; index < raw->sample_count; index++) {
        if (raw->samples[index].elsewhere)
            elsewhere[count++] = raw->samples[index].round;
    }
    qsort(elsewhere, count, sizeof *elsewhere, compare_numbers);
    for (size_t first = 0, next = 0; first < count;) {
        uint64_t round = elsewhere[first];
        struct noise_mark mark = {
            .round = round, .kind = NOISE_ELSEWHERE, .usual = NAN, .limit = 0.0};
        size_t samples = 0;
        for (; first < count && elsewhere[first] == round; first++)
            mark.affected++;
        for (; next < raw->sample_count && all[next] <= round; next++)
            samples += all[next] == round;
        mark.value = (double)mark.affected / (double)samples;
        add_mark(marks, &mark);
    }
    free(all);
    free(elsewhere);
    return 0;
}

static int compare_marks(const void *left, const void *right)
{
    const struct noise_mark *a = left;
    const struct noise_mark *b = right;
    int order = (a->round > b->round) - (a->round < b->round);
    return order != 0 ? order : (int)a->kind - (int)b->kind;
}

int noise_compute(const struct raw_samples *raw, const struct raw_round *rounds,
                  size_t rounds_count, struct noise_mark **marks, size_t *count)
{
    /* Each row of rounds.tsv has at most one mark of each kind but the last two, which have at most
     * one for each sample. */
    size_t room = rounds_count * NOISE_MOVED + 2 * raw->sample_count;
    struct marks made = {.marks = calloc(room + 1, sizeof *made.marks)};
    if (made.marks == NULL)
        return -ENOMEM;
    int result = mark_rounds(raw, rounds, rounds_count, &made);
    if (result == 0)
        result = mark_moved(raw, &made);
    if (result == 0)
        result = mark_elsewhere(raw, &made);
    if (result < 0 || made.count == 0) {
        free(made.marks);
        made.marks = NULL;
    }
    if (result < 0)
        return result;
    if (made.count > 0)
        qsort(made.marks, made.count, sizeof *made.marks, compare_marks);
    *marks = made.marks;
    *count = made.count;
    return 0;
}
