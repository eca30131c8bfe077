/* From raw rows to price.tsv, on bundles small enough to compute by hand. */
#include "results/price.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "raw_bundle.h"
#include "results/cause.h"

enum { MOST_EXTRA_COPIES = 4 };

static struct raw_bundle bundle;
static struct failure failure;

static int make(void **state)
{
    (void)state;
    failure = (struct failure){0};
    return raw_bundle_make(&bundle);
}

static int clean(void **state)
{
    (void)state;
    return raw_bundle_remove(&bundle);
}

/* --- Making a bundle -------------------------------------------------------------------------- */

static struct sample padded(uint64_t extra_copies, const char *working_set, double wall_ns,
                            double cpu_ns)
{
    struct sample sample = raw_bundle_sample("shm", "throughput");
    snprintf(sample.copies, sizeof sample.copies, "inplace");
    snprintf(sample.working_set, sizeof sample.working_set, "%s", working_set);
    sample.extra_copies = extra_copies;
    sample.throughput_bytes_per_s = raw_bundle_throughput(wall_ns);
    sample.cpu_ns_per_kib = cpu_ns;
    return sample;
}

static void add(uint64_t round, const struct sample *sample)
{
    raw_bundle_add(&bundle, round, sample);
}

static void add_hot(uint64_t round, uint64_t extra_copies, double wall_ns)
{
    struct sample sample =
        padded(extra_copies, extra_copies == 0 ? "none" : "hot", wall_ns, 2.0 * wall_ns);
    add(round, &sample);
}

/* y for k = 0 .. 4 in one round. */
static void add_hot_round(uint64_t round, const double *wall_ns)
{
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
        add_hot(round, extra, wall_ns[extra]);
}

/* Seven rounds of 10 + 3 k, each a little slower than the one before. */
static void add_straight_rounds(void)
{
    for (uint64_t round = 7; round >= 1; round--) { /* the order of the rows must not matter */
        for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
            add_hot(round, extra, 10.0 + 3.0 * (double)extra + (double)round);
    }
}

/* --- Looking at the rows ---------------------------------------------------------------------- */

struct row {
    double slope, slope_lo, slope_hi;
    double intercept, intercept_lo, intercept_hi;
    double r_squared, points, rounds;
};

static void compute(void)
{
    raw_bundle_close(&bundle);
    if (cause_write(bundle.folder, 1, &failure) != 0)
        fail_msg("cause_write: %s", failure.text);
}

static struct row row_of(const char *key)
{
    struct row row;
    _Static_assert(sizeof row == 9 * sizeof(double), "numbers only");
    if (!raw_bundle_row(&bundle, "price.tsv", key, &row.slope, 9))
        fail_msg("no row %s", key);
    return row;
}

static void assert_fit(const struct row *row, double slope, double intercept, double r_squared)
{
    assert_number("slope", row->slope, slope);
    assert_number("intercept", row->intercept, intercept);
    assert_number("R^2", row->r_squared, r_squared);
}

static void assert_counts(const struct row *row, double points, double rounds)
{
    assert_number("points", row->points, points);
    assert_number("rounds", row->rounds, rounds);
}

static void assert_no_intervals(const struct row *row)
{
    assert_true(isnan(row->slope_lo) && isnan(row->slope_hi));
    assert_true(isnan(row->intercept_lo) && isnan(row->intercept_hi));
}

static void assert_no_fit(const struct row *row)
{
    assert_fit(row, NAN, NAN, NAN);
    assert_no_intervals(row);
}

static const char hot_wall[] = "block\thot\tcache\t4096\twall";
static const char hot_cpu[] = "block\thot\tcache\t4096\tcpu";

/* --- Fits ------------------------------------------------------------------------------------- */

/* The median of the rounds 1 .. 7 adds 4 to each y. The slope is 3 in every round, so resampling
 * rounds can't move it; the intercept moves with the rounds. */
