/* What may be asked for together, what is refused and how, and what follows from what was asked. */
#include "measure/request.h"

#include "transfer/mechanisms.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

enum { ARGUMENTS_MOST = 12 };

/* A command line as people write it: options only, without quotes. */
static struct request parsed(const char *line)
{
    static char text[300]; /* the request points into it */
    char *arguments[ARGUMENTS_MOST];
    int count = 0;
    int operands = 0;
    struct request request = request_default;
    struct failure failure = {0};
    strncpy(text, line, sizeof text - 1);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        assert_true(count < ARGUMENTS_MOST);
        arguments[count++] = word;
    }
    int result = options_parse(request_rows, &request, count, arguments, &operands, &failure);
    if (result != 0)
        fail_msg("%s: %s", line, failure.text);
    assert_int_equal(operands, 0);
    return request;
}

static struct request accepted(const struct channel_operations *mechanism, enum test test,
                               const char *line)
{
    struct request request = parsed(line);
    struct failure failure = {0};
    if (request_check(&request, mechanism, test, &failure) != 0)
        fail_msg("%s: %s", line, failure.text);
    return request;
}

/* Refused with a line that begins with the option and holds what is allowed. */
static void refused(const struct channel_operations *mechanism, enum test test, const char *line,
                    const char *option, const char *allowed)
{
    struct request request = parsed(line);
    struct failure failure = {0};
    assert_int_equal(request_check(&request, mechanism, test, &failure), -EINVAL);
    if (strncmp(failure.text, option, strlen(option)) != 0)
        fail_msg("'%s' does not begin with %s", failure.text, option);
    if (strstr(failure.text, allowed) == NULL)
        fail_msg("'%s' does not hold %s", failure.text, allowed);
}

/* ---- refused ---- */

static void the_ends_of_a_path_are_for_relays(void **state)
{
    (void)state;
    for (int test = TEST_LATENCY; test <= TEST_THROUGHPUT; test++) {
        refused(&channel_shm, (enum test)test, "--source file", "--source", "only relay");
        refused(&channel_shm, (enum test)test, "--source memory", "--source", "memory to use");
        refused(&channel_shm, (enum test)test, "--sink use", "--sink", "only relay");
        refused(&channel_pipe, (enum test)test, "--input x", "--input", "only relay");
        refused(&channel_pipe, (enum test)test, "--output x", "--output", "only relay");
    }
}

static void files_go_with_file(void **state)
{
    (void)state;
    refused(&channel_shm, TEST_RELAY, "--source zero --input x", "--input", "--source file");
    refused(&channel_shm, TEST_RELAY, "--source stdin --input x", "--input", "not with stdin");
    refused(&channel_shm, TEST_RELAY, "--sink use --output x", "--output", "--sink file");
    refused(&channel_shm, TEST_RELAY, "--sink stdout --output x", "--output", "not with stdout");
}

static void standard_input_is_read_once(void **state)
{
    (void)state;
    refused(&channel_pipe, TEST_RELAY, "--seconds 1", "--seconds", "file, zero and memory");
    refused(&channel_pipe, TEST_RELAY, "--sink use --count 5", "--count", "file, zero and memory");
    refused(&channel_pipe, TEST_RELAY, "--source stdin --sink null --seconds 0.2", "--seconds",
            "to its end");
}

static void standard_output_takes_what_ends(void **state)
{
    (void)state;
    const char *const lines[] = {"--source zero",
                                 "--source memory",
                                 "--source memory --sink stdout",
                                 "--source file --count 3",
                                 "--input x --seconds 1",
                                 "--source file --sink stdout --seconds 1"};
    for (size_t index = 0; index < sizeof lines / sizeof lines[0]; index++)
        refused(&channel_pipe, TEST_RELAY, lines[index], "--sink stdout", "stdin, or file");
}

static void relays_move_whole_messages(void **state)
{
    (void)state;
    refused(&channel_shm, TEST_RELAY, "--touch edges", "--touch edges", "allowed: full");
    refused(&channel_shm, TEST_RELAY, "--touch write", "--touch write", "allowed: full");
    accepted(&channel_shm, TEST_THROUGHPUT, "--touch edges");
}

static void null_relays_nothing(void **state)
{
    (void)state;
    refused(&channel_null, TEST_RELAY, "--source memory --sink use", "relay", "null moves nothing");
    accepted(&channel_null, TEST_THROUGHPUT, "");
}

