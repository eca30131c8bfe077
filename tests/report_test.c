/* Reading bundles and reporting on them: what is refused and how it is said, what the report finds
 * in made-up numbers, and that text of a bundle stays text. */
#include "document/report_text.h"
#include "report/report.h"
#include "report/report_findings.h"
#include "results/bundle_reader.h"

#include "bundle_fixture.h"

#include "text/columns.h"
#include "text/language.h"
#include <errno.h>
#include <math.h>

#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static void assert_contains(const char *text, const char *wanted)
{
    if (text == NULL || strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text != NULL ? text : "(nothing)");
}

static void assert_lacks(const char *text, const char *unwanted)
{
    if (text == NULL || strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text != NULL ? text : "(nothing)");
}

static void test_plain_text(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(report_text_plain("a\tb\nc", text, sizeof text), "a b c");
    assert_string_equal(report_text_plain("\x1b[31mred\x7f", text, sizeof text), "[31mred");
    /* A C1 control, a right-to-left override, a zero-width space and a broken byte vanish. */
    assert_string_equal(report_text_plain("a\xc2\x9b\xe2\x80\xae\xe2\x80\x8b\xff"
                                          "b",
                                          text, sizeof text),
                        "ab");
    assert_string_equal(report_text_plain("\xe4\xb8\xad\xc3\xa9", text, sizeof text),
                        "\xe4\xb8\xad\xc3\xa9");
    /* Cut between characters, not within one. */
    assert_string_equal(report_text_plain("ab\xc3\xa9", text, 4), "ab");
    assert_string_equal(report_text_plain("abc", text, 1), "");
    /* Overlong forms and surrogates are no UTF-8. */
    assert_string_equal(report_text_plain("\xc0\xaf\xe0\x80\xaf\xed\xa0\x80x", text, sizeof text),
                        "x");
}

static void test_markup_is_escaped(void **state)
{
    (void)state;
    char text[128];
    assert_string_equal(report_text_markdown("a|b `c` <i> [d](e) & *f*\n# g", text, sizeof text),
                        "a\\|b \\`c\\` &lt;i&gt; \\[d\\](e) &amp; \\*f\\* \\# g");
    assert_string_equal(report_text_markdown("http://x @y", text, sizeof text),
                        "http&#58;//x &#64;y");
}

static void test_quoting_for_gnuplot(void **state)
{
    (void)state;
    char text[32];
    assert_string_equal(report_text_gnuplot("a'b\"c`d\\e\n\xc3\xa9%", text, sizeof text),
                        "'a b c d e ?%'");
    assert_string_equal(report_text_gnuplot("abcdef", text, 6), "'abc'");
    assert_string_equal(report_text_gnuplot_ours("\xe6\x8b\xb7'\"`\\\xe8\xb4\x9d\xe2\x80\xae\xe6",
                                                 text, sizeof text),
                        "'\xe6\x8b\xb7    \xe8\xb4\x9d'");
    assert_string_equal(report_text_gnuplot_ours("a\xe6\x8b\xb7", text, 6), "'a'");
    assert_string_equal(report_text_ascii("\xe6\x8b\xb7'a\n", text, sizeof text), "?'a ");
    assert_string_equal(report_text_gnuplot("abc", text, 2), "");
}

static void test_links(void **state)
{
    (void)state;
    char text[64];
    assert_string_equal(report_text_link("20261123T0-x_y.z", text, sizeof text),
                        "20261123T0-x_y.z");
    assert_string_equal(report_text_link("a b)/\xc3\xa9", text, sizeof text), "a%20b%29%2F%C3%A9");
}

static struct estimate estimate_of(double median, double lo, double hi)
{
    return (struct estimate){.median = median, .ci95_lo = lo, .ci95_hi = hi, .samples = 10};
}

