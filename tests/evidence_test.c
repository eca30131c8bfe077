/* Reading copies.tsv, price.tsv, gap.tsv and claims.tsv: each column lands where it belongs, and
 * what does not belong is refused with file, row and column. */
#include "results/evidence.h"

#include "bundle_fixture.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#define COPIES_HEADER                                                                              \
    "mechanism\tsource\tsink\tcopies\tsource_stage\ttransfer_in_stage\ttransfer_out_stage\t"       \
    "sink_stage\tpredicted_copies\tkernel_io_copies\texpected_kernel_io_copies\t"                  \
    "ledger_user_copies\tuser_copies\texpected_user_copies\tmutation\texpected_mutation\t"         \
    "mutation_source\tmutation_transfer_in\tmutation_transfer_out\tmutation_sink\tagrees\tnote\n"
#define COPIES_ROW                                                                                 \
    "pipe\tfile\tfile\town\tkernel\tkernel\tremote\tuser\t4\t3.998\t4.5\t0.25\tnan\t0.5\t3\t2\t"   \
    "copied\tshared\tunseen\tnone\tyes\tthe note, free\n"
#define PRICE_HEADER                                                                               \
    "wait\tworking_set\tplacement\tsize_bytes\tmetric\tslope_ns_per_kib\tslope_ci95_lo\t"          \
    "slope_ci95_hi\tintercept_ns_per_kib\tintercept_ci95_lo\tintercept_ci95_hi\tr_squared\t"       \
    "points\trounds\n"
#define PRICE_ROW "spin\thot\tcache\t65536\twall\t12.5\t-1\t26\t-3.5\t-4\t-3\t0.75\t5\t7\n"
#define GAP_HEADER                                                                                 \
    "placement\tsize_bytes\tfactor\tns_per_kib\tci95_lo\tci95_hi\tleast\tmost\tshare\t"            \
    "share_ci95_lo\tshare_ci95_hi\torders\trounds\n"
#define GAP_ROW       "cache\t4096\tcopies\t-10\t-12\t-8\t-20\t5\t-0.25\t-0.5\t0.125\t6\t9\n"
#define CLAIMS_HEADER "id\tclaim\tverdict\tevidence\tdone\n"
#define CLAIMS_ROW    "a-claim\tThe claim.\tholds in part\tWhat was seen.\tWhat was done.\n"

static struct fixture fixture;
static struct evidence evidence;
static struct failure failure;

static int begin(void **state)
{
    (void)state;
    memset(&failure, 0, sizeof failure);
    memset(&evidence, 0, sizeof evidence);
    fixture_begin(&fixture);
    return 0;
}

static int end(void **state)
{
    (void)state;
    evidence_free(&evidence);
    fixture_end(&fixture);
    return 0;
}

static void write_all(void)
{
    fixture_write(&fixture, "copies.tsv", COPIES_HEADER COPIES_ROW);
    fixture_write(&fixture, "price.tsv", PRICE_HEADER PRICE_ROW);
    fixture_write(&fixture, "gap.tsv", GAP_HEADER GAP_ROW);
    fixture_write(&fixture, "claims.tsv", CLAIMS_HEADER CLAIMS_ROW);
}

static void read_well(void)
{
    if (evidence_read(fixture.folder, &evidence, &failure) != 0)
        fail_msg("refused: %s", failure.text);
}

static void test_no_file_is_no_row(void **state)
{
    (void)state;
    read_well();
    assert_int_equal(evidence.copies_count + evidence.prices_count + evidence.gaps_count +
                         evidence.claims_count,
                     0);
    assert_null(evidence_find_copies(&evidence, "pipe", "file", "file", "own"));
    assert_null(evidence_find_price(&evidence, "spin", "hot", "cache", 65536, "wall"));
    assert_null(evidence_find_gap(&evidence, "cache", 4096, "copies"));
}

static void test_no_folder_is_refused(void **state)
{
    (void)state;
    assert_int_equal(evidence_read("/nonexistent/bundle", &evidence, &failure), -ENOENT);
    assert_non_null(strstr(failure.text, "/nonexistent/bundle"));
}

