/* What a bundle says about count, speed and cause, on made-up bundles whose answers can be computed
 * by hand; doctored ones turn the sentences round, and no text of a bundle becomes markup. */
#include "report/report.h"
#include "report/report_answer.h"
#include "report/report_cause_findings.h"

#include "evidence_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

static struct fixture fixture;
static struct bundle_data bundle;
static struct evidence evidence;

static int begin(void **state)
{
    (void)state;
    fixture_begin_cause(&fixture);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

static void read_all(void)
{
    struct failure failure = {0};
    if (bundle_read(fixture.folder, &bundle, &failure) < 0 ||
        evidence_read(fixture.folder, &evidence, &failure) < 0)
        fail_msg("%s", failure.text);
}

static void free_all(void)
{
    evidence_free(&evidence);
    bundle_free(&bundle);
}

static void assert_contains(const char *text, const char *wanted)
{
    if (strstr(text, wanted) == NULL)
        fail_msg("'%s' is missing in:\n%s", wanted, text);
}

static void assert_lacks(const char *text, const char *unwanted)
{
    if (strstr(text, unwanted) != NULL)
        fail_msg("'%s' is in:\n%s", unwanted, text);
}

static void assert_near(double value, double wanted)
{
    if (!(fabs(value - wanted) < 1e-6))
        fail_msg("%.9g, not %.9g", value, wanted);
}

static char *report_text(int (*write)(const struct bundle_data *, const struct evidence *,
                                      enum language, FILE *))
{
    char *text = NULL;
    size_t length = 0;
    read_all();
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    assert_int_equal(write(&bundle, &evidence, LANGUAGE_ENGLISH, stream), 0);
    fclose(stream);
    free_all();
    if (text == NULL)
        abort();
    return text;
}

/* The report holds the text. */
static void assert_said(const char *wanted)
{
    char *text = report_text(report_write_markdown);
    assert_contains(text, wanted);
    free(text);
}

static void assert_not_said(const char *unwanted)
{
    char *text = report_text(report_write_markdown);
    assert_lacks(text, unwanted);
    free(text);
}

static void assert_brief(const char *wanted)
{
    char *text = report_text(report_write_terminal);
    assert_contains(text, wanted);
    free(text);
}

/* ---- numbers ---- */

static void test_numbers_as_text(void **state)
{
    (void)state;
    char text[FINDING_VALUE_BYTES];
    struct evidence_value value = {-4.05, -5.0, 0.25};
    struct evidence_value alone = {12.34, NAN, NAN};
    struct evidence_value unknown = {NAN, NAN, NAN};
    assert_string_equal(finding_format_number(-12.34, text), "-12.3");
    assert_string_equal(finding_format_number(-0.001, text), "-1.0e-03");
    assert_string_equal(finding_format_number(NAN, text), "-");
    assert_string_equal(finding_format_number(0.0, text), "0.00");
    assert_string_equal(finding_format_interval(&value, LANGUAGE_ENGLISH, text),
                        "-4.05 [-5.00, 0.25]");
    assert_string_equal(finding_format_interval(&alone, LANGUAGE_ENGLISH, text),
                        "12.3 [no interval]");
    assert_string_equal(finding_format_share(&value, LANGUAGE_ENGLISH, text), "-405 % [-500, 25]");
    assert_string_equal(finding_format_share(&alone, LANGUAGE_ENGLISH, text),
                        "1234 % [no interval]");
    assert_string_equal(finding_format_share(&unknown, LANGUAGE_ENGLISH, text), "-");
    assert_string_equal(finding_format_copies(4.0, text), "4");
    assert_string_equal(finding_format_copies(3.9981, text), "3.998");
    assert_string_equal(finding_format_copies(-0.00001, text), "0");
    assert_string_equal(finding_format_copies(NAN, text), "-");
}

static void test_long_sentence_is_cut(void **state)
{
    (void)state;
    struct sentence sentence = sentence_in(LANGUAGE_ENGLISH);
    for (int index = 0; index < 500; index++)
        sentence_add(&sentence, "%s", "0123456789");
    assert_int_equal(strlen(sentence.text), SENTENCE_BYTES - 1);
}

/* ---- count ---- */

static void test_count(void **state)
{
    (void)state;
    assert_said("1. **Count**: copies per payload byte, pipe against shared memory: 4 against 1 as "
                "the article counts (file to file against file to use); between equal ends 4 "
                "against 2 (file to file) and 3 against 1 (file to use); no witness contradicts "
                "any of the 8 paths.\n");
    assert_said("**4 against 1** as the article counts");
    assert_said("**4 against 2** between equal ends, file to file; **3 against 1** file to use; "
                "**2 against 2** the transfer alone, private buffer to private buffer; **2 against "
                "0** the transfer alone, used in place.");
    assert_said("| pipe file to file, own | kernel, copied | kernel, copied | kernel, copied | "
                "kernel, copied | 4 | 4 of 4 | 0 of 0 | 0 | 4 of 4 | yes |\n");
    assert_said("| shm memory to use, own | none | user, copied | user, copied | none | 2 | 0 of 0 "
                "| 2 of 2 | 2 | 2 of 2 | yes |\n");
    assert_brief("Count    4 against 1 copies as the article counts, 4 against 2 file to file\n");
}

static void test_doctored_count_turns_the_sentence(void **state)
{
    (void)state;
    /* A pipe with three copies, and a witness that saw a fourth. */
    fixture_write_table(
        &fixture, "copies.tsv", FIXTURE_COPIES_HEADER,
        "pipe file file own kernel none kernel kernel 3 3.998 3 0 nan 0 3 3 copied "
        "none copied copied no the__kernel__saw__a__fourth\n" FIXTURE_SHM_FILE_TO_USE);
    assert_said("3 against 1 as the article counts");
    assert_said("witnesses CONTRADICT 1 of the 2 paths");
    assert_said("in 1 of 2 paths");
    assert_said("| 3 | 3.998 of 3 | - | 0 | 3 of 3 | **no** |\n");
    assert_said("- **pipe file to file, own disagrees**: the kernel saw a fourth\n");
    assert_not_said("between equal ends");
    assert_not_said("**4 against");
    assert_brief("Count    3 against 1 copies as the article counts; 1 of 2 CONTRADICTED\n");
}

static void test_missing_path_is_no_comparison(void **state)
{
    (void)state;
    fixture_write_table(&fixture, "copies.tsv", FIXTURE_COPIES_HEADER, FIXTURE_PIPE_FILE_TO_FILE);
    assert_said("the two paths that the article compares were not counted; no witness contradicts "
                "any of the 1 paths");
    assert_said("The paths that the article compares were not counted. ");
    assert_brief("Count    the article's paths were not counted\n");
    assert_not_said(" against 1");
}

static void test_notes_are_told_once(void **state)
{
    (void)state;
    fixture_write_table(
        &fixture, "copies.tsv", FIXTURE_COPIES_HEADER,
        "pipe file use own kernel kernel kernel none 3 3 3 0 0 0 3 3 copied copied copied none yes "
        "a__<b>__|__note\n"
        "fifo file use own kernel kernel kernel none 3 3 3 0 0 0 3 3 copied copied copied none yes "
        "a__<b>__|__note\n");
    char *text = report_text(report_write_markdown);
    assert_contains(text, "- pipe file to use, own: a &lt;b&gt; \\| note\n");
    assert_lacks(text, "- fifo file to use, own");
    assert_lacks(text, "<b>");
    free(text);
}

/* ---- price ---- */

static void test_wall_time_of_a_cell(void **state)
{
    (void)state;
    read_all();
    const struct evidence_copies *path =
        evidence_find_copies(&evidence, "pipe", "file", "file", "own");
    struct bundle_cell cell = finding_cell_of_path(path, "block", "full", "cache");
    struct evidence_value wall = finding_wall_of(&bundle, &cell, 65536);
    assert_near(wall.value, 100.0);
    assert_near(wall.ci95_lo, 90.0); /* from the upper end of the rate */
    assert_near(wall.ci95_hi, 110.0);
    assert_true(isnan(finding_wall_of(&bundle, &cell, 4096).value));
    /* Memory to use is no relay. */
    path = evidence_find_copies(&evidence, "pipe", "memory", "use", "own");
    cell = finding_cell_of_path(path, "block", "full", "cache");
    wall = finding_wall_of(&bundle, &cell, 65536);
    assert_near(wall.value, 64.0);
    assert_true(isnan(wall.ci95_lo));
    free_all();
}

static void test_distance_from_the_line(void **state)
{
    (void)state;
    read_all();
    struct finding_line line = finding_line_at(&bundle, &evidence, "block", "full", "cache", 65536);
    assert_int_equal(finding_copies_size(&bundle, &evidence, "full", "cache"), 65536);
    assert_near(line.price->slope.value, 10.0);
    assert_near(line.cold->slope.value, 25.0);
    assert_near(line.pipe_copies, 4.0);
    /* 100 - (20 + 4 * 10), 90 - (22 + 4 * 11), 110 - (18 + 4 * 9) */
    assert_near(line.above.value, 40.0);
    assert_near(line.above.ci95_lo, 24.0);
    assert_near(line.above.ci95_hi, 56.0);
    line = finding_line_at(&bundle, &evidence, "spin", "full", "cache", 65536);
    assert_null(line.price);
    assert_true(isnan(line.pipe.value));
    free_all();
    assert_said("With block at 64 KiB one copy costs 10.0 [9.00, 11.0] ns/KiB; the pipe with 4 "
                "copies lies 40.0 [24.0, 56.0] ns/KiB above that line.\n");
    assert_said("| 64 KiB | block | hot | cache | wall | 10.0 [9.00, 11.0] | 20.0 [18.0, 22.0] | "
                "0.98 | 5 | 10 |\n");
    assert_said("| 64 KiB | block | cold | cache | wall | 25.0 [24.0, 26.0] |");
}

static void test_pipe_below_the_line(void **state)
{
    (void)state;
    /* 100 - (60 + 4 * 15) = -20, [90 - 66 - 64, 110 - 56 - 56] = [-40, -2] */
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER,
                        "block hot cache 65536 wall 15 14 16 60 56 66 0.98 5 10\n");
    assert_said("the pipe with 4 copies lies 20.0 [2.00, 40.0] ns/KiB below that line.\n");
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER,
                        "block hot cache 65536 wall 15 10 20 60 56 66 0.98 5 10\n");
    assert_said("ns/KiB below that line (not resolved).\n");
    /* A fit that could not be made is none. */
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER,
                        "block hot cache 65536 wall nan nan nan nan nan nan nan 2 10\n");
    assert_not_said("one copy costs");
}

