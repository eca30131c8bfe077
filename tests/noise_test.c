/* Marks of what disturbed a run: each turned on and off at its limit by doctored rows, what old
 * bundles lack, and what is refused. */
#include "results/noise.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "raw_bundle.h"

#define NOISE_HEADER "round\tdisturbance\tvalue\tusual\tlimit\taffected\n"

static struct raw_bundle bundle;
static struct failure failure;
static struct raw_round rounds[8];
static size_t round_count;

/* A calm round: ten seconds on two CPUs, of which others used half a second. */
static struct raw_round calm_round(uint64_t round)
{
    return (struct raw_round){
        .round = round,
        .at_s = 10.0 * (double)(round - 1),
        .seconds = 10.0,
        .samples = 2,
        .online_cpus = 2.0,
        .steal_ns = 0.0,
        .other_busy_ns = 0.5e9,
        .interrupts = 1000.0,
        .context_switches = 2000.0,
        .load_1min = 0.5,
        .frequency_mean_hz = 2e9,
        .frequency_least_hz = 2e9,
        .throttles = 0.0,
    };
}

static int make(void **state)
{
    (void)state;
    failure = (struct failure){0};
    round_count = 3;
    for (size_t index = 0; index < round_count; index++)
        rounds[index] = calm_round(index + 1);
    return raw_bundle_make(&bundle);
}

static int clean(void **state)
{
    (void)state;
    return raw_bundle_remove(&bundle);
}

