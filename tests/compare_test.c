/* Bundles whose rows were doctored: exactly what was changed is found, and named. */
#include "compare/compare_notes.h"
#include "compare/compare_sentences.h"
#include "compare/compare_verdict.h"
#include "compare/machine_facts.h"

#include "base/random.h"
#include "raw_bundle.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))

/* --- Bundles ------------------------------------------------------------------------------------
 */

/* How many times faster than usual a cell is made; and what else is changed of its samples. */
typedef double doctor(struct sample *sample);

struct recipe {
    uint64_t seed;
    doctor *change;
    const char *const *mechanisms;
    uint64_t rounds;
};

static const char *const all_mechanisms[] = {"fifo", "pipe", "shm", "null", NULL};
static const char *const two_mechanisms[] = {"pipe", "shm", NULL};
static const uint64_t sizes_bytes[] = {64, 4096, 65536};
/* Of each mechanism: two tests, two waits, three sizes. */
enum { CELLS_OF_ONE = 12 };

static double nothing(struct sample *sample)
{
    (void)sample;
    return 1.0;
}

/* Up to 1 % off, either way. */
static double disturb(struct random *random)
{
    return 0.99 + 0.02 * (double)random_below(random, 1000) / 1000.0;
}

static void set_speed(struct sample *sample, double speed)
{
    if (strcmp(sample->test, "latency") == 0 || strcmp(sample->test, "bounce") == 0) {
        sample->latency_p50_ns = 1e4 / speed;
        sample->latency_mean_ns = sample->latency_p50_ns;
    } else {
        sample->throughput_bytes_per_s = 1e9 * speed;
    }
}

static void add(struct raw_bundle *bundle, const struct recipe *recipe, uint64_t round,
                struct sample sample, double speed)
{
    sample.messages = 1;
    set_speed(&sample, speed * recipe->change(&sample));
    raw_bundle_add(bundle, round, &sample);
}

static void add_ceilings(struct raw_bundle *bundle, const struct recipe *recipe, uint64_t round,
                         struct random *random)
{
    for (size_t size = 0; size <= COUNT(sizes_bytes); size++) {
        bool bounce = size == COUNT(sizes_bytes);
        struct sample sample = raw_bundle_sample("ceiling", bounce ? "bounce" : "memcpy");
        strcpy(sample.wait, "none");
        strcpy(sample.copies, "none");
        strcpy(sample.touch, "none");
        sample.size_bytes = bounce ? 8 : sizes_bytes[size];
        add(bundle, recipe, round, sample, 40.0 * disturb(random));
    }
}

static void add_round(struct raw_bundle *bundle, const struct recipe *recipe, uint64_t round,
                      struct random *random)
{
    static const char *const tests[] = {"latency", "throughput"};
    static const char *const waits[] = {"block", "spin"};
    /* What hits all cells of a round alike. */
    double drift = disturb(random) * disturb(random);
    for (size_t mechanism = 0; recipe->mechanisms[mechanism] != NULL; mechanism++) {
        for (size_t cell = 0; cell < CELLS_OF_ONE; cell++) {
            struct sample sample =
                raw_bundle_sample(recipe->mechanisms[mechanism], tests[cell % 2]);
            strcpy(sample.wait, waits[cell / 2 % 2]);
            sample.size_bytes = sizes_bytes[cell / 4];
            sample.capacity_bytes = 65536;
            add(bundle, recipe, round, sample,
                drift * disturb(random) * (double)(1 + mechanism) * (double)(1 + cell));
        }
    }
    add_ceilings(bundle, recipe, round, random);
}

static void write_text(const struct raw_bundle *bundle, const char *name, const char *text)
{
    FILE *stream = fopen(raw_bundle_path(bundle, name), "we");
    assert_non_null(stream);
    fputs(text, stream);
    assert_int_equal(fclose(stream), 0);
}

