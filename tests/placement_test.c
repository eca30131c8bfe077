/* Placements on made-up machines of every shape, and on this one. */
#include "machine/placement.h"

#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EVERY_CPU "0-4095"

/* What is to be chosen on one machine; a writer of -1 where there is no such pair. */
struct expectation {
    const char *machine;
    const char *allowed;
    enum placement placement;
    struct cpu_pair pair;
};

#define NONE                                                                                       \
    {                                                                                              \
        -1, -1                                                                                     \
    }

static const struct cpu_pair none = NONE;

/* Two packages; one cache, four cores in each; two threads per core: core 0 has CPUs 0 and 1. */
#define SERVER "package:2 l3:1 core:4 pu:2"
/* One package with two groups of two cores, each under a cache of its own. */
#define CHIPLETS "package:1 l3:2 l2:2 core:1 pu:1"
/* The threads of a core are numbered half the machine apart, as Linux does on x86. */
#define FAR_THREADS "package:1 l3:1 core:2 pu:2(indexes=0,2,1,3)"
/* Nothing known of caches. */
#define NO_CACHES "package:2 core:2 pu:1"
/* Each CPU a package with its own cache, as some virtual machines show theirs. */
#define LONELY "package:4 l3:1 core:1 pu:1"
/* Caches that no two cores share, within one package. */
#define PRIVATE_CACHES "package:1 core:4 l2:1 pu:1"
#define BARE           "pu:4"

/* Every answer can be read off the drawing above. */
static const struct expectation expectations[] = {
    {SERVER, EVERY_CPU, PLACEMENT_CACHE, {0, 2}},
    {SERVER, EVERY_CPU, PLACEMENT_SAME, {0, 0}},
    {SERVER, EVERY_CPU, PLACEMENT_SIBLING, {0, 1}},
    {SERVER, EVERY_CPU, PLACEMENT_FAR, {0, 8}},
    /* A cpuset without CPU 0. */
    {SERVER, "3-15", PLACEMENT_CACHE, {3, 4}},
    {SERVER, "3-15", PLACEMENT_SAME, {3, 3}},
    {SERVER, "3-15", PLACEMENT_SIBLING, {4, 5}},
    {SERVER, "3-15", PLACEMENT_FAR, {3, 8}},
    /* A cpuset that tears cores, packages and caches apart. */
    {SERVER, "1,8", PLACEMENT_CACHE, NONE},
    {SERVER, "1,8", PLACEMENT_FAR, {1, 8}},
    {SERVER, "1,8", PLACEMENT_SIBLING, NONE},
    {SERVER, "8-15", PLACEMENT_FAR, NONE},
    {SERVER, "0,1", PLACEMENT_CACHE, NONE},
    {SERVER, "0,1", PLACEMENT_FAR, NONE},
    {SERVER, "5", PLACEMENT_CACHE, NONE},
    {SERVER, "5", PLACEMENT_SAME, {5, 5}},
    {CHIPLETS, EVERY_CPU, PLACEMENT_CACHE, {0, 1}},
    {CHIPLETS, EVERY_CPU, PLACEMENT_FAR, {0, 2}},
    {CHIPLETS, EVERY_CPU, PLACEMENT_SIBLING, NONE},
    {CHIPLETS, "0,2", PLACEMENT_CACHE, NONE},
    {CHIPLETS, "0,2", PLACEMENT_FAR, {0, 2}},
    {FAR_THREADS, EVERY_CPU, PLACEMENT_CACHE, {0, 1}},
    {FAR_THREADS, EVERY_CPU, PLACEMENT_SIBLING, {0, 2}},
    {FAR_THREADS, EVERY_CPU, PLACEMENT_FAR, NONE},
    {NO_CACHES, EVERY_CPU, PLACEMENT_CACHE, {0, 1}},
    {NO_CACHES, EVERY_CPU, PLACEMENT_FAR, {0, 2}},
    {LONELY, EVERY_CPU, PLACEMENT_CACHE, NONE},
    {LONELY, EVERY_CPU, PLACEMENT_FAR, {0, 1}},
    {PRIVATE_CACHES, EVERY_CPU, PLACEMENT_CACHE, {0, 1}},
    {PRIVATE_CACHES, EVERY_CPU, PLACEMENT_FAR, NONE},
    {BARE, EVERY_CPU, PLACEMENT_CACHE, {0, 1}},
    {BARE, EVERY_CPU, PLACEMENT_SIBLING, NONE},
    {BARE, EVERY_CPU, PLACEMENT_FAR, NONE},
};

static hwloc_topology_t load_machine(const char *machine)
{
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    if (hwloc_topology_set_synthetic(topology, machine) != 0)
        fail_msg("hwloc does not take '%s'", machine);
    assert_int_equal(hwloc_topology_load(topology), 0);
    return topology;
}

static int choose(const char *machine, const char *allowed, enum placement placement,
                  struct cpu_pair *pair, struct failure *failure)
{
    hwloc_topology_t topology = load_machine(machine);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    assert_int_equal(hwloc_bitmap_list_sscanf(set, allowed), 0);
    int result = placement_choose(topology, set, placement, pair, failure);
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(topology);
    return result;
}

