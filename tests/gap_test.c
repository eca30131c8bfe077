/* From raw rows to gap.tsv, on bundles small enough to compute by hand. */
#include "results/gap.h"

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

enum { PIPE, SHM };
enum { BLOCK, SPIN };

/* ns per KiB of one round: level of the mechanism, copies taken from 4, wait. 0: not measured. */
struct nodes {
    double ns[2][4][2];
};

/* The cell of a node; a pipe of one copy is none. */
static struct sample sample_of_node(int level, int taken, int wait)
{
    static const char *const mechanisms[2][4] = {{"pipe", "pipe", "vmsplice", "none"},
                                                 {"shm", "shm", "shm", "shm"}};
    struct sample sample = raw_bundle_sample(mechanisms[level][taken], "relay");
    snprintf(sample.source, sizeof sample.source, "file");
    snprintf(sample.sink, sizeof sample.sink, taken == 0 ? "file" : "use");
    snprintf(sample.wait, sizeof sample.wait, wait == SPIN ? "spin" : "block");
    if (level == SHM && taken >= 2)
        snprintf(sample.copies, sizeof sample.copies, "inplace");
    if (level == SHM && taken == 2) {
        sample.extra_copies = 1;
        snprintf(sample.working_set, sizeof sample.working_set, "hot");
    }
    return sample;
}

static void add_round(uint64_t round, const struct nodes *nodes)
{
    for (int level = PIPE; level <= SHM; level++) {
        for (int taken = 3; taken >= 0; taken--) {
            for (int wait = BLOCK; wait <= SPIN; wait++) {
                struct sample sample = sample_of_node(level, taken, wait);
                sample.throughput_bytes_per_s =
                    raw_bundle_throughput(nodes->ns[level][taken][wait]);
                if (nodes->ns[level][taken][wait] > 0.0)
                    raw_bundle_add(&bundle, round, &sample);
            }
        }
    }
}

/* Mechanism 100, copies 10 + 20 + 30, waiting 7, everywhere; from 300 down to 133. */
static struct nodes additive_nodes(void)
{
    static const double copies[] = {0.0, 10.0, 30.0, 60.0};
    struct nodes nodes;
    for (int level = PIPE; level <= SHM; level++) {
        for (int taken = 0; taken < 4; taken++) {
            for (int wait = BLOCK; wait <= SPIN; wait++)
                nodes.ns[level][taken][wait] = 300.0 - 100.0 * level - copies[taken] - 7.0 * wait;
        }
    }
    nodes.ns[PIPE][3][BLOCK] = 0.0;
    nodes.ns[PIPE][3][SPIN] = 0.0;
    return nodes;
}

static void change(struct nodes *nodes, int level, double by_ns)
{
    for (int taken = 0; taken < 4; taken++) {
        for (int wait = BLOCK; wait <= SPIN; wait++) {
            if (nodes->ns[level][taken][wait] > 0.0)
                nodes->ns[level][taken][wait] += by_ns;
        }
    }
}

static void add_rounds(uint64_t rounds, const struct nodes *nodes)
{
    for (uint64_t round = rounds; round >= 1; round--)
        add_round(round, nodes);
}

/* --- Looking at the rows ---------------------------------------------------------------------- */

struct row {
    double ns, lo, hi, least, most, share, share_lo, share_hi, orders, rounds;
};

static void compute(void)
{
    raw_bundle_close(&bundle);
    if (cause_write(bundle.folder, 1, &failure) != 0)
        fail_msg("cause_write: %s", failure.text);
}

static bool find_row(const char *placement, uint64_t size_bytes, const char *factor,
                     struct row *row)
{
    char key[100];
    _Static_assert(sizeof *row == 10 * sizeof(double), "numbers only");
    snprintf(key, sizeof key, "%s\t%llu\t%s", placement, (unsigned long long)size_bytes, factor);
    return raw_bundle_row(&bundle, "gap.tsv", key, &row->ns, 10);
}