static void a_straight_line(void **state)
{
    (void)state;
    add_straight_rounds();
    compute();
    struct row wall = row_of(hot_wall);
    assert_fit(&wall, 3.0, 14.0, 1.0);
    assert_counts(&wall, 5, 7);
    assert_number("lower slope", wall.slope_lo, 3.0);
    assert_number("upper slope", wall.slope_hi, 3.0);
    assert_true(wall.intercept_lo >= 11.0 && wall.intercept_lo < 14.0);
    assert_true(wall.intercept_hi > 14.0 && wall.intercept_hi <= 17.0);
    struct row cpu = row_of(hot_cpu);
    assert_fit(&cpu, 6.0, 28.0, 1.0);
    assert_counts(&cpu, 5, 7);
}

/* As noisy_points_by_hand of the line's own test. */
static void one_noisy_round(void **state)
{
    (void)state;
    const double y[] = {1.0, 3.0, 2.0, 5.0, 4.0};
    add_hot_round(1, y);
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 0.8, 1.4, 0.64);
    assert_counts(&row, 5, 1);
    assert_no_intervals(&row);
}

/* Medians first, then the fit: y is 1 3 2 5 4 again, and no round looks like that. */
static void the_line_goes_through_medians(void **state)
{
    (void)state;
    const double rounds[3][5] = {
        {1.0, 3.0, 900., 0.1, 4.0}, {500., 0.1, 2.0, 5.0, 900.}, {0.1, 700., 0.1, 800., 0.2}};
    for (uint64_t round = 0; round < 3; round++)
        add_hot_round(round + 1, rounds[round]);
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 0.8, 1.4, 0.64);
    assert_counts(&row, 5, 3);
}

static void a_price_below_zero_stays(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++) {
        for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
            add_hot(round, extra, 50.0 - 4.0 * (double)extra);
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, -4.0, 50.0, 1.0);
    assert_number("lower slope", row.slope_lo, -4.0);
    assert_number("upper slope", row.slope_hi, -4.0);
}

/* Extra copies that cost nothing at all: nothing to explain. */
static void free_copies_have_no_r_squared(void **state)
{
    (void)state;
    const double y[] = {8.0, 8.0, 8.0, 8.0, 8.0};
    add_hot_round(1, y);
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 0.0, 8.0, NAN);
}

/* --- Rounds ----------------------------------------------------------------------------------- */

/* Round 7 lacks k = 3 and would turn every line round; of round 6, k = 1 arrived broken. */
static void only_complete_rounds_count(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 5; round++) {
        for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
            add_hot(round, extra, 10.0 + 3.0 * (double)extra + 10.0 * (double)round);
    }
    for (uint64_t round = 6; round <= 7; round++) {
        for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
            struct sample sample =
                padded(extra, extra == 0 ? "none" : "hot", 500.0 - 100.0 * (double)extra, 1.0);
            if (round == 6 && extra == 1)
                sample.checksum_ok = CHECKSUM_WRONG;
            if (round == 6 || extra != 3)
                add(round, &sample);
        }
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 3.0, 40.0, 1.0);
    assert_counts(&row, 5, 5);
    assert_no_intervals(&row); /* five rounds are too few for one */
}

static void six_rounds_have_intervals(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++) {
        for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
            add_hot(round, extra, 10.0 + (double)(round * extra)); /* slopes 1 to 6 */
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 3.5, 10.0, 1.0);
    assert_true(row.slope_lo >= 1.0 && row.slope_lo < 3.0);
    assert_true(row.slope_hi > 4.0 && row.slope_hi <= 6.0);
    assert_number("lower intercept", row.intercept_lo, 10.0);
    assert_number("upper intercept", row.intercept_hi, 10.0);
}

static void unchecked_samples_count(void **state)
{
    (void)state;
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
        struct sample sample = padded(extra, extra == 0 ? "none" : "hot", 1.0 + (double)extra, 1.0);
        sample.checksum_ok = CHECKSUM_NOT_APPLICABLE;
        add(1, &sample);
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 1.0, 1.0, 1.0);
}

