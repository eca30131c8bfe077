/* The plan: which cells come out of a request, and in which order rounds measure them. */
#include "conduct/plan.h"

#include "conduct/plan_text.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define ALL_WORDS                                                                                  \
    {                                                                                              \
        .bits = 0xffU                                                                              \
    }

enum { ORDER_CELLS = 50 };

static struct capability able(const char *mechanism, unsigned waits)
{
    struct capability capability = {
        .tests = ALL_WORDS, .waits = {.bits = waits}, .copies = ALL_WORDS, .touches = ALL_WORDS};
    snprintf(capability.mechanism, sizeof capability.mechanism, "%s", mechanism);
    return capability;
}

static const struct plan_placement two_cpus = {.word = "cache", .cpus = {0, 1}};
static const struct plan_placement one_cpu = {.word = "same", .cpus = {3, 3}};

/* pipe and shm, both tests, block and spin, both modes, two sizes. */
static struct plan_request small_request(void)
{
    struct plan_request request = plan_request_of_preset(PRESET_DEFAULT);
    assert_int_equal(mechanism_list_parse("pipe,shm", &request.mechanisms), 0);
    assert_int_equal(size_list_parse("64,4K", &request.sizes), 0);
    assert_int_equal(test_set_parse("latency,throughput", &request.tests), 0);
    request.relay_sizes.count = 0;
    return request;
}

static void make_small(const struct plan_request *request, const struct plan_placement *placements,
                       size_t placements_count, struct plan *plan)
{
    const struct capability capabilities[] = {able("pipe", 1U << WAIT_BLOCK | 1U << WAIT_SPIN),
                                              able("shm", 0xffU), able("null", 0xffU)};
    struct failure failure = {.error = 0};
    int result = plan_make(request, capabilities, 3, placements, placements_count, plan, &failure);
    if (result < 0)
        fail_msg("%s", failure.text);
}

static size_t count_cells(const struct plan *plan, const char *mechanism, const char *test,
                          const char *wait)
{
    size_t count = 0;
    for (size_t index = 0; index < plan->cells_count; index++) {
        const struct cell *cell = &plan->cells[index];
        if (strcmp(cell->mechanism, mechanism) == 0 && strcmp(cell->test, test) == 0 &&
            strcmp(cell->wait, wait) == 0)
            count++;
    }
    return count;
}

static const struct plan_skip *find_skip(const struct plan *plan, const char *words)
{
    for (size_t index = 0; index < plan->skips_count; index++) {
        if (strstr(plan->skips[index].reason, words) != NULL)
            return &plan->skips[index];
    }
    return NULL;
}

static void all_combinations_are_there_once(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    make_small(&request, &two_cpus, 1, &plan);
    /* 2 mechanisms x 2 tests x 2 waits x 2 modes x 2 sizes; the floor spins only; memcpy per size,
     * one bounce. */
    assert_int_equal(plan.cells_count, 32 + 8 + 2 + 1);
    assert_int_equal(plan.skips_count, 0);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "block"), 4);
    assert_int_equal(count_cells(&plan, "shm", "throughput", "spin"), 4);
    assert_int_equal(count_cells(&plan, "null", "latency", "spin"), 4);
    assert_int_equal(count_cells(&plan, "null", "latency", "block"), 0);
    assert_int_equal(count_cells(&plan, "ceiling", "memcpy", "none"), 2);
    assert_int_equal(count_cells(&plan, "ceiling", "bounce", "none"), 1);
    for (size_t left = 0; left < plan.cells_count; left++) {
        assert_int_equal(plan.cells[left].cpus.reader, 1);
        for (size_t right = left + 1; right < plan.cells_count; right++)
            assert_memory_not_equal(&plan.cells[left], &plan.cells[right], sizeof(struct cell));
    }
    plan_free(&plan);
}

/* How many cells have these words; "" fits all. */
static size_t count_path(const struct plan *plan, const char *mechanism, const char *copies,
                         const char *source, const char *sink, uint64_t extra_copies)
{
    size_t count = 0;
    for (size_t index = 0; index < plan->cells_count; index++) {
        const struct cell *cell = &plan->cells[index];
        count += strcmp(cell->test, "relay") == 0 && strcmp(cell->mechanism, mechanism) == 0 &&
                 strcmp(cell->copies, copies) == 0 && strcmp(cell->source, source) == 0 &&
                 strcmp(cell->sink, sink) == 0 && cell->extra_copies == extra_copies;
    }
    return count;
}

