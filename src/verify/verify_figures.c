/* What one row of samples.tsv says twice: rates against the counts they come from, the median
 * against the histogram, the CPUs against those of the placement. */
#include "base/table.h"
#include "measure/histogram.h"
#include "verify/verification.h"

#include <errno.h>
#include <limits.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NO_COLUMN SIZE_MAX

/* Nine digits stand in a row. */
static const double ROUNDING = 2e-8;

enum { FIELDS_MOST = 128 };

struct reader {
    const struct verification *verification;
    struct table *table;
    size_t columns[FIELDS_MOST]; /* of sample_fields; NO_COLUMN where older rows lack it */
    size_t round;
    size_t order;
    json_t *placements; /* those of the plan by their word, so that no row looks through all */
    size_t rows;
    size_t wrong;
};

static bool is_close(double is, double should)
{
    return fabs(is - should) <= ROUNDING * fabs(should);
}

/* Says the first row that contradicts itself; the others are counted. */
static void refute(struct reader *reader, const char *name, double stands, double comes)
{
    if (reader->wrong++ == 0)
        check_say(
            reader->verification->checks, RAW_SAMPLES_FILE, CHECK_DIFFERS,
            "row %zu (round %s, order %s), %s: %.9g stands there, %.9g comes out of the row's "
            "other fields",
            reader->rows + 1, table_text(reader->table, reader->round),
            table_text(reader->table, reader->order), name, stands, comes);
}

/* A figure that the row need not have. Returns whether it is as it comes out. */
static bool check_figure(struct reader *reader, const char *name, double stands, double comes)
{
    if (isnan(stands) || isnan(comes) || is_close(stands, comes))
        return true;
    refute(reader, name, stands, comes);
    return false;
}

static bool check_rates(struct reader *reader, const struct sample *sample)
{
    bool latency = strcmp(sample->test, test_names[TEST_LATENCY]) == 0;
    bool stream = strcmp(sample->test, test_names[TEST_THROUGHPUT]) == 0 ||
                  strcmp(sample->test, test_names[TEST_RELAY]) == 0;
    double seconds = sample->wall_ns > 0 ? (double)sample->wall_ns / 1e9 : NAN;
    double cpu_ns = (double)(sample->writer_user_ns + sample->writer_sys_ns +
                             sample->reader_user_ns + sample->reader_sys_ns);
    double bytes = (double)sample->bytes;
    double one_way = (double)sample->messages * (double)sample->size_bytes;
    return check_figure(reader, "bytes", bytes,
                        latency  ? 2.0 * one_way
                        : stream ? one_way
                                 : NAN) &&
           check_figure(reader, "throughput_bytes_per_s", sample->throughput_bytes_per_s,
                        bytes / seconds) &&
           check_figure(reader, "messages_per_s", sample->messages_per_s,
                        (double)sample->messages / seconds) &&
           check_figure(reader, "cpu_ns_per_kib", sample->cpu_ns_per_kib,
                        bytes > 0.0 ? cpu_ns / (bytes / 1024.0) : NAN);
}

/* A word that stands there twice means the first. Returns 0, or
 * -ENOMEM with a description. */
static int find_placements(struct reader *reader, struct failure *failure)
{
    const json_t *plan = json_object_get(reader->verification->manifest, "plan");
    const json_t *placements = json_object_get(plan, "placements");
    reader->placements = json_object();
    if (reader->placements == NULL)
        return failure_set(failure, -ENOMEM, "the placements");
    for (size_t index = 0; index < json_array_size(placements); index++) {
        json_t *placement = json_array_get(placements, index);
        const char *word = json_string_value(json_object_get(placement, "placement"));
        if (word == NULL || json_object_get(reader->placements, word) != NULL)
            continue;
        if (json_object_set(reader->placements, word, placement) != 0)
            return failure_set(failure, -ENOMEM, "the placements");
    }
    return 0;
}

/* Where the placement of the plan lies; a plan that does not say refutes nothing. */
static bool check_cpus(struct reader *reader, const struct sample *sample)
{
    const json_t *placement = json_object_get(reader->placements, sample->placement);
    if (placement == NULL)
        return true;
    double writer = (double)json_integer_value(json_object_get(placement, "writer_cpu"));
    double reading = (double)json_integer_value(json_object_get(placement, "reader_cpu"));
    bool one_cpu = strcmp(sample->test, "memcpy") == 0;
    return check_figure(reader, "writer_cpu", (double)sample->writer_cpu, writer) &&
           (one_cpu || check_figure(reader, "reader_cpu", (double)sample->reader_cpu, reading));
}

static int read_sample(struct reader *reader, struct sample *sample)
{
    memset(sample, 0, sizeof *sample);
    for (size_t index = 0; sample_fields[index].name != NULL; index++) {
        if (reader->columns[index] == NO_COLUMN)
            continue;
        const char *text = table_text(reader->table, reader->columns[index]);
        if (sample_parse_field(sample, &sample_fields[index], text) < 0) {
            check_say(reader->verification->checks, RAW_SAMPLES_FILE, CHECK_DIFFERS,
                      "row %zu, %s: '%.40s' is no value of this column", reader->rows + 1,
                      sample_fields[index].name, text);
            return -EINVAL;
        }
    }
    return 0;
}

