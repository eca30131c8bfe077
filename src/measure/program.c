#include "measure/program.h"

#include "base/clock.h"
#include "base/exit_code.h"
#include "base/last_word.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/standby.h"
#include "base/version.h"
#include "machine/cpu.h"
#include "machine/placement.h"
#include "measure/copies_audit.h"
#include "measure/crowd_request.h"
#include "measure/named_request.h"
#include "measure/request.h"
#include "measure/sample_output.h"
#include "measure/session.h"
#include "measure/slowdown.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void print_help(const struct program *program)
{
    const char *name = program->mechanism->name;
    printf("%s: %s\n\n"
           "usage: %s latency|throughput|relay|copies [options]\n"
           "       %s describe|standby\n",
           name, program->summary, name, name);
    named_print_usage(program->mechanism, stdout);
    puts(
        "\n"
        "  latency     ping-pong, the same payload both ways; half a round trip: in a closed "
        "loop,\n"
        "              or, with --rate, half of the time from when a ping was due to its answer\n"
        "  throughput  one-way stream; the clock stops when the reader has consumed the last\n"
        "  relay       bytes from a source through the mechanism to a sink; without options from\n"
        "              standard input to standard output; a file is read once, to its end, unless\n"
        "              --seconds or --count ask for a measurement that goes round and round\n"
        "  copies      how often each byte is copied between --source and --sink (file to file\n"
        "              without them), predicted and witnessed, as one row of TSV; the same\n"
        "              program in the folder audit counts memcpy, too\n"
        "  describe    print what this mechanism can do, as JSON\n"
        "  standby     answer many such command lines, read from standard input with a NUL byte\n"
        "              behind every word and an empty word behind the last; behind each answer\n"
        "              come a NUL byte, the exit code and a newline");
    named_print_commands(program->mechanism, stdout);
    putchar('\n');
    options_print_help(request_rows, &request_default, stdout);
    named_print_options(program->mechanism, stdout);
    printf("\nThis mechanism waits by:");
    for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
        if (channel_can_wait(program->mechanism, (enum wait_kind)wait))
            printf(" %s", wait_names[wait]);
    }
    printf(".\nExit codes: 0 done; 1 measured, but something differs or failed; 2 bad usage; 69 "
           "something\n"
           "the machine lacks; 130 interrupted.\n");
}

/* What is asked about the program itself. */
static void answer(const struct program *program, const struct request *request)
{
    if (request->help)
        print_help(program);
    else
        printf("%s (pipe-vs-shm) %s\n", program->mechanism->name, PROJECT_VERSION);
}

/* ---- describe ---- */

static void append_names(json_t *list, const char *const *names)
{
    for (; *names != NULL; names++)
        json_array_append_new(list, json_string(*names));
}

/* Whether a byte goes the same way in both modes: a pipe has no way with fewer copies. */
static bool inplace_is_own(const struct channel_operations *operations)
{
    const struct transfer_stages *stages = operations->stages;
    return operations->transfers && stages[COPIES_OWN].in == stages[COPIES_INPLACE].in &&
           stages[COPIES_OWN].out == stages[COPIES_INPLACE].out;
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
    for (int test = 0; test < TEST_COUNT; test++) {
        /* What moves nothing relays nothing. */
        if (test != TEST_RELAY || program->mechanism->transfers)
            json_array_append_new(tests, json_string(test_names[test]));
    }
    append_names(copies, copies_names);
    append_names(touches, touch_names);
    json_t *description =
        json_pack("{s:s, s:o, s:o, s:o, s:o, s:b, s:b}", "mechanism", program->mechanism->name,
                  "tests", tests, "waits", waits, "copies", copies, "touches", touches,
                  "inplace_is_own", inplace_is_own(program->mechanism), STANDBY_COMMAND, true);
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
    case EBUSY: /* the name is taken */
    case EPIPE:
    case ETIMEDOUT:
    case EBADMSG:
    case ESHUTDOWN:
        return EXIT_CODE_FAILED;
    default: /* memory, CPUs, segments, descriptors, quotas: the machine does not have it */
        return EXIT_CODE_UNAVAILABLE;
    }
}