static void rounds_that_never_met_have_no_fit(void **state)
{
    (void)state;
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++)
        add_hot(extra + 1, extra, 10.0);
    compute();
    struct row row = row_of(hot_wall);
    assert_no_fit(&row);
    assert_counts(&row, 5, 0);
}

/* --- Points ----------------------------------------------------------------------------------- */

/* k = 0, 1, 4 on the line 6 + 2 k; k = 2 always arrived broken and k = 3 was never measured. */
static void a_missing_k_is_no_point(void **state)
{
    (void)state;
    add_hot(1, 0, 6.0);
    add_hot(1, 1, 8.0);
    struct sample broken = padded(2, "hot", 1.0, 1.0);
    broken.checksum_ok = CHECKSUM_WRONG;
    add(1, &broken);
    add_hot(1, 4, 14.0);
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 2.0, 6.0, 1.0);
    assert_counts(&row, 3, 1);
}

static void two_points_have_no_fit(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 6; round++) {
        add_hot(round, 0, 6.0);
        add_hot(round, 4, 14.0);
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_no_fit(&row);
    assert_counts(&row, 2, 6);
}

/* Only what differs in k alone is k = 0: every other cell that comes near has another time. */
static void only_the_plain_cell_is_zero(void **state)
{
    (void)state;
    for (uint64_t extra = 1; extra <= MOST_EXTRA_COPIES; extra++)
        add_hot(1, extra, 10.0 + 3.0 * (double)extra);
    struct sample other = padded(0, "none", 999.0, 999.0);
    char *const words[] = {other.mechanism, other.test,   other.wait, other.copies,
                           other.touch,     other.source, other.sink, other.placement};
    const char *const different[] = {"null",  "relay", "spin", "own",
                                     "edges", "file",  "file", "same"};
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        char before[SAMPLE_WORD_BYTES];
        memcpy(before, words[index], sizeof before);
        snprintf(words[index], SAMPLE_WORD_BYTES, "%s", different[index]);
        add(1, &other);
        memcpy(words[index], before, sizeof before);
    }
    other.size_bytes = 8192;
    add(1, &other);
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 3.0, 10.0, 1.0);
    assert_counts(&row, 4, 1);
}

/* --- Series ----------------------------------------------------------------------------------- */

static void hot_and_cold_share_the_plain_cell(void **state)
{
    (void)state;
    add_hot(1, 0, 10.0);
    for (uint64_t extra = 1; extra <= MOST_EXTRA_COPIES; extra++) {
        struct sample cold = padded(extra, "cold", 10.0 + 7.0 * (double)extra, 1.0);
        add(1, &cold);
        add_hot(1, extra, 10.0 + 2.0 * (double)extra);
    }
    compute();
    struct row hot = row_of(hot_wall);
    struct row cold = row_of("block\tcold\tcache\t4096\twall");
    assert_fit(&hot, 2.0, 10.0, 1.0);
    assert_fit(&cold, 7.0, 10.0, 1.0);
    assert_counts(&hot, 5, 1);
    assert_counts(&cold, 5, 1);
}

static void a_metric_that_was_not_measured_is_unknown(void **state)
{
    (void)state;
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
        struct sample sample =
            padded(extra, extra == 0 ? "none" : "hot", 5.0 + 4.0 * (double)extra, NAN);
        add(1, &sample);
    }
    compute();
    struct row wall = row_of(hot_wall);
    struct row cpu = row_of(hot_cpu);
    assert_fit(&wall, 4.0, 5.0, 1.0);
    assert_no_fit(&cpu);
    assert_counts(&cpu, 0, 0);
}

static void the_touch_of_the_run(void **state)
{
    (void)state;
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
        struct sample sample =
            padded(extra, extra == 0 ? "none" : "hot", 5.0 + 4.0 * (double)extra, 1.0);
        snprintf(sample.touch, sizeof sample.touch, "edges");
        add(1, &sample);
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 4.0, 5.0, 1.0);
}

