/*
 * The conductor's command line: plans cells and rounds, runs the matched programs, and writes a
 * bundle. Its last line on standard output is the path of the finished bundle.
 */
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"
#include "conduct/conductor.h"
#include "conduct/request_record.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

enum { LABEL_BYTES_MOST = 80 };

static const double SEED_MOST = 9007199254740991.0; /* 2^53-1: every JSON reader keeps it */

struct suite_options {
    struct plan_request request;
    int preset;
    bool sizes_given;
    bool relay_sizes_given;
    bool tests_given;
    bool waits_given;
    bool placement_given;
    bool budget_given;
    bool rounds_given;
    bool precision_given;
    double precision_percent;
    bool seed_given;
    bool recorded;    /* defaults are those of a bundle, seed included */
    bool needs_input; /* whose relays read a file */
    bool dry_run;
    bool help;
    bool version;
    uint64_t seed;
    const char *label;
    const char *out;
    const char *like;
    const char *resume;
    const char *programs;
};

/* The label becomes text in reports and JSON. */
static int parse_label(const char *text, void *field)
{
    if (*text == '\0' || strlen(text) > LABEL_BYTES_MOST)
        return -ERANGE;
    for (const char *byte = text; *byte != '\0'; byte++) {
        if ((unsigned char)*byte < ' ' || *byte == 0x7f)
            return -EINVAL;
    }
    json_t *readable = json_string(text);
    if (readable == NULL)
        return -EINVAL;
    json_decref(readable);
    memcpy(field, &text, sizeof text);
    return 0;
}

#define AT(field)      .offset = offsetof(struct suite_options, field)
#define GIVEN_AT(flag) .given_offset = offsetof(struct suite_options, flag)

