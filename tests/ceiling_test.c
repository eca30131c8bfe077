/* The ceilings: whole samples that fit together, clear refusals, nobody left behind. */
#include "measure/ceiling.h"

#include <dirent.h>
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include <cmocka.h>

static cpu_set_t affinity_before;

static int save_affinity(void **state)
{
    (void)state;
    return sched_getaffinity(0, sizeof affinity_before, &affinity_before);
}

static int restore_affinity(void **state)
{
    (void)state;
    return sched_setaffinity(0, sizeof affinity_before, &affinity_before);
}

/* The first two CPUs, or the only one twice. */
static struct cpu_pair first_cpus(void)
{
    int *cpus = NULL;
    size_t count = 0;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    struct cpu_pair pair = {cpus[0], cpus[count > 1 ? 1 : 0]};
    free(cpus);
    return pair;
}

static struct ceiling_request request_of(uint64_t size_bytes)
{
    return (struct ceiling_request){
        .size_bytes = size_bytes,
        .cpus = first_cpus(),
        .placement = PLACEMENT_CACHE,
        .seconds = 0.01,
        .seed = 42,
    };
}

static void assert_words(const struct sample *sample, const char *test)
{
    assert_string_equal(sample->mechanism, "ceiling");
    assert_string_equal(sample->test, test);
    assert_string_equal(sample->wait, "none");
    assert_string_equal(sample->copies, "none");
    assert_string_equal(sample->touch, "none");
    assert_string_equal(sample->placement, "cache");
}

static void assert_near(double value, double expected)
{
    if (!(fabs(value - expected) <= 1e-6 * fabs(expected)))
        fail_msg("%g is not %g", value, expected);
}

static void test_memcpy_of_odd_sizes(void **state)
{
    (void)state;
    static const uint64_t sizes[] = {1, 7, 8, 9, 63, 64, 4095, 4097, 65537, 3000001};
    for (size_t index = 0; index < sizeof sizes / sizeof *sizes; index++) {
        struct ceiling_request request = request_of(sizes[index]);
        struct sample sample;
        struct failure failure = {0};
        assert_int_equal(ceiling_memcpy(&request, &sample, &failure), 0);
        assert_words(&sample, "memcpy");
        assert_int_equal(sample.size_bytes, sizes[index]);
        assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
        assert_true(sample.messages >= 1);
        assert_int_equal(sample.bytes, sample.messages * sizes[index]);
        assert_int_equal(sample.user_copy_bytes, sample.bytes);
        assert_true(sample.warmup_messages >= 1);
        assert_true(sample.wall_ns > 0);
        assert_near(sample.throughput_bytes_per_s,
                    (double)sample.bytes * 1e9 / (double)sample.wall_ns);
        assert_near(sample.messages_per_s, (double)sample.messages * 1e9 / (double)sample.wall_ns);
        assert_true(isnan(sample.latency_p50_ns));
        assert_true(isnan(sample.latency_mean_ns));
        assert_int_equal(sample.writer_cpu, request.cpus.writer);
        assert_int_equal(sample.reader_cpu, -1);
        assert_int_equal(sample.seed, 42);
    }
}

/* Were the copies dropped, more bytes would not take more time. */
static void test_memcpy_really_copies(void **state)
{
    (void)state;
    struct ceiling_request small = request_of(64);
    struct ceiling_request large = request_of(4 * 1024 * 1024);
    struct sample small_sample;
    struct sample large_sample;
    assert_int_equal(ceiling_memcpy(&small, &small_sample, NULL), 0);
    assert_int_equal(ceiling_memcpy(&large, &large_sample, NULL), 0);
    assert_true(large_sample.messages_per_s * 100.0 < small_sample.messages_per_s);
}