static void of_several_touches_it_is_full(void **state)
{
    (void)state;
    add_straight_rounds();
    for (uint64_t extra = 0; extra <= MOST_EXTRA_COPIES; extra++) {
        struct sample sample = padded(extra, extra == 0 ? "none" : "hot", 999.0, 1.0);
        snprintf(sample.touch, sizeof sample.touch, "write");
        add(1, &sample);
    }
    compute();
    struct row row = row_of(hot_wall);
    assert_fit(&row, 3.0, 14.0, 1.0);
}

static void rows_stand_in_order(void **state)
{
    (void)state;
    const char *const waits[] = {"spin", "block"};
    const char *const sets[] = {"hot", "cold"};
    const uint64_t sizes[] = {65536, 64};
    for (size_t index = 0; index < 8; index++) {
        struct sample sample = padded(1, sets[index / 2 % 2], 1.0, 1.0);
        snprintf(sample.wait, sizeof sample.wait, "%s", waits[index / 4]);
        sample.size_bytes = sizes[index % 2];
        add(1, &sample);
    }
    compute();
    static const char *const keys[] = {
        "block\tcold\tcache\t64\twall",    "block\tcold\tcache\t64\tcpu",
        "block\tcold\tcache\t65536\twall", "block\tcold\tcache\t65536\tcpu",
        "block\thot\tcache\t64\twall",     "block\thot\tcache\t64\tcpu",
        "block\thot\tcache\t65536\twall",  "block\thot\tcache\t65536\tcpu",
        "spin\tcold\tcache\t64\twall",     "spin\tcold\tcache\t64\tcpu",
        "spin\tcold\tcache\t65536\twall",  "spin\tcold\tcache\t65536\tcpu",
        "spin\thot\tcache\t64\twall",      "spin\thot\tcache\t64\tcpu",
        "spin\thot\tcache\t65536\twall",   "spin\thot\tcache\t65536\tcpu"};
    const char *text = raw_bundle_text(&bundle, "price.tsv");
    for (size_t index = 0; index < sizeof keys / sizeof *keys; index++) {
        text = strchr(text, '\n');
        assert_non_null(text);
        text++;
        if (strncmp(text, keys[index], strlen(keys[index])) != 0)
            fail_msg("row %zu is %.60s", index, text);
    }
    assert_string_equal(strchr(text, '\n'), "\n");
}

static void the_header_is_the_format(void **state)
{
    (void)state;
    add_straight_rounds();
    compute();
    const char *text = raw_bundle_text(&bundle, "price.tsv");
    const char *header = "wait\tworking_set\tplacement\tsize_bytes\tmetric\tslope_ns_per_kib\t"
                         "slope_ci95_lo\tslope_ci95_hi\tintercept_ns_per_kib\tintercept_ci95_lo\t"
                         "intercept_ci95_hi\tr_squared\tpoints\trounds\n";
    assert_int_equal(strncmp(text, header, strlen(header)), 0);
}

#define PRICE_TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        PRICE_TEST(a_straight_line),
        PRICE_TEST(one_noisy_round),
        PRICE_TEST(the_line_goes_through_medians),
        PRICE_TEST(a_price_below_zero_stays),
        PRICE_TEST(free_copies_have_no_r_squared),
        PRICE_TEST(only_complete_rounds_count),
        PRICE_TEST(six_rounds_have_intervals),
        PRICE_TEST(unchecked_samples_count),
        PRICE_TEST(rounds_that_never_met_have_no_fit),
        PRICE_TEST(a_missing_k_is_no_point),
        PRICE_TEST(two_points_have_no_fit),
        PRICE_TEST(only_the_plain_cell_is_zero),
        PRICE_TEST(hot_and_cold_share_the_plain_cell),
        PRICE_TEST(a_metric_that_was_not_measured_is_unknown),
        PRICE_TEST(the_touch_of_the_run),
        PRICE_TEST(of_several_touches_it_is_full),
        PRICE_TEST(rows_stand_in_order),
        PRICE_TEST(the_header_is_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