/* ---- gap ---- */

static void test_gap(void **state)
{
    (void)state;
    read_all();
    struct finding_gap gap = finding_gap_at(&evidence, "cache", 65536);
    assert_true(finding_is_resolved_gap(&gap));
    assert_near(gap.copies->share.value, 0.4);
    gap = finding_gap_at(&evidence, "cache", 1048576);
    assert_true(finding_is_taken_apart(&gap));
    assert_false(finding_has_shares(&gap));
    gap = finding_gap_at(&evidence, "far", 65536);
    assert_false(finding_is_taken_apart(&gap));
    assert_int_equal(finding_gap_sizes(&evidence, "cache").count, 3);
    assert_int_equal(finding_gap_sizes(&evidence, "far").count, 0);
    assert_int_equal(finding_gap_size(&evidence, "cache"), 65536);
    assert_int_equal(finding_gap_size(&evidence, "far"), 0);
    struct finding_shares shares = finding_survey_shares(&evidence, "cache");
    assert_int_equal(shares.sizes, 3);
    assert_int_equal(shares.resolved, 2);
    assert_int_equal(shares.less.count, 2);
    assert_int_equal(shares.most.count, 0);
    assert_near(shares.least, -0.25);
    assert_int_equal(shares.least_size_bytes, 4096);
    assert_near(shares.greatest, 0.4);
    free_all();
    assert_said("3. **Cause**: At 64 KiB copies explain 40 % [35, 45] of the gap between pipe and "
                "shared memory (pipe, 4 copies, block: 100 ns/KiB; shm, 1 copy, spin: 30.0 "
                "ns/KiB), the mechanism 50 % [45, 55], waiting 10 % [5, 15]; over 2 sizes with a "
                "resolved gap copies explain -25 % (4 KiB) to 40 % (64 KiB).");
    assert_said("copies explain less than half of the gap at 2 of 2 sizes: 4 KiB, 64 KiB; ");
    assert_said("| 64 KiB | cache | copies | 28.0 [26.0, 30.0] | 20.0 to 33.0 | 40 % [35, 45] | 15 "
                "| 10 |\n");
    assert_said("| 4 KiB | cache | copies | -10.0 [-12.0, -8.00] | -20.0 to 5.00 | -25 % [-30, "
                "-20] | 15 | 10 |\n");
    assert_said("| 1 MiB | cache | from: pipe, 4 copies, block | 50.0 [20.0, 80.0] | - | - |");
    assert_brief("Cause    64 KiB: 40 % [35, 45] of the gap is copies; 10.0 ns/KiB a copy\n");
    assert_brief("copies < half at 2 of 2 sizes\n");
}