static void test_copies_land_where_they_belong(void **state)
{
    (void)state;
    write_all();
    read_well();
    assert_int_equal(evidence.copies_count, 1);
    const struct evidence_copies *row = evidence.copies;
    assert_string_equal(row->mechanism, "pipe");
    assert_string_equal(row->source, "file");
    assert_string_equal(row->sink, "file");
    assert_string_equal(row->copies, "own");
    assert_string_equal(row->stages[EVIDENCE_SOURCE], "kernel");
    assert_string_equal(row->stages[EVIDENCE_TRANSFER_IN], "kernel");
    assert_string_equal(row->stages[EVIDENCE_TRANSFER_OUT], "remote");
    assert_string_equal(row->stages[EVIDENCE_SINK], "user");
    assert_float_equal(row->predicted_copies, 4.0, 0.0);
    assert_float_equal(row->kernel_io_copies, 3.998, 1e-12);
    assert_float_equal(row->expected_kernel_io_copies, 4.5, 0.0);
    assert_float_equal(row->ledger_user_copies, 0.25, 0.0);
    assert_true(isnan(row->user_copies));
    assert_float_equal(row->expected_user_copies, 0.5, 0.0);
    assert_float_equal(row->mutation, 3.0, 0.0);
    assert_float_equal(row->expected_mutation, 2.0, 0.0);
    assert_string_equal(row->mutations[EVIDENCE_SOURCE], "copied");
    assert_string_equal(row->mutations[EVIDENCE_TRANSFER_IN], "shared");
    assert_string_equal(row->mutations[EVIDENCE_TRANSFER_OUT], "unseen");
    assert_string_equal(row->mutations[EVIDENCE_SINK], "none");
    assert_true(row->agrees);
    assert_string_equal(row->note, "the note, free");
    assert_ptr_equal(evidence_find_copies(&evidence, "pipe", "file", "file", "own"), row);
    assert_null(evidence_find_copies(&evidence, "pipe", "file", "file", "inplace"));
    assert_null(evidence_find_copies(&evidence, "pipe", "file", "use", "own"));
    assert_null(evidence_find_copies(&evidence, "pipe", "zero", "file", "own"));
    assert_null(evidence_find_copies(&evidence, "shm", "file", "file", "own"));
}

static void test_prices_land_where_they_belong(void **state)
{
    (void)state;
    write_all();
    read_well();
    const struct evidence_price *row =
        evidence_find_price(&evidence, "spin", "hot", "cache", 65536, "wall");
    assert_non_null(row);
    assert_float_equal(row->slope.value, 12.5, 0.0);
    assert_float_equal(row->slope.ci95_lo, -1.0, 0.0);
    assert_float_equal(row->slope.ci95_hi, 26.0, 0.0);
    assert_float_equal(row->intercept.value, -3.5, 0.0);
    assert_float_equal(row->intercept.ci95_lo, -4.0, 0.0);
    assert_float_equal(row->intercept.ci95_hi, -3.0, 0.0);
    assert_float_equal(row->r_squared, 0.75, 0.0);
    assert_int_equal(row->points, 5);
    assert_int_equal(row->rounds, 7);
    assert_null(evidence_find_price(&evidence, "block", "hot", "cache", 65536, "wall"));
    assert_null(evidence_find_price(&evidence, "spin", "cold", "cache", 65536, "wall"));
    assert_null(evidence_find_price(&evidence, "spin", "hot", "same", 65536, "wall"));
    assert_null(evidence_find_price(&evidence, "spin", "hot", "cache", 4096, "wall"));
    assert_null(evidence_find_price(&evidence, "spin", "hot", "cache", 65536, "cpu"));
}

static void test_gaps_land_where_they_belong(void **state)
{
    (void)state;
    write_all();
    read_well();
    const struct evidence_gap *row = evidence_find_gap(&evidence, "cache", 4096, "copies");
    assert_non_null(row);
    assert_float_equal(row->ns_per_kib.value, -10.0, 0.0);
    assert_float_equal(row->ns_per_kib.ci95_lo, -12.0, 0.0);
    assert_float_equal(row->ns_per_kib.ci95_hi, -8.0, 0.0);
    assert_float_equal(row->least, -20.0, 0.0);
    assert_float_equal(row->most, 5.0, 0.0);
    assert_float_equal(row->share.value, -0.25, 0.0);
    assert_float_equal(row->share.ci95_lo, -0.5, 0.0);
    assert_float_equal(row->share.ci95_hi, 0.125, 0.0);
    assert_int_equal(row->orders, 6);
    assert_int_equal(row->rounds, 9);
    assert_null(evidence_find_gap(&evidence, "same", 4096, "copies"));
    assert_null(evidence_find_gap(&evidence, "cache", 4097, "copies"));
    assert_null(evidence_find_gap(&evidence, "cache", 4096, "gap"));
}