static void test_findings_of_a_ratio(void **state)
{
    (void)state;
    struct estimate faster = estimate_of(1.2, 1.1, 1.3);
    struct estimate slower = estimate_of(0.8, 0.7, 0.9);
    struct estimate touching = estimate_of(1.1, 1.0, 1.2);
    struct estimate alone = estimate_of(3.0, NAN, NAN);
    struct estimate wide = estimate_of(4.0, 2.0, 10.0);
    char text[FINDING_TEXT_BYTES];
    assert_int_equal(finding_of_ratio(&faster), FINDING_FASTER);
    assert_int_equal(finding_of_ratio(&slower), FINDING_SLOWER);
    assert_int_equal(finding_of_ratio(&touching), FINDING_UNRESOLVED);
    assert_int_equal(finding_of_ratio(&alone), FINDING_NO_INTERVAL);
    assert_int_equal(finding_of_ratio(&wide), FINDING_FASTER);
    assert_true(finding_is_wide(&wide));
    assert_false(finding_is_wide(&faster));
    assert_string_equal(finding_format_ratio(&faster, LANGUAGE_ENGLISH, text),
                        "1.20x [1.10, 1.30]");
    assert_string_equal(finding_format_ratio(&alone, LANGUAGE_ENGLISH, text),
                        "3.00x [no interval]");
    assert_string_equal(finding_format_factor(9.996, text), "10.0");
    assert_string_equal(finding_format_factor(123.4, text), "123");
    assert_string_equal(finding_format_factor(NAN, text), "-");
}

static void test_reference_size(void **state)
{
    (void)state;
    struct bundle_sizes none = {.count = 0};
    struct bundle_sizes some = {.bytes = {64, 40000, 1000000}, .count = 3};
    assert_int_equal(finding_reference_size(&none), 0);
    assert_int_equal(finding_reference_size(&some), 40000);
}

/* Reads the fixture, expecting a refusal that says all of `wanted`. */
static void assert_refused(const struct fixture *fixture, const char *wanted)
{
    struct bundle_data bundle;
    struct failure failure = {0};
    assert_true(bundle_read(fixture->folder, &bundle, &failure) < 0);
    assert_contains(failure.text, wanted);
    assert_null(strchr(failure.text, '\n'));
}

static void write_one(const struct fixture *fixture, const char *row)
{
    char text[1024];
    snprintf(text, sizeof text, "%s%s\n", FIXTURE_HEADER, row);
    fixture_write(fixture, "summary.tsv", text);
}

#define CELL "pipe\tlatency\tblock\town\tfull\tcache\t64\tlatency_p50_ns\t"

static void test_damaged_bundles_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    assert_refused(&fixture, "has no rows");
    write_one(&fixture, CELL "-1\t1\t1\t1");
    assert_refused(&fixture, "median");
    write_one(&fixture, CELL "inf\t1\t1\t1");
    assert_refused(&fixture, "median");
    write_one(&fixture, CELL "0x10\t1\t1\t1");
    assert_refused(&fixture, "median");
    write_one(&fixture, CELL "5\t6\t4\t1");
    assert_refused(&fixture, "ci95_hi");
    write_one(&fixture, CELL "5\t4\t6\t-1");
    assert_refused(&fixture, "samples");
    write_one(&fixture, CELL "5\t4\t6\t1\n" CELL "5\t4\t6\t1");
    assert_refused(&fixture, "twice");
    write_one(&fixture, "pi pe\tlatency\tblock\town\tfull\tcache\t64\tx\t5\t4\t6\t1");
    assert_refused(&fixture, "mechanism");
    write_one(&fixture, "pipe\tlatency\tblock\town\tfull\tcache\t0\tx\t5\t4\t6\t1");
    assert_refused(&fixture, "size_bytes");
    fixture_write(&fixture, "summary.tsv", "mechanism\ttest\n");
    assert_refused(&fixture, "wait");
    fixture_write(&fixture, "manifest.json", "{\"schema\":4}");
    assert_refused(&fixture, "schema");
    fixture_write(&fixture, "manifest.json", "[]");
    assert_refused(&fixture, "object");
    fixture_write(&fixture, "manifest.json", "{");
    assert_refused(&fixture, "not JSON");
    fixture_end(&fixture);
    assert_refused(&fixture, "not a bundle");
}