/* What comes before any session. */
static int prepare(const struct program *program, enum test test, struct request *request,
                   struct failure *failure)
{
    int result = request_check(request, program->mechanism, test, failure);
    if (result == 0)
        result = placement_from_options(request->cpus_given, request->placement_given,
                                        &request->placement, &request->cpus, failure);
    return result == 0 ? leftover_start(failure) : result;
}

/* What was measured and cannot be told is no lack of the machine. */
static int tell(int result, int *exit_code)
{
    if (result < 0)
        *exit_code = EXIT_CODE_FAILED;
    return result;
}

/* Where standard output is the relay's own, the sample is told on standard error, when asked for.
 */
static int print_sample(const struct request *request, const struct sample *sample,
                        const struct histogram *round_trips, struct failure *failure,
                        int *exit_code)
{
    bool taken = request->sink == SINK_STDOUT;
    if (taken && !request->format_given)
        return 0;
    last_word(taken ? stderr : stdout);
    int result = sample_output(sample, round_trips, (enum sample_format)request->format,
                               taken ? stderr : stdout, failure);
    return tell(result, exit_code);
}

/* Many pairs at once: no placement of two CPUs, and one sample for all. */
static int measure_crowd(const struct program *program, struct request *request,
                         struct failure *failure, int *exit_code)
{
    struct sample sample;
    int result = request_check(request, program->mechanism, TEST_THROUGHPUT, failure);
    if (result == 0)
        result = leftover_start(failure);
    if (result == 0)
        result = crowd_request_run(request, program->mechanism, &sample, failure);
    return result == 0 ? print_sample(request, &sample, NULL, failure, exit_code) : result;
}

/* A rate that is beyond what can be had is an answer, too: but not to how long a hand-over takes.
 */
static void advise(const char *name, const struct sample *sample)
{
    if (2 * sample->late_messages <= sample->messages)
        return;
    fprintf(stderr,
            "%s: --rate %.10g: %.0f of 100 pings were late, so latency is mostly waiting for their "
            "turn; %.0f per second were reached, ask for less\n",
            name, sample->rate_per_s,
            100.0 * (double)sample->late_messages / (double)sample->messages,
            sample->messages_per_s);
}

static int measure(const struct program *program, enum test test, struct request *request,
                   struct failure *failure, int *exit_code)
{
    if (test == TEST_THROUGHPUT && request->pairs_parallel > 0)
        return measure_crowd(program, request, failure, exit_code);
    /* First: in a trust build a bad environment ends the program here. */
    unsigned slowdown_percent = slowdown_percent_of(program->mechanism->name);
    int result = prepare(program, test, request, failure);
    struct histogram *round_trips = histogram_make();
    if (result == 0 && round_trips == NULL)
        result = failure_set(failure, -ENOMEM, "allocating the histogram");
    if (result == 0) {
        struct session_setup setup = request_session_setup(request, program->mechanism, test);
        setup.slowdown_percent = slowdown_percent;
        struct sample sample;
        result = session_run(&setup, &sample, round_trips, failure);
        if (result == 0)
            result = print_sample(request, &sample, round_trips, failure, exit_code);
        if (result == 0)
            advise(program->mechanism->name, &sample);
    }
    histogram_free(round_trips);
    return result;
}

/* ---- meeting by name ---- */

static int run_named(const struct program *program, enum channel_role side, int count,
                     char **arguments, struct failure *failure)
{
    struct request request;
    int result = named_request_parse(program->mechanism, side, count, arguments, &request, failure);
    if (result < 0)
        return result;
    if (request.help || request.version) {
        answer(program, &request);
        return 0;
    }
    const struct named_setup setup = named_request_setup(&request, program->mechanism);
    signal(SIGPIPE, SIG_IGN);
    result = leftover_start(failure);
    if (result == 0)
        result =
            side == CHANNEL_WRITER ? named_send(&setup, failure) : named_receive(&setup, failure);
    return result;
}

/* ---- the audit ---- */