static void test_memcpy_needs_the_writers_cpu_only(void **state)
{
    (void)state;
    struct ceiling_request request = request_of(64);
    struct sample sample;
    struct failure failure = {0};
    request.cpus.reader = 999999;
    assert_int_equal(ceiling_memcpy(&request, &sample, &failure), 0);
    request.cpus.writer = 999999;
    assert_int_equal(ceiling_memcpy(&request, &sample, &failure), -ENODEV);
    assert_non_null(strstr(failure.text, "999999"));
}

static void test_sizes_and_times_out_of_range_are_refused(void **state)
{
    (void)state;
    struct sample sample = {.messages = 77};
    struct ceiling_request request = request_of(0);
    struct failure failure = {0};
    assert_int_equal(ceiling_memcpy(&request, &sample, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "1 GiB"));
    request.size_bytes = CEILING_MOST_BYTES + 1;
    assert_int_equal(ceiling_memcpy(&request, &sample, NULL), -EINVAL);
    request.size_bytes = 64;
    static const double wrong_seconds[] = {0.0, -1.0, NAN, INFINITY};
    for (size_t index = 0; index < sizeof wrong_seconds / sizeof *wrong_seconds; index++) {
        request.seconds = wrong_seconds[index];
        assert_int_equal(ceiling_memcpy(&request, &sample, NULL), -EINVAL);
        assert_int_equal(ceiling_bounce(&request, &sample, NULL), -EINVAL);
    }
    assert_int_equal(sample.messages, 77);
}

static void assert_no_child_is_left(void)
{
    assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
    assert_int_equal(errno, ECHILD);
}

static void test_bounce(void **state)
{
    (void)state;
    struct ceiling_request request = request_of(8);
    if (request.cpus.writer == request.cpus.reader)
        skip();
    struct sample sample;
    struct failure failure = {0};
    assert_int_equal(ceiling_bounce(&request, &sample, &failure), 0);
    assert_no_child_is_left();
    assert_words(&sample, "bounce");
    assert_int_equal(sample.size_bytes, 8);
    assert_int_equal(sample.bytes, sample.messages * 16);
    assert_true(sample.messages >= 100);
    assert_true(sample.wall_ns >= 1000000);
    assert_true(sample.latency_p50_ns > 0.0);
    /* The mean is that of all round trips, less at most the clock's own cost per batch. */
    double whole_ns = (double)sample.wall_ns / (2.0 * (double)sample.messages);
    assert_true(sample.latency_mean_ns <= whole_ns);
    assert_true(sample.latency_mean_ns >= whole_ns - sample.clock_read_ns / 200.0);
    assert_true(sample.writer_user_ns > 0);
    assert_true(sample.reader_user_ns > 0);
    assert_true(isnan(sample.throughput_bytes_per_s));
    assert_true(isnan(sample.latency_p99_ns));
    assert_int_equal(sample.checksum_ok, CHECKSUM_NOT_APPLICABLE);
    assert_int_equal(sample.writer_cpu, request.cpus.writer);
    assert_int_equal(sample.reader_cpu, request.cpus.reader);
}

static void test_bounce_on_one_cpu_is_refused(void **state)
{
    (void)state;
    struct ceiling_request request = request_of(8);
    struct sample sample;
    struct failure failure = {0};
    request.cpus.reader = request.cpus.writer;
    assert_int_equal(ceiling_bounce(&request, &sample, &failure), -ENODEV);
    assert_non_null(strstr(failure.text, "two CPUs"));
    assert_no_child_is_left();
}

static void test_bounce_on_a_missing_cpu_is_refused(void **state)
{
    (void)state;
    struct ceiling_request request = request_of(8);
    struct sample sample;
    struct failure failure = {0};
    request.cpus.reader = 999999;
    assert_int_equal(ceiling_bounce(&request, &sample, &failure), -ENODEV);
    assert_non_null(strstr(failure.text, "999999"));
    assert_no_child_is_left();
}

static pid_t parent_of(const char *process)
{
    char path[300];
    int parent = -1;
    snprintf(path, sizeof path, "/proc/%s/stat", process);
    FILE *file = fopen(path, "re");
    /* The name in parentheses is this test's own for every process that is looked for. */
    if (file != NULL && fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1)
        parent = -1;
    if (file != NULL)
        fclose(file);
    return parent;
}

