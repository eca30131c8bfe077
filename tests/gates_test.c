/* Plausibility gates on made-up summaries: each passes, and each trips on figures that cannot be.
 */
#include "results/gates.h"

#include "bundle_fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdint.h>

#include <cmocka.h>

#define RATE    "throughput_bytes_per_s"
#define LATENCY "latency_p50_ns"
#define RATIO   "ratio_to_pipe"

static struct fixture fixture;

static int start(void **state)
{
    (void)state;
    fixture_begin(&fixture);
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

static void assert_gate(enum gate gate, enum gate_state state, size_t cells, size_t tripped,
                        const char *detail)
{
    struct bundle_data bundle;
    struct failure failure = {0};
    struct gate_result gates[GATE_COUNT];
    if (bundle_read(fixture.folder, &bundle, &failure) < 0)
        fail_msg("%s", failure.text);
    gates_compute(&bundle, gates);
    bundle_free(&bundle);
    assert_string_equal(gate_state_names[gates[gate].state], gate_state_names[state]);
    assert_int_equal(gates[gate].cells, cells);
    assert_int_equal(gates[gate].tripped, tripped);
    assert_string_equal(gates[gate].detail, detail);
}

/* ---- ceiling ---- */

static void add_ceiling(void)
{
    fixture_row(&fixture, "ceiling memcpy none none none cache", 4096, RATE, "10e9 9e9 11e9");
    fixture_row(&fixture, "null throughput spin inplace full cache", 4096, RATE, "20e9 19e9 21e9");
}

static void below_the_ceiling(void **state)
{
    (void)state;
    add_ceiling();
    /* The median above it, but the interval not: no interval decides. */
    fixture_row(&fixture, "shm throughput spin own full cache", 4096, RATE, "12e9 10.9e9 13e9");
    fixture_row(&fixture, "shm throughput spin inplace full cache", 4096, RATE, "12e9 11.5e9 13e9");
    assert_gate(GATE_CEILING, GATE_PASSED, 2, 0, "");
}

static void faster_than_memcpy(void **state)
{
    (void)state;
    add_ceiling();
    fixture_row(&fixture, "shm throughput spin own full cache", 4096, RATE, "12e9 11.1e9 13e9");
    fixture_row(&fixture, "pipe throughput spin own full cache", 4096, RATE, "5e9 4e9 6e9");
    assert_gate(GATE_CEILING, GATE_TRIPPED, 2, 1, "shm throughput own spin cache: 4 KiB");
}

static void faster_than_the_floor_in_place(void **state)
{
    (void)state;
    add_ceiling();
    fixture_row(&fixture, "shm throughput block inplace full cache", 4096, RATE, "30e9 22e9 33e9");
    assert_gate(GATE_CEILING, GATE_TRIPPED, 1, 1, "shm throughput inplace block cache: 4 KiB");
}

/* The ceiling of another size or placement is none, and the floor itself is not measured by it. */
static void only_the_same_size_and_placement_count(void **state)
{
    (void)state;
    add_ceiling();
    fixture_row(&fixture, "shm throughput spin own full cache", 64, RATE, "99e9 98e9 99e9");
    fixture_row(&fixture, "shm throughput spin own full same", 4096, RATE, "99e9 98e9 99e9");
    assert_gate(GATE_CEILING, GATE_NOT_APPLICABLE, 0, 0, "");
}

/* ---- FIFO ---- */

static void add_fifo(unsigned long size, const char *numbers)
{
    fixture_row(&fixture, "fifo throughput block own full cache", size, RATIO, numbers);
}

/* One of two misses: the chance of one or more is 1 - 0.93^2 = 13.5 %. */
static void one_miss_of_two_is_chance(void **state)
{
    (void)state;
    add_fifo(16384, "1 0.9 1.1");
    add_fifo(65536, "1.2 1.1 1.3");
    add_fifo(4096, "0.8 0.7 0.9"); /* where a call costs something, it may be slower */
    assert_gate(GATE_FIFO, GATE_PASSED, 2, 1, "fifo throughput own block cache: 64 KiB");
}

/* Two of two: 0.07^2 = 0.5 %, which is below 1 in 100. */
static void two_misses_of_two_are_not(void **state)
{
    (void)state;
    add_fifo(16384, "1.2 1.1 1.3");
    add_fifo(65536, "0.8 0.7 0.9");
    assert_gate(GATE_FIFO, GATE_TRIPPED, 2, 2, "fifo throughput own block cache: 16 KiB, 64 KiB");
}

/* ---- the clocks ---- */

static void clocks_within_a_tenth(void **state)
{
    (void)state;
    fixture_row(&fixture, "pipe relay block own full cache", 65536, RATE, "1 1 1");
    fixture_row(&fixture, "shm relay block own full cache", 65536, RATE, "1 1 1");
    fixture_write(&fixture, "hyperfine.json",
                  "{\"marginal_ns_per_message\":{\"pipe\":10990,\"shm\":5000},"
                  "\"inner_marginal_ns_per_message\":{\"pipe\":10000,\"shm\":5500}}");
    assert_gate(GATE_CLOCKS, GATE_PASSED, 2, 0, "pipe +9.9 %; shm -9.1 %");
}

static void clocks_apart(void **state)
{
    (void)state;
    fixture_row(&fixture, "pipe relay block own full cache", 65536, RATE, "1 1 1");
    fixture_row(&fixture, "shm relay block own full cache", 65536, RATE, "1 1 1");
    fixture_write(&fixture, "hyperfine.json",
                  "{\"marginal_ns_per_message\":{\"pipe\":10990,\"shm\":4900},"
                  "\"inner_marginal_ns_per_message\":{\"pipe\":10000,\"shm\":5500}}");
    assert_gate(GATE_CLOCKS, GATE_TRIPPED, 2, 1, "pipe +9.9 %; shm -10.9 %");
}

/* An older bundle timed plain streams: 10000 messages a second are 100000 ns each. */
static void the_clock_of_an_older_bundle(void **state)
{
    (void)state;
    fixture_row(&fixture, "pipe throughput block own full cache", 65536, "messages_per_s",
                "10000 9900 10100");
    fixture_write(&fixture, "hyperfine.json", "{\"marginal_ns_per_message\":{\"pipe\":120000}}");
    assert_gate(GATE_CLOCKS, GATE_TRIPPED, 1, 1, "pipe +20.0 %");
}

/* ---- the floor ---- */

/* 1e9 of 10e9 bytes per second are 10 % exactly, 1.01e9 are more. */
static void a_floor_of_a_tenth(void **state)
{
    (void)state;
    fixture_row(&fixture, "null throughput spin own full cache", 4096, RATE, "10e9 9e9 11e9");
    fixture_row(&fixture, "null throughput spin own full cache", 65536, RATE, "10e9 9e9 11e9");
    fixture_row(&fixture, "pipe throughput block own full cache", 4096, RATE, "1e9 9e8 11e8");
    fixture_row(&fixture, "shm throughput block own full cache", 4096, RATE, "1.01e9 9e8 11e8");
    fixture_row(&fixture, "shm throughput block own full cache", 65536, RATE, "2e9 9e8 11e8");
    fixture_row(&fixture, "shm throughput block own full cache", 64, RATE, "2e9 9e8 11e8");
    assert_gate(GATE_FLOOR, GATE_TRIPPED, 3, 2, "shm throughput own block cache: 4 KiB, 64 KiB");
}

/* Of a latency the floor is a part directly: 10 of 100 ns, and 10 of 99. */
static void a_floor_of_latencies(void **state)
{
    (void)state;
    fixture_row(&fixture, "null latency spin own full cache", 64, LATENCY, "10 9 11");
    fixture_row(&fixture, "shm latency spin own full cache", 64, LATENCY, "100 90 110");
    assert_gate(GATE_FLOOR, GATE_PASSED, 1, 0, "");
    fixture_row(&fixture, "pipe latency spin own full cache", 64, LATENCY, "99 90 110");
    assert_gate(GATE_FLOOR, GATE_TRIPPED, 2, 1, "pipe latency own spin cache: 64 B");
}

/* ---- latency ---- */

static void not_below_the_bounce(void **state)
{
    (void)state;
    fixture_row(&fixture, "ceiling bounce none none none cache", 8, LATENCY, "100 90 110");
    fixture_row(&fixture, "null latency spin own full cache", 64, LATENCY, "7 6 8");
    fixture_row(&fixture, "shm latency spin own full cache", 64, LATENCY, "85 80 91");
    fixture_row(&fixture, "shm latency spin own full same", 64, LATENCY, "5 4 6");
    assert_gate(GATE_LATENCY, GATE_PASSED, 1, 0, "");
}

static void below_the_bounce(void **state)
{
    (void)state;
    fixture_row(&fixture, "ceiling bounce none none none cache", 8, LATENCY, "100 90 110");
    fixture_row(&fixture, "shm latency spin own full cache", 64, LATENCY, "85 80 89");
    assert_gate(GATE_LATENCY, GATE_TRIPPED, 1, 1, "shm latency own spin cache: 64 B");
}

/* ---- the file ---- */

static void the_file_has_a_row_per_gate(void **state)
{
    (void)state;
    struct failure failure = {0};
    char path[128];
    char text[1024];
    fixture_row(&fixture, "ceiling bounce none none none cache", 8, LATENCY, "100 90 110");
    fixture_row(&fixture, "shm latency spin own full cache", 64, LATENCY, "85 80 89");
    assert_int_equal(gates_write(fixture.folder, &failure), 0);
    snprintf(path, sizeof path, "%s/" GATES_FILE, fixture.folder);
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    assert_string_equal(text, "gate\tstate\tcells\ttripped\tdetail\n"
                              "ceiling\tnot applicable\t0\t0\t-\n"
                              "fifo-equals-pipe\tnot applicable\t0\t0\t-\n"
                              "clocks-agree\tnot applicable\t0\t0\t-\n"
                              "floor\tnot applicable\t0\t0\t-\n"
                              "latency-above-bounce\ttripped\t1\t1\tshm latency own spin cache: 64 "
                              "B\n");
}

static void what_is_no_bundle_is_refused(void **state)
{
    (void)state;
    struct failure failure = {0};
    assert_int_equal(gates_write("/tmp/there-is-no-such-bundle", &failure), -ENOENT);
    assert_non_null(strstr(failure.text, "not a bundle"));
}

/* More flagged cells than the detail has room for: it says so, and stays one field. */
static void a_long_detail_is_cut(void **state)
{
    (void)state;
    struct bundle_data bundle;
    struct failure failure = {0};
    struct gate_result gates[GATE_COUNT];
    for (unsigned long size = 1; size <= 200; size++) {
        fixture_row(&fixture, "ceiling memcpy none none none cache", size * 1000003, RATE,
                    "10e9 9e9 11e9");
        fixture_row(&fixture, "shm throughput spin own full cache", size * 1000003, RATE,
                    "12e9 11.1e9 13e9");
        fixture_row(&fixture, "pipe throughput spin own full cache", size * 1000003, RATE,
                    "12e9 11.1e9 13e9");
    }
    assert_int_equal(bundle_read(fixture.folder, &bundle, &failure), 0);
    gates_compute(&bundle, gates);
    bundle_free(&bundle);
    assert_int_equal(gates[GATE_CEILING].tripped, 400);
    const char *detail = gates[GATE_CEILING].detail;
    assert_true(strlen(detail) < GATES_DETAIL_BYTES);
    assert_string_equal(detail + strlen(detail) - 5, "; ...");
}

#define GATES_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        GATES_TEST(below_the_ceiling),
        GATES_TEST(faster_than_memcpy),
        GATES_TEST(faster_than_the_floor_in_place),
        GATES_TEST(only_the_same_size_and_placement_count),
        GATES_TEST(one_miss_of_two_is_chance),
        GATES_TEST(two_misses_of_two_are_not),
        GATES_TEST(clocks_within_a_tenth),
        GATES_TEST(clocks_apart),
        GATES_TEST(the_clock_of_an_older_bundle),
        GATES_TEST(a_floor_of_a_tenth),
        GATES_TEST(a_floor_of_latencies),
        GATES_TEST(not_below_the_bounce),
        GATES_TEST(below_the_bounce),
        GATES_TEST(the_file_has_a_row_per_gate),
        GATES_TEST(what_is_no_bundle_is_refused),
        GATES_TEST(a_long_detail_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