static void make_with_relays(const struct plan_request *request,
                             const struct plan_placement *placement, struct plan *plan)
{
    const unsigned pipe_waits = 1U << WAIT_BLOCK | 1U << WAIT_SPIN;
    const struct capability capabilities[] = {able("pipe", pipe_waits), able("shm", 0xffU),
                                              able("null", 0xffU), able("vmsplice", pipe_waits)};
    struct failure failure = {.error = 0};
    if (plan_make(request, capabilities, 4, placement, 1, plan, &failure) < 0)
        fail_msg("%s", failure.text);
}

static void relays_and_extra_copies_take_the_gap_apart(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    assert_int_equal(test_set_parse("latency,throughput,relay", &request.tests), 0);
    make_with_relays(&request, &two_cpus, &plan);
    /* Two waits and two sizes of each node of the gap: 4, 3 and 2 copies of a pipe, 4, 3, 2 and 1
     * of shared memory. */
    assert_int_equal(count_path(&plan, "pipe", "own", "file", "file", 0), 4);
    assert_int_equal(count_path(&plan, "pipe", "own", "file", "use", 0), 4);
    assert_int_equal(count_path(&plan, "vmsplice", "own", "file", "use", 0), 4);
    assert_int_equal(count_path(&plan, "shm", "own", "file", "file", 0), 4);
    assert_int_equal(count_path(&plan, "shm", "own", "file", "use", 0), 4);
    assert_int_equal(count_path(&plan, "shm", "inplace", "file", "use", 1), 4);
    assert_int_equal(count_path(&plan, "shm", "inplace", "file", "use", 0), 4);
    /* Equal ends with fewer copies, at the reference size only: two waits. */
    assert_int_equal(count_path(&plan, "shm", "inplace", "file", "file", 0), 2);
    assert_int_equal(count_path(&plan, "vmsplice", "own", "file", "file", 0), 2);
    /* One to four extra copies at 4 KiB, where a copy is priced: hot with both waits; cold with the
     * first, since this size is the reference here. vmsplice has no other cells: nobody asked. */
    assert_int_equal(plan.cells_count, 43 + 28 + 4 + 8 + 4);
    assert_int_equal(count_cells(&plan, "vmsplice", "throughput", "block"), 0);
    plan_free(&plan);
    /* Two sizes at which a copy is priced; cold at the reference size alone. */
    assert_int_equal(size_list_parse("4K,64K", &request.sizes), 0);
    make_with_relays(&request, &two_cpus, &plan);
    assert_int_equal(plan.cells_count, 43 + 28 + 4 + 16 + 4);
    plan_free(&plan);
    assert_int_equal(size_list_parse("64,4K", &request.sizes), 0);
    /* Relays of their own size only. */
    assert_int_equal(size_list_parse("64", &request.relay_sizes), 0);
    make_with_relays(&request, &two_cpus, &plan);
    assert_int_equal(plan.cells_count, 43 + 14 + 4);
    plan_free(&plan);
    /* A file shorter than a message cannot fill one. */
    request.relay_sizes.count = 0;
    request.input = "some file";
    request.input_bytes = 100;
    make_with_relays(&request, &two_cpus, &plan);
    assert_int_equal(count_path(&plan, "pipe", "own", "file", "file", 0), 2);
    assert_non_null(find_skip(&plan, "--input is shorter"));
    plan_free(&plan);
    make_with_relays(&request, &one_cpu, &plan);
    assert_int_equal(count_path(&plan, "pipe", "own", "file", "file", 0), 1); /* block, 64 B */
    plan_free(&plan);
}

static void what_goes_the_same_way_in_place_is_measured_once(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct capability capabilities[] = {able("pipe", 1U << WAIT_BLOCK),
                                        able("fifo", 1U << WAIT_BLOCK), able("null", 0xffU)};
    capabilities[0].inplace_is_own = capabilities[1].inplace_is_own = true;
    struct plan plan;
    struct failure failure = {.error = 0};
    assert_int_equal(mechanism_list_parse("pipe,fifo", &request.mechanisms), 0);
    assert_int_equal(plan_make(&request, capabilities, 3, &two_cpus, 1, &plan, &failure), 0);
    /* Two sizes: the reference in both modes, the other in one. */
    assert_int_equal(count_cells(&plan, "pipe", "latency", "block"), 4);
    assert_int_equal(count_cells(&plan, "fifo", "latency", "block"), 2);
    assert_non_null(find_skip(&plan, "fifo moves bytes in place as it does in mode own"));
    plan_free(&plan);
    /* Asked for alone, the mode is measured. */
    assert_int_equal(copies_set_parse("inplace", &request.copies), 0);
    assert_int_equal(plan_make(&request, capabilities, 3, &two_cpus, 1, &plan, &failure), 0);
    assert_int_equal(count_cells(&plan, "fifo", "latency", "block"), 2);
    plan_free(&plan);
}