/* The one child of process `parent`, or -1. */
static pid_t find_child(pid_t parent)
{
    DIR *processes = opendir("/proc");
    assert_non_null(processes);
    pid_t child = -1;
    for (struct dirent *entry; child < 0 && (entry = readdir(processes)) != NULL;) {
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
            parent_of(entry->d_name) == parent)
            child = (pid_t)strtol(entry->d_name, NULL, 10);
    }
    closedir(processes);
    return child;
}

static void pause_ms(long milliseconds)
{
    nanosleep(&(struct timespec){milliseconds / 1000, milliseconds % 1000 * 1000000}, NULL);
}

/* Starts a bounce that would last ten seconds and sets its reader. The bounce's result becomes the
 * exit code of the process that is returned. */
static pid_t start_long_bounce(pid_t *reader)
{
    struct ceiling_request request = request_of(8);
    request.seconds = 10.0;
    pid_t writer = fork();
    if (writer == 0) {
        struct sample sample;
        int result = ceiling_bounce(&request, &sample, NULL);
        _exit(-result);
    }
    assert_true(writer > 0);
    *reader = -1;
    for (int attempt = 0; attempt < 100 && *reader < 0; attempt++) {
        pause_ms(10);
        *reader = find_child(writer);
    }
    return writer;
}

/* Whether the process ended within two seconds; *status is set then. */
static bool ends_soon(pid_t process, int *status)
{
    for (int attempt = 0; attempt < 200; attempt++) {
        if (waitpid(process, status, WNOHANG) == process)
            return true;
        pause_ms(10);
    }
    return false;
}

/* Ended, whether or not anybody has reaped it: the first process of a container may never do. */
static bool is_gone(pid_t process)
{
    char path[64];
    char letter = 'X';
    snprintf(path, sizeof path, "/proc/%d/stat", (int)process);
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return true;
    int found = fscanf(file, "%*d (%*[^)]) %c", &letter);
    fclose(file);
    return found != 1 || letter == 'Z' || letter == 'X';
}

static bool is_gone_soon(pid_t process)
{
    for (int attempt = 0; attempt < 200; attempt++) {
        if (is_gone(process))
            return true;
        pause_ms(10);
    }
    return false;
}

static void test_writer_notices_the_readers_death(void **state)
{
    (void)state;
    if (first_cpus().writer == first_cpus().reader)
        skip();
    pid_t reader;
    int status = 0;
    pid_t writer = start_long_bounce(&reader);
    if (reader > 0)
        kill(reader, SIGKILL);
    bool ended = ends_soon(writer, &status);
    if (!ended) {
        kill(writer, SIGKILL);
        waitpid(writer, NULL, 0);
    }
    assert_true(reader > 0);
    assert_true(ended);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), EPIPE);
}

static void test_reader_dies_with_its_writer(void **state)
{
    (void)state;
    if (first_cpus().writer == first_cpus().reader)
        skip();
    pid_t reader;
    pid_t writer = start_long_bounce(&reader);
    kill(writer, SIGKILL);
    waitpid(writer, NULL, 0);
    assert_true(reader > 0);
    bool gone = is_gone_soon(reader);
    if (!gone)
        kill(reader, SIGKILL);
    assert_true(gone);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, save_affinity, restore_affinity)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(test_memcpy_of_odd_sizes),
        TEST(test_memcpy_really_copies),
        TEST(test_memcpy_needs_the_writers_cpu_only),
        TEST(test_sizes_and_times_out_of_range_are_refused),
        TEST(test_bounce),
        TEST(test_bounce_on_one_cpu_is_refused),
        TEST(test_bounce_on_a_missing_cpu_is_refused),
        TEST(test_writer_notices_the_readers_death),
        TEST(test_reader_dies_with_its_writer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
