#include "measure/program.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/version.h"
#include "machine/cpu.h"
#include "machine/placement.h"
#include "measure/sample_output.h"
#include "measure/session.h"

#include <errno.h>
#include <jansson.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the options set. Choices are int, as the option table writes them. */
struct request {
    uint64_t size_bytes;
    int wait;
    int copies;
    int touch;
    int placement;
    bool placement_given;
    struct cpu_pair cpus;
    bool cpus_given;
    double seconds;
    uint64_t count;
    uint64_t capacity_bytes;
    uint64_t seed;
    double timeout_seconds;
    int format;
    bool help;
    bool version;
};

#define FIELD(name) offsetof(struct request, name)

static const struct option_row option_rows[] = {
    {.name = "size",
     .operand = "BYTES",
     .kind = OPTION_BYTES,
     .offset = FIELD(size_bytes),
     .least = 1,
     .most = (double)SESSION_SIZE_MAXIMUM,
     .help = "payload of one message"},
    {.name = "wait",
     .operand = "WAY",
     .kind = OPTION_CHOICE,
     .offset = FIELD(wait),
     .names = wait_names,
     .help = "how both sides wait"},
    {.name = "copies",
     .operand = "MODE",
     .kind = OPTION_CHOICE,
     .offset = FIELD(copies),
     .names = copies_names,
     .help = "private buffer to private buffer, or each mechanism at its best"},
    {.name = "touch",
     .operand = "WHAT",
     .kind = OPTION_CHOICE,
     .offset = FIELD(touch),
     .names = touch_names,
     .help = "what both sides do to the payload"},
    {.name = "placement",
     .operand = "WHERE",
     .kind = OPTION_CHOICE,
     .offset = FIELD(placement),
     .names = placement_names,
     .given_offset = FIELD(placement_given),
     .help = "which two CPUs; explicit needs --cpus"},
    {.name = "cpus",
     .operand = "W,R",
     .kind = OPTION_CUSTOM,
     .offset = FIELD(cpus),
     .parse = cpu_parse_pair,
     .print = cpu_print_pair,
     .allowed = CPU_PAIR_ALLOWED,
     .given_offset = FIELD(cpus_given),
     .help = "the CPUs of writer and reader"},
    {.name = "seconds",
     .operand = "S",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(seconds),
     .least = 0.0001,
     .most = 3600,
     .help = "about how long to measure"},
    {.name = "count",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(count),
     .least = 1,
     .most = 1e12,
     .help = "exactly how many messages (round trips) to measure instead"},
    {.name = "capacity",
     .operand = "BYTES",
     .kind = OPTION_BYTES,
     .offset = FIELD(capacity_bytes),
     .least = 1,
     .most = (double)SESSION_CAPACITY_MAXIMUM,
     .help = "bytes in flight, rounded up to a power of two of at least a page"},
    {.name = "seed",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(seed),
     .least = 0,
     .most = 18446744073709551615.0,
     .help = "of the payload's bytes"},
    {.name = "timeout",
     .operand = "S",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(timeout_seconds),
     .least = 0.1,
     .most = 86400,
     .help = "give up when nothing moves for so long"},
    {.name = "format",
     .operand = "FORM",
     .kind = OPTION_CHOICE,
     .offset = FIELD(format),
     .names = sample_format_names,
     .help = "of the output"},
    {.name = "help", .kind = OPTION_FLAG, .offset = FIELD(help), .help = "print this page"},
    {.name = "version", .kind = OPTION_FLAG, .offset = FIELD(version), .help = "print the version"},
    {.name = NULL},
};

static const struct request default_request = {
    .size_bytes = 65536,
    .wait = WAIT_BLOCK,
    .copies = COPIES_OWN,
    .touch = TOUCH_FULL,
    .placement = PLACEMENT_CACHE,
    .cpus = {-1, -1},
    .seconds = 0.2,
    .capacity_bytes = 65536,
    .seed = 1,
    .timeout_seconds = 30,
    .format = SAMPLE_FORMAT_TEXT,
};

static void print_help(const struct program *program)
{
    const char *name = program->mechanism->name;
    printf("%s: %s\n\n"
           "usage: %s latency|throughput [options]\n"
           "       %s describe\n\n"
           "  latency     ping-pong, the same payload both ways; half a round trip, closed loop\n"
           "  throughput  one-way stream; the clock stops when the reader has consumed the last\n"
           "  describe    print what this mechanism can do, as JSON\n\n",
           name, program->summary, name, name);
    options_print_help(option_rows, &default_request, stdout);
    printf("\nThis mechanism waits by:");
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        if (channel_can_wait(program->mechanism, (enum wait_kind)wait))
            printf(" %s", wait_names[wait]);
    }
    printf(
        ".\nExit codes: 0 done; 1 measured, but something failed; 2 bad usage; 69 something the\n"
        "machine lacks; 130 interrupted.\n");
}

/* ---- describe ---- */

