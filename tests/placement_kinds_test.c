/* Kinds of pairs, and CPUs for many pairs at once, on made-up machines of every shape. */
#include "machine/crowd_cpus.h"
#include "machine/placement_kinds.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#define EVERY_CPU "0-4095"

/* Every answer can be read off these drawings. Two packages; one cache, four cores in each; two
 * threads per core: core 0 has CPUs 0 and 1. */
#define SERVER "package:2 l3:1 core:4 pu:2"
/* Two packages of two nodes, each with four caches over four groups of two cores of two threads. */
#define LARGE "package:2 numa:2 l3:4 l2:4 core:2 pu:2"

static hwloc_topology_t load_machine(const char *machine)
{
    hwloc_topology_t topology;
    assert_int_equal(hwloc_topology_init(&topology), 0);
    if (hwloc_topology_set_synthetic(topology, machine) != 0)
        fail_msg("hwloc does not take '%s'", machine);
    assert_int_equal(hwloc_topology_load(topology), 0);
    return topology;
}

/* "same 0,0; sibling 0,1; ..." into `text`. */
static void write_pairs(const struct placement_pair *pairs, size_t count, char *text,
                        size_t text_bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t index = 0; index < count && used < text_bytes; index++) {
        assert_string_equal(pairs[index].word, pairs[index].kind);
        used +=
            (size_t)snprintf(text + used, text_bytes - used, "%s%s %d,%d", index > 0 ? "; " : "",
                             pairs[index].word, pairs[index].cpus.writer, pairs[index].cpus.reader);
    }
}

static void describe_kinds(hwloc_topology_t topology, const char *allowed, char *text,
                           size_t text_bytes)
{
    struct placement_pair *pairs = NULL;
    size_t count = 0;
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    struct failure failure = {.error = 0};
    assert_int_equal(hwloc_bitmap_list_sscanf(set, allowed), 0);
    int result = placement_kinds_choose(topology, set, &pairs, &count, &failure);
    hwloc_bitmap_free(set);
    if (result < 0)
        fail_msg("%s", failure.text);
    write_pairs(pairs, count, text, text_bytes);
    free(pairs);
}

static void assert_kinds(const char *machine, const char *allowed, const char *expected)
{
    char text[512];
    hwloc_topology_t topology = load_machine(machine);
    describe_kinds(topology, allowed, text, sizeof text);
    hwloc_topology_destroy(topology);
    if (strcmp(text, expected) != 0)
        fail_msg("'%s' with CPUs %s: '%s', not '%s'", machine, allowed, text, expected);
}

static void test_each_kind_once_and_the_lowest_pair_of_it(void **state)
{
    (void)state;
    assert_kinds(SERVER, EVERY_CPU, "same 0,0; sibling 0,1; cache 0,2; far 0,8");
    assert_kinds(LARGE, EVERY_CPU,
                 "same 0,0; sibling 0,1; l2 0,2; cache 0,4; package 0,16; node 0,64; far 0,128");
    assert_kinds("package:1 l3:8 core:8 pu:1", EVERY_CPU, "same 0,0; cache 0,1; package 0,8");
    assert_kinds("package:1 l3:1 l2:2 core:2 pu:1", EVERY_CPU, "same 0,0; l2 0,1; cache 0,2");
    /* Where the second level is the last, it is `cache`. */
    assert_kinds("package:2 l2:2 core:2 pu:1", EVERY_CPU,
                 "same 0,0; cache 0,1; package 0,2; far 0,4");
    /* The threads of a core are numbered half the machine apart, as Linux does on x86. */
    assert_kinds("package:1 l3:1 core:2 pu:2(indexes=0,2,1,3)", EVERY_CPU,
                 "same 0,0; sibling 0,2; cache 0,1");
}