static const struct option_row option_rows[] = {
    {.name = "preset",
     .operand = "NAME",
     .help =
         "default: about two minutes on two slow CPUs; quick: a quarter; full: all there is, takes "
         "long",
     .kind = OPTION_CHOICE,
     AT(preset),
     .names = preset_names},
    {.name = "sizes",
     .operand = "LIST",
     .help = "payload sizes",
     .kind = OPTION_CUSTOM,
     AT(request.sizes),
     .parse = size_list_parse,
     .print = size_list_print,
     .allowed = "64:16M[:x4] or 64,4K,1M; at most 64 sizes, each once, 1 B to 1 GiB",
     GIVEN_AT(sizes_given)},
    {.name = "relay-sizes",
     .operand = "LIST",
     .help = "payload sizes at which relays take the gap apart; without it, those of --sizes",
     .kind = OPTION_CUSTOM,
     AT(request.relay_sizes),
     .parse = size_list_parse,
     .print = size_list_print,
     .allowed = "as --sizes",
     GIVEN_AT(relay_sizes_given)},
    {.name = "input",
     .operand = "FILE",
     .help = "what relays read, round and round; without it a generated file of seeded bytes",
     .kind = OPTION_TEXT,
     AT(request.input)},
    {.name = "mechanisms",
     .operand = "LIST",
     .help = "matched programs, or all that work here; ratios need pipe",
     .kind = OPTION_CUSTOM,
     AT(request.mechanisms),
     .parse = mechanism_list_parse,
     .print = mechanism_list_print,
     .allowed = "all, or pipe,fifo,shm,vmsplice,...; each once"},
    {.name = "tests",
     .operand = "LIST",
     .help = "what is measured",
     .kind = OPTION_CUSTOM,
     AT(request.tests),
     .parse = test_set_parse,
     .print = test_set_print,
     .allowed = "latency,throughput,relay; each once",
     GIVEN_AT(tests_given)},
    {.name = "waits",
     .operand = "LIST",
     .help = "how both sides wait",
     .kind = OPTION_CUSTOM,
     AT(request.waits),
     .parse = wait_set_parse,
     .print = wait_set_print,
     .allowed = "block,spin,hybrid,semop; each once",
     GIVEN_AT(waits_given)},
    {.name = "modes",
     .operand = "LIST",
     .help = "own: private buffer to private buffer; inplace: each mechanism at its best",
     .kind = OPTION_CUSTOM,
     AT(request.copies),
     .parse = copies_set_parse,
     .print = copies_set_print,
     .allowed = "own,inplace; each once"},
    {.name = "touch",
     .operand = "WORD",
     .help = "what both sides do to the payload; less than full measures less",
     .kind = OPTION_CHOICE,
     AT(request.touch),
     .names = touch_names},
    {.name = "causes",
     .operand = "WORD",
     .help =
         "how a copy is priced: all: with 1 to 4 extra copies, hot and cold, for every wait, and "
         "relays of equal ends; few: with 1 and 4 hot ones, for the first wait",
     .kind = OPTION_CHOICE,
     AT(request.causes),
     .names = causes_names},
    {.name = "placement",
     .operand = "LIST",
     .help = "which CPUs the two sides run on",
     .kind = OPTION_CUSTOM,
     AT(request.placement),
     .parse = placement_choice_parse,
     .print = placement_choice_print,
     .allowed = "cache,same,sibling,far, each once; or W,R: two CPU numbers; or all: one pair of "
                "every kind that the machine has",
     GIVEN_AT(placement_given)},
    {.name = "pairs",
     .help =
         "latency between every two CPUs, too (64 B); all other cells are few unless --sizes or "
         "--tests ask for more",
     .kind = OPTION_FLAG,
     AT(request.pairs)},
    {.name = "pairs-parallel",
     .operand = "LIST",
     .help = "throughput of that many pairs of processes at once, too (64K); other cells as with "
             "--pairs",
     .kind = OPTION_CUSTOM,
     AT(request.pairs_parallel),
     .parse = parallel_list_parse,
     .print = parallel_list_print,
     .allowed =
         "1,2,4,...: at most 16 numbers from 1 to 1024, each once; or all: 1, 2, 4 up to the "
         "number of CPUs"},
    {.name = "capacity",
     .operand = "BYTES",
     .help = "bytes in flight, the same for all mechanisms",
     .kind = OPTION_BYTES,
     AT(request.capacity_bytes),
     .least = 4096.0,
     .most = 1073741824.0},
    {.name = "seconds",
     .operand = "S",
     .help = "length of one sample",
     .kind = OPTION_DECIMAL,
     AT(request.sample_seconds),
     .least = 0.001,
     .most = 60.0},
    {.name = "budget",
     .operand = "S",
     .help =
         "seconds for the whole run, after six rounds at least; given alone, as many rounds as fit",
     .kind = OPTION_DECIMAL,
     AT(request.budget_seconds),
     .least = 1.0,
     .most = 604800.0,
     GIVEN_AT(budget_given)},
    {.name = "rounds",
     .operand = "N",
     .help = "passes over the cells; given alone, all cells in each, however long they take",
     .kind = OPTION_COUNT,
     AT(request.rounds),
     .least = 1.0,
     .most = ROUNDS_MOST,
     GIVEN_AT(rounds_given)},
    {.name = "precision",
     .operand = "PERCENT",
     .help = "half width of an interval, of its median, at which a cell is settled; 0: never",
     .kind = OPTION_DECIMAL,
     AT(precision_percent),
     .least = 0.0,
     .most = 100.0,
     GIVEN_AT(precision_given)},
    {.name = "seed",
     .operand = "N",
     .help = "of order, payload and intervals; drawn and recorded when not given",
     .kind = OPTION_COUNT,
     AT(seed),
     .least = 0.0,
     .most = SEED_MOST,
     GIVEN_AT(seed_given)},
    {.name = "label",
     .operand = "TEXT",
     .help = "a note for the manifest and the report",
     .kind = OPTION_CUSTOM,
     AT(label),
     .parse = parse_label,
     .allowed = "1 to 80 bytes of UTF-8 without control characters"},
    {.name = "out",
     .operand = "DIR",
     .help = "the folder that holds the bundles; made when missing",
     .kind = OPTION_TEXT,
     AT(out)},
    {.name = "like",
     .operand = "BUNDLE",
     .help = "the same plan, options and seed as that run had; options given beside it win",
     .kind = OPTION_TEXT,
     AT(like)},
    {.name = "resume",
     .operand = "DIR",
     .help = "go on with an interrupted run, the folder ending in .partial, as it was asked for",
     .kind = OPTION_TEXT,
     AT(resume)},
    {.name = "programs",
     .operand = "DIR",
     .help = "where the matched programs are; without it, beside this program",
     .kind = OPTION_TEXT,
     AT(programs)},
    {.name = "dry-run",
     .help = "print the plan, measure nothing",
     .kind = OPTION_FLAG,
     AT(dry_run)},
    {.name = "help", .help = "print this page", .kind = OPTION_FLAG, AT(help)},
    {.name = "version", .help = "print the version", .kind = OPTION_FLAG, AT(version)},
    {.name = NULL},
};