static void make_bundle(struct raw_bundle *bundle, const struct recipe *recipe)
{
    struct random random = random_seeded(recipe->seed);
    assert_int_equal(raw_bundle_make(bundle), 0);
    for (uint64_t round = 1; round <= recipe->rounds; round++)
        add_round(bundle, recipe, round, &random);
    raw_bundle_close(bundle);
    write_text(bundle, "manifest.json", "{\"schema\": 2, \"machine\": {\"build_dirty\": false}}");
}

/* Two bundles, compared. */
struct pair {
    struct raw_bundle made[2];
    struct compare_bundle bundles[2];
    struct comparison comparison;
    struct compare_verdict verdict;
};

static void open_pair(struct pair *pair)
{
    struct failure failure = {0};
    for (size_t side = 0; side < 2; side++) {
        if (compare_bundle_read(pair->made[side].folder, &pair->bundles[side], &failure) < 0)
            fail_msg("%s", failure.text);
    }
    assert_int_equal(comparison_make(&pair->bundles[0], &pair->bundles[1], &pair->comparison), 0);
    assert_int_equal(compare_verdict_make(&pair->comparison,
                                          comparison_deciding_kind(&pair->comparison),
                                          &pair->verdict),
                     0);
}

static void begin_seeded(struct pair *pair, const struct recipe *before, const struct recipe *after)
{
    make_bundle(&pair->made[0], before);
    make_bundle(&pair->made[1], after);
    open_pair(pair);
}

/* The same rows twice but for what is doctored, so that chance finds nothing else. */
static void begin(struct pair *pair, const char *const *mechanisms, doctor *before, doctor *after)
{
    struct recipe recipe = {.seed = 1, .change = before, .mechanisms = mechanisms, .rounds = 10};
    struct recipe doctored = recipe;
    doctored.change = after;
    begin_seeded(pair, &recipe, &doctored);
}

static void end(struct pair *pair)
{
    compare_verdict_free(&pair->verdict);
    comparison_free(&pair->comparison);
    for (size_t side = 0; side < 2; side++) {
        compare_bundle_free(&pair->bundles[side]);
        assert_int_equal(raw_bundle_remove(&pair->made[side]), 0);
    }
}

static const struct mechanism_verdict *verdict_of(const struct pair *pair, const char *mechanism)
{
    for (size_t index = 0; index < pair->verdict.mechanism_count; index++) {
        if (strcmp(pair->verdict.mechanisms[index].mechanism, mechanism) == 0)
            return &pair->verdict.mechanisms[index];
    }
    fail_msg("%s is not judged", mechanism);
    return NULL;
}

/* Of each kind and mechanism, how many cells differ. */
static size_t count_differing(const struct pair *pair, enum compare_kind kind,
                              const char *mechanism)
{
    size_t count = 0;
    for (size_t index = 0; index < pair->comparison.cell_count; index++)
        count +=
            pair->comparison.differences[kind][index].differs &&
            strcmp(compared_cell_key(&pair->comparison.cells[index])->mechanism, mechanism) == 0;
    return count;
}

/* --- What was changed is found ------------------------------------------------------------------
 */

static void two_runs_of_the_same_do_not_differ(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, nothing);
    assert_int_equal(pair.comparison.cell_count, 4 * CELLS_OF_ONE + 4);
    assert_int_equal(pair.verdict.kind, COMPARE_RATIO);
    assert_int_equal(pair.verdict.cells, 2 * CELLS_OF_ONE);
    assert_int_equal(pair.verdict.differ, 0);
    /* null has no ratio, ceilings neither, and are nobody to be named. */
    assert_int_equal(pair.comparison.counts[COMPARE_NORMALISED].cells, 4 * CELLS_OF_ONE);
    assert_int_equal(pair.comparison.counts[COMPARE_ABSOLUTE].cells, 4 * CELLS_OF_ONE + 4);
    assert_int_equal(pair.verdict.mechanism_count, 3);
    end(&pair);
}