static void test_machines_that_tell_little(void **state)
{
    (void)state;
    assert_kinds("package:1 numa:2 core:2 pu:1", EVERY_CPU, "same 0,0; cache 0,1; node 0,2");
    assert_kinds("package:4 l3:1 core:1 pu:1", EVERY_CPU, "same 0,0; far 0,1");
    assert_kinds("package:1 core:4 l2:1 pu:1", EVERY_CPU, "same 0,0; cache 0,1");
    assert_kinds("pu:4", EVERY_CPU, "same 0,0; cache 0,1");
    assert_kinds("package:1 core:1 pu:1", EVERY_CPU, "same 0,0");
}

static void test_only_allowed_cpus_are_chosen(void **state)
{
    (void)state;
    assert_kinds(SERVER, "3-15", "same 3,3; sibling 4,5; cache 3,4; far 3,8");
    assert_kinds(SERVER, "1,8", "same 1,1; far 1,8");
    assert_kinds(SERVER, "5", "same 5,5");
    /* No two of them share a cache, but cores of this machine do. */
    assert_kinds("package:1 l3:2 core:2 pu:1", "1,2", "same 1,1; package 1,2");
    hwloc_topology_t topology = load_machine(SERVER);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    struct failure failure = {.error = 0};
    struct placement_pair *pairs = NULL;
    size_t count = 7;
    hwloc_bitmap_set_range(set, 100, 101);
    assert_int_equal(placement_kinds_choose(topology, set, &pairs, &count, &failure), -ENODEV);
    assert_int_equal(placement_pairs_list(topology, set, &pairs, &count, &failure), -ENODEV);
    assert_null(pairs);
    assert_int_equal(count, 7);
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(topology);
}

/* CPUs 0 and 1 are the fast ones. */
static hwloc_topology_t load_hybrid(void)
{
    hwloc_topology_t topology = load_machine("package:1 l3:1 core:4 pu:1");
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    hwloc_bitmap_set_range(set, 0, 1);
    assert_int_equal(hwloc_cpukinds_register(topology, set, 1, 0, NULL, 0), 0);
    hwloc_bitmap_zero(set);
    hwloc_bitmap_set_range(set, 2, 3);
    assert_int_equal(hwloc_cpukinds_register(topology, set, 0, 0, NULL, 0), 0);
    hwloc_bitmap_free(set);
    return topology;
}

static void test_kinds_of_cores_make_further_kinds_in_both_directions(void **state)
{
    (void)state;
    char text[512];
    hwloc_topology_t topology = load_hybrid();
    describe_kinds(topology, EVERY_CPU, text, sizeof text);
    assert_string_equal(text, "same-k0-k0 2,2; same-k1-k1 0,0; cache-k0-k0 2,3; cache-k0-k1 2,0; "
                              "cache-k1-k0 0,2; cache-k1-k1 0,1");
    /* A cpuset of one kind of core is like a machine of one. */
    describe_kinds(topology, "2-3", text, sizeof text);
    assert_string_equal(text, "same 2,2; cache 2,3");
    hwloc_topology_destroy(topology);
}

static void test_a_machine_from_a_file_is_the_same(void **state)
{
    (void)state;
    char *xml = NULL;
    int bytes = 0;
    char text[512];
    hwloc_topology_t hybrid = load_hybrid();
    hwloc_topology_t loaded;
    assert_int_equal(hwloc_topology_export_xmlbuffer(hybrid, &xml, &bytes, 0), 0);
    assert_int_equal(hwloc_topology_init(&loaded), 0);
    assert_int_equal(hwloc_topology_set_xmlbuffer(loaded, xml, bytes), 0);
    assert_int_equal(hwloc_topology_load(loaded), 0);
    describe_kinds(loaded, "1-3", text, sizeof text);
    assert_string_equal(text, "same-k0-k0 2,2; same-k1-k1 1,1; cache-k0-k0 2,3; cache-k0-k1 2,1; "
                              "cache-k1-k0 1,2");
    hwloc_free_xmlbuffer(hybrid, xml);
    hwloc_topology_destroy(loaded);
    hwloc_topology_destroy(hybrid);
}