static void test_choices_on_made_up_machines(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof expectations / sizeof *expectations; index++) {
        const struct expectation *expected = &expectations[index];
        bool exists = expected->pair.writer >= 0;
        struct failure failure = {0};
        struct cpu_pair pair = none;
        int result =
            choose(expected->machine, expected->allowed, expected->placement, &pair, &failure);
        if (result != (exists ? 0 : -ENODEV) || pair.writer != expected->pair.writer ||
            pair.reader != expected->pair.reader)
            fail_msg("'%s' with CPUs %s, %s: %d, writer %d, reader %d", expected->machine,
                     expected->allowed, placement_names[expected->placement], result, pair.writer,
                     pair.reader);
        assert_int_equal(failure.error, exists ? 0 : -ENODEV);
    }
}

static void assert_line_has(const char *machine, const char *allowed, enum placement placement,
                            const char *part)
{
    struct failure failure = {0};
    struct cpu_pair pair = none;
    assert_int_equal(choose(machine, allowed, placement, &pair, &failure), -ENODEV);
    if (strstr(failure.text, part) == NULL)
        fail_msg("'%s' is not in '%s'", part, failure.text);
    assert_null(strchr(failure.text, '\n'));
}

static void test_line_says_what_is_missing(void **state)
{
    (void)state;
    assert_line_has(CHIPLETS, EVERY_CPU, PLACEMENT_SIBLING,
                    "placement sibling: no core of this machine has two hardware threads");
    assert_line_has(SERVER, "1,8", PLACEMENT_SIBLING, "(1,8)");
    assert_line_has(SERVER, "5", PLACEMENT_CACHE, "CPU 5 only");
    assert_line_has(LONELY, EVERY_CPU, PLACEMENT_CACHE, "placement cache: no two cores");
    assert_line_has(SERVER, "8-15", PLACEMENT_FAR, "(8-15)");
    assert_line_has(SERVER, "100-101", PLACEMENT_SAME, "hwloc");
}

static void test_two_nodes_of_a_package_are_far(void **state)
{
    (void)state;
    /* One package, two nodes with two cores each, nothing known of caches. */
    struct cpu_pair pair = none;
    assert_int_equal(choose("package:1 numa:2 core:2 pu:1", EVERY_CPU, PLACEMENT_FAR, &pair, NULL),
                     0);
    assert_int_equal(pair.writer, 0);
    assert_int_equal(pair.reader, 2);
}

static void test_packages_are_farther_than_nodes(void **state)
{
    (void)state;
    struct cpu_pair pair = none;
    assert_int_equal(choose("package:2 numa:2 core:2 pu:1", EVERY_CPU, PLACEMENT_FAR, &pair, NULL),
                     0);
    assert_int_equal(pair.writer, 0);
    assert_int_equal(pair.reader, 4);
}

static void test_explicit_is_no_choice(void **state)
{
    (void)state;
    struct failure failure = {0};
    struct cpu_pair pair = none;
    assert_int_equal(choose(SERVER, EVERY_CPU, PLACEMENT_EXPLICIT, &pair, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "--cpus"));
    assert_int_equal(pair.writer, -1);
}

static void test_same_on_this_machine_is_its_lowest_cpu(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    struct cpu_pair pair = none;
    struct failure failure = {0};
    assert_int_equal(placement_resolve(PLACEMENT_SAME, &pair, &failure), 0);
    assert_int_equal(pair.writer, cpus[0]);
    assert_int_equal(pair.reader, cpus[0]);
    free(cpus);
}

static void test_any_placement_always_finds_one(void **state)
{
    (void)state;
    enum placement placement = PLACEMENT_COUNT;
    struct cpu_pair pair = none;
    struct failure failure = {0};
    assert_int_equal(placement_resolve_any(&placement, &pair, &failure), 0);
    assert_int_equal(failure.error, 0);
    assert_int_equal(cpu_check_pair(&pair, &failure), 0);
    assert_true(placement < PLACEMENT_EXPLICIT);
    assert_int_equal(pair.writer == pair.reader, placement == PLACEMENT_SAME);
}

static void test_affinity_without_the_lowest_cpu_is_heeded(void **state)
{
    (void)state;
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    int last = cpus[count - 1];
    free(cpus);
    if (count < 2)
        skip();
    cpu_set_t before;
    assert_int_equal(sched_getaffinity(0, sizeof before, &before), 0);
    assert_int_equal(cpu_pin(last), 0);
    enum placement placement = PLACEMENT_COUNT;
    struct cpu_pair pair = none;
    int result = placement_resolve_any(&placement, &pair, NULL);
    assert_int_equal(sched_setaffinity(0, sizeof before, &before), 0);
    assert_int_equal(result, 0);
    assert_int_equal(placement, PLACEMENT_SAME);
    assert_int_equal(pair.writer, last);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_choices_on_made_up_machines),
        cmocka_unit_test(test_line_says_what_is_missing),
        cmocka_unit_test(test_two_nodes_of_a_package_are_far),
        cmocka_unit_test(test_packages_are_farther_than_nodes),
        cmocka_unit_test(test_explicit_is_no_choice),
        cmocka_unit_test(test_same_on_this_machine_is_its_lowest_cpu),
        cmocka_unit_test(test_any_placement_always_finds_one),
        cmocka_unit_test(test_affinity_without_the_lowest_cpu_is_heeded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