static struct suite_options default_options(enum preset preset)
{
    struct plan_request request = plan_request_of_preset(preset);
    return (struct suite_options){.request = request,
                                  .preset = (int)preset,
                                  .precision_percent = request.precision * 100.0,
                                  .out = "results"};
}

/* What a recorded run was asked for stands in place of a preset's defaults. */
static int recorded_options(const char *folder, const char *option, struct suite_options *options,
                            struct failure *failure)
{
    struct recorded_run recorded;
    struct failure reason = {.error = 0};
    int result = recorded_run_read(folder, &recorded, &reason);
    if (result < 0)
        return failure_say(failure, result, "--%s: %s", option, reason.text);
    int preset = term_find(preset_names, recorded.preset);
    *options = default_options(preset >= 0 ? (enum preset)preset : PRESET_DEFAULT);
    options->request = recorded.request;
    options->precision_percent = recorded.request.precision * 100.0;
    options->seed = recorded.seed;
    options->recorded = true;
    options->needs_input = recorded.has_input;
    return 0;
}

/* How some options change what others leave open. */
static void complete_request(struct suite_options *options)
{
    struct plan_request *request = &options->request;
    bool places =
        request->pairs || request->pairs_parallel.all || request->pairs_parallel.count > 0;
    if (options->rounds_given && !options->budget_given)
        request->budget_seconds = 0.0;
    if (options->budget_given && !options->rounds_given)
        request->rounds = ROUNDS_MOST;
    if (options->rounds_given && !options->precision_given)
        request->precision = 0.0;
    if (options->precision_given)
        request->precision = options->precision_percent / 100.0;
    if (options->sizes_given && !options->relay_sizes_given)
        request->relay_sizes.count = 0;
    /* A recorded request is complete already. */
    if (places && !options->recorded)
        plan_request_keep_small(request, !options->sizes_given, !options->tests_given);
    if (!options->recorded || (options->waits_given && options->placement_given))
        request->spin_on_one_cpu = options->waits_given && options->placement_given;
    if (!options->recorded || options->placement_given)
        request->placement_required = options->placement_given;
}

/* What only shows when all options are read. */
static int check_options(const struct suite_options *options, const struct suite_options *defaults,
                         struct failure *failure)
{
    const char *option = options->resume != NULL ? "resume" : "like";
    if (options->like != NULL && options->resume != NULL)
        return failure_say(failure, -EINVAL, "--like and --resume exclude each other");
    if (options->needs_input && options->request.input == NULL)
        return failure_say(failure, -EINVAL,
                           "--%s: that run read a file of yours, whose path is not recorded: name "
                           "it with --input",
                           option);
    if (options->resume != NULL &&
        (options->seed_given || options->label != NULL || options->out != defaults->out))
        return failure_say(failure, -EINVAL,
                           "--resume: seed, label and folder are those of the run; allowed beside "
                           "it: --programs, --input");
    return 0;
}

/* A preset or a recorded run gives the defaults of all others, so it is read first, wherever it
 * stands. */
static int read_options(int count, char **arguments, struct suite_options *options,
                        struct failure *failure)
{
    struct suite_options first = default_options(PRESET_DEFAULT);
    int result = options_parse(option_rows, &first, count, arguments, NULL, failure);
    if (result < 0)
        return result;
    *options = default_options((enum preset)first.preset);
    if (first.resume != NULL)
        result = recorded_options(first.resume, "resume", options, failure);
    else if (first.like != NULL)
        result = recorded_options(first.like, "like", options, failure);
    if (result < 0)
        return result;
    const struct suite_options defaults = *options;
    result = options_parse(option_rows, options, count, arguments, NULL, failure);
    if (result < 0)
        return result;
    complete_request(options);
    return check_options(options, &defaults, failure);
}

static int draw_seed(uint64_t *seed, struct failure *failure)
{
    uint64_t drawn;
    if (getrandom(&drawn, sizeof drawn, 0) != (ssize_t)sizeof drawn)
        return failure_set(failure, -errno, "cannot draw a seed; give one with --seed");
    *seed = drawn & (uint64_t)SEED_MOST;
    return 0;
}