static size_t count_kind(const struct placement_pair *pairs, size_t count, const char *kind)
{
    size_t found = 0;
    for (size_t index = 0; index < count; index++)
        found += strcmp(pairs[index].kind, kind) == 0;
    return found;
}

static struct placement_pair *list_pairs(hwloc_topology_t topology, size_t *count)
{
    struct placement_pair *pairs = NULL;
    struct failure failure = {.error = 0};
    if (placement_pairs_list(topology, hwloc_topology_get_topology_cpuset(topology), &pairs, count,
                             &failure) < 0)
        fail_msg("%s", failure.text);
    return pairs;
}

static void test_every_pair_has_one_kind(void **state)
{
    (void)state;
    size_t count;
    hwloc_topology_t topology = load_machine(LARGE);
    struct placement_pair *pairs = list_pairs(topology, &count);
    /* 256 CPUs: 256 x 257 / 2. Two cores of two threads make four pairs; 64 such groups. Of 16 CPUs
     * under a cache 120 pairs, less 4 x 6 within a group; 16 caches. And so on. */
    assert_int_equal(count, 32896);
    assert_int_equal(count_kind(pairs, count, "same"), 256);
    assert_int_equal(count_kind(pairs, count, "sibling"), 128);
    assert_int_equal(count_kind(pairs, count, "l2"), 256);
    assert_int_equal(count_kind(pairs, count, "cache"), 1536);
    assert_int_equal(count_kind(pairs, count, "package"), 6144);
    assert_int_equal(count_kind(pairs, count, "node"), 8192);
    assert_int_equal(count_kind(pairs, count, "far"), 16384);
    assert_string_equal(pairs[0].word, "pair-0-0");
    assert_string_equal(pairs[1].word, "pair-0-1");
    assert_string_equal(pairs[count - 1].word, "pair-255-255");
    free(pairs);
    hwloc_topology_destroy(topology);
}

static void test_an_unordered_pair_names_the_lower_kind_of_core_first(void **state)
{
    (void)state;
    size_t count;
    hwloc_topology_t topology = load_hybrid();
    struct placement_pair *pairs = list_pairs(topology, &count);
    assert_int_equal(count, 10);
    assert_int_equal(count_kind(pairs, count, "same-k0-k0"), 2);
    assert_int_equal(count_kind(pairs, count, "cache-k0-k1"), 4);
    assert_int_equal(count_kind(pairs, count, "cache-k1-k0"), 0);
    free(pairs);
    hwloc_topology_destroy(topology);
}

/* ---- many pairs at once ---- */

static void assert_order(const char *machine, const char *allowed, const char *expected)
{
    int *order = NULL;
    size_t count = 0;
    char text[256] = "";
    size_t used = 0;
    hwloc_topology_t topology = load_machine(machine);
    hwloc_bitmap_t set = hwloc_bitmap_alloc();
    struct failure failure = {.error = 0};
    assert_int_equal(hwloc_bitmap_list_sscanf(set, allowed), 0);
    if (crowd_cpus_order(topology, set, &order, &count, &failure) < 0)
        fail_msg("%s", failure.text);
    for (size_t index = 0; index < count && used < sizeof text; index++)
        used += (size_t)snprintf(text + used, sizeof text - used, "%s%d", index > 0 ? " " : "",
                                 order[index]);
    if (strcmp(text, expected) != 0)
        fail_msg("'%s' with CPUs %s: '%s', not '%s'", machine, allowed, text, expected);
    free(order);
    hwloc_bitmap_free(set);
    hwloc_topology_destroy(topology);
}