static void spinning_on_one_cpu_is_left_out(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    make_small(&request, &one_cpu, 1, &plan);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "spin"), 0);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "block"), 4);
    assert_int_equal(count_cells(&plan, "null", "latency", "block"), 4);
    assert_int_equal(count_cells(&plan, "ceiling", "bounce", "none"), 0);
    const struct plan_skip *skip = find_skip(&plan, "wait spin");
    assert_non_null(skip);
    assert_int_equal(skip->cells, 16);
    assert_non_null(find_skip(&plan, "bounces"));
    plan_free(&plan);
    request.spin_on_one_cpu = true;
    make_small(&request, &one_cpu, 1, &plan);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "spin"), 4);
    plan_free(&plan);
}

static void every_placement_has_its_cells(void **state)
{
    (void)state;
    const struct plan_placement placements[] = {two_cpus, one_cpu};
    struct plan_request request = small_request();
    struct plan plan;
    make_small(&request, placements, 2, &plan);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "block"), 8);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "spin"), 4);
    assert_int_equal(count_cells(&plan, "ceiling", "memcpy", "none"), 4);
    assert_int_equal(count_cells(&plan, "ceiling", "bounce", "none"), 1);
    plan_free(&plan);
}

static void what_a_program_lacks_is_left_out_by_name(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    assert_int_equal(wait_set_parse("block,semop", &request.waits), 0);
    make_small(&request, &two_cpus, 1, &plan);
    assert_int_equal(count_cells(&plan, "pipe", "latency", "semop"), 0);
    assert_int_equal(count_cells(&plan, "shm", "latency", "semop"), 4);
    assert_int_equal(plan.skips_count, 1);
    assert_string_equal(plan.skips[0].reason, "pipe does not offer wait semop");
    assert_int_equal(plan.skips[0].cells, 8);
    plan_free(&plan);
}

static void a_mechanism_without_cells_is_an_error(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan = {.cells_count = 7};
    struct failure failure = {.error = 0};
    const struct capability capabilities[] = {able("pipe", 1U << WAIT_BLOCK), able("shm", 0xffU),
                                              able("null", 0xffU)};
    assert_int_equal(wait_set_parse("semop", &request.waits), 0);
    assert_int_equal(plan_make(&request, capabilities, 3, &two_cpus, 1, &plan, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "pipe"));
    assert_non_null(strstr(failure.text, "semop"));
    assert_int_equal(plan.cells_count, 7);
}

static void a_floor_asked_for_by_name_stands_there_once(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    struct failure failure = {.error = 0};
    const struct capability capabilities[] = {able("null", 0xffU)};
    assert_int_equal(mechanism_list_parse("null", &request.mechanisms), 0);
    assert_int_equal(plan_make(&request, capabilities, 1, &two_cpus, 1, &plan, &failure), 0);
    assert_int_equal(count_cells(&plan, "null", "latency", "spin"), 4);
    assert_int_equal(count_cells(&plan, "null", "latency", "block"), 4);
    plan_free(&plan);
}

static void same_seed_same_order(void **state)
{
    (void)state;
    size_t first[ORDER_CELLS];
    size_t second[ORDER_CELLS];
    plan_order(ORDER_CELLS, 7, 3, first);
    plan_order(ORDER_CELLS, 7, 3, second);
    assert_memory_equal(first, second, sizeof first);
    plan_order(ORDER_CELLS, 8, 3, second);
    assert_memory_not_equal(first, second, sizeof first);
    plan_order(ORDER_CELLS, 7, 4, second);
    assert_memory_not_equal(first, second, sizeof first);
    /* Not the order of the neighbouring seed either, one round earlier. */
    plan_order(ORDER_CELLS, 8, 2, second);
    assert_memory_not_equal(first, second, sizeof first);
}

/* Bundles record an order by its seed alone. This one was worked out apart from the code, by
 * SplitMix64 and Fisher-Yates as their papers give them. */
static void the_order_of_a_seed_never_changes(void **state)
{
    (void)state;
    static const size_t expected[8] = {5, 7, 1, 0, 6, 3, 2, 4};
    size_t order[8];
    plan_order(8, 42, 1, order);
    assert_memory_equal(order, expected, sizeof order);
}