static void extra_copies_need_a_stream_and_a_working_set(void **state)
{
    (void)state;
    refused(&channel_shm, TEST_LATENCY, "--extra-copies 1", "--extra-copies",
            "throughput or relay");
    refused(&channel_shm, TEST_THROUGHPUT, "--extra-copies 1 --working-set none",
            "--working-set none", "hot, cold");
    refused(&channel_shm, TEST_RELAY, "--extra-copies 2 --working-set none", "--working-set none",
            "hot, cold");
}

static void a_way_of_waiting_has_to_be_there(void **state)
{
    (void)state;
    for (int test = 0; test < TEST_COUNT; test++) {
        refused(&channel_pipe, (enum test)test, "--wait semop", "--wait semop", "pipe --help");
        refused(&channel_vmsplice, (enum test)test, "--wait semop", "--wait semop",
                "vmsplice --help");
        accepted(&channel_shm, (enum test)test, "--wait semop");
    }
}

/* ---- what follows ---- */

static void check_ends(const char *line, enum source_kind source, enum sink_kind sink,
                       bool until_end)
{
    struct request request = accepted(&channel_shm, TEST_RELAY, line);
    struct session_setup setup = request_session_setup(&request, &channel_shm, TEST_RELAY);
    if (setup.source != source || setup.sink != sink || setup.until_end != until_end)
        fail_msg("'%s': %s to %s, %s", line, source_names[setup.source], sink_names[setup.sink],
                 setup.until_end ? "to the end" : "measured");
}

static void a_relay_is_a_filter_by_default(void **state)
{
    (void)state;
    check_ends("", SOURCE_STDIN, SINK_STDOUT, true);
    check_ends("--input x", SOURCE_FILE, SINK_STDOUT, true);
    check_ends("--output x", SOURCE_STDIN, SINK_FILE, true);
    check_ends("--input x --output y", SOURCE_FILE, SINK_FILE, true);
    check_ends("--sink use", SOURCE_STDIN, SINK_USE, true);
    check_ends("--sink null", SOURCE_STDIN, SINK_NULL, true);
    check_ends("--source file", SOURCE_FILE, SINK_STDOUT, true);
}

static void a_length_makes_it_a_measurement(void **state)
{
    (void)state;
    check_ends("--source file --sink file --seconds 1", SOURCE_FILE, SINK_FILE, false);
    check_ends("--source file --sink use --count 7", SOURCE_FILE, SINK_USE, false);
    check_ends("--source zero --sink null", SOURCE_ZERO, SINK_NULL, false);
    check_ends("--source memory --sink use", SOURCE_MEMORY, SINK_USE, false);
    check_ends("--input x --output y --seconds 1", SOURCE_FILE, SINK_FILE, false);
}

static void other_tests_go_from_memory_to_use(void **state)
{
    (void)state;
    for (int test = TEST_LATENCY; test <= TEST_THROUGHPUT; test++) {
        struct request request = accepted(&channel_pipe, (enum test)test, "--count 9");
        struct session_setup setup =
            request_session_setup(&request, &channel_pipe, (enum test)test);
        assert_int_equal(setup.source, SOURCE_MEMORY);
        assert_int_equal(setup.sink, SINK_USE);
        assert_false(setup.until_end);
        assert_int_equal(setup.count, 9);
    }
}

static void patience_is_long_where_somebody_else_sets_the_pace(void **state)
{
    (void)state;
    const struct {
        const char *line;
        double seconds;
    } cases[] = {
        {"", REQUEST_TIMEOUT_MOST_SECONDS},
        {"--input x", REQUEST_TIMEOUT_MOST_SECONDS},
        {"--sink use", REQUEST_TIMEOUT_MOST_SECONDS},
        {"--timeout 3", 3},
        {"--source file --sink file", 30},
        {"--source zero --sink null", 30},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct request request = accepted(&channel_shm, TEST_RELAY, cases[index].line);
        assert_float_equal(request.timeout_seconds, cases[index].seconds, 0);
    }
    assert_float_equal(accepted(&channel_shm, TEST_LATENCY, "").timeout_seconds, 30, 0);
}

