#include "measure/request.h"

#include "base/units.h"
#include "measure/extra_copies.h"
#include "measure/sample_output.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define FIELD(name) offsetof(struct request, name)

/* The text of the allowed values is written by hand. */
_Static_assert(SESSION_OFFSET_STEP == 64 && SESSION_OFFSET_MAXIMUM == 4032, "--buffer-offset");

static int parse_buffer_offset(const char *text, void *field)
{
    uint64_t bytes;
    if (units_parse_bytes(text, &bytes) < 0 || bytes > SESSION_OFFSET_MAXIMUM ||
        bytes % SESSION_OFFSET_STEP != 0)
        return -EINVAL;
    memcpy(field, &bytes, sizeof bytes);
    return 0;
}

static void print_buffer_offset(const void *field, char *text, size_t text_bytes)
{
    uint64_t bytes;
    memcpy(&bytes, field, sizeof bytes);
    snprintf(text, text_bytes, "%" PRIu64, bytes);
}

const struct option_row request_rows[] = {
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
    {.name = "source",
     .operand = "WHAT",
     .kind = OPTION_CHOICE,
     .offset = FIELD(source),
     .names = source_names,
     .given_offset = FIELD(source_given),
     .help = "relay, send: where the bytes come from; without it stdin, or the file of --input"},
    {.name = "sink",
     .operand = "WHAT",
     .kind = OPTION_CHOICE,
     .offset = FIELD(sink),
     .names = sink_names,
     .given_offset = FIELD(sink_given),
     .help = "relay, recv: where they go; without it stdout, or the file of --output"},
    {.name = "input",
     .operand = "FILE",
     .kind = OPTION_TEXT,
     .offset = FIELD(input),
     .help = "relay: the file of --source file; without it one is generated from the seed"},
    {.name = "output",
     .operand = "FILE",
     .kind = OPTION_TEXT,
     .offset = FIELD(output),
     .help = "relay: the file of --sink file, replaced; without it one in memory"},
    {.name = "extra-copies",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(extra_copies),
     .least = 0,
     .most = EXTRA_COPIES_MOST,
     .help = "copies of every message that the reader makes on top; slower on purpose"},
    {.name = "working-set",
     .operand = "WHICH",
     .kind = OPTION_CHOICE,
     .offset = FIELD(working_set),
     .names = working_set_names,
     .help = "where extra copies go: into the caches, or through memory beyond them"},
    {.name = "buffer-offset",
     .operand = "BYTES",
     .kind = OPTION_CUSTOM,
     .offset = FIELD(buffer_offset_bytes),
     .parse = parse_buffer_offset,
     .print = print_buffer_offset,
     .allowed = "0 to 4032, a multiple of 64",
     .help = "where the private buffers of both sides begin within a page"},
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
     .offset = FIELD(cpu_list),
     .parse = cpu_pairs_parse,
     .print = cpu_pairs_print,
     .allowed = CPU_PAIR_ALLOWED "; with --pairs-parallel more of them: W,R,W,R...",
     .given_offset = FIELD(cpus_given),
     .help = "the CPUs of writer and reader"},
    {.name = "pairs-parallel",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(pairs_parallel),
     .least = 1,
     .most = CPU_PAIRS_MOST,
     .help = "throughput: that many pairs at once, each with a channel of its own"},
    {.name = "seconds",
     .operand = "S",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(seconds),
     .least = 0.0001,
     .most = 3600,
     .given_offset = FIELD(seconds_given),
     .help = "about how long to measure"},
    {.name = "count",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(count),
     .least = 1,
     .most = 1e12,
     .help = "exactly how many messages (round trips) to measure instead"},
    {.name = "rate",
     .operand = "N",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(rate_per_s),
     .least = 1,
     .most = SESSION_RATE_MAXIMUM,
     .help = "latency: N pings per second, each timed from when it was due; without it a closed "
             "loop"},
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
     .most = REQUEST_TIMEOUT_MOST_SECONDS,
     .given_offset = FIELD(timeout_given),
     .help = "give up when nothing moves for so long"},
    {.name = "format",
     .operand = "FORM",
     .kind = OPTION_CHOICE,
     .offset = FIELD(format),
     .names = sample_format_names,
     .given_offset = FIELD(format_given),
     .help = "of the output"},
    {.name = "help", .kind = OPTION_FLAG, .offset = FIELD(help), .help = "print this page"},
    {.name = "version", .kind = OPTION_FLAG, .offset = FIELD(version), .help = "print the version"},
    {.name = NULL},
};

const struct request request_default = {
    .size_bytes = 65536,
    .wait = WAIT_BLOCK,
    .copies = COPIES_OWN,
    .touch = TOUCH_FULL,
    .source = SOURCE_MEMORY,
    .sink = SINK_USE,
    .working_set = WORKING_SET_HOT,
    .placement = PLACEMENT_CACHE,
    .cpus = {-1, -1},
    .seconds = 0.2,
    .capacity_bytes = 65536,
    .seed = 1,
    .timeout_seconds = 30,
    .format = SAMPLE_FORMAT_TEXT,
};