static void test_too_many_words_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    for (int index = 0; index <= BUNDLE_MOST_WORDS; index++) {
        char cell[64];
        snprintf(cell, sizeof cell, "m%d latency block own full cache", index);
        fixture_row(&fixture, cell, 64, "latency_p50_ns", "5 4 6");
    }
    assert_refused(&fixture, "more than 16 words");
    fixture_end(&fixture);
}

static void test_too_many_sizes_are_refused(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    for (unsigned long size = 1; size <= BUNDLE_MOST_SIZES; size++)
        fixture_row(&fixture, "shm latency block own full cache", size, "latency_p50_ns", "5 4 6");
    struct bundle_data bundle;
    struct failure failure = {0};
    assert_int_equal(bundle_read(fixture.folder, &bundle, &failure), 0);
    bundle_free(&bundle);
    fixture_row(&fixture, "shm latency block own full cache", 999, "latency_p50_ns", "5 4 6");
    assert_refused(&fixture, "payload sizes");
    fixture_end(&fixture);
}

/* pipe, fifo and shm at three sizes: shm is faster, unresolved, slower. */
static void fill(const struct fixture *fixture)
{
    static const unsigned long sizes[] = {64, 4096, 65536};
    static const char *const ratios[] = {"3 2.9 3.1", "1.01 0.9 1.1", "0.5 0.45 0.55"};
    static const char *const mechanisms[] = {"pipe", "fifo", "shm"};
    for (size_t size = 0; size < 3; size++) {
        for (size_t index = 0; index < 3; index++) {
            char cell[64];
            snprintf(cell, sizeof cell, "%s throughput block own full cache", mechanisms[index]);
            fixture_row(fixture, cell, sizes[size], "throughput_bytes_per_s",
                        "1073741824 1e9 1.1e9");
            snprintf(cell, sizeof cell, "%s latency block own full cache", mechanisms[index]);
            fixture_row(fixture, cell, sizes[size], "latency_p50_ns", "33100 33000 33200");
        }
        fixture_row(fixture, "shm throughput block own full cache", sizes[size], "ratio_to_pipe",
                    ratios[size]);
        fixture_row(fixture, "fifo throughput block own full cache", sizes[size], "ratio_to_pipe",
                    size == 0 ? "1.2 1.1 1.3" : "1 0.9 1.1");
    }
}

static char *report_text_in(enum language language, const struct fixture *fixture,
                            int (*write)(const struct bundle_data *bundle,
                                         const struct evidence *evidence, enum language language,
                                         FILE *stream))
{
    struct bundle_data bundle;
    struct evidence evidence;
    struct failure failure = {0};
    char *text = NULL;
    size_t length = 0;
    if (bundle_read(fixture->folder, &bundle, &failure) < 0 ||
        evidence_read(fixture->folder, &evidence, &failure) < 0)
        fail_msg("%s", failure.text);
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    assert_int_equal(write(&bundle, &evidence, language, stream), 0);
    fclose(stream);
    evidence_free(&evidence);
    bundle_free(&bundle);
    return text;
}

static char *report_text(const struct fixture *fixture,
                         int (*write)(const struct bundle_data *bundle,
                                      const struct evidence *evidence, enum language language,
                                      FILE *stream))
{
    return report_text_in(LANGUAGE_ENGLISH, fixture, write);
}

static void test_terminal_report(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    char *text = report_text(&fixture, report_write_terminal);
    assert_contains(text, "Made Up CPU, Linux 6.1.0\n");
    assert_contains(text, "placement cache: CPUs 2 and 3; touch full; 10 rounds in 12 s\n");
    assert_contains(text, "    64 B 1.00G 1.00G 1.00G 3.00 [2.90,3.10]  33.1u 33.1u 33.1u");
    assert_contains(text, "   4 KiB 1.00G 1.00G 1.00G 1.01 [0.90,1.10]~ 33.1u");
    assert_contains(text,
                    "throughput, own, block: 0.50x (64 KiB) to 3.00x (64 B), faster at 1 of 3");
    assert_contains(text, "slower at 64 KiB\n");
    assert_contains(text, "no difference resolved at 4 KiB\n");
    assert_lacks(text, "fifo-equals-pipe"); /* it passed */
    assert_lacks(text, "FAILED");
    free(text);
    fixture_end(&fixture);
}

