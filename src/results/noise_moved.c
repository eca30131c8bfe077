#include "results/noise_moved.h"

#include "results/noise.h"
#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* A sample that knows a distance; later its distance that is farther off. */
struct distant {
    const struct sample *sample;
    uint64_t round;
    double bounce_ns;
    double usual_ns;
};

static bool is_known(double bounce_ns)
{
    return isfinite(bounce_ns) && bounce_ns > 0.0;
}

/* Samples whose distances can be compared. */
static int compare_cpus(const struct sample *left, const struct sample *right)
{
    int order = strcmp(left->placement, right->placement);
    if (order == 0)
        order = (left->writer_cpu > right->writer_cpu) - (left->writer_cpu < right->writer_cpu);
    if (order == 0)
        order = (left->reader_cpu > right->reader_cpu) - (left->reader_cpu < right->reader_cpu);
    return order;
}

static int compare_by_cpus(const void *left, const void *right)
{
    const struct distant *a = left;
    const struct distant *b = right;
    return compare_cpus(a->sample, b->sample);
}

static int compare_by_round(const void *left, const void *right)
{
    const struct distant *a = left;
    const struct distant *b = right;
    return (a->round > b->round) - (a->round < b->round);
}

/* The median of the bounces of samples of the same CPUs; `bounces` has room for two of each. */
static double find_usual(const struct distant *samples, size_t count, double *bounces)
{
    size_t known = 0;
    for (size_t index = 0; index < count; index++) {
        const struct sample *sample = samples[index].sample;
        if (is_known(sample->bounce_before_ns))
            bounces[known++] = sample->bounce_before_ns;
        if (is_known(sample->bounce_after_ns))
            bounces[known++] = sample->bounce_after_ns;
    }
    statistics_sort(bounces, known);
    return statistics_median(bounces, known);
}

/* How many times a bounce is longer or shorter than usual; 0 where it is not known. */
static double factor_of(double bounce_ns, double usual_ns)
{
    if (!is_known(bounce_ns))
        return 0.0;
    return bounce_ns > usual_ns ? bounce_ns / usual_ns : usual_ns / bounce_ns;
}

static void choose_bounce(struct distant *distant, double usual_ns)
{
    double before_ns = distant->sample->bounce_before_ns;
    double after_ns = distant->sample->bounce_after_ns;
    bool before = factor_of(before_ns, usual_ns) >= factor_of(after_ns, usual_ns);
    distant->usual_ns = usual_ns;
    distant->bounce_ns = before ? before_ns : after_ns;
}

/* How many of the sorted samples have the CPUs of the first. */
static size_t count_group(const struct distant *samples, size_t count)
{
    size_t length = 1;
    while (length < count && compare_by_cpus(samples, samples + length) == 0)
        length++;
    return length;
}

/* Leaves in samples[0 .. result) those that changed. */
static size_t keep_changed(struct distant *samples, size_t count, double *bounces)
{
    size_t kept = 0;
    for (size_t first = 0; first < count;) {
        size_t length = count_group(samples + first, count - first);
        double usual_ns = find_usual(samples + first, length, bounces);
        for (size_t index = first; index < first + length; index++) {
            struct distant distant = samples[index];
            choose_bounce(&distant, usual_ns);
            if (factor_of(distant.bounce_ns, usual_ns) > NOISE_MOVED_FACTOR)
                samples[kept++] = distant;
        }
        first += length;
    }
    return kept;
}

/* One round from the samples that changed in it; `numbers` has room for as many. */
static struct noise_moved sum_up(const struct distant *samples, size_t count, double *numbers)
{
    struct noise_moved moved = {.round = samples->round, .samples = count};
    for (size_t index = 0; index < count; index++)
        numbers[index] = samples[index].bounce_ns;
    statistics_sort(numbers, count);
    moved.bounce_ns = statistics_median(numbers, count);
    for (size_t index = 0; index < count; index++)
        numbers[index] = samples[index].usual_ns;
    statistics_sort(numbers, count);
    moved.usual_ns = statistics_median(numbers, count);
    return moved;
}

/* Writes a row per round of the changed samples; returns how many. */
static size_t sum_up_rounds(struct distant *changed, size_t count, double *numbers,
                            struct noise_moved *moved)
{
    size_t rounds = 0;
    qsort(changed, count, sizeof *changed, compare_by_round);
    for (size_t first = 0; first < count;) {
        size_t length = 1;
        while (first + length < count && changed[first + length].round == changed[first].round)
            length++;
        moved[rounds++] = sum_up(changed + first, length, numbers);
        first += length;
    }
    return rounds;
}

/* The samples of `raw` that know a distance, by their CPUs; returns how many. */
static size_t collect(const struct raw_samples *raw, struct distant *samples)
{
    size_t count = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *row = &raw->samples[index];
        if (is_known(row->sample.bounce_before_ns) || is_known(row->sample.bounce_after_ns))
            samples[count++] = (struct distant){.sample = &row->sample, .round = row->round};
    }
    if (count > 1)
        qsort(samples, count, sizeof *samples, compare_by_cpus);
    return count;
}

int noise_moved_find(const struct raw_samples *raw, struct noise_moved **moved, size_t *count)
{
    struct distant *samples = calloc(raw->sample_count + 1, sizeof *samples);
    double *numbers = calloc(raw->sample_count + 1, 2 * sizeof *numbers);
    struct noise_moved *found = NULL;
    size_t changed = 0;
    size_t rounds = 0;
    bool failed = samples == NULL || numbers == NULL;
    if (!failed)
        changed = keep_changed(samples, collect(raw, samples), numbers);
    if (changed > 0) {
        found = calloc(changed, sizeof *found);
        failed = found == NULL;
        if (!failed)
            rounds = sum_up_rounds(samples, changed, numbers, found);
    }
    free(samples);
    free(numbers);
    if (failed)
        return -ENOMEM;
    *moved = found;
    *count = rounds;
    return 0;
}
