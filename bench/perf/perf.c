/* How near each mechanism is to what this machine allows: goals, and whether they are met. */
#include "precedence.h"
#include "rounds.h"
#include "rows.h"

#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "machine/placement.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arguments {
    uint64_t rounds;
    double seconds;
    uint64_t seed;
    unsigned only; /* bits 1 << number of a goal */
    struct cpu_pair cpus;
    bool cpus_given;
    bool only_given;
    const char *rows;
    int format;
    bool precedence;
    bool help;
    bool version;
};

#define ALL_GOALS ((2U << GOALS_MOST) - 2U)

/* "1,3,7" to bits. */
static int parse_numbers(const char *text, void *field)
{
    unsigned numbers = 0;
    const char *next = text;
    do {
        char *end;
        unsigned long number = strtoul(next, &end, 10);
        if (*next < '0' || *next > '9' || number < 1 || number > GOALS_MOST ||
            (*end != ',' && *end != '\0'))
            return -EINVAL;
        numbers |= 1U << number;
        next = *end == ',' ? end + 1 : end;
        if (*end == ',' && *next == '\0')
            return -EINVAL;
    } while (*next != '\0');
    *(unsigned *)field = numbers;
    return 0;
}

static void print_numbers(const void *field, char *text, size_t text_bytes)
{
    unsigned numbers = *(const unsigned *)field;
    size_t length = 0;
    *text = '\0';
    if (numbers == ALL_GOALS) {
        snprintf(text, text_bytes, "all");
        return;
    }
    for (unsigned number = 1; number <= GOALS_MOST && length + 4 < text_bytes; number++) {
        if ((numbers & 1U << number) != 0)
            length += (size_t)snprintf(text + length, text_bytes - length, "%s%u",
                                       length > 0 ? "," : "", number);
    }
}

#define FIELD(name) offsetof(struct arguments, name)

static const struct option_row options[] = {
    {.name = "rounds",
     .operand = "N",
     .help = "how often each goal is measured; an interval needs six",
     .kind = OPTION_COUNT,
     .offset = FIELD(rounds),
     .least = 1,
     .most = ROUNDS_MOST},
    {.name = "seconds",
     .operand = "S",
     .help = "of one measurement, about; warming up comes on top",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(seconds),
     .least = 0.001,
     .most = 60},
    {.name = "only",
     .operand = "GOALS",
     .help = "some of the goals, by number",
     .kind = OPTION_CUSTOM,
     .offset = FIELD(only),
     .parse = parse_numbers,
     .print = print_numbers,
     .allowed = "numbers from 1 to 12, such as 1,2,7",
     .given_offset = FIELD(only_given)},
    {.name = "cpus",
     .operand = "W,R",
     .help = "two different CPUs for the two processes; else chosen as the suite does",
     .kind = OPTION_CUSTOM,
     .offset = FIELD(cpus),
     .parse = cpu_parse_pair,
     .print = cpu_print_pair,
     .allowed = CPU_PAIR_ALLOWED,
     .given_offset = FIELD(cpus_given)},
    {.name = "seed",
     .operand = "N",
     .help = "of the order and the payload",
     .kind = OPTION_COUNT,
     .offset = FIELD(seed),
     .least = 0,
     .most = (double)UINT64_MAX},
    {.name = "precedence",
     .help = "run before all other programs of a machine that is in use; takes privileges",
     .kind = OPTION_FLAG,
     .offset = FIELD(precedence)},
    {.name = "rows",
     .operand = "FILE",
     .help = "measure nothing: judge and print the rows that this table holds (--format tsv)",
     .kind = OPTION_TEXT,
     .offset = FIELD(rows)},
    {.name = "format",
     .operand = "FORMAT",
     .help = "of the result",
     .kind = OPTION_CHOICE,
     .offset = FIELD(format),
     .names = rows_format_names},
    {.name = "help", .help = "print this page", .kind = OPTION_FLAG, .offset = FIELD(help)},
    {.name = "version", .help = "print the version", .kind = OPTION_FLAG, .offset = FIELD(version)},
    {0},
};

static const struct arguments defaults = {
    .rounds = 15, .seconds = 0.1, .seed = 1, .only = ALL_GOALS, .cpus = {-1, -1}};