/* In 60 pairs of independent runs, at most one in twenty may show any ratio that differs: 3 are
 * expected, more than 8 have a probability of 0.3 %. */
static void independent_runs_of_the_same_rarely_differ(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (uint64_t trial = 0; trial < 60; trial++) {
        struct recipe recipe = {.seed = 100 + 2 * trial,
                                .change = nothing,
                                .mechanisms = all_mechanisms,
                                .rounds = 6 + trial % 5};
        struct recipe other = recipe;
        struct pair pair;
        other.seed++;
        begin_seeded(&pair, &recipe, &other);
        wrong += pair.verdict.differ > 0;
        end(&pair);
    }
    if (wrong > 8)
        fail_msg("%zu of 60 differ", wrong);
    print_message("%zu of 60 differ by chance\n", wrong);
}

static double slow_shm(struct sample *sample)
{
    return strcmp(sample->mechanism, "shm") == 0 ? 0.91 : 1.0;
}

static void a_slower_mechanism_is_named(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, slow_shm);
    assert_int_equal(pair.verdict.differ, CELLS_OF_ONE);
    const struct mechanism_verdict *shm = &pair.verdict.mechanisms[0];
    assert_string_equal(shm->mechanism, "shm");
    assert_int_equal(shm->differ, CELLS_OF_ONE);
    assert_int_equal(shm->cells, CELLS_OF_ONE);
    assert_int_equal(shm->slower, CELLS_OF_ONE);
    assert_true(shm->median > 0.90 && shm->median < 0.92);
    assert_true(shm->least > 0.88 && shm->most < 0.94);
    assert_int_equal(verdict_of(&pair, "fifo")->differ, 0);
    assert_int_equal(verdict_of(&pair, "pipe")->differ, 0);
    for (size_t index = 0; index < pair.comparison.cell_count; index++) {
        const struct difference *ratio = &pair.comparison.differences[COMPARE_RATIO][index];
        if (ratio->differs)
            assert_true(ratio->ci95_lo < 0.915 && ratio->ci95_hi > 0.905 && ratio->ci95_hi < 1.0);
    }
    const struct compare_outcome outcome = {.comparison = pair.comparison,
                                            .before = "A",
                                            .after = "B",
                                            .comparable = true,
                                            .verdict = pair.verdict};
    struct sentence sentence = sentence_in(LANGUAGE_ENGLISH);
    compare_say_mechanism(&outcome, shm, &sentence);
    assert_non_null(
        strstr(sentence.text, "shm is 9 % slower in B (12 of 12 ratio cells, 0.91 [0."));
    end(&pair);
}

static double speed_one_cell(struct sample *sample)
{
    return strcmp(sample->mechanism, "shm") == 0 && strcmp(sample->test, "throughput") == 0 &&
                   strcmp(sample->wait, "block") == 0 && sample->size_bytes == 4096
               ? 1.2
               : 1.0;
}

static void one_cell_of_many_is_found(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, speed_one_cell);
    for (int kind = 0; kind < COMPARE_KINDS; kind++) {
        assert_int_equal(pair.comparison.counts[kind].differ, 1);
        assert_int_equal(count_differing(&pair, (enum compare_kind)kind, "shm"), 1);
    }
    assert_string_equal(pair.verdict.mechanisms[0].mechanism, "shm");
    assert_int_equal(pair.verdict.mechanisms[0].differ, 1);
    assert_true(fabs(pair.verdict.mechanisms[0].median - 1.2) < 0.02);
    end(&pair);
}

static double slow_pipe(struct sample *sample)
{
    return strcmp(sample->mechanism, "pipe") == 0 ? 0.9 : 1.0;
}