static void test_doctored_gap_turns_the_sentence(void **state)
{
    (void)state;
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 100 95 105 nan nan nan nan nan 15 10\n"
                        "cache 65536 mechanism 7 5 9 -2 12 0.1 0.05 0.15 15 10\n"
                        "cache 65536 copies 56 54 58 50 60 0.8 0.75 0.85 15 10\n"
                        "cache 65536 waiting 7 5 9 -2 12 0.1 0.05 0.15 15 10\n"
                        "cache 65536 gap 70 66 74 nan nan 1 1 1 15 10\n"
                        "cache 65536 to 30 28 32 nan nan nan nan nan 15 10\n");
    assert_said("At 64 KiB copies explain 80 % [75, 85] of the gap");
    assert_said("copies explain less than half of the gap at 0 of 1 sizes; ");
    assert_not_said("over 1 sizes");
}

/* An interval that leaves everything open is said to. */
static void test_wide_intervals_are_not_resolved(void **state)
{
    (void)state;
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 100 95 105 nan nan nan nan nan 15 10\n"
                        "cache 65536 mechanism 35 33 37 30 45 0.5 0.45 0.55 15 10\n"
                        "cache 65536 copies 28 26 30 20 33 0.4 0.1 0.7 15 10\n"
                        "cache 65536 waiting 7 5 9 -2 12 0.1 0.05 0.15 15 10\n"
                        "cache 65536 gap 70 66 74 nan nan 1 1 1 15 10\n"
                        "cache 65536 to 30 28 32 nan nan nan nan nan 15 10\n");
    fixture_write_table(&fixture, "price.tsv", FIXTURE_PRICE_HEADER,
                        "block hot cache 65536 wall 10 -1 21 20 18 22 0.98 5 10\n");
    assert_said("copies explain 40 % [10, 70] (not resolved) of the gap");
    assert_said("one copy costs 10.0 [-1.00, 21.0] ns/KiB (not resolved); the pipe");
    assert_said("copies explain less than half of the gap at 0 of 1 sizes");
    assert_brief("Cause    64 KiB: 40 % [10, 70]? of the gap is copies; 10.0? ns/KiB a copy\n");
}