#define TRANSLATED(text)                                                                           \
    "id\tclaim\tverdict\tevidence\tdone\tevidence_zh\na-claim\tc\tholds\te\td\t" text "\n"

/* The evidence in Chinese: whole, and nothing that would move a cursor or turn a line. */
static void test_a_translation_is_utf8_that_shows(void **state)
{
    (void)state;
    static const char *const refused[] = {"\xe5\x86", "\xff", "a\x1b[31m", "\xc2\x9b",
                                          "\xe2\x80\xae"};
    write_all();
    fixture_write(&fixture, "claims.tsv", TRANSLATED("内存"));
    read_well();
    assert_string_equal(evidence.claims[0].evidence_zh, "内存");
    evidence_free(&evidence);
    for (size_t index = 0; index < sizeof refused / sizeof *refused; index++) {
        char text[256];
        snprintf(text, sizeof text, TRANSLATED("%s"), refused[index]);
        fixture_write(&fixture, "claims.tsv", text);
        assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
        assert_non_null(strstr(failure.text, "claims.tsv: row 2, evidence_zh"));
    }
}

static void test_claims_land_where_they_belong(void **state)
{
    (void)state;
    write_all();
    read_well();
    assert_int_equal(evidence.claims_count, 1);
    assert_string_equal(evidence.claims[0].id, "a-claim");
    assert_string_equal(evidence.claims[0].claim, "The claim.");
    assert_string_equal(evidence.claims[0].verdict, "holds in part");
    assert_string_equal(evidence.claims[0].evidence, "What was seen.");
    assert_string_equal(evidence.claims[0].done, "What was done.");
    /* A table of an older version, without the column. */
    assert_string_equal(evidence.claims[0].evidence_zh, "");
}

static void test_half_an_interval_is_none(void **state)
{
    (void)state;
    fixture_write(&fixture, "gap.tsv",
                  GAP_HEADER "cache\t4096\tto\t5\t4\tnan\tnan\tnan\tnan\tnan\tnan\t6\t9\n"
                             "cache\t4096\tfrom\tnan\t4\t6\tnan\tnan\tnan\tnan\tnan\t6\t9\n");
    read_well();
    assert_int_equal(evidence.gaps_count, 2);
    assert_float_equal(evidence.gaps[0].ns_per_kib.value, 5.0, 0.0);
    assert_true(isnan(evidence.gaps[0].ns_per_kib.ci95_lo));
    assert_true(isnan(evidence.gaps[1].ns_per_kib.ci95_lo));
    assert_true(isnan(evidence.gaps[1].ns_per_kib.ci95_hi));
    assert_true(isnan(evidence.gaps[1].least));
}

/* A file is written with `old` in its row replaced by `new`; the failure must name it and hold all
 * of `expected`. */
struct damage {
    const char *file;
    const char *header;
    const char *row;
    const char *old;
    const char *new;
    const char *expected; /* behind the file's name */
};

