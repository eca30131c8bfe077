#include "results/stability.h"

#include "results/outliers.h"
#include "results/trend.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

const char *const stability_state_names[] = {"steady", "drifts", "warming", "unknown", NULL};

/* Room for the values of one cell. */
struct workspace {
    double *values;
    double *ratios;
    uint64_t *rounds;
    bool *outliers;
};

static void free_workspace(struct workspace *work)
{
    free(work->values);
    free(work->ratios);
    free(work->rounds);
    free(work->outliers);
}

static int make_workspace(size_t most, struct workspace *work)
{
    *work = (struct workspace){
        .values = calloc(most + 1, sizeof *work->values),
        .ratios = calloc(most + 1, sizeof *work->ratios),
        .rounds = calloc(most + 1, sizeof *work->rounds),
        .outliers = calloc(most + 1, sizeof *work->outliers),
    };
    if (work->values != NULL && work->ratios != NULL && work->rounds != NULL &&
        work->outliers != NULL)
        return 0;
    free_workspace(work);
    return -ENOMEM;
}

/* What a test is for; a ceiling between two CPUs has a latency, too. */
static bool is_latency(const struct raw_sample *sample)
{
    return isnan(sample->sample.throughput_bytes_per_s);
}

/* The usable values of a cell's samples, in the order of rounds. */
static size_t collect(const struct raw_sample *samples, size_t count, bool latency,
                      struct workspace *work)
{
    size_t used = 0;
    for (size_t index = 0; index < count; index++) {
        const struct raw_sample *sample = &samples[index];
        double value =
            latency ? sample->sample.latency_p50_ns : sample->sample.throughput_bytes_per_s;
        if (!raw_sample_is_usable(sample) || !(value > 0.0))
            continue;
        work->values[used] = value;
        work->rounds[used] = sample->round;
        double first_ns = sample->sample.first_ns_per_message;
        double last_ns = sample->sample.last_ns_per_message;
        work->ratios[used] = first_ns > 0.0 && last_ns > 0.0 ? last_ns / first_ns : NAN;
        used++;
    }
    return used;
}

static void list_rounds(const struct workspace *work, size_t count, char *text)
{
    static const char end[] = ",...";
    size_t used = 0;
    for (size_t index = 0; index < count; index++) {
        char piece[32];
        if (!work->outliers[index])
            continue;
        int length =
            snprintf(piece, sizeof piece, "%s%" PRIu64, used > 0 ? "," : "", work->rounds[index]);
        if (used + (size_t)length + sizeof end > STABILITY_ROUNDS_BYTES) {
            strcpy(text + used, end);
            return;
        }
        strcpy(text + used, piece);
        used += (size_t)length;
    }
    if (used == 0)
        strcpy(text, "-");
}

static int find_outliers(struct workspace *work, size_t count, struct stability_row *row)
{
    size_t found;
    for (size_t index = 0; index < count; index++)
        work->values[index] = log(work->values[index]);
    int result = outliers_find(work->values, count, work->outliers, &found);
    if (result < 0)
        return result;
    row->outliers = found;
    list_rounds(work, count, row->outlier_rounds);
    return 0;
}

static bool is_warming(const struct estimate *ratio)
{
    return ratio->ci95_lo > STABILITY_WARM_HI || ratio->ci95_hi < STABILITY_WARM_LO;
}

static int compute_row(const struct raw_sample *samples, size_t count, uint64_t seed,
                       struct workspace *work, struct stability_row *row)
{
    bool latency = is_latency(samples);
    *row = (struct stability_row){
        .cell = samples->cell,
        .outlier_rounds = "-",
        .tau = NAN,
        .trend_p = NAN,
        .trend_q = NAN,
        .last_over_first = statistics_no_estimate(),
        .state = STABILITY_UNKNOWN,
    };
    strcpy(row->metric, latency ? "latency_p50_ns" : "throughput_bytes_per_s");
    row->rounds = collect(samples, count, latency, work);
    if (row->rounds < STATISTICS_LEAST_SAMPLES)
        return 0;
    struct trend trend;
    int result = trend_of(work->values, row->rounds, &trend);
    if (result < 0)
        return result;
    row->tau = trend.tau;
    row->trend_p = trend.p;
    result = find_outliers(work, row->rounds, row);
    if (result == 0)
        result = statistics_estimate_median(work->ratios, row->rounds, seed, &row->last_over_first);
    row->state = is_warming(&row->last_over_first) ? STABILITY_WARMING : STABILITY_STEADY;
    return result;
}

/* With hundreds of cells some trends are chance. */
static int correct_trends(struct stability_row *rows, size_t count)
{
    double *p = calloc(count + 1, sizeof *p);
    double *q = calloc(count + 1, sizeof *q);
    int result = p != NULL && q != NULL ? 0 : -ENOMEM;
    for (size_t index = 0; index < count && result == 0; index++)
        p[index] = rows[index].trend_p;
    if (result == 0)
        result = trend_correct(p, count, q);
    for (size_t index = 0; index < count && result == 0; index++) {
        rows[index].trend_q = q[index];
        if (rows[index].state == STABILITY_STEADY && q[index] <= STABILITY_Q)
            rows[index].state = STABILITY_DRIFTS;
    }
    free(p);
    free(q);
    return result;
}

static int compute_rows(const struct raw_samples *raw, uint64_t seed, struct workspace *work,
                        struct stability_row *rows, size_t *count)
{
    int result = 0;
    *count = 0;
    for (size_t first = 0; first < raw->sample_count && result == 0;) {
        size_t end = first + 1;
        while (end < raw->sample_count &&
               cell_key_compare(&raw->samples[first].cell, &raw->samples[end].cell) == 0)
            end++;
        result = compute_row(&raw->samples[first], end - first, seed, work, &rows[(*count)++]);
        first = end;
    }
    return result == 0 ? correct_trends(rows, *count) : result;
}

int stability_compute(const struct raw_samples *raw, uint64_t seed, struct stability_row **rows,
                      size_t *count)
{
    struct workspace work;
    size_t computed = 0;
    if (raw->sample_count == 0) {
        *rows = NULL;
        *count = 0;
        return 0;
    }
    int result = make_workspace(raw->sample_count, &work);
    if (result < 0)
        return result;
    struct stability_row *made = calloc(raw->sample_count, sizeof *made);
    result = made != NULL ? compute_rows(raw, seed, &work, made, &computed) : -ENOMEM;
    free_workspace(&work);
    if (result < 0) {
        free(made);
        return result;
    }
    *rows = made;
    *count = computed;
    return 0;
}
