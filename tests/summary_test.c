/* From raw rows to summary.tsv, on a bundle small enough to compute by hand. */
#include "results/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "measure/histogram.h"
#include "measure/sample.h"

static const char latency_header[] =
    "round\torder\tround_trip_lower_ns\tround_trip_upper_ns\tcount\n";
static const char *const file_names[] = {"samples.tsv",         "latency.tsv",   "summary.tsv",
                                         "summary.tsv.partial", "manifest.json", "elsewhere"};

static char folder[] = "/tmp/summary_test.XXXXXX";
static FILE *samples;
static FILE *latencies;
static struct failure failure;

/* --- Making a bundle -------------------------------------------------------------------------- */

static char *path_of(const char *name)
{
    static char path[sizeof folder + 32];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static int make_folder(void **state)
{
    (void)state;
    return mkdtemp(folder) != NULL ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    return rmdir(folder);
}

static int start_bundle(void **state)
{
    (void)state;
    failure = (struct failure){0};
    samples = fopen(path_of("samples.tsv"), "we");
    latencies = fopen(path_of("latency.tsv"), "we");
    if (samples == NULL || latencies == NULL)
        return -1;
    fputs("round\torder\t", samples);
    sample_print_tsv_header(samples);
    fputs(latency_header, latencies);
    return 0;
}

static void close_bundle(void)
{
    if (samples != NULL)
        fclose(samples);
    if (latencies != NULL)
        fclose(latencies);
    samples = NULL;
    latencies = NULL;
}

static int remove_bundle(void **state)
{
    (void)state;
    close_bundle();
    for (size_t index = 0; index < sizeof file_names / sizeof *file_names; index++)
        remove(path_of(file_names[index]));
    return 0;
}

static struct sample sample_of(const char *mechanism, const char *test)
{
    struct sample sample = {.wait = "block",
                            .copies = "own",
                            .touch = "full",
                            .placement = "cache",
                            .source = "memory",
                            .sink = "use",
                            .working_set = "none",
                            .kernel_io_bytes = NAN,
                            .link_copy_bytes = NAN,
                            .bounce_before_ns = NAN,
                            .bounce_after_ns = NAN,
                            .writer_work_ns = NAN,
                            .reader_work_ns = NAN,
                            .first_ns_per_message = NAN,
                            .last_ns_per_message = NAN,
                            .size_bytes = 4096,
                            .messages = 1000,
                            .checksum_ok = CHECKSUM_OK,
                            .throughput_bytes_per_s = NAN,
                            .messages_per_s = NAN,
                            .cpu_ns_per_kib = NAN,
                            .latency_mean_ns = NAN,
                            .latency_p50_ns = NAN,
                            .latency_p90_ns = NAN,
                            .latency_p99_ns = NAN,
                            .latency_p999_ns = NAN,
                            .latency_max_ns = NAN};
    snprintf(sample.mechanism, sizeof sample.mechanism, "%s", mechanism);
    snprintf(sample.test, sizeof sample.test, "%s", test);
    return sample;
}

static void add(uint64_t round, uint64_t order, const struct sample *sample)
{
    fprintf(samples, "%" PRIu64 "\t%" PRIu64 "\t", round, order);
    sample_print_tsv(sample, samples);
}

static void add_throughput(uint64_t round, uint64_t order, const char *mechanism, double value)
{
    struct sample sample = sample_of(mechanism, "throughput");
    sample.throughput_bytes_per_s = value;
    add(round, order, &sample);
}

static void add_latency(uint64_t round, uint64_t order, const char *mechanism, double p50_ns,
                        uint64_t round_trips)
{
    struct sample sample = sample_of(mechanism, "latency");
    sample.latency_p50_ns = p50_ns;
    sample.messages = round_trips;
    add(round, order, &sample);
}

static void add_bucket(uint64_t round, uint64_t order, uint64_t lower, uint64_t count)
{
    fprintf(latencies, "%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\n", round,
            order, lower, histogram_bucket_upper(histogram_bucket(lower)), count);
}

/* --- Looking at the summary ------------------------------------------------------------------- */

struct row {
    double median;
    double ci95_lo;
    double ci95_hi;
    uint64_t samples;
};

static char *read_summary(void)
{
    static char text[20000];
    FILE *stream = fopen(path_of("summary.tsv"), "re");
    if (stream == NULL)
        fail_msg("no summary.tsv");
    size_t length = fread(text, 1, sizeof text - 1, stream);
    assert_true(length < sizeof text - 1);
    fclose(stream);
    text[length] = '\0';
    return text;
}

static void summarise(void)
{
    close_bundle();
    if (summary_write(folder, 1, &failure) != 0)
        fail_msg("summary_write: %s", failure.text);
    assert_int_equal(access(path_of("summary.tsv.partial"), F_OK), -1);
}

/* The row of a mechanism, test and metric of the one cell there is; 0 when there is none. */
static int find_row(const char *mechanism, const char *test, const char *metric, struct row *row)
{
    char start[128];
    int found = 0;
    snprintf(start, sizeof start,
             "%s\t%s\tblock\town\tfull\tcache\tmemory\tuse\t0\tnone\t4096\t%s\t", mechanism, test,
             metric);
    for (char *line = strtok(read_summary(), "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strncmp(line, start, strlen(start)) != 0)
            continue;
        assert_int_equal(sscanf(line + strlen(start), "%lf\t%lf\t%lf\t%" SCNu64, &row->median,
                                &row->ci95_lo, &row->ci95_hi, &row->samples),
                         4);
        found++;
    }
    assert_in_range(found, 0, 1);
    return found;
}

static struct row row_of(const char *mechanism, const char *test, const char *metric)
{
    struct row row = {0};
    if (find_row(mechanism, test, metric, &row) == 0)
        fail_msg("no row for %s %s %s", mechanism, test, metric);
    return row;
}

static void assert_row(const char *mechanism, const char *test, const char *metric, double median,
                       uint64_t count)
{
    struct row row = row_of(mechanism, test, metric);
    if (!(row.median == median) || row.samples != count)
        fail_msg("%s %s %s is %.9g of %" PRIu64 ", not %.9g of %" PRIu64, mechanism, test, metric,
                 row.median, row.samples, median, count);
}

static void assert_unresolved(const char *mechanism, const char *test, const char *metric)
{
    struct row row = row_of(mechanism, test, metric);
    assert_true(isnan(row.median));
    assert_true(isnan(row.ci95_lo));
    assert_true(isnan(row.ci95_hi));
    assert_int_equal(row.samples, 0);
}

static void assert_no_row(const char *mechanism, const char *test, const char *metric)
{
    struct row row;
    assert_int_equal(find_row(mechanism, test, metric, &row), 0);
}

/* --- Medians and ratios ----------------------------------------------------------------------- */

/*
 *   round        1    2    3    4        5     6    7
 *   pipe       100  200  100  100        -   nan  100   median of 100 200 100 100 100: 100
 *   shm        200  200  300  400 wrong  500  600  400   median of 200 200 300 500 600 400: 350
 *   ratio        2    1    3    -        -     -    4   median 2.5; of the medians it would be 3.5
 */
static void add_hand_computed_rounds(const char *first, const char *second)
{
    const double pipe[] = {100, 200, 100, 100, 0, NAN, 100};
    const double shm[] = {200, 200, 300, 400, 500, 600, 400};
    for (uint64_t round = 7; round >= 1; round--) { /* the order of the rows must not matter */
        if (round != 5)
            add_throughput(round, 2, first, pipe[round - 1]);
        struct sample sample = sample_of(second, "throughput");
        sample.throughput_bytes_per_s = shm[round - 1];
        if (round == 4)
            sample.checksum_ok = CHECKSUM_WRONG;
        add(round, 1, &sample);
    }
}

static void medians_and_ratio_by_hand(void **state)
{
    (void)state;
    add_hand_computed_rounds("pipe", "shm");
    summarise();
    assert_row("pipe", "throughput", "throughput_bytes_per_s", 100.0, 5);
    assert_row("shm", "throughput", "throughput_bytes_per_s", 350.0, 6);
    assert_row("shm", "throughput", "ratio_to_pipe", 2.5, 4);
    struct row shm = row_of("shm", "throughput", "throughput_bytes_per_s");
    assert_true(shm.ci95_lo >= 200.0 && shm.ci95_lo < 350.0);
    assert_true(shm.ci95_hi <= 600.0 && shm.ci95_hi > 350.0);
    struct row ratio = row_of("shm", "throughput", "ratio_to_pipe");
    assert_true(isnan(ratio.ci95_lo)); /* four pairs are too few for an interval */
    assert_true(isnan(ratio.ci95_hi));
}

/* The same figures under exchanged names: who was faster must come out slower. */
static void exchanged_data_turns_the_ratio_round(void **state)
{
    (void)state;
    add_hand_computed_rounds("shm", "pipe");
    summarise();
    /* 1/2, 1, 1/3, 1/4: median 5/12. */
    struct row ratio = row_of("shm", "throughput", "ratio_to_pipe");
    assert_true(fabs(ratio.median - 5.0 / 12.0) < 1e-9);
    assert_int_equal(ratio.samples, 4);
}

static void a_shorter_latency_is_a_ratio_above_one(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++) {
        add_latency(round, 1, "pipe", 1000.0 * (double)round, 100);
        add_latency(round, 2, "shm", 250.0 * (double)round, 100);
        add_latency(round, 3, "fifo", 2000.0 * (double)round, 100);
        for (uint64_t order = 1; order <= 3; order++)
            add_bucket(round, order, 200, 100);
    }
    summarise();
    assert_row("shm", "latency", "ratio_to_pipe", 4.0, 6);
    assert_row("fifo", "latency", "ratio_to_pipe", 0.5, 6);
    assert_row("shm", "latency", "latency_p50_ns", 875.0, 6);
    /* The machine drifted by a factor of six, and the paired ratio does not know it. */
    struct row ratio = row_of("shm", "latency", "ratio_to_pipe");
    assert_true(ratio.ci95_lo == 4.0);
    assert_true(ratio.ci95_hi == 4.0);
}

static void only_the_same_cell_of_the_pipe_is_compared(void **state)
{
    (void)state;
    struct sample pipe = sample_of("pipe", "throughput");
    struct sample shm = sample_of("shm", "throughput");
    pipe.throughput_bytes_per_s = 1.0;
    shm.throughput_bytes_per_s = 2.0;
    add(1, 1, &shm);
    uint64_t order = 2;
    char *const words[] = {pipe.test,      pipe.wait,   pipe.copies, pipe.touch,
                           pipe.placement, pipe.source, pipe.sink,   pipe.working_set};
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        char before[SAMPLE_WORD_BYTES];
        memcpy(before, words[index], sizeof before);
        snprintf(words[index], SAMPLE_WORD_BYTES, "other");
        add(1, order++, &pipe);
        memcpy(words[index], before, sizeof before);
    }
    pipe.size_bytes = 8192;
    add(1, order++, &pipe);
    pipe.size_bytes = shm.size_bytes;
    pipe.extra_copies = 1;
    add(1, order, &pipe);
    summarise();
    assert_row("shm", "throughput", "throughput_bytes_per_s", 2.0, 1);
    assert_null(strstr(read_summary(), "ratio_to_pipe"));
}

