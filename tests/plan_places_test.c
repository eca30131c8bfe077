/* The cells of pairs of CPUs and of many pairs at once; which pairs are drawn where not all fit. */
#include "conduct/plan_places.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define LARGE "package:2 numa:2 l3:4 l2:4 core:2 pu:2"

static struct capability able(const char *mechanism, unsigned waits)
{
    struct capability capability = {.tests = {.bits = 0xffU},
                                    .waits = {.bits = waits},
                                    .copies = {.bits = 0xffU},
                                    .touches = {.bits = 0xffU}};
    snprintf(capability.mechanism, sizeof capability.mechanism, "%s", mechanism);
    return capability;
}

static struct plan_request request_of(const char *mechanisms, const char *waits)
{
    struct plan_request request = plan_request_of_preset(PRESET_DEFAULT);
    assert_int_equal(mechanism_list_parse(mechanisms, &request.mechanisms), 0);
    assert_int_equal(wait_set_parse(waits, &request.waits), 0);
    return request;
}

static struct placement_pair *list_pairs(const char *machine, size_t *count)
{
    hwloc_topology_t topology;
    struct placement_pair *pairs = NULL;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    assert_int_equal(hwloc_topology_set_synthetic(topology, machine), 0);
    assert_int_equal(hwloc_topology_load(topology), 0);
    assert_int_equal(placement_pairs_list(topology, hwloc_topology_get_topology_cpuset(topology),
                                          &pairs, count, NULL),
                     0);
    hwloc_topology_destroy(topology);
    return pairs;
}

static size_t count_cells(const struct plan *plan, const char *mechanism, const char *wait,
                          const char *placement)
{
    size_t found = 0;
    for (size_t index = 0; index < plan->cells_count; index++) {
        const struct cell *cell = &plan->cells[index];
        found += (*mechanism == '\0' || strcmp(cell->mechanism, mechanism) == 0) &&
                 (*wait == '\0' || strcmp(cell->wait, wait) == 0) &&
                 (*placement == '\0' || strcmp(cell->placement, placement) == 0);
    }
    return found;
}

static const struct plan_pair_kind *kind_named(const struct plan_pairs *pairs, const char *kind)
{
    for (size_t index = 0; index < pairs->kinds_count; index++) {
        if (strcmp(pairs->kinds[index].kind, kind) == 0)
            return &pairs->kinds[index];
    }
    fail_msg("no kind %s", kind);
    return NULL;
}

static void every_pair_of_a_small_machine_has_its_cells(void **state)
{
    (void)state;
    const struct capability capabilities[] = {able("pipe", 3U), able("shm", 15U),
                                              able("null", 15U)};
    struct plan_request request = request_of("pipe,shm", "block,spin");
    struct plan plan = {.cells = NULL};
    struct plan_pairs chosen;
    size_t count;
    struct placement_pair *pairs = list_pairs("package:1 l3:1 core:2 pu:1", &count);
    assert_int_equal(plan_add_pairs(&request, capabilities, 3, pairs, count, 1, &plan, &chosen), 0);
    assert_int_equal(chosen.count, 3);
    assert_int_equal(chosen.asked, 3);
    /* A CPU with itself blocks only and has no bounce: 2 mechanisms; two CPUs: 2 x 2 and a bounce.
     */
    assert_int_equal(plan.cells_count, 2 + 2 + 5);
    assert_int_equal(count_cells(&plan, "pipe", "block", "pair-0-0"), 1);
    assert_int_equal(count_cells(&plan, "pipe", "spin", "pair-0-0"), 0);
    assert_int_equal(count_cells(&plan, "shm", "spin", "pair-0-1"), 1);
    assert_int_equal(count_cells(&plan, "ceiling", "none", "pair-0-1"), 1);
    assert_int_equal(count_cells(&plan, "ceiling", "", ""), 1);
    assert_int_equal(count_cells(&plan, "null", "", ""), 0);
    for (size_t index = 0; index < plan.cells_count; index++) {
        const struct cell *cell = &plan.cells[index];
        bool bounce = strcmp(cell->mechanism, "ceiling") == 0;
        assert_true(plan_is_pair(cell));
        assert_string_equal(cell->test, bounce ? "bounce" : "latency");
        assert_int_equal(cell->size_bytes, bounce ? 8 : 64);
        assert_null(cell->cpu_list);
    }
    plan_free(&plan);
    plan_pairs_free(&chosen);
    free(pairs);
}