static void test_cores_come_before_threads_and_neighbours_share_a_cache(void **state)
{
    (void)state;
    assert_order(SERVER, EVERY_CPU, "0 2 4 6 8 10 12 14 1 3 5 7 9 11 13 15");
    assert_order("package:1 l3:1 core:2 pu:2(indexes=0,2,1,3)", EVERY_CPU, "0 1 2 3");
    /* Three cores under each cache: the odd ones are each other's neighbours. */
    assert_order("package:1 l3:2 core:3 pu:1", EVERY_CPU, "0 1 3 4 2 5");
    /* Where the first thread of a core is forbidden the second comes with the cores. */
    assert_order(SERVER, "1-4", "1 2 4 3");
    assert_order("pu:1", EVERY_CPU, "0");
}

static void test_pairs_go_round_and_round(void **state)
{
    (void)state;
    static const int order[] = {4, 6, 5};
    struct cpu_pair pair = crowd_cpus_pair(order, 3, 0);
    assert_int_equal(pair.writer, 4);
    assert_int_equal(pair.reader, 6);
    pair = crowd_cpus_pair(order, 3, 1);
    assert_int_equal(pair.writer, 5);
    assert_int_equal(pair.reader, 4);
    pair = crowd_cpus_pair(order, 1, 1000);
    assert_int_equal(pair.writer, 4);
    assert_int_equal(pair.reader, 4);
    assert_false(crowd_cpus_are_short(1, 2));
    assert_true(crowd_cpus_are_short(2, 3));
}

static void test_lists_of_pairs_are_read(void **state)
{
    (void)state;
    static struct cpu_pairs pairs;
    static const char *const wrong[] = {"",     "0",       "0,",      "0,1,", "0,1,2",
                                        "0,,1", "0,1,a,b", "0,1 2,3", "-1,0", "0,1,,2,3"};
    char text[64];
    assert_int_equal(cpu_pairs_parse("0,1", &pairs), 0);
    assert_int_equal(pairs.count, 1);
    assert_int_equal(cpu_pairs_parse("0,1,2,3,0,7", &pairs), 0);
    assert_int_equal(pairs.count, 3);
    assert_int_equal(pairs.list[2].reader, 7);
    cpu_pairs_print(&pairs, text, sizeof text);
    assert_string_equal(text, "0,1,2,3,0,7");
    for (size_t index = 0; index < sizeof wrong / sizeof *wrong; index++) {
        if (cpu_pairs_parse(wrong[index], &pairs) != -EINVAL)
            fail_msg("'%s' was taken", wrong[index]);
    }
    assert_int_equal(pairs.count, 3);
    /* One pair more than there may be. */
    char *many = calloc(CPU_PAIRS_MOST + 1, 4);
    assert_non_null(many);
    for (size_t index = 0; index <= CPU_PAIRS_MOST; index++)
        strcat(many + 4 * (index > 0 ? index - 1 : 0), index > 0 ? ",0,1" : "0,1");
    assert_int_equal(cpu_pairs_parse(many, &pairs), -EINVAL);
    many[4 * CPU_PAIRS_MOST - 1] = '\0';
    assert_int_equal(cpu_pairs_parse(many, &pairs), 0);
    assert_int_equal(pairs.count, CPU_PAIRS_MOST);
    free(many);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_kind_once_and_the_lowest_pair_of_it),
        cmocka_unit_test(test_machines_that_tell_little),
        cmocka_unit_test(test_only_allowed_cpus_are_chosen),
        cmocka_unit_test(test_kinds_of_cores_make_further_kinds_in_both_directions),
        cmocka_unit_test(test_a_machine_from_a_file_is_the_same),
        cmocka_unit_test(test_every_pair_has_one_kind),
        cmocka_unit_test(test_an_unordered_pair_names_the_lower_kind_of_core_first),
        cmocka_unit_test(test_cores_come_before_threads_and_neighbours_share_a_cache),
        cmocka_unit_test(test_pairs_go_round_and_round),
        cmocka_unit_test(test_lists_of_pairs_are_read),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