static struct row row_of(const char *factor)
{
    struct row row;
    if (!find_row("cache", 4096, factor, &row))
        fail_msg("no row %s", factor);
    return row;
}

static void assert_end(const char *name, double ns)
{
    struct row row = row_of(name);
    assert_number(name, row.ns, ns);
    assert_true(isnan(row.least) && isnan(row.most));
    assert_true(isnan(row.share) && isnan(row.share_lo) && isnan(row.share_hi));
}

static void assert_contribution(const char *factor, double ns, double least, double most,
                                double share)
{
    struct row row = row_of(factor);
    assert_number(factor, row.ns, ns);
    assert_number("least", row.least, least);
    assert_number("most", row.most, most);
    assert_number("share", row.share, share);
}

static void assert_adds_up(double from, double to)
{
    double sum = row_of("mechanism").ns + row_of("copies").ns + row_of("waiting").ns;
    assert_end("from", from);
    assert_end("to", to);
    assert_number("gap", row_of("gap").ns, from - to);
    assert_number("sum", sum, from - to);
}

static void assert_counts(double orders, double rounds)
{
    static const char *const names[] = {"from", "mechanism", "copies", "waiting", "gap", "to"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        struct row row = row_of(names[index]);
        assert_number("orders", row.orders, orders);
        assert_number("rounds", row.rounds, rounds);
    }
}

static void assert_interval(const char *what, double lo, double hi, double should_lo,
                            double should_hi)
{
    assert_number(what, lo, should_lo);
    assert_number(what, hi, should_hi);
}

static void assert_no_shares(void)
{
    static const char *const names[] = {"mechanism", "copies", "waiting", "gap"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        struct row row = row_of(names[index]);
        assert_true(isnan(row.share) && isnan(row.share_lo) && isnan(row.share_hi));
    }
}

/* --- Contributions ---------------------------------------------------------------------------- */

/*
 * The machine gets slower by 10 ns from round to round, which adds 40 to every median of seven
 * rounds. The differences are the same in every round: resampling whole rounds can't move them,
 * resampling cells one by one would.
 */
static void a_drift_of_the_machine_cancels(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 7; round++) {
        struct nodes nodes = additive_nodes();
        change(&nodes, PIPE, 10.0 * (double)round);
        change(&nodes, SHM, 10.0 * (double)round);
        add_round(round, &nodes);
    }
    compute();
    assert_contribution("mechanism", 100.0, 100.0, 100.0, 100.0 / 167.0);
    assert_contribution("copies", 60.0, 60.0, 60.0, 60.0 / 167.0);
    assert_contribution("waiting", 7.0, 7.0, 7.0, 7.0 / 167.0);
    assert_adds_up(340.0, 173.0);
    assert_counts(15, 7);
    struct row copies = row_of("copies");
    assert_interval("copies", copies.lo, copies.hi, 60.0, 60.0);
    assert_interval("share", copies.share_lo, copies.share_hi, 60.0 / 167.0, 60.0 / 167.0);
    struct row gap = row_of("gap");
    assert_interval("gap", gap.lo, gap.hi, 167.0, 167.0);
    assert_interval("its share", gap.share_lo, gap.share_hi, 1.0, 1.0);
    assert_number("its share", gap.share, 1.0);
    struct row from = row_of("from");
    assert_true(from.lo >= 310.0 && from.lo < 340.0 && from.hi > 340.0 && from.hi <= 370.0);
}

/*
 * A blocked pipe of 4 copies costs 30 more. Who is taken first gets them: the mechanism in 4 of the
 * 15 orders, waiting in 3, a copy in 8 (see the_mean_is_over_the_orders_that_are_left in
 * shapley_test.c). 108 + 76 + 13 = 197.
 */