static void a_wait_that_was_not_asked_for_is_not_measured_on_one_cpu(void **state)
{
    (void)state;
    const struct capability capabilities[] = {able("pipe", 3U)};
    struct plan_request request = request_of("pipe", "spin");
    struct plan plan = {.cells = NULL};
    struct plan_pairs chosen;
    size_t count;
    struct placement_pair *pairs = list_pairs("package:1 l3:1 core:2 pu:1", &count);
    assert_int_equal(plan_add_pairs(&request, capabilities, 1, pairs, count, 1, &plan, &chosen), 0);
    assert_int_equal(plan.cells_count, 2); /* spin and bounce between the two */
    plan_free(&plan);
    plan_pairs_free(&chosen);
    free(pairs);
}

static void drawing_keeps_every_kind_and_gives_larger_ones_more(void **state)
{
    (void)state;
    size_t count;
    struct plan_pairs drawn;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    assert_int_equal(plan_pairs_draw(pairs, count, 1007, 42, &drawn), 0);
    assert_int_equal(drawn.count, 1007);
    assert_int_equal(drawn.asked, 32896);
    assert_int_equal(drawn.kinds_count, 7);
    /* One each and 1000 shared out over 32889 further pairs: of `far` 16383 x 1000 / 32889 = 498.1,
     * of `node` 249.0, `package` 186.7, `cache` 46.6, `same` and `l2` 7.7, `sibling` 3.8. Rounded
     * down 1 + 498, 249, 186, 46, 7, 7, 3 make 996; four more go to the first four kinds. */
    static const struct {
        const char *kind;
        size_t measured;
    } expected[] = {{"same", 9},      {"sibling", 5}, {"l2", 9},   {"cache", 48},
                    {"package", 187}, {"node", 250},  {"far", 499}};
    size_t sum = 0;
    for (size_t index = 0; index < sizeof expected / sizeof *expected; index++) {
        assert_int_equal(kind_named(&drawn, expected[index].kind)->measured,
                         expected[index].measured);
        sum += expected[index].measured;
    }
    assert_int_equal(sum, 1007);
    /* What is said to be measured is what the list holds, each once and in the order of all. */
    for (size_t kind = 0; kind < drawn.kinds_count; kind++) {
        size_t found = 0;
        for (size_t index = 0; index < drawn.count; index++)
            found += strcmp(drawn.list[index].kind, drawn.kinds[kind].kind) == 0;
        assert_int_equal(found, drawn.kinds[kind].measured);
    }
    size_t at = 0;
    for (size_t index = 0; index < drawn.count; index++, at++) {
        while (at < count && strcmp(pairs[at].word, drawn.list[index].word) != 0)
            at++;
        assert_true(at < count);
    }
    plan_pairs_free(&drawn);
    free(pairs);
}

static void the_seed_alone_decides_which(void **state)
{
    (void)state;
    size_t count;
    struct plan_pairs first;
    struct plan_pairs again;
    struct plan_pairs other;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    assert_int_equal(plan_pairs_draw(pairs, count, 100, 7, &first), 0);
    assert_int_equal(plan_pairs_draw(pairs, count, 100, 7, &again), 0);
    assert_int_equal(plan_pairs_draw(pairs, count, 100, 8, &other), 0);
    assert_int_equal(first.count, 100);
    assert_int_equal(other.count, 100);
    assert_memory_equal(first.list, again.list, 100 * sizeof *first.list);
    assert_memory_not_equal(first.list, other.list, 100 * sizeof *first.list);
    plan_pairs_free(&first);
    plan_pairs_free(&again);
    plan_pairs_free(&other);
    free(pairs);
}

static void room_for_none_or_for_all(void **state)
{
    (void)state;
    size_t count;
    struct plan_pairs drawn;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    assert_int_equal(plan_pairs_draw(pairs, count, 0, 1, &drawn), 0);
    assert_int_equal(drawn.count, 7); /* one of each kind */
    plan_pairs_free(&drawn);
    assert_int_equal(plan_pairs_draw(pairs, count, SIZE_MAX, 1, &drawn), 0);
    assert_int_equal(drawn.count, count);
    assert_memory_equal(drawn.list, pairs, count * sizeof *pairs);
    plan_pairs_free(&drawn);
    assert_int_equal(plan_pairs_draw(pairs, 0, 10, 1, &drawn), 0);
    assert_int_equal(drawn.count, 0);
    plan_pairs_free(&drawn);
    free(pairs);
}