static void test_null_and_zero_mislead(void **state)
{
    (void)state;
    assert_not_said("/dev/zero to");
    fixture_write_table(&fixture, "copies.tsv", FIXTURE_COPIES_HEADER,
                        "pipe zero null own fill kernel kernel discard 2 4 4 0 0 0 2 2 none copied "
                        "copied none yes -\n");
    assert_said("From /dev/zero to /dev/null the kernel's accounting says 4 for the pipe where 2 "
                "are made: ");
}

static void test_unresolved_gap_has_no_share(void **state)
{
    (void)state;
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 50 20 80 nan nan nan nan nan 15 10\n"
                        "cache 65536 mechanism 1 -9 9 -5 5 nan nan nan 15 10\n"
                        "cache 65536 copies 2 -8 12 -1 3 nan nan nan 15 10\n"
                        "cache 65536 waiting 1 -9 9 -3 4 nan nan nan 15 10\n"
                        "cache 65536 gap 4 -20 30 nan nan nan nan nan 15 10\n"
                        "cache 65536 to 46 30 70 nan nan nan nan nan 15 10\n");
    assert_said("At 64 KiB no gap between pipe and shared memory is resolved (pipe, 4 copies, "
                "block: 50.0 ns/KiB; shm, 1 copy, spin: 46.0 ns/KiB)");
    assert_brief("Cause    no gap is resolved at 64 KiB; 10.0 ns/KiB a copy\n");
    assert_not_said("copies explain");
    /* Rows without an admissible order. */
    fixture_write_table(&fixture, "gap.tsv", FIXTURE_GAP_HEADER,
                        "cache 65536 from 50 20 80 nan nan nan nan nan 0 10\n"
                        "cache 65536 mechanism nan nan nan nan nan nan nan nan 0 10\n");
    assert_said("3. **Cause**: The gap was not taken apart at any size. With");
    assert_brief("Cause    the gap was not taken apart at any size; 10.0 ns/KiB a copy\n");
}