static void an_interaction_by_hand(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.ns[PIPE][0][BLOCK] += 30.0;
    add_rounds(6, &nodes);
    compute();
    assert_contribution("mechanism", 108.0, 100.0, 130.0, 108.0 / 197.0);
    assert_contribution("copies", 76.0, 60.0, 90.0, 76.0 / 197.0);
    assert_contribution("waiting", 13.0, 7.0, 37.0, 13.0 / 197.0);
    assert_adds_up(330.0, 133.0);
    assert_counts(15, 6);
}

/* The same data with block and spin exchanged: what helped must come out as harm. */
static void exchanged_waits_turn_waiting_round(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    for (int level = PIPE; level <= SHM; level++) {
        for (int taken = 0; taken < 4; taken++) {
            double kept = nodes.ns[level][taken][BLOCK];
            nodes.ns[level][taken][BLOCK] = nodes.ns[level][taken][SPIN];
            nodes.ns[level][taken][SPIN] = kept;
        }
    }
    add_rounds(6, &nodes);
    compute();
    assert_contribution("waiting", -7.0, -7.0, -7.0, -7.0 / 153.0);
    assert_contribution("copies", 60.0, 60.0, 60.0, 60.0 / 153.0);
    assert_adds_up(293.0, 140.0);
    struct row waiting = row_of("waiting");
    assert_interval("waiting", waiting.lo, waiting.hi, -7.0, -7.0);
}

/* The copies of the shared memory exchanged, from the last to the first: taking one away costs. */
static void exchanged_copies_turn_copies_round(void **state)
{
    (void)state;
    static const double copies[] = {60.0, 30.0, 10.0, 0.0};
    struct nodes nodes = additive_nodes();
    for (int level = PIPE; level <= SHM; level++) {
        for (int taken = 0; taken < 4 - (level == PIPE); taken++) {
            for (int wait = BLOCK; wait <= SPIN; wait++)
                nodes.ns[level][taken][wait] = 300.0 - 100.0 * level - copies[taken] - 7.0 * wait;
        }
    }
    add_rounds(6, &nodes);
    compute();
    assert_contribution("copies", -60.0, -60.0, -60.0, -60.0 / 47.0);
    assert_contribution("mechanism", 100.0, 100.0, 100.0, 100.0 / 47.0);
    assert_adds_up(240.0, 193.0);
}

/* Medians of nodes, not of differences: 100 110 180 and 10 100 20 have the medians 110 and 20. */
static void contributions_come_from_medians(void **state)
{
    (void)state;
    static const double pipe_ns[] = {100.0, 110.0, 180.0};
    static const double shm_ns[] = {10.0, 100.0, 20.0};
    for (uint64_t round = 0; round < 3; round++) {
        struct nodes nodes = {.ns = {{{0.0}}}};
        nodes.ns[PIPE][0][BLOCK] = pipe_ns[round];
        for (int taken = 0; taken < 4; taken++)
            nodes.ns[SHM][taken][BLOCK] = shm_ns[round];
        nodes.ns[SHM][3][SPIN] = shm_ns[round];
        add_round(round + 1, &nodes);
    }
    compute();
    assert_contribution("mechanism", 90.0, 90.0, 90.0, 1.0);
    assert_contribution("copies", 0.0, 0.0, 0.0, 0.0);
    assert_counts(1, 3);
    assert_adds_up(110.0, 20.0);
}

/* --- Rounds ----------------------------------------------------------------------------------- */

/* In round 2 one cell was not measured, in round 4 the bytes of one were wrong. Both rounds would
 * change every median. */
static void only_complete_rounds_count(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    struct nodes wild = additive_nodes();
    change(&wild, PIPE, 5000.0);
    wild.ns[SHM][1][SPIN] = 0.0;
    for (uint64_t round = 1; round <= 4; round++) {
        add_round(round, round % 2 == 1 ? &nodes : &wild);
    }
    struct sample broken = sample_of_node(SHM, 1, SPIN);
    broken.throughput_bytes_per_s = raw_bundle_throughput(1.0);
    broken.checksum_ok = CHECKSUM_WRONG;
    raw_bundle_add(&bundle, 4, &broken);
    compute();
    assert_contribution("mechanism", 100.0, 100.0, 100.0, 100.0 / 167.0);
    assert_contribution("waiting", 7.0, 7.0, 7.0, 7.0 / 167.0);
    assert_adds_up(300.0, 133.0);
    assert_counts(15, 2);
}