static const struct damage damages[] = {
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "pipe\t", "pi pe\t",
     "row 2, mechanism: 'pi pe' is not a word"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "\town", "\t", "row 2, copies: '' is not a word"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "remote", "magic",
     "row 2, transfer_out_stage: 'magic' is not one of the words"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "\t4\t", "\tnan\t",
     "row 2, predicted_copies: 'nan' is not a number of at least 0"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "\t4\t", "\t-4\t",
     "row 2, predicted_copies: '-4' is not a number of at least 0"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "3.998", "many",
     "row 2, kernel_io_copies: 'many' is not a number"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "0.25", "inf",
     "row 2, ledger_user_copies: 'inf' is not a number"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "\t3\t2\t", "\t-3\t2\t",
     "row 2, mutation: '-3' is not a number"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "unseen", "kernel",
     "row 2, mutation_transfer_out: 'kernel' is not one of the words"},
    {"copies.tsv", COPIES_HEADER, COPIES_ROW, "\tyes\t", "\ttrue\t",
     "row 2, agrees: 'true' is neither yes nor no"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "hot", "none",
     "row 2, working_set: 'none' is not one of the words"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "65536", "0",
     "row 2, size_bytes: '0' is not a number of bytes"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "wall", "walls",
     "row 2, metric: 'walls' is not one of the words"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "\t26\t", "\t-2\t",
     "row 2, slope_ci95_hi: '-2' is below the lower bound"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "\t-4\t", "\t-2\t",
     "row 2, intercept_ci95_hi: '-3' is below the lower bound"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "0.75", "1.5",
     "row 2, r_squared: '1.5' is not a number up to 1"},
    {"price.tsv", PRICE_HEADER, PRICE_ROW, "\t5\t", "\t5.5\t",
     "row 2, points: '5.5' is not a whole number"},
    {"gap.tsv", GAP_HEADER, GAP_ROW, "copies", "copying",
     "row 2, factor: 'copying' is not one of the words"},
    {"gap.tsv", GAP_HEADER, GAP_ROW, "\t5\t", "\t-21\t",
     "row 2, most: '-21' is below the lower bound"},
    {"gap.tsv", GAP_HEADER, GAP_ROW, "0.125", "0x1p3", "row 2, share_ci95_hi: '0x1p3' is not a"},
    {"gap.tsv", GAP_HEADER, GAP_ROW, "\t9\n", "\t-9\n", "row 2, rounds: '-9' is not a whole"},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "holds in part", "holds  in part",
     "row 2, verdict: 'holds  in part' is not one of the words"},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "a-claim", "an id of more than thirty-one letters",
     "row 2, id: "},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "What was seen.", "", "row 2, evidence: '' is empty"},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "done.\n", "done.", "row 2"},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "What was done.", "", "row 2, done: '' is empty"},
    {"claims.tsv", CLAIMS_HEADER, CLAIMS_ROW, "\tThe claim.", "", "row 2 has 4 fields"},
    {"claims.tsv", "id\tclaim\tverdict\tseen\tdone\n", CLAIMS_ROW, "", "", "no column 'evidence'"},
};

static void write_damaged(const struct damage *damage)
{
    char text[4096];
    const char *place = strstr(damage->row, damage->old);
    assert_non_null(place);
    snprintf(text, sizeof text, "%s%.*s%s%s", damage->header, (int)(place - damage->row),
             damage->row, damage->new, place + strlen(damage->old));
    fixture_write(&fixture, damage->file, text);
}

static void test_what_does_not_belong_is_refused(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof damages / sizeof *damages; index++) {
        const struct damage *damage = &damages[index];
        char place[96];
        write_all();
        write_damaged(damage);
        memset(&failure, 0, sizeof failure);
        snprintf(place, sizeof place, "%s/%s: ", fixture.folder, damage->file);
        assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
        if (strncmp(failure.text, place, strlen(place)) != 0 ||
            strstr(failure.text, damage->expected) == NULL)
            fail_msg("expected '%s%s' in: %s", place, damage->expected, failure.text);
        /* Nothing is set on failure. */
        assert_null(evidence.copies);
        assert_int_equal(evidence.copies_count, 0);
    }
}

/* The same row twice, with another value in what is not its key. */
static void test_duplicates_are_refused(void **state)
{
    (void)state;
    static const struct {
        const char *file;
        const char *text;
        const char *expected;
    } twice[] = {
        {"copies.tsv", COPIES_HEADER COPIES_ROW COPIES_ROW,
         "copies.tsv: row 3, mechanism: 'pipe' begins a path that stands twice"},
        {"price.tsv", PRICE_HEADER PRICE_ROW PRICE_ROW,
         "price.tsv: row 3, wait: 'spin' begins a fit that stands twice"},
        {"gap.tsv", GAP_HEADER GAP_ROW "cache\t4096\tcopies\t1\t1\t1\t1\t1\t1\t1\t1\t6\t9\n",
         "gap.tsv: row 3, placement: 'cache' begins a factor that stands twice"},
        {"claims.tsv", CLAIMS_HEADER CLAIMS_ROW "a-claim\tc\tholds\te\td\n",
         "claims.tsv: row 3, id: 'a-claim' stands twice"},
    };
    for (size_t index = 0; index < sizeof twice / sizeof *twice; index++) {
        write_all();
        fixture_write(&fixture, twice[index].file, twice[index].text);
        memset(&failure, 0, sizeof failure);
        assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
        if (strstr(failure.text, twice[index].expected) == NULL)
            fail_msg("expected '%s' in: %s", twice[index].expected, failure.text);
    }
}