static void a_changed_pipe_is_not_taken_for_all_others(void **state)
{
    (void)state;
    const char *const *const sets[] = {all_mechanisms, two_mechanisms};
    for (size_t set = 0; set < COUNT(sets); set++) {
        struct pair pair;
        begin(&pair, sets[set], nothing, slow_pipe);
        assert_int_equal(pair.verdict.differ, pair.verdict.cells);
        const struct mechanism_verdict *pipe = &pair.verdict.mechanisms[0];
        assert_string_equal(pipe->mechanism, "pipe");
        assert_int_equal(pipe->differ, CELLS_OF_ONE);
        assert_int_equal(pipe->slower, CELLS_OF_ONE);
        assert_true(fabs(pipe->median - 0.9) < 0.01);
        assert_int_equal(verdict_of(&pair, "shm")->differ, 0);
        end(&pair);
        /* Also in rows of other runs, but for a cell or two. */
        struct recipe before = {
            .seed = 11, .change = nothing, .mechanisms = sets[set], .rounds = 10};
        struct recipe after = {
            .seed = 12, .change = slow_pipe, .mechanisms = sets[set], .rounds = 10};
        begin_seeded(&pair, &before, &after);
        assert_string_equal(pair.verdict.mechanisms[0].mechanism, "pipe");
        assert_true(pair.verdict.mechanisms[0].differ >= CELLS_OF_ONE - 2);
        assert_true(verdict_of(&pair, "shm")->differ <= 2);
        end(&pair);
    }
}

static double slow_pipe_and_fifo(struct sample *sample)
{
    bool slow = strcmp(sample->mechanism, "pipe") == 0 || strcmp(sample->mechanism, "fifo") == 0;
    return slow ? 0.9 : 1.0;
}

/* Ratios cannot tell this from a faster shm; the absolute figures beside them do. */
static void absolute_figures_tell_which_side_moved(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, slow_pipe_and_fifo);
    const struct mechanism_verdict *shm = &pair.verdict.mechanisms[0];
    assert_string_equal(shm->mechanism, "shm");
    assert_int_equal(verdict_of(&pair, "fifo")->differ, 0);
    assert_true(fabs(shm->own_absolute - 1.0) < 0.001);
    assert_true(fabs(shm->pipe_absolute - 0.9) < 0.001);
    end(&pair);
}

static double speed_all_but_the_pipe(struct sample *sample)
{
    return strcmp(sample->mechanism, "pipe") == 0 ? 1.0 : 1.15;
}

static void all_others_are_named_when_the_pipe_did_not_change(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, speed_all_but_the_pipe);
    assert_int_equal(verdict_of(&pair, "pipe")->differ, 0);
    assert_int_equal(verdict_of(&pair, "shm")->differ, CELLS_OF_ONE);
    assert_int_equal(verdict_of(&pair, "fifo")->differ, CELLS_OF_ONE);
    end(&pair);
}

static double speed_all(struct sample *sample)
{
    (void)sample;
    return 2.0;
}

static void a_faster_machine_has_the_same_ratios(void **state)
{
    (void)state;
    struct pair pair;
    begin(&pair, all_mechanisms, nothing, speed_all);
    assert_int_equal(pair.verdict.differ, 0);
    assert_int_equal(pair.comparison.counts[COMPARE_NORMALISED].differ, 0);
    const struct comparison_count *absolute = &pair.comparison.counts[COMPARE_ABSOLUTE];
    assert_int_equal(absolute->differ, absolute->cells);
    struct compare_verdict verdict;
    assert_int_equal(compare_verdict_make(&pair.comparison, COMPARE_ABSOLUTE, &verdict), 0);
    /* Ceilings differ, too, but are not judged. */
    assert_int_equal(verdict.differ, 4 * CELLS_OF_ONE);
    assert_int_equal(verdict.mechanism_count, 4);
    assert_true(fabs(verdict.mechanisms[0].median - 2.0) < 0.03);
    compare_verdict_free(&verdict);
    end(&pair);
}