static void a_working_set_goes_with_extra_copies(void **state)
{
    (void)state;
    assert_int_equal(accepted(&channel_shm, TEST_THROUGHPUT, "").working_set, WORKING_SET_NONE);
    assert_int_equal(accepted(&channel_shm, TEST_THROUGHPUT, "--working-set cold").working_set,
                     WORKING_SET_NONE);
    assert_int_equal(accepted(&channel_shm, TEST_THROUGHPUT, "--extra-copies 1").working_set,
                     WORKING_SET_HOT);
    struct request request =
        accepted(&channel_shm, TEST_RELAY, "--extra-copies 4 --working-set cold --sink use");
    struct session_setup setup = request_session_setup(&request, &channel_shm, TEST_RELAY);
    assert_int_equal(setup.extra_copies, 4);
    assert_int_equal(setup.working_set, WORKING_SET_COLD);
}

static void buffers_may_begin_within_a_page(void **state)
{
    (void)state;
    for (int test = 0; test < TEST_COUNT; test++) {
        struct request request = accepted(&channel_shm, (enum test)test, "--buffer-offset 192");
        struct session_setup setup = request_session_setup(&request, &channel_shm, (enum test)test);
        assert_int_equal(setup.buffer_offset_bytes, 192);
    }
    assert_int_equal(accepted(&channel_shm, TEST_RELAY, "").buffer_offset_bytes, 0);
    assert_int_equal(accepted(&channel_shm, TEST_RELAY, "--buffer-offset 4032").buffer_offset_bytes,
                     SESSION_OFFSET_MAXIMUM);
    assert_int_equal(accepted(&channel_shm, TEST_LATENCY, "--buffer-offset 2K").buffer_offset_bytes,
                     2048);
}

static void a_rate_is_for_latency(void **state)
{
    (void)state;
    refused(&channel_pipe, TEST_THROUGHPUT, "--rate 5", "--rate",
            "only latency has it; throughput");
    refused(&channel_pipe, TEST_RELAY, "--rate 5", "--rate", "only latency has it; relay");
    struct request request = accepted(&channel_pipe, TEST_LATENCY, "--rate 2.5");
    struct session_setup setup = request_session_setup(&request, &channel_pipe, TEST_LATENCY);
    assert_float_equal(setup.rate_per_s, 2.5, 0);
    assert_float_equal(accepted(&channel_pipe, TEST_LATENCY, "").rate_per_s, 0, 0);
}

static void the_session_is_what_was_asked_for(void **state)
{
    (void)state;
    struct request request =
        accepted(&channel_vmsplice, TEST_RELAY,
                 "--input in --output out --wait spin --copies inplace --size 12K --seed 99");
    request.cpus = (struct cpu_pair){3, 4};
    request.capacity_bytes = 70000;
    struct session_setup setup = request_session_setup(&request, &channel_vmsplice, TEST_RELAY);
    assert_ptr_equal(setup.operations, &channel_vmsplice);
    assert_int_equal(setup.test, TEST_RELAY);
    assert_string_equal(setup.input, "in");
    assert_string_equal(setup.output, "out");
    assert_int_equal(setup.wait, WAIT_SPIN);
    assert_int_equal(setup.copies, COPIES_INPLACE);
    assert_int_equal(setup.touch, TOUCH_FULL);
    assert_int_equal(setup.size_bytes, 12288);
    assert_int_equal(setup.seed, 99);
    assert_int_equal(setup.cpus.writer, 3);
    assert_int_equal(setup.cpus.reader, 4);
    assert_int_equal(setup.capacity_bytes, 131072); /* the power of two above */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_ends_of_a_path_are_for_relays),
        cmocka_unit_test(files_go_with_file),
        cmocka_unit_test(standard_input_is_read_once),
        cmocka_unit_test(standard_output_takes_what_ends),
        cmocka_unit_test(relays_move_whole_messages),
        cmocka_unit_test(null_relays_nothing),
        cmocka_unit_test(extra_copies_need_a_stream_and_a_working_set),
        cmocka_unit_test(a_way_of_waiting_has_to_be_there),
        cmocka_unit_test(a_relay_is_a_filter_by_default),
        cmocka_unit_test(a_length_makes_it_a_measurement),
        cmocka_unit_test(other_tests_go_from_memory_to_use),
        cmocka_unit_test(patience_is_long_where_somebody_else_sets_the_pace),
        cmocka_unit_test(a_working_set_goes_with_extra_copies),
        cmocka_unit_test(buffers_may_begin_within_a_page),
        cmocka_unit_test(a_rate_is_for_latency),
        cmocka_unit_test(the_session_is_what_was_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