static int check_rows(struct reader *reader, struct failure *failure)
{
    struct sample sample;
    int result;
    while ((result = table_next(reader->table, failure)) > 0) {
        reader->rows++;
        if (read_sample(reader, &sample) < 0) {
            reader->wrong++;
            return 0;
        }
        if (check_rates(reader, &sample))
            check_cpus(reader, &sample);
    }
    return result;
}

/* All columns that check_rates and check_cpus use must be there: no bundle lacks them. */
static int find_columns(struct reader *reader, struct failure *failure)
{
    static const char *const needed[] = {
        "mechanism",     "test",           "placement",      "size_bytes",
        "messages",      "bytes",          "wall_ns",        "writer_cpu",
        "reader_cpu",    "writer_user_ns", "writer_sys_ns",  "reader_user_ns",
        "reader_sys_ns", "cpu_ns_per_kib", "messages_per_s", "throughput_bytes_per_s"};
    size_t ignored;
    int result = table_find_column(reader->table, "round", &reader->round, failure);
    if (result == 0)
        result = table_find_column(reader->table, "order", &reader->order, failure);
    for (size_t index = 0; index < sizeof needed / sizeof *needed && result == 0; index++)
        result = table_find_column(reader->table, needed[index], &ignored, failure);
    for (size_t index = 0; result == 0 && sample_fields[index].name != NULL; index++) {
        if (index == FIELDS_MOST)
            return failure_say(failure, -EINVAL, "more than %d columns", FIELDS_MOST);
        if (table_find_column(reader->table, sample_fields[index].name, &reader->columns[index],
                              NULL) < 0)
            reader->columns[index] = NO_COLUMN;
    }
    return result;
}

/* ---- medians against histograms ---- */

static int compare_buckets(const void *left, const void *right)
{
    const struct raw_bucket *a = left;
    const struct raw_bucket *b = right;
    return (a->bucket > b->bucket) - (a->bucket < b->bucket);
}

/* Whether half a round trip lies in the bucket of the median; above it lies the exact maximum only.
 * The buckets of a sample are sorted here: their order in the file says nothing. */
static bool is_median(const struct raw_samples *raw, const struct raw_sample *sample,
                      struct raw_bucket *sorted)
{
    uint64_t rank = histogram_rank(0.5, sample->sample.messages);
    uint64_t below = 0;
    memcpy(sorted, &raw->buckets[sample->first_bucket], sample->bucket_count * sizeof *sorted);
    qsort(sorted, sample->bucket_count, sizeof *sorted, compare_buckets);
    for (size_t index = 0; index < sample->bucket_count; index++) {
        below += sorted[index].count;
        if (below < rank)
            continue;
        double whole = 2.0 * sample->sample.latency_p50_ns;
        return whole >= (double)histogram_bucket_lower(sorted[index].bucket) &&
               whole <= (double)histogram_bucket_upper(sorted[index].bucket);
    }
    return false;
}

static void check_medians(const struct verification *verification)
{
    const struct raw_samples *raw = &verification->raw;
    struct raw_bucket *sorted = calloc(raw->bucket_count + 1, sizeof *sorted);
    size_t compared = 0;
    size_t wrong = 0;
    for (size_t index = 0; index < raw->sample_count && sorted != NULL; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        if (sample->bucket_count == 0 || sample->sample.messages == 0 ||
            isnan(sample->sample.latency_p50_ns))
            continue;
        compared++;
        if (is_median(raw, sample, sorted))
            continue;
        if (wrong++ == 0)
            check_say(verification->checks, RAW_LATENCIES_FILE, CHECK_DIFFERS,
                      "round %llu, order %llu: " RAW_SAMPLES_FILE " says latency_p50_ns %.9g, and "
                      "the median of the histogram lies elsewhere",
                      (unsigned long long)sample->round, (unsigned long long)sample->order,
                      sample->sample.latency_p50_ns);
    }
    free(sorted);
    if (wrong == 0)
        check_say(verification->checks, RAW_LATENCIES_FILE, CHECK_OK,
                  "the medians of %zu samples lie in their histograms", compared);
}

void verify_figures(const struct verification *verification)
{
    static const struct table_limits limits = {.line_bytes = 4096, .columns = 128, .rows = 1000000};
    struct reader reader = {.verification = verification};
    struct failure problem = {0};
    char path[PATH_MAX];
    int result = 0;
    if (snprintf(path, sizeof path, "%s/" RAW_SAMPLES_FILE, verification->folder) >=
        (int)sizeof path)
        result = failure_set(&problem, -ENAMETOOLONG, RAW_SAMPLES_FILE);
    if (result == 0)
        result = table_open(&reader.table, path, &limits, &problem);
    if (result == 0)
        result = find_columns(&reader, &problem);
    if (result == 0)
        result = find_placements(&reader, &problem);
    if (result == 0)
        result = check_rows(&reader, &problem);
    table_close(reader.table);
    json_decref(reader.placements);
    if (result < 0)
        check_say(verification->checks, RAW_SAMPLES_FILE, CHECK_DIFFERS, "%s", problem.text);
    else if (reader.wrong == 0)
        check_say(verification->checks, RAW_SAMPLES_FILE, CHECK_OK,
                  "in %zu rows the rates come out of the row's own counts", reader.rows);
    else if (reader.wrong > 1)
        check_say(verification->checks, RAW_SAMPLES_FILE, CHECK_DIFFERS,
                  "%zu of %zu rows contradict themselves", reader.wrong, reader.rows);
    if (verification->has_raw)
        check_medians(verification);
}