static void without_a_pipe_absolute_figures_decide(void **state)
{
    (void)state;
    static const char *const alone[] = {"shm", NULL};
    struct pair pair;
    begin(&pair, alone, nothing, slow_shm);
    assert_int_equal(pair.verdict.kind, COMPARE_ABSOLUTE);
    assert_int_equal(pair.verdict.differ, CELLS_OF_ONE);
    end(&pair);
}

/* --- What cannot be compared --------------------------------------------------------------------
 */

static double narrow_pipe(struct sample *sample)
{
    if (strcmp(sample->mechanism, "pipe") == 0 && sample->size_bytes == 64)
        sample->capacity_bytes = 8192;
    return 1.0;
}

static void another_capacity_is_left_out_with_its_ratios(void **state)
{
    (void)state;
    struct pair pair;
    static struct compare_notes notes;
    begin(&pair, all_mechanisms, nothing, narrow_pipe);
    assert_int_equal(pair.comparison.capacity_count, 4);
    assert_int_equal(pair.verdict.cells, 2 * CELLS_OF_ONE - 8);
    assert_int_equal(pair.comparison.counts[COMPARE_ABSOLUTE].cells, 4 * CELLS_OF_ONE);
    compare_notes_collect(&pair.comparison, "A", "B", &notes);
    assert_int_equal(notes.count, 1);
    assert_non_null(strstr(notes.notes[0].text, "capacity_bytes differs, left out: 4 of 52 cells: "
                                                "pipe latency block own 64 B (65536 against 8192"));
    end(&pair);
}

static double narrow_all(struct sample *sample)
{
    sample->capacity_bytes = sample->capacity_bytes > 0 ? 8192 : 0;
    return 1.0;
}

static double touch_edges(struct sample *sample)
{
    if (strcmp(sample->mechanism, "ceiling") != 0)
        strcpy(sample->touch, "edges");
    return 1.0;
}

static double other_words(struct sample *sample)
{
    if (strcmp(sample->mechanism, "ceiling") == 0)
        return 1.0;
    strcpy(sample->wait, strcmp(sample->wait, "spin") == 0 ? "semop" : "hybrid");
    strcpy(sample->placement, "same");
    sample->size_bytes *= 2;
    return 1.0;
}

static double spoil(struct sample *sample)
{
    sample->checksum_ok = CHECKSUM_WRONG;
    return 1.0;
}

static void refusals_say_why(void **state)
{
    (void)state;
    const struct {
        doctor *change;
        const char *why;
    } rows[] = {
        {touch_edges, "A and B are not comparable: no cell in common: touch full against edges"},
        {other_words, "no cell in common: wait block, spin against hybrid, semop; placement cache "
                      "against same; size 64 B to 64 KiB against 128 B to 128 KiB"},
        {narrow_all,
         "capacity_bytes differs in all 48 cells in common: fifo latency block own 64 B "
         "(65536 against 8192 bytes); "},
        {spoil, "was measured in 6 rounds of both"},
    };
    for (size_t row = 0; row < COUNT(rows); row++) {
        struct pair pair;
        struct sentence why = sentence_in(LANGUAGE_ENGLISH);
        begin(&pair, all_mechanisms, nothing, rows[row].change);
        assert_true(compare_notes_refuse(&pair.comparison, "A", "B", &why));
        if (strstr(why.text, rows[row].why) == NULL)
            fail_msg("'%s' lacks '%s'", why.text, rows[row].why);
        end(&pair);
    }
    struct pair pair;
    struct sentence why = sentence_in(LANGUAGE_ENGLISH);
    begin(&pair, all_mechanisms, nothing, nothing);
    assert_false(compare_notes_refuse(&pair.comparison, "A", "B", &why));
    end(&pair);
}

/* --- Machines -----------------------------------------------------------------------------------
 */