/* ---- speed, claims, what is missing ---- */

static void test_speed_leaves_relays_out(void **state)
{
    (void)state;
    /* The relay's ratio of 0.5 has ends with a price of their own. */
    assert_said("2. **Speed**: shm is so many times as fast as the pipe: throughput at 64 KiB "
                "3.20x [3.10, 3.30] (inplace, block); faster in 1 of all 1 cells (test, wait, "
                "mode, placement, size).\n");
    assert_said("shm is slower than the pipe in 0 of 1 cells, and not told apart from it in 0; ");
    fixture_row(&fixture, "shm latency block own full cache memory use 0 none", 64, "ratio_to_pipe",
                "0.8 0.7 0.9");
    fixture_row(&fixture, "shm latency block own full cache memory use 0 none", 128,
                "ratio_to_pipe", "1 0.9 1.1");
    assert_said("shm is slower than the pipe in 1 of 3 cells (latency, own, block at 64 B), and "
                "not told apart from it in 1; ");
    assert_brief("Not so   slower in 1 of 3 cells, 1 not resolved; ");
    assert_said("latency at 128 B 1.00x [0.90, 1.10] (own, block; not resolved)");
}

/* A mode that only relays have has no table, and so no heading. */
static void test_modes_of_relays_have_no_tables(void **state)
{
    (void)state;
    assert_said("### inplace, block\n");
    fixture_row(&fixture, "pipe relay spin own full cache file file 0 none", 65536, RATE,
                "2.048e10 nan nan");
    assert_not_said("own, spin");
    fixture_row(&fixture, "pipe throughput spin own full cache memory use 0 none", 65536, RATE,
                "2.048e10 nan nan");
    assert_said("own, spin");
}

/* A control that only relays would take the column of a mechanism that was compared. */
static void test_mechanisms_of_relays_have_no_columns(void **state)
{
    (void)state;
    fixture_row(&fixture, "vmsplice relay block own full cache file file 0 none", 65536, RATE,
                "2.048e10 nan nan");
    fixture_row(&fixture, "process_vm_readv throughput block own full cache memory use 0 none",
                65536, RATE, "2.048e10 nan nan");
    char *text = report_text(report_write_terminal);
    assert_contains(text, " proce");
    assert_lacks(text, "vmspl");
    free(text);
}

static void test_claims(void **state)
{
    (void)state;
    assert_said("of 4: holds 1, holds in part 1, does not hold 1, unresolved 1.");
    assert_said("| Four against one. | **holds in part** | Seen it. | four-against-one |\n");
    assert_said("| The same key. | holds | Seen it. | same-key |\n");
    assert_said("; 1 of 4 claims do not hold: because.\n");
    assert_brief("Claims   of 4: holds 1, holds in part 1, does not hold 1, unresolved 1\n");
    fixture_write(&fixture, "claims.tsv",
                  "id\tclaim\tverdict\tevidence\tdone\n"
                  "evil\t<img src=x>|a\tholds\t`b` [c](http://d) @e **f** \x1b[1m\tdone\n");
    char *text = report_text(report_write_markdown);
    assert_contains(text, "| &lt;img src=x&gt;\\|a | holds | \\`b\\` \\[c\\](http&#58;//d) &#64;e "
                          "\\*\\*f\\*\\* \\[1m | evil |\n");
    free(text);
}

static void test_what_is_missing_is_named_once(void **state)
{
    (void)state;
    static const char *const names[] = {"copies.tsv", "price.tsv", "gap.tsv", "claims.tsv"};
    static const char *const sentences[] = {
        "No copies were counted in this bundle: it has no copies.tsv.\n",
        "No copy was priced in this bundle: it has no price.tsv.\n",
        "The gap was not taken apart in this bundle: it has no gap.tsv.\n",
        "The article's claims were not tried in this bundle: it has no claims.tsv ",
    };
    for (size_t index = 0; index < 4; index++) {
        char path[128];
        assert_not_said(sentences[index]);
        snprintf(path, sizeof path, "%s/%s", fixture.folder, names[index]);
        assert_int_equal(unlink(path), 0);
        assert_said(sentences[index]);
    }
    char *text = report_text(report_write_markdown);
    assert_contains(text, "1. **Count**: this bundle has no counted copies (copies.tsv).\n");
    assert_contains(text, "3. **Cause**: this bundle does not take the gap apart (gap.tsv).\n");
    assert_contains(text, "No chart `copies`: this bundle has no data for it.\n");
    assert_contains(text, "No chart `gap`: this bundle has no data for it.\n");
    free(text);
    assert_brief("Claims   not tried in this bundle (no claims.tsv)\n");
}