static void test_terminal_report_fits(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    for (unsigned long size = 1000; size < 1030; size++) {
        fixture_row(&fixture, "pipe latency block own full cache", size, "latency_p50_ns",
                    "123456 123000 124000");
        fixture_row(&fixture, "shm latency block own full cache", size, "latency_p50_ns",
                    "123456 123000 124000");
        fixture_row(&fixture, "shm latency block own full cache", size, "ratio_to_pipe",
                    "1 0.99 1.01");
    }
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char *text = report_text_in((enum language)language, &fixture, report_write_terminal);
        size_t lines = 0;
        for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
            if (text_columns(line) > 80)
                fail_msg("%zu columns: %s", text_columns(line), line);
            lines++;
        }
        assert_true(lines <= 45);
        free(text);
    }
    fixture_end(&fixture);
}

static void test_long_names_are_explained(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fixture_row(&fixture, "pipe latency block own full cache", 64, "latency_p50_ns",
                "123456 123000 124000");
    char *text = report_text(&fixture, report_write_terminal);
    assert_lacks(text, " is ");
    free(text);
    fixture_row(&fixture, "process_vm_readv latency block own full cache", 64, "latency_p50_ns",
                "123456 123000 124000");
    fixture_row(&fixture, "vmsplice latency block own full cache", 64, "latency_p50_ns",
                "123456 123000 124000");
    text = report_text(&fixture, report_write_terminal);
    assert_contains(text, " pipe vmspl proce");
    assert_contains(text, "\nvmspl is vmsplice, proce is process_vm_readv.\n");
    free(text);
    fixture_end(&fixture);
}

static void test_failures_and_warnings_are_shown(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    fixture_write(&fixture, "errors.tsv",
                  "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\t"
                  "exit_code\tmessage\n1\t2\tshm\tlatency\tblock\town\tfull\tcache\t64\t1\tpeer "
                  "died <b>|\n");
    fixture_write(&fixture, "manifest.json",
                  "{\"schema\":1,\"label\":\"a|b\",\"warnings\":[\"pipe is \\u001b[1msmall\"],"
                  "\"stopped_because\":\"budget\",\"machine\":{\"cpu_model\":\"<img> & co\","
                  "\"note\":\"x|y\"}}");
    char *terminal = report_text(&fixture, report_write_terminal);
    assert_contains(terminal, "1 samples FAILED");
    assert_contains(terminal, "shm latency, 64 B:\n  peer died <b>|\n");
    assert_contains(terminal, "warning: pipe is [1msmall\n");
    assert_contains(terminal, "stopped early: budget\n");
    assert_null(strchr(terminal, '\x1b'));
    char *markdown = report_text(&fixture, report_write_markdown);
    assert_contains(markdown, "peer died &lt;b&gt;\\|");
    assert_contains(markdown, "a\\|b");
    assert_contains(markdown, "&lt;img&gt; &amp; co");
    assert_contains(markdown, "| note | x\\|y |");
    assert_lacks(markdown, "<img>");
    assert_lacks(markdown, "\x1b");
    free(terminal);
    free(markdown);
    fixture_end(&fixture);
}