/* What only a relay, or only a stream, has. */
static int check_test(const struct request *request, enum test test, struct failure *failure)
{
    const char *name = request->source_given    ? "source"
                       : request->sink_given    ? "sink"
                       : request->input != NULL ? "input"
                                                : "output";
    bool path = request->source_given || request->sink_given || request->input != NULL ||
                request->output != NULL;
    if (path && test != TEST_RELAY)
        return failure_say(failure, -EINVAL, "--%s: only relay has it; %s goes from memory to use",
                           name, test_names[test]);
    if (request->rate_per_s > 0.0 && test != TEST_LATENCY)
        return failure_say(failure, -EINVAL,
                           "--rate: only latency has it; %s runs as fast as it can",
                           test_names[test]);
    if (request->extra_copies > 0 && test == TEST_LATENCY)
        return failure_say(failure, -EINVAL,
                           "--extra-copies: a latency test has none; use throughput or relay");
    if (test == TEST_RELAY && request->touch != TOUCH_FULL)
        return failure_say(failure, -EINVAL,
                           "--touch %s: a relay moves whole messages; allowed: full",
                           touch_names[request->touch]);
    return 0;
}

/* The ends of a relay, as a filter between two pipes would have them. */
static void choose_ends(struct request *request)
{
    if (!request->source_given)
        request->source = request->input != NULL ? SOURCE_FILE : SOURCE_STDIN;
    if (!request->sink_given)
        request->sink = request->output != NULL ? SINK_FILE : SINK_STDOUT;
}

/* Many pairs at once are measured as streams; one pair has two CPUs. */
static int check_pairs(struct request *request, enum test test, struct failure *failure)
{
    size_t most = request->pairs_parallel > 0 ? (size_t)request->pairs_parallel : 1;
    if (request->pairs_parallel > 0 && test != TEST_THROUGHPUT)
        return failure_say(failure, -EINVAL, "--pairs-parallel: only throughput has it, not %s",
                           test_names[test]);
    if (request->cpus_given && request->cpu_list.count > most)
        return failure_say(failure, -EINVAL,
                           "--cpus: names %zu pairs of CPUs for %zu pair%s of processes; more go "
                           "with --pairs-parallel",
                           request->cpu_list.count, most, most == 1 ? "" : "s");
    if (request->cpus_given)
        request->cpus = request->cpu_list.list[0];
    return 0;
}

static int check_ends(const struct request *request, struct failure *failure)
{
    bool measured = request->seconds_given || request->count > 0;
    if (request->input != NULL && request->source != SOURCE_FILE)
        return failure_say(failure, -EINVAL, "--input: goes with --source file, not with %s",
                           source_names[request->source]);
    if (request->output != NULL && request->sink != SINK_FILE)
        return failure_say(failure, -EINVAL, "--output: goes with --sink file, not with %s",
                           sink_names[request->sink]);
    if (request->source == SOURCE_STDIN && measured)
        return failure_say(failure, -EINVAL,
                           "--%s: standard input is read once, to its end; allowed with --source "
                           "file, zero and memory",
                           request->count > 0 ? "count" : "seconds");
    if (request->sink == SINK_STDOUT && (measured || !request_is_until_end(request)))
        return failure_say(failure, -EINVAL,
                           "--sink stdout: needs a source that is read once, to its end: stdin, or "
                           "file without --seconds and --count");
    return 0;
}

bool request_is_until_end(const struct request *request)
{
    bool ends = request->source == SOURCE_FILE || request->source == SOURCE_STDIN;
    return ends && !request->seconds_given && request->count == 0;
}

int request_check(struct request *request, const struct channel_operations *mechanism,
                  enum test test, struct failure *failure)
{
    if (!channel_can_wait(mechanism, (enum wait_kind)request->wait))
        return failure_say(failure, -EINVAL, "--wait %s: %s does not have it; see %s --help",
                           wait_names[request->wait], mechanism->name, mechanism->name);
    if (test == TEST_RELAY && !mechanism->transfers)
        return failure_say(failure, -EINVAL, "relay: %s moves nothing", mechanism->name);
    int result = check_test(request, test, failure);
    if (result == 0)
        result = check_pairs(request, test, failure);
    if (result == 0 && test == TEST_RELAY) {
        choose_ends(request);
        result = check_ends(request, failure);
    }
    if (request->extra_copies == 0)
        request->working_set = WORKING_SET_NONE;
    else if (request->working_set == WORKING_SET_NONE && result == 0)
        result = failure_say(failure, -EINVAL,
                             "--working-set none: goes with --extra-copies 0; allowed: hot, cold");
    /* Whoever types, or reads page by page, may take any time. */
    if ((request->source == SOURCE_STDIN || request->sink == SINK_STDOUT) &&
        !request->timeout_given)
        request->timeout_seconds = REQUEST_TIMEOUT_MOST_SECONDS;
    return result;
}

struct session_setup request_session_setup(const struct request *request,
                                           const struct channel_operations *mechanism,
                                           enum test test)
{
    return (struct session_setup){.operations = mechanism,
                                  .test = test,
                                  .wait = (enum wait_kind)request->wait,
                                  .copies = (enum copies)request->copies,
                                  .touch = (enum touch)request->touch,
                                  .placement = (enum placement)request->placement,
                                  .cpus = request->cpus,
                                  .source = (enum source_kind)request->source,
                                  .sink = (enum sink_kind)request->sink,
                                  .input = request->input,
                                  .output = request->output,
                                  .until_end = test == TEST_RELAY && request_is_until_end(request),
                                  .extra_copies = request->extra_copies,
                                  .working_set = (enum working_set)request->working_set,
                                  .buffer_offset_bytes = request->buffer_offset_bytes,
                                  .size_bytes = request->size_bytes,
                                  .capacity_bytes = channel_round_capacity(request->capacity_bytes),
                                  .seconds = request->seconds,
                                  .count = request->count,
                                  .rate_per_s = request->rate_per_s,
                                  .seed = request->seed,
                                  .timeout_seconds = request->timeout_seconds};
}