/* Each part stands where a reader looks for it. */
static void test_order_of_the_report(void **state)
{
    (void)state;
    static const char *const parts[] = {"1. **Count**",
                                        "2. **Speed**",
                                        "3. **Cause**",
                                        "4. **Not so**",
                                        "5. **Machine**",
                                        "## The claims",
                                        "## Charts",
                                        "/copies.svg)",
                                        "/gap.svg)",
                                        "/throughput.svg)",
                                        "## Copies, counted",
                                        "## The price of one copy",
                                        "## The gap, taken apart",
                                        "## Method",
                                        "## Run and machine",
                                        "## Tables",
                                        "## Checks"};
    char *text = report_text(report_write_markdown);
    const char *place = text;
    for (size_t index = 0; index < sizeof parts / sizeof *parts; index++) {
        const char *next = strstr(place, parts[index]);
        if (next == NULL)
            fail_msg("'%s' is missing behind what comes before it in:\n%s", parts[index], text);
        else
            place = next;
    }
    free(text);
}

/* Each chart has its number beside it, the same as in its title. */
static void test_charts_tell_the_same(void **state)
{
    (void)state;
    assert_said("Here: 64 KiB, block: one copy costs 10.0 [9.00, 11.0] ns/KiB; the pipe with 4 "
                "copies lies 40.0 [24.0, 56.0] ns/KiB above that line.\n");
    assert_said("Here: At 64 KiB copies explain 40 % [35, 45] of the gap between pipe and shared "
                "memory (pipe, 4 copies, block: 100 ns/KiB; shm, 1 copy, spin: 30.0 ns/KiB); "
                "mechanism 50 % [45, 55], waiting 10 % [5, 15]; over 2 sizes");
}