static void fewer_than_six_rounds_have_no_intervals(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    add_rounds(5, &nodes);
    compute();
    static const char *const names[] = {"from", "mechanism", "copies", "waiting", "gap", "to"};
    for (size_t index = 0; index < sizeof names / sizeof *names; index++) {
        struct row row = row_of(names[index]);
        assert_true(isnan(row.lo) && isnan(row.hi));
        assert_true(isnan(row.share_lo) && isnan(row.share_hi));
    }
    assert_contribution("copies", 60.0, 60.0, 60.0, 60.0 / 167.0);
    assert_counts(15, 5);
}

static void the_sixth_round_brings_intervals(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    add_rounds(6, &nodes);
    compute();
    struct row row = row_of("copies");
    assert_interval("copies", row.lo, row.hi, 60.0, 60.0);
}

static void rounds_that_never_met(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.ns[SHM][0][BLOCK] = 0.0;
    add_round(1, &nodes);
    struct sample alone = sample_of_node(SHM, 0, BLOCK);
    alone.throughput_bytes_per_s = raw_bundle_throughput(200.0);
    raw_bundle_add(&bundle, 2, &alone);
    compute();
    assert_end("from", NAN);
    assert_contribution("copies", NAN, NAN, NAN, NAN);
    assert_counts(0, 0);
}

/* --- Shares ----------------------------------------------------------------------------------- */

static void a_gap_the_other_way_has_no_shares(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    change(&nodes, SHM, 200.0);
    add_rounds(6, &nodes);
    compute();
    assert_contribution("mechanism", -100.0, -100.0, -100.0, NAN);
    assert_adds_up(300.0, 333.0);
    assert_no_shares();
}

static void no_gap_has_no_shares(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    change(&nodes, SHM, 167.0);
    add_rounds(3, &nodes);
    compute();
    assert_adds_up(300.0, 300.0);
    assert_no_shares();
}

/* In 3 of 7 rounds the shared memory is slower than the pipe: the gap of the medians is 167, its
 * interval goes from -233 to 167. */
static void a_gap_that_may_be_none_has_no_shares(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 7; round++) {
        struct nodes nodes = additive_nodes();
        change(&nodes, SHM, round % 2 == 0 ? 400.0 : 0.0);
        add_round(round, &nodes);
    }
    compute();
    struct row gap = row_of("gap");
    assert_number("gap", gap.ns, 167.0);
    assert_interval("gap", gap.lo, gap.hi, -233.0, 167.0);
    assert_contribution("copies", 60.0, 60.0, 60.0, NAN);
    assert_no_shares();
}

/*
 * In 1 of 7 rounds: it fills the middle of a resample, four draws of seven, once in a hundred
 * times. These resamples have no share; they are fewer than an interval leaves out.
 */
static void a_rare_resample_without_a_gap_is_left_out(void **state)
{
    (void)state;
    for (uint64_t round = 1; round <= 7; round++) {
        struct nodes nodes = additive_nodes();
        change(&nodes, SHM, round == 4 ? 400.0 : 0.0);
        add_round(round, &nodes);
    }
    compute();
    struct row gap = row_of("gap");
    struct row copies = row_of("copies");
    assert_interval("gap", gap.lo, gap.hi, 167.0, 167.0);
    assert_number("share", copies.share, 60.0 / 167.0);
    assert_interval("share", copies.share_lo, copies.share_hi, 60.0 / 167.0, 60.0 / 167.0);
}

/* --- Nodes ------------------------------------------------------------------------------------ */