static void facts_that_matter_come_first(void **state)
{
    (void)state;
    json_t *before = json_loads(
        "{\"id\": \"one\", \"machine\": {\"zeta\": 1, \"load_average_before\": [1, 2, 3],"
        "\"steal_ns_after\": 5, \"frequency_hz\": 1, \"frequency_governor\": null,"
        "\"build_flags\": \"-O3\", \"kernel_release\": \"6.1\", \"pipe_most_bytes\": 1,"
        "\"vulnerabilities\": {\"mds\": \"Vulnerable\", \"l1tf\": \"no\"}}}",
        0, NULL);
    json_t *after = json_loads(
        "{\"id\": \"two\", \"machine\": {\"vulnerabilities\": {\"l1tf\": \"no\", \"mds\": \"no\"},"
        "\"zeta\": 1.5, \"alpha\": [1], \"load_average_before\": [7, 2, 3], \"build_flags\": \"\","
        "\"steal_ns_after\": 9, \"frequency_hz\": 2, \"kernel_release\": \"6.2\","
        "\"pipe_most_bytes\": 1}}",
        0, NULL);
    const char *const names[] = {"kernel_release", "vulnerabilities.mds", "zeta", "alpha"};
    struct machine_facts facts;
    assert_int_equal(machine_facts_compare(before, after, &facts), 0);
    assert_int_equal(facts.count, COUNT(names));
    for (size_t index = 0; index < COUNT(names); index++) {
        assert_string_equal(facts.facts[index].name, names[index]);
        assert_int_equal(facts.facts[index].why != NULL, index < 2);
    }
    char *text = machine_fact_text(facts.facts[3].before);
    assert_string_equal(text, "not recorded");
    free(text);
    text = machine_fact_text(facts.facts[3].after);
    assert_string_equal(text, "[1]");
    free(text);
    machine_facts_free(&facts);
    json_decref(before);
    json_decref(after);
    /* A manifest without a machine has no facts. */
    before = json_object();
    assert_int_equal(machine_facts_compare(before, before, &facts), 0);
    assert_int_equal(facts.count, 0);
    machine_facts_free(&facts);
    json_decref(before);
}

/* --- Size ---------------------------------------------------------------------------------------
 */

/* 10000 cells of ten rounds: the runner's time limit would end anything quadratic. */
static void many_rows(void **state)
{
    (void)state;
    struct pair pair;
    for (size_t side = 0; side < 2; side++) {
        assert_int_equal(raw_bundle_make(&pair.made[side]), 0);
        for (uint64_t row = 0; row < 100000; row++) {
            struct sample sample = raw_bundle_sample(row % 2 == 0 ? "pipe" : "shm", "throughput");
            sample.size_bytes = 1 + row / 20;
            sample.throughput_bytes_per_s = 1e9 + (double)(row * 7919 % 1000003);
            raw_bundle_add(&pair.made[side], 1 + row / 2 % 10, &sample);
        }
        raw_bundle_close(&pair.made[side]);
        write_text(&pair.made[side], "manifest.json", "{\"schema\": 3}");
    }
    open_pair(&pair);
    assert_int_equal(pair.comparison.cell_count, 10000);
    assert_int_equal(pair.verdict.cells, 5000);
    assert_int_equal(pair.verdict.differ, 0);
    end(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(two_runs_of_the_same_do_not_differ),
        cmocka_unit_test(independent_runs_of_the_same_rarely_differ),
        cmocka_unit_test(a_slower_mechanism_is_named),
        cmocka_unit_test(one_cell_of_many_is_found),
        cmocka_unit_test(a_changed_pipe_is_not_taken_for_all_others),
        cmocka_unit_test(absolute_figures_tell_which_side_moved),
        cmocka_unit_test(all_others_are_named_when_the_pipe_did_not_change),
        cmocka_unit_test(a_faster_machine_has_the_same_ratios),
        cmocka_unit_test(without_a_pipe_absolute_figures_decide),
        cmocka_unit_test(another_capacity_is_left_out_with_its_ratios),
        cmocka_unit_test(refusals_say_why),
        cmocka_unit_test(facts_that_matter_come_first),
        cmocka_unit_test(many_rows),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
