/* What is said of a disturbed run: which rounds, how much, what to do; nothing of a calm one. */
#include "report/report.h"
#include "report/report_noise.h"

#include "bundle_fixture.h"

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define HEADER "round\tdisturbance\tvalue\tusual\tlimit\taffected\n"

static struct fixture fixture;

static int begin(void **state)
{
    (void)state;
    fixture_begin(&fixture);
    fixture_row(&fixture, "pipe throughput block own full cache", 64, "throughput_bytes_per_s",
                "100 90 110");
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

/* The whole report; the caller frees it. */
static char *report(bool markdown)
{
    struct failure failure = {0};
    struct bundle_data bundle;
    struct evidence evidence;
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    if (bundle_read(fixture.folder, &bundle, &failure) < 0 ||
        evidence_read(fixture.folder, &evidence, &failure) < 0)
        fail_msg("%s", failure.text);
    assert_int_equal(markdown ? report_write_markdown(&bundle, &evidence, LANGUAGE_ENGLISH, stream)
                              : report_write_terminal(&bundle, &evidence, LANGUAGE_ENGLISH, stream),
                     0);
    fclose(stream);
    evidence_free(&evidence);
    bundle_free(&bundle);
    return text;
}

static void assert_report(bool markdown, const char *wanted)
{
    char *text = report(markdown);
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text);
    free(text);
}

static void assert_report_lacks(bool markdown, const char *unwanted)
{
    char *text = report(markdown);
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
    free(text);
}

static void a_run_that_nobody_watched_says_nothing(void **state)
{
    (void)state;
    assert_report_lacks(false, "Noise");
    assert_report_lacks(true, "Noise");
}

static void a_calm_run_says_so_in_the_long_report_only(void **state)
{
    (void)state;
    fixture_write(&fixture, "noise.tsv", HEADER);
    assert_report_lacks(false, "Noise");
    assert_report(true, "## Noise\n\nNothing disturbed a round beyond");
}

static void a_disturbed_run_names_rounds_and_what_to_do(void **state)
{
    (void)state;
    fixture_write(&fixture, "noise.tsv",
                  HEADER "2\tbusy\t0.34\tnan\t0.1\t7\n"
                         "5\tsteal\t0.031\tnan\t0.01\t7\n"
                         "5\tbusy\t0.2\tnan\t0.1\t7\n");
    assert_report(false, "Noise    disturbed: the hypervisor took 3.1 % of the CPUs' time in "
                         "round 5 of\n         10: measure when its host is calmer");
    assert_report(false, "other\n         processes used up to 34 % of a CPU in rounds 2, 5 of 10: "
                         "close them and\n         measure again\n");
    assert_report(true, "in rounds 2, 5 of 10: close them and measure again. Nothing was left out");
    assert_report(true, "| 2 | busy | 34 % |  | above 10 % | 7 |\n");
    assert_report(true, "| 5 | steal | 3.1 % |  | above 1 % | 7 |\n");
}

static void the_other_kinds_have_their_units(void **state)
{
    (void)state;
    fixture_write(&fixture, "noise.tsv",
                  HEADER "1\tfrequency\t2.1e9\t2.9e9\t0.05\t7\n"
                         "1\tthrottled\t3\tnan\t0\t7\n"
                         "1\tmoved\t55\t220\t1.5\t4\n"
                         "2\tmoved\t60\t220\t1.5\t5\n");
    assert_report(true, "the CPUs ran at 2.10 GHz instead of 2.90 GHz in round 1 of 10: hold");
    assert_report(true, "the CPUs were slowed down against heat in round 1 of 10: let them cool");
    assert_report(true, "the two CPUs changed their distance around 9 samples (55.0 ns instead of "
                        "220 ns) in rounds 1-2 of 10:");
    assert_report(true, "| 1 | frequency | 2.10 GHz | 2.90 GHz | by 5 % | 7 |\n");
    assert_report(true, "| 1 | throttled | 3 events |  | any | 7 |\n");
    assert_report(true, "| 2 | moved | 60.0 ns | 220 ns | by a factor of 1.5 | 5 |\n");
}

static void list(const struct noise *noise, const char *expected)
{
    char text[NOISE_ROUNDS_BYTES];
    assert_string_equal(noise_list_rounds(noise, NOISE_BUSY, LANGUAGE_ENGLISH, text), expected);
}

static void rounds_are_listed_as_ranges(void **state)
{
    (void)state;
    struct noise_mark marks[1000];
    struct noise noise = {.marks = marks, .watched = true};
    list(&noise, "");
    static const uint64_t some[] = {2, 3, 4, 5, 9};
    for (size_t index = 0; index < 5; index++)
        marks[index] = (struct noise_mark){.round = some[index], .kind = NOISE_BUSY};
    noise.count = 1;
    list(&noise, "round 2");
    noise.count = 5;
    list(&noise, "rounds 2-5, 9");
    marks[2].kind = NOISE_STEAL; /* another kind is no mark of this one */
    list(&noise, "rounds 2-3, 5, 9");
    /* Many stay short. */
    for (size_t index = 0; index < 1000; index++)
        marks[index] = (struct noise_mark){.round = 2 * index + 1, .kind = NOISE_BUSY};
    noise.count = 1000;
    list(&noise, "rounds 1, 3, 5, 7, 9, 11, 13, 15 and 992 more");
    for (size_t index = 0; index < 1000; index++)
        marks[index].round = UINT64_MAX - 3 * (1000 - index);
    char text[NOISE_ROUNDS_BYTES];
    assert_non_null(strstr(noise_list_rounds(&noise, NOISE_BUSY, LANGUAGE_ENGLISH, text), " more"));
}

static void a_long_table_is_cut(void **state)
{
    (void)state;
    char rows[8000] = HEADER;
    for (int round = 1; round <= 100; round++)
        snprintf(rows + strlen(rows), sizeof rows - strlen(rows), "%d\tbusy\t0.5\tnan\t0.1\t7\n",
                 round);
    fixture_write(&fixture, "noise.tsv", rows);
    assert_report(true, "| 40 | busy |");
    assert_report_lacks(true, "| 41 | busy |");
    assert_report(true, "The first 40 of 100; all are in noise.tsv.\n");
}

static void damage_is_refused(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct bundle_data bundle;
    fixture_write(&fixture, "noise.tsv", HEADER "1\tloud\t0.5\tnan\t0.1\t7\n");
    assert_true(bundle_read(fixture.folder, &bundle, &failure) < 0);
    assert_non_null(strstr(failure.text, "noise.tsv: row 2, disturbance: 'loud'"));
}

#define WITH_FIXTURE(test) cmocka_unit_test_setup_teardown(test, begin, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        WITH_FIXTURE(a_run_that_nobody_watched_says_nothing),
        WITH_FIXTURE(a_calm_run_says_so_in_the_long_report_only),
        WITH_FIXTURE(a_disturbed_run_names_rounds_and_what_to_do),
        WITH_FIXTURE(the_other_kinds_have_their_units),
        cmocka_unit_test(rounds_are_listed_as_ranges),
        WITH_FIXTURE(a_long_table_is_cut),
        WITH_FIXTURE(damage_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