static void put(const char *name, const char *text)
{
    FILE *stream = fopen(raw_bundle_path(&bundle, name), "we");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static bool exists(const char *name)
{
    return access(raw_bundle_path(&bundle, name), F_OK) == 0;
}

/* A sample of a round whose CPUs were so far apart before and after. */
static void add_sample(uint64_t round, const char *mechanism, double before_ns, double after_ns)
{
    struct sample sample = raw_bundle_sample(mechanism, "throughput");
    sample.bounce_before_ns = before_ns;
    sample.bounce_after_ns = after_ns;
    sample.reader_cpu = 1;
    raw_bundle_add(&bundle, round, &sample);
}

static void add_calm_samples(void)
{
    for (uint64_t round = 1; round <= 3; round++) {
        add_sample(round, "pipe", 220.0, 220.0);
        add_sample(round, "shm", 220.0, 220.0);
    }
}

static void put_rounds(void)
{
    FILE *stream = fopen(raw_bundle_path(&bundle, RAW_ROUNDS_FILE), "we");
    assert_non_null(stream);
    raw_rounds_print_header(stream);
    for (size_t index = 0; index < round_count; index++)
        raw_rounds_print(&rounds[index], stream);
    fclose(stream);
}

static void write_noise(void)
{
    raw_bundle_close(&bundle);
    if (noise_write(bundle.folder, &failure) < 0)
        fail_msg("%s", failure.text);
}

/* noise.tsv has these rows and no others. */
static void assert_marks(const char *rows)
{
    char expected[2000];
    snprintf(expected, sizeof expected, NOISE_HEADER "%s", rows);
    write_noise();
    assert_string_equal(raw_bundle_text(&bundle, NOISE_FILE), expected);
}

static void assert_marks_of_rounds(const char *rows)
{
    put_rounds();
    assert_marks(rows);
}

static void calm_rounds_have_no_marks(void **state)
{
    (void)state;
    add_calm_samples();
    assert_marks_of_rounds("");
}

/* 1 % of 10 s on 2 CPUs are 0.2 s. */
static void stolen_time_is_marked_above_its_limit(void **state)
{
    (void)state;
    add_calm_samples();
    rounds[1].steal_ns = 0.2e9;
    assert_marks_of_rounds("");
    rounds[1].steal_ns = 0.21e9;
    assert_marks_of_rounds("2\tsteal\t0.0105\tnan\t0.01\t2\n");
    /* A tenth of a second, of which 1 % is less than a tick. */
    rounds[1].seconds = 0.1;
    rounds[1].other_busy_ns = 0.0;
    rounds[1].steal_ns = 0.02e9;
    assert_marks_of_rounds("");
    rounds[1].steal_ns = 0.03e9;
    assert_marks_of_rounds("2\tsteal\t0.15\tnan\t0.01\t2\n");
}

/* 10 % of one CPU in 10 s is 1 s. */
static void busy_others_are_marked_above_their_limit(void **state)
{
    (void)state;
    add_calm_samples();
    rounds[2].other_busy_ns = 1e9;
    rounds[0].other_busy_ns = -0.01e9;
    assert_marks_of_rounds("");
    rounds[2].other_busy_ns = 3.4e9;
    assert_marks_of_rounds("3\tbusy\t0.34\tnan\t0.1\t2\n");
    rounds[2].seconds = 0.1;
    rounds[2].other_busy_ns = 0.02e9;
    assert_marks_of_rounds("");
}

/* 5 % of the median of 2 GHz. */
static void another_frequency_is_marked_to_both_sides(void **state)
{
    (void)state;
    add_calm_samples();
    rounds[0].frequency_mean_hz = 1.9e9;
    rounds[1].frequency_mean_hz = 2.1e9;
    assert_marks_of_rounds("");
    rounds[0].frequency_mean_hz = 1.89e9;
    rounds[1].frequency_mean_hz = 2.11e9;
    assert_marks_of_rounds("1\tfrequency\t1.89e+09\t2e+09\t0.05\t2\n"
                           "2\tfrequency\t2.11e+09\t2e+09\t0.05\t2\n");
}

static void any_throttling_is_marked(void **state)
{
    (void)state;
    add_calm_samples();
    rounds[0].throttles = 1.0;
    assert_marks_of_rounds("1\tthrottled\t1\tnan\t0\t2\n");
}

static void what_is_not_known_is_not_marked(void **state)
{
    (void)state;
    add_calm_samples();
    for (size_t index = 0; index < round_count; index++)
        rounds[index] = (struct raw_round){.round = index + 1,
                                           .seconds = 10.0,
                                           .online_cpus = NAN,
                                           .steal_ns = 5e9,
                                           .other_busy_ns = NAN,
                                           .interrupts = NAN,
                                           .context_switches = NAN,
                                           .load_1min = NAN,
                                           .frequency_mean_hz = NAN,
                                           .frequency_least_hz = NAN,
                                           .throttles = NAN};
    assert_marks_of_rounds("");
    /* A doctored row of no length divides by nothing. */
    rounds[0] = calm_round(1);
    rounds[0].seconds = 0.0;
    rounds[0].steal_ns = 5e9;
    assert_marks_of_rounds("");
}

/* 220 ns, once and a half: 330 and 146.67. */
static void cpus_that_moved_are_marked_above_the_factor(void **state)
{
    (void)state;
    add_calm_samples();
    add_sample(1, "fifo", 330.0, 146.7);
    put_rounds();
    assert_marks("");
    assert_int_equal(raw_bundle_remove(&bundle), 0);
    assert_int_equal(raw_bundle_make(&bundle), 0);
    add_calm_samples();
    add_sample(2, "fifo", 220.0, 55.0); /* before it moved, and after */
    add_sample(2, "null", 65.0, 110.0); /* the one farther off counts */
    add_sample(3, "fifo", 331.0, NAN);
    put_rounds();
    assert_marks("2\tmoved\t60\t220\t1.5\t2\n"
                 "3\tmoved\t331\t220\t1.5\t1\n");
}

/* Every placement has its own distance, and so has every pair of CPUs. */
static void other_cpus_have_another_distance(void **state)
{
    (void)state;
    add_calm_samples();
    for (uint64_t round = 1; round <= 3; round++) {
        struct sample sample = raw_bundle_sample("pipe", "throughput");
        snprintf(sample.placement, sizeof sample.placement, "far");
        sample.reader_cpu = 1;
        sample.bounce_before_ns = sample.bounce_after_ns = 900.0;
        raw_bundle_add(&bundle, round, &sample);
        sample = raw_bundle_sample("vmsplice", "throughput");
        sample.reader_cpu = 7;
        sample.bounce_before_ns = sample.bounce_after_ns = 40.0;
        raw_bundle_add(&bundle, round, &sample);
    }
    put_rounds();
    assert_marks("");
}

static void several_marks_stand_by_round_and_kind(void **state)
{
    (void)state;
    add_calm_samples();
    add_sample(1, "fifo", 55.0, 55.0);
    rounds[0].other_busy_ns = 5e9;
    rounds[0].steal_ns = 1e9;
    rounds[2].other_busy_ns = 5e9;
    assert_marks_of_rounds("1\tsteal\t0.05\tnan\t0.01\t3\n"
                           "1\tbusy\t0.5\tnan\t0.1\t3\n"
                           "1\tmoved\t55\t220\t1.5\t1\n"
                           "3\tbusy\t0.5\tnan\t0.1\t2\n");
}

static void a_bundle_that_nobody_watched_has_no_file(void **state)
{
    (void)state;
    add_sample(1, "pipe", NAN, NAN);
    put(NOISE_FILE, "of older rows\n");
    write_noise();
    assert_false(exists(NOISE_FILE));
}

/* Samples alone tell of distances. */
static void distances_are_marked_without_rounds(void **state)
{
    (void)state;
    add_calm_samples();
    add_sample(1, "fifo", 55.0, 55.0);
    assert_marks("1\tmoved\t55\t220\t1.5\t1\n");
}

/* As bundles of schema 2 are. */
static void samples_without_the_columns_are_read(void **state)
{
    (void)state;
    raw_bundle_close(&bundle);
    put("samples.tsv", "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\t"
                       "messages\tchecksum_ok\tmessages_per_s\tthroughput_bytes_per_s\t"
                       "latency_mean_ns\tlatency_p50_ns\tcpu_ns_per_kib\n"
                       "1\t1\tpipe\tthroughput\tblock\town\tfull\tcache\t64\t9\t1\t5\t5\tnan\tnan\t"
                       "1\n");
    write_noise();
    assert_false(exists(NOISE_FILE));
}

static void assert_rounds_refused(const char *row, const char *complaint)
{
    char text[1000];
    snprintf(text, sizeof text,
             "round\tat_s\tseconds\tsamples\tonline_cpus\tsteal_ns\tother_busy_ns\tinterrupts\t"
             "context_switches\tload_1min\tfrequency_mean_hz\tfrequency_least_hz\tthrottles\n%s",
             row);
    put(RAW_ROUNDS_FILE, text);
    failure = (struct failure){0};
    assert_int_equal(noise_write(bundle.folder, &failure), -EINVAL);
    if (strstr(failure.text, RAW_ROUNDS_FILE) == NULL || strstr(failure.text, complaint) == NULL)
        fail_msg("'%s' is not in '%s'", complaint, failure.text);
}

static void damaged_rounds_are_refused_with_their_place(void **state)
{
    (void)state;
    add_calm_samples();
    raw_bundle_close(&bundle);
    put(NOISE_FILE, "before\n");
    assert_rounds_refused("1\t0.000\t10.000\t2\t2\tsome\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 2, steal_ns: 'some'");
    assert_rounds_refused("1\t0.000\t10.000\t2\t2\t-1\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 2, steal_ns: '-1'");
    assert_rounds_refused("1\t0.000\tnan\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 2, seconds: 'nan'");
    assert_rounds_refused("1.5\t0.000\t10.000\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 2, round: '1.5'");
    assert_rounds_refused("0\t0.000\t10.000\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 2, round: '0'");
    assert_rounds_refused("2\t0.000\t10.000\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan\n"
                          "2\t0.000\t10.000\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan\n",
                          "row 3, round: '2'");
    assert_rounds_refused("1\t0.000\t10.000\t2\t2\t0\t0\t1\n", "row 2 has 8 fields");
    assert_rounds_refused("1\t0.000\t10.000\t2\t2\t0\t0\t1\t1\t1\tnan\tnan\tnan",
                          "row 2 is cut off");
    /* And what was there stays. */
    assert_string_equal(raw_bundle_text(&bundle, NOISE_FILE), "before\n");
}

static void a_bounce_that_is_none_is_refused(void **state)
{
    (void)state;
    raw_bundle_close(&bundle);
    put("samples.tsv", "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\t"
                       "messages\tchecksum_ok\tmessages_per_s\tthroughput_bytes_per_s\t"
                       "latency_mean_ns\tlatency_p50_ns\tcpu_ns_per_kib\tbounce_after_ns\n"
                       "1\t1\tpipe\tthroughput\tblock\town\tfull\tcache\t64\t9\t1\t5\t5\tnan\tnan\t"
                       "1\tnear\n");
    assert_int_equal(noise_write(bundle.folder, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "row 2, bounce_after_ns: 'near'"));
}

static void rounds_come_back_as_they_were_written(void **state)
{
    (void)state;
    struct raw_round *read = NULL;
    size_t count = 0;
    rounds[1].other_busy_ns = -12345000.0;
    rounds[2].throttles = NAN;
    put_rounds();
    assert_int_equal(raw_rounds_read(bundle.folder, &read, &count, &failure), 0);
    assert_int_equal(count, 3);
    assert_int_equal(read[2].round, 3);
    assert_number("at", read[2].at_s, 20.0);
    assert_int_equal(read[2].samples, 2);
    assert_number("others", read[1].other_busy_ns, -12345000.0);
    assert_number("throttles", read[2].throttles, NAN);
    assert_number("frequency", read[0].frequency_least_hz, 2e9);
    free(read);
}

static void marks_are_read(void **state)
{
    (void)state;
    struct noise noise;
    assert_int_equal(noise_read(bundle.folder, &noise, &failure), 0);
    assert_false(noise.watched);
    assert_int_equal(noise.count, 0);
    put(NOISE_FILE, NOISE_HEADER);
    assert_int_equal(noise_read(bundle.folder, &noise, &failure), 0);
    assert_true(noise.watched);
    assert_int_equal(noise.count, 0);
    put(NOISE_FILE, NOISE_HEADER "2\tmoved\t55\t220\t1.5\t1\n4\tbusy\t0.5\tnan\t0.1\t3\n");
    assert_int_equal(noise_read(bundle.folder, &noise, &failure), 0);
    assert_int_equal(noise.count, 2);
    assert_int_equal(noise.marks[0].kind, NOISE_MOVED);
    assert_number("usual", noise.marks[0].usual, 220.0);
    assert_int_equal(noise.marks[1].round, 4);
    assert_int_equal(noise.marks[1].affected, 3);
    noise_free(&noise);
}

static void assert_noise_refused(const char *rows, const char *complaint)
{
    struct noise noise;
    char text[500];
    snprintf(text, sizeof text, NOISE_HEADER "%s", rows);
    put(NOISE_FILE, text);
    failure = (struct failure){0};
    assert_int_equal(noise_read(bundle.folder, &noise, &failure), -EINVAL);
    if (strstr(failure.text, NOISE_FILE) == NULL || strstr(failure.text, complaint) == NULL)
        fail_msg("'%s' is not in '%s'", complaint, failure.text);
}

static void damaged_marks_are_refused_with_their_place(void **state)
{
    (void)state;
    assert_noise_refused("x\tbusy\t0.5\tnan\t0.1\t3\n", "row 2, round: 'x'");
    assert_noise_refused("1\tloud\t0.5\tnan\t0.1\t3\n", "row 2, disturbance: 'loud'");
    assert_noise_refused("1\tbusy\tnan\tnan\t0.1\t3\n", "row 2, value: 'nan'");
    assert_noise_refused("1\tbusy\t0.5\tnan\t-1\t3\n", "row 2, limit: '-1'");
    assert_noise_refused("1\tbusy\t0.5\tnan\t0.1\t-3\n", "row 2, affected: '-3'");
    assert_noise_refused("1\tbusy\t0.5\tnan\t0.1\t3\n1\tbusy\t0.5\tnan\t0.1\t3\n",
                         "row 3, round: '1' does not stand in its order");
    assert_noise_refused("2\tbusy\t0.5\tnan\t0.1\t3\n1\tbusy\t0.5\tnan\t0.1\t3\n", "row 3, round");
}

#define WITH_BUNDLE(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_BUNDLE(calm_rounds_have_no_marks),
        WITH_BUNDLE(stolen_time_is_marked_above_its_limit),
        WITH_BUNDLE(busy_others_are_marked_above_their_limit),
        WITH_BUNDLE(another_frequency_is_marked_to_both_sides),
        WITH_BUNDLE(any_throttling_is_marked),
        WITH_BUNDLE(what_is_not_known_is_not_marked),
        WITH_BUNDLE(cpus_that_moved_are_marked_above_the_factor),
        WITH_BUNDLE(other_cpus_have_another_distance),
        WITH_BUNDLE(several_marks_stand_by_round_and_kind),
        WITH_BUNDLE(a_bundle_that_nobody_watched_has_no_file),
        WITH_BUNDLE(distances_are_marked_without_rounds),
        WITH_BUNDLE(samples_without_the_columns_are_read),
        WITH_BUNDLE(damaged_rounds_are_refused_with_their_place),
        WITH_BUNDLE(a_bounce_that_is_none_is_refused),
        WITH_BUNDLE(rounds_come_back_as_they_were_written),
        WITH_BUNDLE(marks_are_read),
        WITH_BUNDLE(damaged_marks_are_refused_with_their_place),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