static void pairs_that_never_met_are_unresolved(void **state)
{
    (void)state;
    add_throughput(1, 1, "pipe", 1.0);
    add_throughput(2, 1, "shm", 2.0);
    summarise();
    assert_unresolved("shm", "throughput", "ratio_to_pipe");
}

static void neither_pipe_nor_ceiling_has_a_ratio(void **state)
{
    (void)state;
    add_throughput(1, 1, "pipe", 1.0);
    add_throughput(1, 2, "ceiling", 2.0);
    add_throughput(1, 3, "null", 3.0);
    summarise();
    assert_no_row("pipe", "throughput", "ratio_to_pipe");
    assert_no_row("ceiling", "throughput", "ratio_to_pipe");
    assert_row("ceiling", "throughput", "throughput_bytes_per_s", 2.0, 1);
    assert_row("null", "throughput", "ratio_to_pipe", 3.0, 1);
}

static void a_test_has_only_its_own_metrics(void **state)
{
    (void)state;
    struct sample sample = sample_of("pipe", "throughput");
    sample.throughput_bytes_per_s = 5.0;
    sample.cpu_ns_per_kib = 7.0;
    add(1, 1, &sample);
    summarise();
    assert_row("pipe", "throughput", "throughput_bytes_per_s", 5.0, 1);
    assert_row("pipe", "throughput", "cpu_ns_per_kib", 7.0, 1);
    assert_null(strstr(read_summary(), "latency_"));
    assert_null(strstr(read_summary(), "messages_per_s"));
}