static void test_terminal_fits(void **state)
{
    (void)state;
    char manifest[1024];
    char name[300];
    memset(name, 'x', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    snprintf(manifest, sizeof manifest,
             "{\"schema\":2,\"machine\":{\"cpu_model\":\"%s\",\"kernel_release\":\"a b c d e f g h "
             "i j k l m n o p q r s t u v w x y z\"}}",
             name);
    fixture_write(&fixture, "manifest.json", manifest);
    fixture_row(&fixture, "shm throughput block own full cache memory use 0 none", 65536,
                "ratio_to_pipe", "12345 12344 12346");
    char *text = report_text(report_write_terminal);
    for (char *line = strtok(text, "\n"); line != NULL; line = strtok(NULL, "\n")) {
        if (strlen(line) > 80)
            fail_msg("%zu columns: %s", strlen(line), line);
    }
    free(text);
}

/* ---- steadiness ---- */

#define STABILITY_HEADER                                                                           \
    "mechanism test wait copies touch placement source sink extra_copies working_set size_bytes "  \
    "metric rounds outliers outlier_rounds tau trend_p trend_q last_over_first ci95_lo ci95_hi "   \
    "state\n"

/* The worst come first: what biases every sample, then what drifts; steady cells stand nowhere. */
static void test_unsteady_cells_are_named(void **state)
{
    (void)state;
    fixture_write_table(
        &fixture, "stability.tsv", STABILITY_HEADER,
        "pipe latency block own full cache memory use 0 none 64 latency_p50_ns 10 2 3,7 0.1 0.7 "
        "0.9 1 0.99 1.01 steady\n"
        "shm relay spin inplace full cache file use 0 none 65536 throughput_bytes_per_s 10 0 - "
        "-0.9 0.0001 0.01 1 0.95 1.05 drifts\n"
        "shm throughput spin inplace full cache memory use 2 hot 4096 throughput_bytes_per_s 10 1 "
        "4 0.2 0.5 0.8 0.7 0.65 0.75 warming\n"
        "fifo latency block own full cache memory use 0 none 64 latency_p50_ns 5 0 - nan nan nan "
        "nan nan nan unknown\n");
    assert_said("Of 4 cells 1 drift over the rounds (Mann-Kendall, corrected for the number of "
                "cells). In 1 of 3 the samples were still warming up");
    assert_said("3 single rounds of 2 cells lie far from the others");
    assert_said("1 cells have too few rounds (fewer than 6) to tell.\n");
    assert_said("|---|---:|---|---:|---:|---:|---|\n"
                "| shm throughput inplace spin cache, 2 extra copies (hot) | 4 KiB | warming | "
                "+0.20 | 0.80 | 0.70 | 4 |\n"
                "| shm relay inplace spin cache, file to use | 64 KiB | drifts | -0.90 | 0.01 | "
                "1.00 | - |\n");
    char *text = report_text(report_write_terminal);
    if (strstr(text, "Steady   of 4 cells 1 drift over the rounds") == NULL)
        fail_msg("not on the terminal:\n%s", text);
    free(text);
}

/* Where all is steady the terminal says nothing of it. */
static void test_steady_cells_are_not_spoken_of(void **state)
{
    (void)state;
    char *text = report_text(report_write_terminal);
    assert_null(strstr(text, "Steady "));
    free(text);
    assert_said("This bundle does not say how steady its cells were: it has no stability.tsv.\n");
}

/* ---- the outer clock ---- */

static void test_clocks_of_whole_runs(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm relay block own full cache file file 0 none", 65536, "ratio_to_pipe",
                "2 1.9 2.1");
    fixture_write(&fixture, "hyperfine.json",
                  "{\"results\":[],\"marginal_ns_per_message\":{\"pipe\":10100,\"shm\":5000},"
                  "\"inner_marginal_ns_per_message\":{\"pipe\":10000,\"shm\":5050}}");
    assert_said("Whole relay runs, file to file");
    assert_said("| pipe | 10.0 us | 10.1 us | 1.01 |\n| shm | 5.05 us | 5.00 us | 0.99 |\n");
    assert_said(
        "- clocks-agree, passed: hyperfine's clock outside and the programs' own inside are "
        "at most 10 % apart: 0 of 2 are not (pipe +1.0 %; shm -1.0 %).\n");
    assert_said("- shm/pipe: 2.00x [1.90, 2.10] by our clock, 2.02x by hyperfine's: inside the "
                "interval.\n");
    /* The summary's plain streams are no measure for relays. */
    fixture_write(&fixture, "hyperfine.json",
                  "{\"results\":[],\"marginal_ns_per_message\":{\"pipe\":30000,\"shm\":5000},"
                  "\"inner_marginal_ns_per_message\":{\"pipe\":10000}}");
    assert_said("| pipe | 10.0 us | 30.0 us | 3.00 |\n");
    assert_said("- clocks-agree, **tripped**: hyperfine's clock outside and the programs' own "
                "inside are at most 10 % apart: 1 of 1 are not (pipe +200.0 %).\n");
    assert_said("6.00x by hyperfine's: **outside the interval**.\n");
    assert_not_said("| shm | 5");
}

int main(void)
{
#define CAUSE_TEST(function) cmocka_unit_test_setup_teardown(function, begin, end)
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_numbers_as_text),
        cmocka_unit_test(test_long_sentence_is_cut),
        CAUSE_TEST(test_count),
        CAUSE_TEST(test_doctored_count_turns_the_sentence),
        CAUSE_TEST(test_missing_path_is_no_comparison),
        CAUSE_TEST(test_notes_are_told_once),
        CAUSE_TEST(test_wall_time_of_a_cell),
        CAUSE_TEST(test_distance_from_the_line),
        CAUSE_TEST(test_pipe_below_the_line),
        CAUSE_TEST(test_gap),
        CAUSE_TEST(test_doctored_gap_turns_the_sentence),
        CAUSE_TEST(test_wide_intervals_are_not_resolved),
        CAUSE_TEST(test_null_and_zero_mislead),
        CAUSE_TEST(test_unresolved_gap_has_no_share),
        CAUSE_TEST(test_speed_leaves_relays_out),
        CAUSE_TEST(test_modes_of_relays_have_no_tables),
        CAUSE_TEST(test_mechanisms_of_relays_have_no_columns),
        CAUSE_TEST(test_claims),
        CAUSE_TEST(test_what_is_missing_is_named_once),
        CAUSE_TEST(test_order_of_the_report),
        CAUSE_TEST(test_charts_tell_the_same),
        CAUSE_TEST(test_terminal_fits),
        CAUSE_TEST(test_clocks_of_whole_runs),
        CAUSE_TEST(test_unsteady_cells_are_named),
        CAUSE_TEST(test_steady_cells_are_not_spoken_of),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