static void test_markdown_report(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    fixture_row(&fixture, "ceiling memcpy none none none cache", 4096, "throughput_bytes_per_s",
                "5e8 4e8 6e8");
    fixture_row(&fixture, "pipe throughput block own full cache", 65536, "messages_per_s",
                "10000 9900 10100");
    fixture_write(&fixture, "hyperfine.json", "{\"marginal_ns_per_message\":{\"pipe\":110000}}");
    char *text = report_text(&fixture, report_write_markdown);
    assert_contains(text,
                    "at 64 KiB **0.50x [0.45, 0.55]**; 0.50x (64 KiB) to 3.00x (64 B); faster "
                    "at 1 of 3 sizes; slower at 64 KiB; no difference resolved at 4 KiB.\n");
    assert_contains(text, "| 4 KiB | 1.00 GiB/s | 1.00 GiB/s | 1.00 GiB/s | 1.00x [0.90, 1.10] (~) "
                          "| 1.01x [0.90, 1.10] (~) |\n");
    /* At 64 B, where the FIFO is slower, it may be. */
    assert_contains(text, "1 of 1 95 % intervals contain 1, as many as chance lets");
    /* The three mechanisms at 4 KiB are above the made-up ceiling. */
    assert_contains(text, "above the floor in place: 3 of 3.");
    assert_contains(text, "| pipe | 100 us | 110 us | 1.10 |");
    assert_contains(text, "| ceiling memcpy | none | cache | 4 KiB | 477 MiB/s |");
    assert_contains(text, "(../../plots/");
    assert_contains(text, "half a round trip");
    free(text);
    fixture_end(&fixture);
}

/* Four large cells in which the FIFO differs, and a second clock that saw another ratio. */
static void test_failed_self_tests_are_named(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fill(&fixture);
    for (unsigned long size = 1UL << 20; size <= 8UL << 20; size *= 2)
        fixture_row(&fixture, "fifo throughput block own full cache", size, "ratio_to_pipe",
                    "1.2 1.1 1.3");
    fixture_write(&fixture, "hyperfine.json",
                  "{\"results\":[],\"marginal_ns_per_message\":{\"pipe\":51000,\"shm\":100000}}");
    char *text = report_text(&fixture, report_write_markdown);
    assert_contains(text, "- shm/pipe: 0.50x [0.45, 0.55] by our clock, 0.51x by hyperfine's: "
                          "inside the interval.\n");
    free(text);
    fixture_write(&fixture, "hyperfine.json",
                  "{\"results\":[],\"marginal_ns_per_message\":{\"pipe\":100000,\"shm\":100000}}");
    text = report_text(&fixture, report_write_markdown);
    assert_contains(text, "1 of 5 95 % intervals contain 1, **fewer than chance lets");
    assert_contains(text, "1.00x by hyperfine's: **outside the interval**");
    free(text);
    text = report_text(&fixture, report_write_terminal);
    assert_contains(text, "fifo-equals-pipe tripped, 4 of 5");
    free(text);
    fixture_end(&fixture);
}

static void test_other_touch_is_named(void **state)
{
    (void)state;
    struct fixture fixture;
    fixture_begin(&fixture);
    fixture_row(&fixture, "pipe latency block own edges cache", 64, "latency_p50_ns", "5 4 6");
    char *terminal = report_text(&fixture, report_write_terminal);
    char *markdown = report_text(&fixture, report_write_markdown);
    assert_contains(terminal, "touch edges");
    assert_contains(terminal, "no ratios");
    assert_contains(markdown, "touch edges: the payload is not written and read in full");
    free(terminal);
    free(markdown);
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_plain_text),
        cmocka_unit_test(test_markup_is_escaped),
        cmocka_unit_test(test_quoting_for_gnuplot),
        cmocka_unit_test(test_links),
        cmocka_unit_test(test_findings_of_a_ratio),
        cmocka_unit_test(test_reference_size),
        cmocka_unit_test(test_damaged_bundles_are_refused),
        cmocka_unit_test(test_too_many_words_are_refused),
        cmocka_unit_test(test_too_many_sizes_are_refused),
        cmocka_unit_test(test_terminal_report),
        cmocka_unit_test(test_terminal_report_fits),
        cmocka_unit_test(test_long_names_are_explained),
        cmocka_unit_test(test_failures_and_warnings_are_shown),
        cmocka_unit_test(test_markdown_report),
        cmocka_unit_test(test_failed_self_tests_are_named),
        cmocka_unit_test(test_other_touch_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