static void a_cell_of_wrong_checksums_is_unresolved_and_not_forgotten(void **state)
{
    (void)state;
    struct sample sample = sample_of("shm", "latency");
    sample.latency_p50_ns = 1.0;
    sample.messages = 200;
    sample.checksum_ok = CHECKSUM_WRONG;
    add(1, 1, &sample);
    add_bucket(1, 1, 100, 200);
    add_latency(1, 2, "pipe", 10.0, 200);
    add_bucket(1, 2, 20, 200);
    summarise();
    assert_unresolved("shm", "latency", "latency_p50_ns");
    assert_unresolved("shm", "latency", "latency_p90_ns");
    assert_unresolved("shm", "latency", "ratio_to_pipe");
}

static void an_unchecked_sample_counts(void **state)
{
    (void)state;
    struct sample sample = sample_of("null", "throughput");
    sample.throughput_bytes_per_s = 5.0;
    sample.checksum_ok = CHECKSUM_NOT_APPLICABLE;
    add(1, 1, &sample);
    summarise();
    assert_row("null", "throughput", "throughput_bytes_per_s", 5.0, 1);
}

/* --- Pooled quantiles ------------------------------------------------------------------------- */

static void quantiles_are_half_of_the_pooled_round_trips(void **state)
{
    (void)state;
    /* 90 of 100 ns and 10 of 200 ns over both rounds: the 90th of 100 is 100 ns. */
    add_latency(1, 1, "shm", 50.0, 60);
    add_latency(2, 1, "shm", 50.0, 40);
    add_bucket(1, 1, 100, 60);
    add_bucket(2, 1, 200, 10);
    add_bucket(2, 1, 100, 30);
    summarise();
    assert_row("shm", "latency", "latency_p90_ns", 50.0, 2);
    assert_unresolved("shm", "latency", "latency_p99_ns");
    assert_unresolved("shm", "latency", "latency_p999_ns");
}