/* Rows that differ in one part of the key only are different rows. */
static void test_each_part_of_a_key_counts(void **state)
{
    (void)state;
    fixture_write(&fixture, "gap.tsv",
                  GAP_HEADER GAP_ROW "same\t4096\tcopies\t1\t1\t1\t1\t1\t1\t1\t1\t6\t9\n"
                                     "cache\t8192\tcopies\t2\t2\t2\t2\t2\t2\t2\t2\t6\t9\n"
                                     "cache\t4096\twaiting\t3\t3\t3\t3\t3\t3\t3\t3\t6\t9\n");
    read_well();
    assert_int_equal(evidence.gaps_count, 4);
    assert_float_equal(evidence_find_gap(&evidence, "cache", 8192, "copies")->least, 2.0, 0.0);
    assert_float_equal(evidence_find_gap(&evidence, "cache", 4096, "waiting")->least, 3.0, 0.0);
}

static void append_claims(size_t count, size_t text_bytes)
{
    char path[128];
    snprintf(path, sizeof path, "%s/claims.tsv", fixture.folder);
    FILE *stream = fopen(path, "w");
    assert_non_null(stream);
    fputs(CLAIMS_HEADER, stream);
    for (size_t index = 0; index < count; index++)
        fprintf(stream, "claim-%zu\tclaim\tholds\t%0*d\tdone\n", index, (int)text_bytes, 7);
    assert_int_equal(fclose(stream), 0);
}

static void test_rows_and_texts_are_bounded(void **state)
{
    (void)state;
    append_claims(EVIDENCE_MOST_ROWS, 10);
    read_well();
    assert_int_equal(evidence.claims_count, EVIDENCE_MOST_ROWS);
    evidence_free(&evidence);
    append_claims(EVIDENCE_MOST_ROWS + 1, 10);
    assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "more than 4096 rows"));

    append_claims(1, EVIDENCE_TEXT_BYTES - 1);
    read_well();
    assert_int_equal(strlen(evidence.claims[0].evidence), EVIDENCE_TEXT_BYTES - 1);
    evidence_free(&evidence);
    memset(&failure, 0, sizeof failure);
    append_claims(1, EVIDENCE_TEXT_BYTES);
    assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "is longer than 1023 bytes"));
}

static void test_what_is_no_file_is_refused(void **state)
{
    (void)state;
    char path[128];
    snprintf(path, sizeof path, "%s/gap.tsv", fixture.folder);
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "gap.tsv: not a regular file"));
    unlink(path);
    memset(&failure, 0, sizeof failure);
    assert_int_equal(symlink(fixture.folder, path), 0);
    assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), -ELOOP);
    assert_non_null(strstr(failure.text, "gap.tsv: a symbolic link"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_no_file_is_no_row, begin, end),
        cmocka_unit_test_setup_teardown(test_no_folder_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_copies_land_where_they_belong, begin, end),
        cmocka_unit_test_setup_teardown(test_prices_land_where_they_belong, begin, end),
        cmocka_unit_test_setup_teardown(test_gaps_land_where_they_belong, begin, end),
        cmocka_unit_test_setup_teardown(test_claims_land_where_they_belong, begin, end),
        cmocka_unit_test_setup_teardown(test_a_translation_is_utf8_that_shows, begin, end),
        cmocka_unit_test_setup_teardown(test_half_an_interval_is_none, begin, end),
        cmocka_unit_test_setup_teardown(test_what_does_not_belong_is_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_duplicates_are_refused, begin, end),
        cmocka_unit_test_setup_teardown(test_each_part_of_a_key_counts, begin, end),
        cmocka_unit_test_setup_teardown(test_rows_and_texts_are_bounded, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_no_file_is_refused, begin, end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