static void append_names(json_t *list, const char *const *names)
{
    for (; *names != NULL; names++)
        json_array_append_new(list, json_string(*names));
}

static int describe(const struct program *program)
{
    json_t *waits = json_array();
    json_t *tests = json_array();
    json_t *copies = json_array();
    json_t *touches = json_array();
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        if (channel_can_wait(program->mechanism, (enum wait_kind)wait))
            json_array_append_new(waits, json_string(wait_names[wait]));
    }
    append_names(tests, test_names);
    append_names(copies, copies_names);
    append_names(touches, touch_names);
    json_t *description =
        json_pack("{s:s, s:o, s:o, s:o, s:o}", "mechanism", program->mechanism->name, "tests",
                  tests, "waits", waits, "copies", copies, "touches", touches);
    int result = description != NULL ? json_dumpf(description, stdout, 0) : -1;
    putchar('\n');
    json_decref(description);
    return result == 0 ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

/* ---- measuring ---- */

/* The exit code for a negative errno of session_run or of what comes before it. */
static int exit_code_for(int error)
{
    switch (-error) {
    case EINVAL:
        return EXIT_CODE_USAGE;
    case EINTR:
        return EXIT_CODE_INTERRUPTED;
    case EPIPE:
    case ETIMEDOUT:
    case EBADMSG:
        return EXIT_CODE_FAILED;
    default: /* memory, CPUs, segments, descriptors, quotas: the machine does not have it */
        return EXIT_CODE_UNAVAILABLE;
    }
}

static int check_request(const struct program *program, const struct request *request,
                         struct failure *failure)
{
    if (channel_can_wait(program->mechanism, (enum wait_kind)request->wait))
        return 0;
    return failure_say(failure, -EINVAL, "--wait %s: %s does not have it; see %s --help",
                       wait_names[request->wait], program->mechanism->name,
                       program->mechanism->name);
}

static struct session_setup session_setup_from(const struct program *program, enum test test,
                                               const struct request *request)
{
    return (struct session_setup){.operations = program->mechanism,
                                  .test = test,
                                  .wait = (enum wait_kind)request->wait,
                                  .copies = (enum copies)request->copies,
                                  .touch = (enum touch)request->touch,
                                  .placement = (enum placement)request->placement,
                                  .cpus = request->cpus,
                                  .size_bytes = request->size_bytes,
                                  .capacity_bytes = channel_round_capacity(request->capacity_bytes),
                                  .seconds = request->seconds,
                                  .count = request->count,
                                  .seed = request->seed,
                                  .timeout_seconds = request->timeout_seconds};
}

static int measure(const struct program *program, enum test test, struct request *request,
                   struct failure *failure)
{
    int result = check_request(program, request, failure);
    if (result == 0)
        result = placement_from_options(request->cpus_given, request->placement_given,
                                        &request->placement, &request->cpus, failure);
    if (result == 0)
        result = leftover_start(failure);
    struct histogram *round_trips = calloc(1, sizeof *round_trips);
    if (result == 0 && round_trips == NULL)
        result = failure_set(failure, -ENOMEM, "allocating the histogram");
    if (result == 0) {
        struct session_setup setup = session_setup_from(program, test, request);
        struct sample sample;
        result = session_run(&setup, &sample, round_trips, failure);
        if (result == 0)
            result =
                sample_output(&sample, round_trips, (enum sample_format)request->format, failure);
    }
    free(round_trips);
    return result;
}

static int run(const struct program *program, int argument_count, char **arguments,
               struct failure *failure, int *exit_code)
{
    struct request request = default_request;
    int operands = 0;
    *exit_code = EXIT_CODE_DONE;
    int result = channel_check(program->mechanism, failure);
    if (result == 0)
        result = options_parse(option_rows, &request, argument_count - 1, arguments + 1, &operands,
                               failure);
    if (result < 0)
        return result;
    const char *command = operands > 0 ? arguments[1] : "";
    if (request.help) {
        print_help(program);
        return 0;
    }
    if (request.version) {
        printf("%s (pipe-vs-shm) %s\n", program->mechanism->name, PROJECT_VERSION);
        return 0;
    }
    if (operands == 1 && strcmp(command, "describe") == 0) {
        *exit_code = describe(program);
        return 0;
    }
    int test = term_find(test_names, command);
    if (operands != 1 || test < 0)
        return failure_say(failure, -EINVAL,
                           "'%.40s': say what to measure: latency, throughput or describe; --help "
                           "explains",
                           operands > 1 ? arguments[2] : command);
    return measure(program, (enum test)test, &request, failure);
}

int program_main(const struct program *program, int argument_count, char **arguments)
{
    struct failure failure = {0};
    int exit_code;
    int result = run(program, argument_count, arguments, &failure, &exit_code);
    if (result == 0)
        return exit_code;
    fprintf(stderr, "%s: %s\n", program->mechanism->name, failure.text);
    return exit_code_for(result);
}