/* No spinning pipe: waiting behind the mechanism, which can't be last: 9 orders. */
static void missing_nodes_leave_fewer_orders(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    for (int taken = 0; taken < 3; taken++)
        nodes.ns[PIPE][taken][SPIN] = 0.0;
    add_rounds(6, &nodes);
    compute();
    assert_counts(9, 6);
    assert_adds_up(300.0, 133.0);
}

/* A node whose bytes were wrong in every round does not exist, and takes no round from others. */
static void a_node_that_never_worked_is_missing(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.ns[PIPE][2][SPIN] = 0.0;
    add_rounds(6, &nodes);
    struct sample broken = sample_of_node(PIPE, 2, SPIN);
    broken.throughput_bytes_per_s = raw_bundle_throughput(1.0);
    broken.checksum_ok = CHECKSUM_WRONG;
    raw_bundle_add(&bundle, 1, &broken);
    compute();
    /* Lost are the orders over that node: CC, W in any sequence, then the mechanism, then C: 3. */
    assert_counts(12, 6);
    assert_contribution("copies", 60.0, 60.0, 60.0, 60.0 / 167.0);
}

static void without_a_way_the_gap_is_known_but_not_explained(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.ns[SHM][2][BLOCK] = 0.0;
    nodes.ns[SHM][2][SPIN] = 0.0;
    add_rounds(6, &nodes);
    compute();
    assert_end("from", 300.0);
    assert_end("to", 133.0);
    struct row gap = row_of("gap");
    assert_number("gap", gap.ns, 167.0);
    assert_interval("gap", gap.lo, gap.hi, 167.0, 167.0);
    assert_contribution("mechanism", NAN, NAN, NAN, NAN);
    assert_contribution("copies", NAN, NAN, NAN, NAN);
    assert_contribution("waiting", NAN, NAN, NAN, NAN);
    assert_counts(0, 6);
}

static void without_a_corner_there_is_no_gap(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    nodes.ns[PIPE][0][BLOCK] = 0.0;
    add_rounds(6, &nodes);
    compute();
    assert_end("from", NAN);
    assert_end("to", 133.0);
    assert_contribution("gap", NAN, NAN, NAN, NAN);
    assert_contribution("copies", NAN, NAN, NAN, NAN);
    assert_counts(0, 6);
}

/* Cells that come near a node and are none, each faster than all nodes. */
static void other_cells_are_no_nodes(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    add_rounds(6, &nodes);
    struct sample corner = sample_of_node(SHM, 3, SPIN);
    struct sample padded = sample_of_node(SHM, 2, SPIN);
    corner.throughput_bytes_per_s = padded.throughput_bytes_per_s = raw_bundle_throughput(1.0);
    char *const words[] = {corner.mechanism, corner.test,   corner.wait,       corner.touch,
                           corner.source,    corner.source, padded.working_set};
    const char *const different[] = {"fifo", "throughput", "hybrid", "write",
                                     "zero", "stdin",      "cold"};
    for (size_t index = 0; index < sizeof words / sizeof *words; index++) {
        char before[SAMPLE_WORD_BYTES];
        memcpy(before, words[index], sizeof before);
        snprintf(words[index], SAMPLE_WORD_BYTES, "%s", different[index]);
        raw_bundle_add(&bundle, 1, words[index] == padded.working_set ? &padded : &corner);
        memcpy(words[index], before, sizeof before);
    }
    padded.extra_copies = 2;
    raw_bundle_add(&bundle, 1, &padded);
    compute();
    assert_contribution("copies", 60.0, 60.0, 60.0, 60.0 / 167.0);
    assert_adds_up(300.0, 133.0);
    assert_counts(15, 6);
}

