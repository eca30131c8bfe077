/* What this machine could do at best: `ceiling memcpy` and `ceiling bounce`. See ceiling.h. */
#include "measure/ceiling.h"

#include "base/exit_code.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "machine/placement.h"
#include "measure/sample_output.h"

#include <errno.h>
#include <string.h>

enum ceiling_test { TEST_MEMCPY, TEST_BOUNCE };
static const char *const ceiling_names[] = {"memcpy", "bounce", NULL};

struct arguments {
    struct ceiling_request request;
    int test;
    int placement;
    int format;
    bool size_given;
    bool cpus_given;
    bool placement_given;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "size",
     .operand = "BYTES",
     .help = "memcpy: bytes of one copy; a bounce is always 8 bytes",
     .kind = OPTION_BYTES,
     .offset = offsetof(struct arguments, request.size_bytes),
     .least = (double)CEILING_LEAST_BYTES,
     .most = (double)CEILING_MOST_BYTES,
     .given_offset = offsetof(struct arguments, size_given)},
    {.name = "cpus",
     .operand = "W,R",
     .help = "writer's and reader's CPU; memcpy uses the writer's",
     .kind = OPTION_CUSTOM,
     .offset = offsetof(struct arguments, request.cpus),
     .parse = cpu_parse_pair,
     .allowed = CPU_PAIR_ALLOWED,
     .print = cpu_print_pair,
     .given_offset = offsetof(struct arguments, cpus_given)},
    {.name = "placement",
     .operand = "WORD",
     .help = "choose the CPUs by what they share",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, placement),
     .names = placement_names,
     .given_offset = offsetof(struct arguments, placement_given)},
    {.name = "seconds",
     .operand = "S",
     .help = "how long to measure",
     .kind = OPTION_DECIMAL,
     .offset = offsetof(struct arguments, request.seconds),
     .least = 0.001,
     .most = 3600.0},
    {.name = "seed",
     .operand = "N",
     .help = "of the bytes that are copied",
     .kind = OPTION_COUNT,
     .offset = offsetof(struct arguments, request.seed),
     .least = 0.0,
     .most = (double)UINT64_MAX},
    {.name = "format",
     .operand = "FORMAT",
     .help = "of the result",
     .kind = OPTION_CHOICE,
     .offset = offsetof(struct arguments, format),
     .names = sample_format_names},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, version)},
    {0},
};

static const struct arguments defaults = {
    .request = {.size_bytes = 64 * 1024, .cpus = {-1, -1}, .seconds = 0.05, .seed = 1},
    .placement = PLACEMENT_CACHE,
};

static int print_help(void)
{
    printf("usage: ceiling memcpy|bounce [options]\n\n"
           "What this machine could do at best, beside which the mechanisms are drawn.\n"
           "  memcpy   bytes per second of one CPU copying between two warm private buffers\n"
           "  bounce   half a round trip of one cache line between two spinning CPUs\n\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int parse_arguments(int count, char **words, struct arguments *arguments,
                           struct failure *failure)
{
    int operands = 0;
    int result = options_parse(rows, arguments, count, words, &operands, failure);
    if (result < 0 || arguments->help || arguments->version)
        return result;
    if (operands != 1)
        return failure_say(failure, -EINVAL,
                           "one test is needed: ceiling memcpy|bounce; --help lists the options");
    arguments->test = term_find(ceiling_names, words[0]);
    if (arguments->test < 0)
        return failure_say(failure, -EINVAL, "'%.40s' is not a test; allowed: memcpy|bounce",
                           words[0]);
    if (arguments->test == TEST_BOUNCE && arguments->size_given &&
        arguments->request.size_bytes != CEILING_BOUNCE_BYTES)
        return failure_say(failure, -EINVAL, "--size: a bounce is 8 bytes; allowed: 8");
    return 0;
}

static int choose_cpus(struct arguments *arguments, struct failure *failure)
{
    int result = placement_from_options(arguments->cpus_given, arguments->placement_given,
                                        &arguments->placement, &arguments->request.cpus, failure);
    arguments->request.placement = (enum placement)arguments->placement;
    return result;
}

static int run(int count, char **words, struct arguments *arguments, struct failure *failure)
{
    struct sample sample;
    int result = parse_arguments(count, words, arguments, failure);
    if (result < 0 || arguments->help || arguments->version)
        return result;
    result = choose_cpus(arguments, failure);
    if (result == 0)
        result = arguments->test == TEST_BOUNCE
                     ? ceiling_bounce(&arguments->request, &sample, failure)
                     : ceiling_memcpy(&arguments->request, &sample, failure);
    if (result == 0)
        result =
            sample_output(&sample, NULL, (enum sample_format)arguments->format, stdout, failure);
    if (result == 0 && sample.checksum_ok == CHECKSUM_WRONG)
        result = failure_say(failure, -EIO, "the copy differs from its source");
    return result;
}

static int exit_code_of(int error)
{
    switch (error) {
    case 0:
        return EXIT_CODE_DONE;
    case -EINVAL:
        return EXIT_CODE_USAGE;
    case -ENODEV:
    case -ENOMEM:
        return EXIT_CODE_UNAVAILABLE;
    default:
        return EXIT_CODE_FAILED;
    }
}

static int answer(int argc, char **argv)
{
    struct arguments arguments = defaults;
    struct failure failure = {0};
    int result = run(argc - 1, argv + 1, &arguments, &failure);
    if (result < 0)
        fprintf(stderr, "ceiling: %s\n", failure.text);
    else if (arguments.help)
        return print_help();
    else if (arguments.version)
        puts(VERSION_LINE("ceiling"));
    return exit_code_of(result);
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("ceiling", answer(count, words));
}