static void pairs_of_256_cpus_fit_the_budget(void **state)
{
    (void)state;
    const struct capability capabilities[] = {able("pipe", 7U), able("fifo", 7U), able("shm", 15U),
                                              able("null", 15U)};
    static const double budgets[] = {14.0, 116.0, 600.0, 3600.0};
    size_t count;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    size_t before = 0;
    for (size_t index = 0; index < sizeof budgets / sizeof *budgets; index++) {
        struct plan_request request = request_of("pipe,fifo,shm", "block,spin");
        struct plan_placement placement = {.word = "cache", .cpus = {0, 4}};
        struct plan plan;
        struct plan_pairs chosen;
        struct failure failure = {.error = 0};
        request.budget_seconds = budgets[index];
        plan_request_keep_small(&request, true, true);
        assert_int_equal(plan_make(&request, capabilities, 4, &placement, 1, &plan, &failure), 0);
        assert_int_equal(plan_add_pairs(&request, capabilities, 4, pairs, count, 3, &plan, &chosen),
                         0);
        double seconds = 6.0 * plan_estimate_round_seconds(&plan, request.sample_seconds);
        assert_true(seconds <= budgets[index]);
        /* It is used, too, unless a bundle is full before. */
        assert_true(seconds > 0.7 * budgets[index] || chosen.count == PLAN_PAIR_CELLS_MOST / 7);
        assert_true(chosen.count > before);
        assert_true(chosen.count < count);
        assert_int_equal(chosen.kinds_count, 7);
        before = chosen.count;
        plan_pairs_free(&chosen);
        plan_free(&plan);
    }
    free(pairs);
}

static void a_used_up_budget_leaves_one_pair_of_each_kind(void **state)
{
    (void)state;
    const struct capability capabilities[] = {able("pipe", 3U), able("null", 15U)};
    struct plan_request request = request_of("pipe", "block");
    struct plan plan = {.cells = NULL};
    struct plan_pairs chosen;
    size_t count;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    request.budget_seconds = 0.001;
    assert_int_equal(plan_add_pairs(&request, capabilities, 2, pairs, count, 3, &plan, &chosen), 0);
    assert_int_equal(chosen.count, 7);
    plan_pairs_free(&chosen);
    plan_free(&plan);
    free(pairs);
}

static void without_a_budget_a_bundle_bounds_them(void **state)
{
    (void)state;
    const struct capability capabilities[] = {able("pipe", 3U), able("null", 15U)};
    struct plan_request request = request_of("pipe", "block");
    struct plan plan = {.cells = NULL};
    struct plan_pairs chosen;
    size_t count;
    struct placement_pair *pairs = list_pairs(LARGE, &count);
    request.budget_seconds = 0.0;
    assert_int_equal(plan_add_pairs(&request, capabilities, 2, pairs, count, 3, &plan, &chosen), 0);
    assert_int_equal(chosen.count, PLAN_PAIR_CELLS_MOST / 2); /* block and bounce */
    assert_true(plan.cells_count <= PLAN_PAIR_CELLS_MOST);
    plan_pairs_free(&chosen);
    plan_free(&plan);
    free(pairs);
}

/* ---- many pairs at once ---- */

static void assert_counts(const char *list, size_t cpus, const char *expected)
{
    struct plan_request request = plan_request_of_preset(PRESET_DEFAULT);
    uint64_t counts[PARALLEL_LIST_MOST];
    char text[128] = "";
    assert_int_equal(parallel_list_parse(list, &request.pairs_parallel), 0);
    size_t count = plan_parallel_counts(&request, cpus, counts);
    for (size_t index = 0; index < count; index++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%llu", index > 0 ? "," : "",
                 (unsigned long long)counts[index]);
    assert_string_equal(text, expected);
}

static void all_means_powers_of_two_up_to_the_cpus(void **state)
{
    (void)state;
    assert_counts("all", 1, "1,2");
    assert_counts("all", 2, "1,2");
    assert_counts("all", 6, "1,2,4");
    assert_counts("all", 256, "1,2,4,8,16,32,64,128,256");
    assert_counts("all", 4096, "1,2,4,8,16,32,64,128,256,512,1024");
    assert_counts("8,1,3", 2, "8,1,3");
}