static void one_more_slow_round_trip_moves_the_quantile(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 60);
    add_latency(2, 1, "shm", 50.0, 40);
    add_bucket(1, 1, 100, 60);
    add_bucket(2, 1, 100, 29);
    add_bucket(2, 1, 200, 11);
    summarise();
    assert_row("shm", "latency", "latency_p90_ns", 100.0, 2);
}

static void too_few_round_trips_resolve_no_quantile(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 99);
    add_bucket(1, 1, 100, 99);
    summarise();
    assert_unresolved("shm", "latency", "latency_p90_ns");
    assert_row("shm", "latency", "latency_p50_ns", 50.0, 1);
}

static void histograms_of_wrong_checksums_are_left_out(void **state)
{
    (void)state;
    struct sample wrong = sample_of("shm", "latency");
    wrong.messages = 100000;
    wrong.checksum_ok = CHECKSUM_WRONG;
    add_latency(1, 1, "shm", 50.0, 100);
    add(2, 1, &wrong);
    add_bucket(1, 1, 100, 100);
    add_bucket(2, 1, 200, 100000);
    summarise();
    assert_row("shm", "latency", "latency_p90_ns", 50.0, 1);
}

static void histograms_find_their_cell_among_others(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 1.0, 100);
    add_latency(1, 2, "pipe", 1.0, 100);
    add_latency(2, 1, "pipe", 1.0, 100);
    add_latency(2, 2, "shm", 1.0, 100);
    add_bucket(2, 2, 20, 100);
    add_bucket(1, 2, 40, 100);
    add_bucket(2, 1, 40, 100);
    add_bucket(1, 1, 20, 100);
    summarise();
    assert_row("shm", "latency", "latency_p90_ns", 10.0, 2);
    assert_row("pipe", "latency", "latency_p90_ns", 20.0, 2);
}

static void a_histogram_without_its_sample_is_passed_over(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 100);
    add_bucket(1, 1, 100, 100);
    add_bucket(1, 2, 200, 100000);
    summarise();
    assert_row("shm", "latency", "latency_p90_ns", 50.0, 1);
}

static void a_bundle_without_histograms_has_unresolved_quantiles(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 100);
    close_bundle();
    assert_int_equal(unlink(path_of("latency.tsv")), 0);
    summarise();
    assert_unresolved("shm", "latency", "latency_p90_ns");
}