/* The folder of this program, where the matched programs are built too. */
static int find_programs(char *folder, size_t folder_bytes, struct failure *failure)
{
    ssize_t length = readlink("/proc/self/exe", folder, folder_bytes - 1);
    if (length < 0)
        return failure_set(
            failure, -errno,
            "cannot find the programs (/proc/self/exe); name their folder with --programs");
    folder[length] = '\0';
    char *slash = strrchr(folder, '/');
    if (slash != NULL)
        *slash = '\0';
    return 0;
}

static void print_help(void)
{
    struct suite_options defaults = default_options(PRESET_DEFAULT);
    puts("usage: suite [OPTIONS]\n"
         "Measures every mechanism in every way asked for, round after round in random order, and\n"
         "writes a bundle of raw samples, summary and machine facts. The last line on standard\n"
         "output is its path. Sizes take K, M and G as powers of 1024.\n");
    options_print_help(option_rows, &defaults, stdout);
    puts(
        "\nDefaults are those of --preset default. The floor (null) and the ceilings (memcpy, "
        "bounce)\n"
        "are measured in every run.\n"
        "Exit codes: 0 done; 1 measured, but something failed; 2 bad usage; 69 something that the\n"
        "machine lacks; 130 interrupted, what was measured is kept.");
}

static int complain(const struct failure *failure, enum exit_code exit_code)
{
    fprintf(stderr, "suite: %s\n", failure->text);
    return (int)exit_code;
}

static int report_end(const struct conductor_outcome *outcome)
{
    if (outcome->exit_code == EXIT_CODE_INTERRUPTED) {
        fprintf(stderr, "suite: interrupted; %llu samples are kept; go on with --resume %s\n",
                (unsigned long long)outcome->samples, outcome->folder);
        return (int)outcome->exit_code;
    }
    if (outcome->errors > 0)
        fprintf(stderr, "suite: %llu samples failed; they stand in %s/errors.tsv\n",
                (unsigned long long)outcome->errors, outcome->folder);
    if (outcome->disagreements > 0)
        fprintf(stderr,
                "suite: on %llu paths a witness contradicts the copies ledger; see %s/copies.tsv\n",
                (unsigned long long)outcome->disagreements, outcome->folder);
    puts(outcome->folder);
    return (int)outcome->exit_code;
}

static int run(const struct suite_options *options, struct conductor_task *task)
{
    struct conductor_outcome outcome;
    struct failure failure = {.error = 0};
    int result = options->dry_run ? conductor_print_plan(task, stdout, &outcome, &failure)
                                  : conductor_run(task, &outcome, &failure);
    if (result < 0) {
        complain(&failure, outcome.exit_code);
        if (outcome.folder[0] != '\0')
            fprintf(stderr, "suite: what was measured is kept in %s\n", outcome.folder);
        return (int)outcome.exit_code;
    }
    return options->dry_run ? (int)outcome.exit_code : report_end(&outcome);
}

static int answer(int argc, char **argv)
{
    struct suite_options options;
    struct failure failure = {.error = 0};
    char programs[PATH_MAX];
    if (read_options(argc - 1, argv + 1, &options, &failure) < 0)
        return complain(&failure, exit_code_for_path(failure.error));
    if (options.help) {
        print_help();
        return EXIT_CODE_DONE;
    }
    if (options.version) {
        puts(VERSION_LINE("suite"));
        return EXIT_CODE_DONE;
    }
    if ((!options.seed_given && !options.recorded && draw_seed(&options.seed, &failure) < 0) ||
        (options.programs == NULL && find_programs(programs, sizeof programs, &failure) < 0))
        return complain(&failure, EXIT_CODE_UNAVAILABLE);
    struct conductor_task task = {
        .request = options.request,
        .preset = preset_names[options.preset],
        .label = options.label,
        .out = options.out,
        .resume = options.resume,
        .programs = options.programs != NULL ? options.programs : programs,
        .seed = options.seed,
        .argument_count = argc,
        .arguments = argv,
        .messages = stderr,
        .stop_fd = conductor_catch_signals(),
    };
    if (task.stop_fd < 0) {
        failure_set(&failure, task.stop_fd, "cannot catch signals");
        return complain(&failure, EXIT_CODE_UNAVAILABLE);
    }
    /* So that what a killed program leaves running is reaped here. */
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return run(&options, &task);
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("suite", answer(count, words));
}