static void every_cell_is_measured_once_a_round(void **state)
{
    (void)state;
    size_t order[ORDER_CELLS];
    for (uint64_t round = 1; round <= 20; round++) {
        bool seen[ORDER_CELLS] = {false};
        plan_order(ORDER_CELLS, 42, round, order);
        for (size_t index = 0; index < ORDER_CELLS; index++) {
            assert_true(order[index] < ORDER_CELLS);
            assert_false(seen[order[index]]);
            seen[order[index]] = true;
        }
    }
    plan_order(1, 42, 1, order);
    assert_int_equal(order[0], 0);
}

/* Each of 4 cells comes first in about a quarter of the rounds: 2500 +- 6 standard deviations. */
static void orders_favour_no_cell(void **state)
{
    (void)state;
    size_t order[4];
    unsigned first[4] = {0};
    for (uint64_t round = 1; round <= 10000; round++) {
        plan_order(4, 99, round, order);
        first[order[0]]++;
    }
    for (size_t index = 0; index < 4; index++)
        assert_in_range(first[index], 2240, 2760);
}

static void assert_sizes(const char *text, const char *expected)
{
    struct size_list sizes = {.count = 0};
    char printed[256];
    assert_int_equal(size_list_parse(text, &sizes), 0);
    size_list_print(&sizes, printed, sizeof printed);
    assert_string_equal(printed, expected);
}

static void sizes_are_read(void **state)
{
    (void)state;
    assert_sizes("64:16M", "64,256,1K,4K,16K,64K,256K,1M,4M,16M");
    assert_sizes("64:1K:x2", "64,128,256,512,1K");
    assert_sizes("64:1000", "64,256");
    assert_sizes("1:1", "1");
    assert_sizes("64,4K,1M", "64,4K,1M");
    assert_sizes("1M,64", "1M,64");
    assert_sizes("1000", "1000");
    assert_sizes("1G", "1G");
}

static void wrong_sizes_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        ",",
                                        "64,",
                                        ",64",
                                        "64,,4K",
                                        "0",
                                        "0:64",
                                        "-1",
                                        "64X",
                                        "2G",
                                        "64,64",
                                        "1M:64",
                                        "64:16M:x1",
                                        "64:16M:x0",
                                        "64:16M:4",
                                        "64:",
                                        ":64",
                                        "64:1K:",
                                        "64:1K:x",
                                        "64:x4",
                                        "64:1K:x4:5",
                                        "64:1K:x4 ",
                                        " 64",
                                        "64 ",
                                        "1:1G:x2,",
                                        "18446744073709551616",
                                        "64:16M:x99999999999999999999"};
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        struct size_list sizes = {.bytes = {5}, .count = 1};
        if (size_list_parse(wrong[index], &sizes) == 0)
            fail_msg("'%s' was taken for sizes", wrong[index]);
        assert_int_equal(sizes.count, 1);
        assert_int_equal(sizes.bytes[0], 5);
    }
}

static void wrong_lists_are_refused(void **state)
{
    (void)state;
    struct mechanism_list mechanisms = {.count = 0};
    struct word_set words = {.bits = 0};
    struct placement_choice placement = {.words = {.bits = 0}};
    assert_true(mechanism_list_parse("pipe,pipe", &mechanisms) < 0);
    assert_true(mechanism_list_parse("../pipe", &mechanisms) < 0);
    assert_true(mechanism_list_parse("-pipe", &mechanisms) < 0);
    assert_true(mechanism_list_parse("", &mechanisms) < 0);
    assert_true(mechanism_list_parse("a-name-that-is-far-too-long", &mechanisms) < 0);
    assert_true(mechanism_list_parse("all,pipe,", &mechanisms) < 0);
    assert_false(mechanisms.all);
    assert_true(test_set_parse("latency,nothing", &words) < 0);
    assert_true(wait_set_parse("block,block", &words) < 0);
    assert_true(copies_set_parse("", &words) < 0);
    assert_true(placement_choice_parse("explicit", &placement) < 0);
    assert_true(placement_choice_parse("cache,0", &placement) < 0);
    assert_true(placement_choice_parse("0", &placement) < 0);
    assert_int_equal(mechanisms.count, 0);
    assert_int_equal(words.bits, 0);
    assert_int_equal(placement.words.bits, 0);
}

static void placements_are_read(void **state)
{
    (void)state;
    struct placement_choice choice;
    char text[64];
    assert_int_equal(placement_choice_parse("3,1", &choice), 0);
    assert_true(word_set_has(choice.words, PLACEMENT_EXPLICIT));
    assert_int_equal(choice.explicit_pair.writer, 3);
    assert_int_equal(choice.explicit_pair.reader, 1);
    placement_choice_print(&choice, text, sizeof text);
    assert_string_equal(text, "3,1");
    assert_int_equal(placement_choice_parse("same,far", &choice), 0);
    placement_choice_print(&choice, text, sizeof text);
    assert_string_equal(text, "same,far");
}