static void places_have_rows_of_their_own(void **state)
{
    (void)state;
    static const struct {
        const char *placement;
        uint64_t size_bytes;
        double waiting;
    } places[] = {
        {"same", 64, 3.0}, {"cache", 65536, 4.0}, {"cache", 64, 5.0}, {"same", 65536, 6.0}};
    for (size_t place = 0; place < 4; place++) {
        for (int wait = BLOCK; wait <= SPIN; wait++) {
            for (int taken = -1; taken < 4; taken++) {
                struct sample sample =
                    taken < 0 ? sample_of_node(PIPE, 0, wait) : sample_of_node(SHM, taken, wait);
                snprintf(sample.placement, sizeof sample.placement, "%s", places[place].placement);
                sample.size_bytes = places[place].size_bytes;
                sample.throughput_bytes_per_s =
                    raw_bundle_throughput(taken < 0 ? 100.0 : 10.0 - places[place].waiting * wait);
                raw_bundle_add(&bundle, 1, &sample);
            }
        }
    }
    compute();
    const char *text = raw_bundle_text(&bundle, "gap.tsv");
    const char *rows[] = {
        "\ncache\t64\tfrom\t",    "\ncache\t64\tmechanism\t", "\ncache\t64\tcopies\t",
        "\ncache\t64\twaiting\t", "\ncache\t64\tgap\t",       "\ncache\t64\tto\t",
        "\ncache\t65536\tfrom\t", "\nsame\t64\tfrom\t",       "\nsame\t65536\tfrom\t"};
    for (size_t index = 0; index < sizeof rows / sizeof *rows; index++) {
        text = strstr(text, rows[index]);
        if (text == NULL)
            fail_msg("no %s behind the row before", rows[index] + 1);
    }
    for (size_t place = 0; place < 4; place++) {
        struct row row;
        assert_true(find_row(places[place].placement, places[place].size_bytes, "to", &row));
        assert_number("to", row.ns, 10.0 - places[place].waiting);
    }
}

static void of_several_touches_it_is_full(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    add_round(1, &nodes);
    struct sample edges = sample_of_node(SHM, 3, SPIN);
    snprintf(edges.touch, sizeof edges.touch, "edges");
    edges.size_bytes = 64;
    edges.throughput_bytes_per_s = 1.0;
    raw_bundle_add(&bundle, 1, &edges);
    compute();
    struct row row;
    assert_adds_up(300.0, 133.0);
    assert_false(find_row("cache", 64, "to", &row));
}

static void the_header_is_the_format(void **state)
{
    (void)state;
    struct nodes nodes = additive_nodes();
    add_round(1, &nodes);
    compute();
    const char *text = raw_bundle_text(&bundle, "gap.tsv");
    const char *header =
        "placement\tsize_bytes\tfactor\tns_per_kib\tci95_lo\tci95_hi\tleast\tmost\t"
        "share\tshare_ci95_lo\tshare_ci95_hi\torders\trounds\n";
    assert_int_equal(strncmp(text, header, strlen(header)), 0);
}

#define GAP_TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GAP_TEST(a_drift_of_the_machine_cancels),
        GAP_TEST(an_interaction_by_hand),
        GAP_TEST(exchanged_waits_turn_waiting_round),
        GAP_TEST(exchanged_copies_turn_copies_round),
        GAP_TEST(contributions_come_from_medians),
        GAP_TEST(only_complete_rounds_count),
        GAP_TEST(fewer_than_six_rounds_have_no_intervals),
        GAP_TEST(the_sixth_round_brings_intervals),
        GAP_TEST(rounds_that_never_met),
        GAP_TEST(a_gap_the_other_way_has_no_shares),
        GAP_TEST(no_gap_has_no_shares),
        GAP_TEST(a_gap_that_may_be_none_has_no_shares),
        GAP_TEST(a_rare_resample_without_a_gap_is_left_out),
        GAP_TEST(missing_nodes_leave_fewer_orders),
        GAP_TEST(a_node_that_never_worked_is_missing),
        GAP_TEST(without_a_way_the_gap_is_known_but_not_explained),
        GAP_TEST(without_a_corner_there_is_no_gap),
        GAP_TEST(other_cells_are_no_nodes),
        GAP_TEST(places_have_rows_of_their_own),
        GAP_TEST(of_several_touches_it_is_full),
        GAP_TEST(the_header_is_the_format),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