/* Ten calm rounds, ten that swing by 9 %, ten that swing by 60 %, and two. */
static void every_row_says_what_it_lacks(void **state)
{
    (void)state;
    const struct {
        const char *mechanism;
        double swing;
        uint64_t rounds;
        const char *settled;
    } cases[] = {{"calm", 0.01, 10, "settled"},
                 {"slow", 0.09, 10, "budget"},
                 {"wild", 0.60, 10, "noise"},
                 {"short", 0.0, 2, "budget"}};
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        for (uint64_t round = 1; round <= cases[index].rounds; round++)
            add_throughput(round, index + 1, cases[index].mechanism,
                           1e9 * (1.0 + (round % 2 == 0 ? 1.0 : -1.0) * cases[index].swing));
    }
    summarise();
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        char row[64];
        char end[32];
        snprintf(row, sizeof row, "\n%s\tthroughput\t", cases[index].mechanism);
        snprintf(end, sizeof end, "\t%s\n", cases[index].settled);
        const char *found = strstr(read_summary(), row);
        assert_non_null(found);
        const char *newline = strchr(found + 1, '\n');
        assert_int_equal(strncmp(newline + 1 - strlen(end), end, strlen(end)), 0);
    }
}

/* --- The file --------------------------------------------------------------------------------- */

static void the_header_is_the_format(void **state)
{
    (void)state;
    summarise();
    assert_string_equal(read_summary(), "mechanism\ttest\twait\tcopies\ttouch\tplacement\t"
                                        "source\tsink\textra_copies\tworking_set\t"
                                        "size_bytes\tmetric\tmedian\tci95_lo\tci95_hi\tsamples\t"
                                        "settled\n");
}

static void rows_of_a_series_stand_together_by_size(void **state)
{
    (void)state;
    struct sample sample = sample_of("shm", "throughput");
    sample.throughput_bytes_per_s = 1.0;
    const uint64_t sizes[] = {1024, 64, 16384};
    for (uint64_t order = 1; order <= 3; order++) {
        sample.size_bytes = sizes[order - 1];
        add(1, order, &sample);
    }
    summarise();
    const char *text = read_summary();
    const char *small = strstr(text, "none\t64\t");
    const char *medium = strstr(text, "none\t1024\t");
    const char *large = strstr(text, "none\t16384\t");
    assert_true(small != NULL && small < medium && medium < large);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    add_hand_computed_rounds("pipe", "shm");
    summarise();
    char *first = strdup(read_summary());
    summarise();
    assert_string_equal(read_summary(), first);
    free(first);
}

static void a_link_under_the_temporary_name_is_not_followed(void **state)
{
    (void)state;
    FILE *stream = fopen(path_of("elsewhere"), "we");
    assert_non_null(stream);
    fputs("mine", stream);
    fclose(stream);
    assert_int_equal(symlink("elsewhere", path_of("summary.tsv.partial")), 0);
    summarise();
    char text[8] = {0};
    stream = fopen(path_of("elsewhere"), "re");
    assert_non_null(stream);
    assert_non_null(fgets(text, sizeof text, stream));
    fclose(stream);
    assert_string_equal(text, "mine");
}

/* --- What is refused -------------------------------------------------------------------------- */

/* Refused with this line (behind the folder); an older summary stays as it was. */
static void assert_refused(int error, const char *line)
{
    close_bundle();
    FILE *stream = fopen(path_of("summary.tsv"), "we");
    assert_non_null(stream);
    fputs("old\n", stream);
    fclose(stream);
    int result = summary_write(folder, 1, &failure);
    if (result != error || strstr(failure.text, line) == NULL)
        fail_msg("%d: %s", result, failure.text);
    assert_string_equal(read_summary(), "old\n");
    assert_int_equal(access(path_of("summary.tsv.partial"), F_OK), -1);
}

static void two_samples_at_one_place(void **state)
{
    (void)state;
    add_throughput(1, 1, "pipe", 1.0);
    add_throughput(1, 1, "shm", 1.0);
    assert_refused(-EINVAL, "samples.tsv: two samples with round 1 and order 1");
}

static void a_cell_twice_in_a_round(void **state)
{
    (void)state;
    add_throughput(3, 1, "pipe", 1.0);
    add_throughput(3, 2, "pipe", 1.0);
    assert_refused(-EINVAL, "samples.tsv: round 3: the same cell twice, at order ");
}