/* Relays of the gap stay, for both waits; of copies one and four hot ones for the first. */
static void few_causes_price_a_copy_once(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    request.causes = CAUSES_FEW;
    assert_int_equal(test_set_parse("latency,throughput,relay", &request.tests), 0);
    make_with_relays(&request, &two_cpus, &plan);
    assert_int_equal(count_path(&plan, "pipe", "own", "file", "file", 0), 4);
    assert_int_equal(count_path(&plan, "vmsplice", "own", "file", "use", 0), 4);
    assert_int_equal(count_path(&plan, "shm", "inplace", "file", "use", 1), 4);
    assert_int_equal(count_path(&plan, "shm", "inplace", "file", "file", 0), 0);
    assert_int_equal(count_path(&plan, "vmsplice", "own", "file", "file", 0), 0);
    assert_int_equal(plan.cells_count, 43 + 28 + 2);
    uint64_t extra_copies[2] = {0, 0};
    size_t priced = 0;
    for (size_t index = 0; index < plan.cells_count; index++) {
        const struct cell *cell = &plan.cells[index];
        if (cell->extra_copies == 0 || strcmp(cell->test, "throughput") != 0)
            continue;
        assert_string_equal(cell->working_set, "hot");
        assert_string_equal(cell->wait, "block");
        assert_true(priced < 2);
        extra_copies[priced++] = cell->extra_copies;
    }
    assert_int_equal(extra_copies[0], 1);
    assert_int_equal(extra_copies[1], 4);
    plan_free(&plan);
}

static void presets_are_complete(void **state)
{
    (void)state;
    for (int preset = 0; preset < PRESET_COUNT; preset++) {
        struct plan_request request = plan_request_of_preset((enum preset)preset);
        assert_true(request.sizes.count >= 4);
        assert_true(request.mechanisms.count >= 3);
        assert_int_not_equal(request.tests.bits, 0);
        assert_int_not_equal(request.waits.bits, 0);
        assert_int_not_equal(request.copies.bits, 0);
        assert_int_not_equal(request.placement.words.bits, 0);
        assert_true(request.rounds >= PLAN_ROUNDS_LEAST);
    }
    struct plan_request request = plan_request_of_preset(PRESET_DEFAULT);
    assert_int_equal(request.sizes.count, 10);
    assert_int_equal(request.rounds, ROUNDS_MOST);
    assert_true(request.precision == 0.05);
}

static void the_estimate_knows_rounds_and_budget(void **state)
{
    (void)state;
    struct plan_request request = small_request();
    struct plan plan;
    make_small(&request, &two_cpus, 1, &plan);
    request.sample_seconds = 1.0;
    request.budget_seconds = 0.0;
    request.rounds = 10;
    double round_seconds = plan_estimate_round_seconds(&plan, 1.0);
    assert_true(round_seconds > 43.0 * 1.4 && round_seconds < 43.0 * 1.4 + 1.0);
    assert_true(plan_estimate_seconds(&plan, &request) == round_seconds * 10.0);
    request.budget_seconds = 400.0;
    assert_true(plan_estimate_seconds(&plan, &request) == 400.0);
    /* Six rounds are measured whatever the budget. */
    request.budget_seconds = 1.0;
    assert_true(plan_estimate_seconds(&plan, &request) == round_seconds * 6.0);
    plan_free(&plan);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_combinations_are_there_once),
        cmocka_unit_test(relays_and_extra_copies_take_the_gap_apart),
        cmocka_unit_test(what_goes_the_same_way_in_place_is_measured_once),
        cmocka_unit_test(spinning_on_one_cpu_is_left_out),
        cmocka_unit_test(every_placement_has_its_cells),
        cmocka_unit_test(what_a_program_lacks_is_left_out_by_name),
        cmocka_unit_test(a_mechanism_without_cells_is_an_error),
        cmocka_unit_test(a_floor_asked_for_by_name_stands_there_once),
        cmocka_unit_test(same_seed_same_order),
        cmocka_unit_test(the_order_of_a_seed_never_changes),
        cmocka_unit_test(every_cell_is_measured_once_a_round),
        cmocka_unit_test(orders_favour_no_cell),
        cmocka_unit_test(sizes_are_read),
        cmocka_unit_test(wrong_sizes_are_refused),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(placements_are_read),
        cmocka_unit_test(few_causes_price_a_copy_once),
        cmocka_unit_test(presets_are_complete),
        cmocka_unit_test(the_estimate_knows_rounds_and_budget),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