static int print_audit(const struct copies_audit *audit, struct failure *failure)
{
    last_word(stdout);
    errno = 0;
    copies_audit_print_header(stdout);
    copies_audit_print(audit, stdout);
    if (fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return failure_set(failure, errno != 0 ? -errno : -EIO, "writing the result");
}

static int check_audit(const struct request *request, struct failure *failure)
{
    if (request->size_bytes > request->capacity_bytes)
        return failure_say(
            failure, -EINVAL,
            "--size: copies probes with one message, which must fit into --capacity");
    if (request->input != NULL || request->output != NULL)
        return failure_say(failure, -EINVAL,
                           "--%s: copies changes the file while it is read, so it takes one of its "
                           "own",
                           request->input != NULL ? "input" : "output");
    if (request->extra_copies > 0)
        return failure_say(failure, -EINVAL,
                           "--extra-copies: copies counts those of the path alone; allowed: 0");
    return 0;
}

/* Prints the row; *exit_code tells whether all agree. */
static int audit(const struct program *program, struct request *request, struct failure *failure,
                 int *exit_code)
{
    struct copies_audit audit;
    if (!request->source_given)
        request->source = SOURCE_FILE;
    if (!request->sink_given)
        request->sink = SINK_FILE;
    request->source_given = request->sink_given = true;
    int result = check_audit(request, failure);
    if (result == 0)
        result = prepare(program, TEST_RELAY, request, failure);
    if (result < 0)
        return result;
    struct session_setup setup = request_session_setup(request, program->mechanism, TEST_RELAY);
    result = copies_audit(&setup, &audit, failure);
    if (result == 0)
        result = tell(print_audit(&audit, failure), exit_code);
    if (result == 0)
        *exit_code = audit.agrees ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
    return result;
}

static int run(const struct program *program, int argument_count, char **arguments,
               struct failure *failure, int *exit_code)
{
    struct request request = request_default;
    int operands = 0;
    *exit_code = EXIT_CODE_DONE;
    int result = channel_check(program->mechanism, failure);
    /* They have options of their own, so their name comes first. */
    enum channel_role side = argument_count > 1 ? named_side(arguments[1]) : CHANNEL_NO_ROLE;
    if (result == 0 && side != CHANNEL_NO_ROLE)
        return run_named(program, side, argument_count - 2, arguments + 2, failure);
    if (result == 0)
        result = options_parse(request_rows, &request, argument_count - 1, arguments + 1, &operands,
                               failure);
    if (result < 0)
        return result;
    const char *command = operands > 0 ? arguments[1] : "";
    if (request.help || request.version) {
        answer(program, &request);
        return 0;
    }
    if (operands == 1 && strcmp(command, "describe") == 0) {
        *exit_code = describe(program);
        return 0;
    }
    if (operands == 1 && strcmp(command, "copies") == 0)
        return audit(program, &request, failure, exit_code);
    int test = term_find(test_names, command);
    if (operands != 1 || test < 0)
        return failure_say(
            failure, -EINVAL,
            "'%.40s': say what to do: latency, throughput, relay, copies, send, recv or "
            "describe; --help explains",
            operands > 1 ? arguments[2] : command);
    return measure(program, (enum test)test, &request, failure, exit_code);
}

static int answer_all(const struct program *program, int argument_count, char **arguments)
{
    struct failure failure = {.error = 0};
    int exit_code;
    int result = run(program, argument_count, arguments, &failure, &exit_code);
    if (result == 0)
        return exit_code;
    fprintf(stderr, "%s: %s\n", program->mechanism->name, failure.text);
    return exit_code != EXIT_CODE_DONE ? exit_code : exit_code_for(result);
}

static int answer_request(const void *context, int argument_count, char **arguments)
{
    return answer_all(context, argument_count, arguments);
}

int program_main(const struct program *program, int argument_count, char **arguments)
{
    const char *name = program->mechanism->name;
    standard_streams_keep();
    if (argument_count == 2 && strcmp(arguments[1], STANDBY_COMMAND) == 0)
        return standby_serve(name, answer_request, program);
    return standard_streams_end(name, answer_all(program, argument_count, arguments));
}