static void a_histogram_that_lost_a_row(void **state)
{
    (void)state;
    add_latency(2, 5, "shm", 50.0, 100);
    add_bucket(2, 5, 100, 99);
    assert_refused(-EINVAL,
                   "latency.tsv: round 2 order 5: 99 round trips, but samples.tsv says 100");
}

/* The quantiles would then be those of the rounds that happen to be there. */
static void a_sample_that_lost_its_histogram(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 100);
    add_bucket(1, 1, 100, 100);
    add_latency(2, 1, "shm", 50.0, 100);
    assert_refused(-EINVAL,
                   "latency.tsv: round 2 order 1: no histogram, but samples.tsv has the latency");
}

static void a_bucket_that_does_not_exist(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 100);
    add_bucket(1, 1, 257, 100);
    assert_refused(-EINVAL, "latency.tsv: row 2, round_trip_lower_ns: '257' begins no bucket");
}

static void a_bucket_with_another_end(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, 100);
    fputs("1\t1\t100\t102\t100\n", latencies);
    assert_refused(-EINVAL,
                   "latency.tsv: row 2, round_trip_upper_ns: '102' does not end the bucket");
}

static void more_round_trips_than_can_be_counted(void **state)
{
    (void)state;
    add_latency(1, 1, "shm", 50.0, UINT64_MAX);
    add_latency(2, 1, "shm", 50.0, UINT64_MAX);
    add_bucket(1, 1, 100, UINT64_MAX);
    add_bucket(2, 1, 100, UINT64_MAX);
    assert_refused(-EINVAL, "latency.tsv: too many round trips to count");
}

static void a_value_that_is_none(void **state)
{
    (void)state;
    struct sample sample = sample_of("shm", "throughput");
    sample.throughput_bytes_per_s = INFINITY;
    add(1, 1, &sample);
    assert_refused(-EINVAL,
                   "samples.tsv: row 2, throughput_bytes_per_s: 'inf' is no value of this column");
}

static void a_row_that_was_cut_off(void **state)
{
    (void)state;
    fputs("1\t1\tshm", samples);
    assert_refused(-EINVAL, "samples.tsv: row 2 is cut off");
}

static void a_table_of_something_else(void **state)
{
    (void)state;
    close_bundle();
    FILE *stream = fopen(path_of("samples.tsv"), "we");
    assert_non_null(stream);
    fputs("round\torder\tprice\n", stream);
    fclose(stream);
    assert_refused(-EINVAL, "samples.tsv: no column 'mechanism'");
}

static void a_folder_that_is_no_bundle(void **state)
{
    (void)state;
    close_bundle();
    assert_int_equal(unlink(path_of("samples.tsv")), 0);
    assert_refused(-ENOENT, "samples.tsv: No such file or directory");
}

static void a_summary_that_cannot_be_replaced(void **state)
{
    (void)state;
    add_throughput(1, 1, "pipe", 1.0);
    close_bundle();
    assert_int_equal(mkdir(path_of("summary.tsv"), 0700), 0);
    assert_int_equal(summary_write(folder, 1, &failure), -EISDIR);
    assert_non_null(strstr(failure.text, "summary.tsv: Is a directory"));
    assert_int_equal(access(path_of("summary.tsv.partial"), F_OK), -1);
}

static void a_full_disk(void **state)
{
    (void)state;
    add_hand_computed_rounds("pipe", "shm");
    close_bundle();
    /* A limit on the size of files stands in for the end of the disk. */
    struct rlimit before;
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit small = {.rlim_cur = 100, .rlim_max = before.rlim_max};
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
    int result = summary_write(folder, 1, &failure);
    setrlimit(RLIMIT_FSIZE, &before);
    signal(SIGXFSZ, SIG_DFL);
    assert_int_equal(result, -EFBIG);
    assert_int_equal(access(path_of("summary.tsv"), F_OK), -1);
    assert_int_equal(access(path_of("summary.tsv.partial"), F_OK), -1);
}

/* --- The seed --------------------------------------------------------------------------------- */

static int recorded_seed(const char *manifest, uint64_t *seed)
{
    FILE *stream = fopen(path_of("manifest.json"), "we");
    assert_non_null(stream);
    fputs(manifest, stream);
    fclose(stream);
    failure = (struct failure){0};
    return summary_recorded_seed(folder, seed, &failure);
}