static void wrong_lists_are_refused(void **state)
{
    (void)state;
    static const char *const wrong[] = {"",
                                        "0",
                                        "1,1",
                                        "1,",
                                        "1025",
                                        "-1",
                                        "all,1",
                                        "1,all",
                                        "two",
                                        "1.5",
                                        "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17"};
    struct parallel_list list = {.count = 0};
    char text[64];
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        if (parallel_list_parse(wrong[index], &list) >= 0)
            fail_msg("'%s' was taken", wrong[index]);
    }
    assert_int_equal(list.count, 0);
    assert_int_equal(parallel_list_parse("1,1024", &list), 0);
    parallel_list_print(&list, text, sizeof text);
    assert_string_equal(text, "1,1024");
    assert_int_equal(parallel_list_parse("all", &list), 0);
    parallel_list_print(&list, text, sizeof text);
    assert_string_equal(text, "all");
}

static void a_crowd_has_its_cpus_and_spins_only_where_there_are_enough(void **state)
{
    (void)state;
    static const int order[] = {0, 2, 1, 3};
    const struct capability capabilities[] = {able("pipe", 7U), able("shm", 15U)};
    struct plan_request request = request_of("pipe,shm", "block,spin,semop");
    struct plan plan = {.cells = NULL};
    struct plan_crowd two;
    struct plan_crowd many;
    assert_int_equal(plan_crowd_of(order, 4, 2, &two), 0);
    assert_int_equal(plan_crowd_of(order, 4, 100, &many), 0);
    assert_string_equal(two.cpu_list, "0,2,1,3");
    assert_string_equal(two.placement.word, "parallel-2");
    /* The pairs repeat, and so does what --cpus names. */
    assert_string_equal(many.cpu_list, "0,2,1,3,0,2,1,3");
    assert_int_equal(plan_add_crowd(&request, capabilities, 2, &two, 4, &plan), 0);
    assert_int_equal(plan.cells_count, 5); /* pipe has no semop */
    assert_int_equal(plan.skips_count, 0);
    assert_int_equal(plan_add_crowd(&request, capabilities, 2, &many, 4, &plan), 0);
    assert_int_equal(plan.cells_count, 8);
    assert_int_equal(count_cells(&plan, "", "spin", "parallel-100"), 0);
    assert_int_equal(plan.skips_count, 1);
    assert_int_equal(plan.skips[0].cells, 2);
    for (size_t index = 0; index < plan.cells_count; index++) {
        const struct cell *cell = &plan.cells[index];
        assert_string_equal(cell->test, "throughput");
        assert_int_equal(cell->size_bytes, 65536);
        assert_int_equal(cell->pairs_parallel, index < 5 ? 2 : 100);
        assert_ptr_equal(cell->cpu_list, index < 5 ? two.cpu_list : many.cpu_list);
        assert_false(plan_is_pair(cell));
    }
    plan_free(&plan);
    free(two.cpu_list);
    free(many.cpu_list);
}

static void all_stands_alone_among_placements(void **state)
{
    (void)state;
    struct placement_choice choice = {.every_kind = false};
    char text[32];
    assert_int_equal(placement_choice_parse("all", &choice), 0);
    assert_true(choice.every_kind);
    assert_int_equal(choice.words.bits, 0);
    placement_choice_print(&choice, text, sizeof text);
    assert_string_equal(text, "all");
    assert_int_equal(placement_choice_parse("all,same", &choice), -EINVAL);
    assert_int_equal(placement_choice_parse("cache", &choice), 0);
    assert_false(choice.every_kind);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_pair_of_a_small_machine_has_its_cells),
        cmocka_unit_test(a_wait_that_was_not_asked_for_is_not_measured_on_one_cpu),
        cmocka_unit_test(drawing_keeps_every_kind_and_gives_larger_ones_more),
        cmocka_unit_test(the_seed_alone_decides_which),
        cmocka_unit_test(room_for_none_or_for_all),
        cmocka_unit_test(pairs_of_256_cpus_fit_the_budget),
        cmocka_unit_test(a_used_up_budget_leaves_one_pair_of_each_kind),
        cmocka_unit_test(without_a_budget_a_bundle_bounds_them),
        cmocka_unit_test(all_means_powers_of_two_up_to_the_cpus),
        cmocka_unit_test(wrong_lists_are_refused),
        cmocka_unit_test(a_crowd_has_its_cpus_and_spins_only_where_there_are_enough),
        cmocka_unit_test(all_stands_alone_among_placements),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