static int print_help(void)
{
    puts(
        "usage: perf [options]\n\n"
        "Measures how near each mechanism is to what this machine allows: ours against the least\n"
        "that a person would write by hand, alternately, in pairs of fresh processes. `make perf`\n"
        "adds what has to be measured from outside and writes docs/PERFORMANCE.md.\n");
    options_print_help(options, &defaults, stdout);
    puts("\nGoals: 1 spinning latency, 2 rate of 8 bytes, 3 own copies, 4 in place, 5 relay, 6 "
         "pipes,\n"
         "7 latency of pipes, 8 vmsplice, 9 the harness itself, 10 sleeps, 11 instructions (from\n"
         "outside), 12 whole runs (from outside).\n"
         "Exit codes: 0 no goal is missed; 1 some are; 2 bad usage; 69 something the machine "
         "lacks,\n"
         "or a process died; 130 interrupted.");
    return EXIT_CODE_DONE;
}

static int choose_cpus(struct arguments *arguments, struct failure *failure)
{
    int placement = PLACEMENT_CACHE;
    int result =
        placement_from_options(arguments->cpus_given, false, &placement, &arguments->cpus, failure);
    if (result < 0)
        return result;
    if (arguments->cpus.writer != arguments->cpus.reader)
        return 0;
    if (arguments->cpus_given)
        return failure_say(failure, -EINVAL, "--cpus: the two must differ: goals spin on both");
    return failure_say(failure, -ENODEV, "two CPUs are needed, and there is only CPU %d",
                       arguments->cpus.writer);
}

/* A session and a bare pair end at a signal with a line; between two of them it has to wait for the
 * next. */
static void hold_signals(void)
{
    sigset_t held;
    leftover_signals(&held);
    sigaddset(&held, SIGCHLD);
    sigprocmask(SIG_BLOCK, &held, NULL);
}

static int fill_rows(struct arguments *arguments, struct rows *rows, struct failure *failure)
{
    if (arguments->rows != NULL)
        return rows_read(rows, arguments->rows, failure);
    int result = choose_cpus(arguments, failure);
    if (result == 0 && arguments->precedence)
        result = precedence_take(failure);
    if (result == 0)
        result = leftover_start(failure);
    if (result < 0)
        return result;
    hold_signals();
    const struct trial_setting setting = {
        .cpus = arguments->cpus, .seconds = arguments->seconds, .seed = arguments->seed};
    return rounds_measure(&setting, arguments->rounds, arguments->only, rows, failure);
}

static int exit_code_of_rows(const struct rows *rows)
{
    for (size_t index = 0; index < rows->count; index++) {
        if (row_met(&rows->row[index]) == MET_NO)
            return EXIT_CODE_FAILED;
    }
    return EXIT_CODE_DONE;
}

static int exit_code_of_error(int error)
{
    if (error == -EINVAL)
        return EXIT_CODE_USAGE;
    return error == -EINTR ? EXIT_CODE_INTERRUPTED : EXIT_CODE_UNAVAILABLE;
}

static int answer(int count, char **words, struct rows *rows)
{
    struct arguments arguments = defaults;
    struct failure failure = {0};
    int result = options_parse(options, &arguments, count - 1, words + 1, NULL, &failure);
    if (result == 0 && arguments.help)
        return print_help();
    if (result == 0 && arguments.version) {
        puts(VERSION_LINE("perf"));
        return EXIT_CODE_DONE;
    }
    if (result == 0)
        result = fill_rows(&arguments, rows, &failure);
    if (result < 0) {
        fprintf(stderr, "perf: %s\n", failure.text);
        return exit_code_of_error(result);
    }
    rows_print(rows, (enum rows_format)arguments.format, stdout);
    return exit_code_of_rows(rows);
}

int main(int count, char **words)
{
    standard_streams_keep();
    struct rows *rows = calloc(1, sizeof *rows);
    if (rows == NULL) {
        fputs("perf: not enough memory\n", stderr);
        return EXIT_CODE_UNAVAILABLE;
    }
    int code = answer(count, words, rows);
    free(rows);
    return standard_streams_end("perf", code);
}