static void the_seed_comes_from_the_manifest(void **state)
{
    (void)state;
    uint64_t seed = 0;
    assert_int_equal(recorded_seed("{\"schema\": 1, \"seed\": 42}", &seed), 0);
    assert_int_equal(seed, 42);
    assert_int_equal(recorded_seed("{\"seed\": \"18446744073709551615\"}", &seed), 0);
    assert_true(seed == UINT64_MAX);
}

static void a_manifest_without_a_seed_is_refused(void **state)
{
    (void)state;
    static const char *const manifests[] = {"",
                                            "{",
                                            "[]",
                                            "{}",
                                            "{\"seed\": -1}",
                                            "{\"seed\": 1.5}",
                                            "{\"seed\": null}",
                                            "{\"seed\": \"x\"}",
                                            "{\"seed\": 1, \"seed\": 2}"};
    uint64_t seed = 4711;
    for (size_t index = 0; index < sizeof manifests / sizeof *manifests; index++) {
        if (recorded_seed(manifests[index], &seed) != -EINVAL)
            fail_msg("takes %s", manifests[index]);
        assert_non_null(strstr(failure.text, "/manifest.json"));
    }
    unlink(path_of("manifest.json"));
    assert_int_equal(summary_recorded_seed(folder, &seed, &failure), -ENOENT);
    assert_int_equal(seed, 4711);
}

#define SUMMARY_TEST(test) cmocka_unit_test_setup_teardown(test, start_bundle, remove_bundle)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUMMARY_TEST(medians_and_ratio_by_hand),
        SUMMARY_TEST(exchanged_data_turns_the_ratio_round),
        SUMMARY_TEST(a_shorter_latency_is_a_ratio_above_one),
        SUMMARY_TEST(only_the_same_cell_of_the_pipe_is_compared),
        SUMMARY_TEST(pairs_that_never_met_are_unresolved),
        SUMMARY_TEST(neither_pipe_nor_ceiling_has_a_ratio),
        SUMMARY_TEST(a_test_has_only_its_own_metrics),
        SUMMARY_TEST(a_cell_of_wrong_checksums_is_unresolved_and_not_forgotten),
        SUMMARY_TEST(an_unchecked_sample_counts),
        SUMMARY_TEST(quantiles_are_half_of_the_pooled_round_trips),
        SUMMARY_TEST(one_more_slow_round_trip_moves_the_quantile),
        SUMMARY_TEST(too_few_round_trips_resolve_no_quantile),
        SUMMARY_TEST(histograms_of_wrong_checksums_are_left_out),
        SUMMARY_TEST(histograms_find_their_cell_among_others),
        SUMMARY_TEST(a_histogram_without_its_sample_is_passed_over),
        SUMMARY_TEST(a_bundle_without_histograms_has_unresolved_quantiles),
        SUMMARY_TEST(every_row_says_what_it_lacks),
        SUMMARY_TEST(the_header_is_the_format),
        SUMMARY_TEST(rows_of_a_series_stand_together_by_size),
        SUMMARY_TEST(the_same_seed_gives_the_same_bytes),
        SUMMARY_TEST(a_link_under_the_temporary_name_is_not_followed),
        SUMMARY_TEST(two_samples_at_one_place),
        SUMMARY_TEST(a_cell_twice_in_a_round),
        SUMMARY_TEST(a_histogram_that_lost_a_row),
        SUMMARY_TEST(a_sample_that_lost_its_histogram),
        SUMMARY_TEST(a_bucket_that_does_not_exist),
        SUMMARY_TEST(a_bucket_with_another_end),
        SUMMARY_TEST(more_round_trips_than_can_be_counted),
        SUMMARY_TEST(a_value_that_is_none),
        SUMMARY_TEST(a_row_that_was_cut_off),
        SUMMARY_TEST(a_table_of_something_else),
        SUMMARY_TEST(a_folder_that_is_no_bundle),
        SUMMARY_TEST(a_summary_that_cannot_be_replaced),
        SUMMARY_TEST(a_full_disk),
        SUMMARY_TEST(the_seed_comes_from_the_manifest),
        SUMMARY_TEST(a_manifest_without_a_seed_is_refused),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
