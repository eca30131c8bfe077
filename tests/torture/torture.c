/*
 * The kill storm: runs the programs of the project in every way they have, does to each run what
 * can happen to it (signals to any of its processes, a closed terminal, the death of all), and
 * judges what is left. Exit code 0 only when no judgement failed.
 */
#include "base/exit_code.h"
#include "base/options.h"
#include "bundles.h"
#include "judge.h"
#include "play.h"
#include "scenario.h"
#include "stage.h"
#include "strike.h"
#include "tally.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NAMES_MOST = 64, RUNS_PER_VERIFY = 100, RUNS_PER_LINE = 50, PATHS_BYTES = PATH_MAX + 64 };

static const double SEED_MOST = 9007199254740991.0;

struct options {
    bool help;
    bool strict;
    bool seed_given;
    bool after_given;
    uint64_t runs;
    uint64_t seed;
    uint64_t only;
    double after_seconds;
    double grace_seconds;
    double patience_seconds;
    const char *root;
    const char *build;
    const char *programs;
    const char *scenarios;
    const char *report;
};

#define AT(field) .offset = offsetof(struct options, field)

static const struct option_row rows[] = {
    {.name = "runs",
     .operand = "N",
     .help = "how many runs are struck",
     .kind = OPTION_COUNT,
     AT(runs),
     .least = 1,
     .most = 1000000},
    {.name = "seed",
     .operand = "N",
     .help = "of scenarios, signals and moments; drawn and told when not given",
     .kind = OPTION_COUNT,
     AT(seed),
     .given_offset = offsetof(struct options, seed_given),
     .least = 0,
     .most = 9007199254740991.0},
    {.name = "only",
     .operand = "N",
     .help = "this run of the storm alone",
     .kind = OPTION_COUNT,
     AT(only),
     .least = 0,
     .most = 1000000},
    {.name = "after",
     .operand = "S",
     .help = "with --only: strike so many seconds after the start",
     .kind = OPTION_DECIMAL,
     AT(after_seconds),
     .given_offset = offsetof(struct options, after_given),
     .least = 0,
     .most = 600},
    {.name = "grace",
     .operand = "S",
     .help = "how long survivors may take to end after a signal",
     .kind = OPTION_DECIMAL,
     AT(grace_seconds),
     .least = 0.1,
     .most = 60},
    {.name = "strict",
     .help = "no longer grace on a busy machine",
     .kind = OPTION_FLAG,
     AT(strict)},
    {.name = "patience",
     .operand = "S",
     .help =
         "how long a run may take that goes on as always; three times so long for those of many "
         "programs",
     .kind = OPTION_DECIMAL,
     AT(patience_seconds),
     .least = 0.1,
     .most = 3600},
    {.name = "scenarios",
     .operand = "NAME",
     .help = "only those whose name begins so, such as shm or suite",
     .kind = OPTION_TEXT,
     AT(scenarios)},
    {.name = "root",
     .operand = "DIR",
     .help = "the project's folder, for run_bench.sh",
     .kind = OPTION_TEXT,
     AT(root)},
    {.name = "build",
     .operand = "DIR",
     .help = "the folder of the build",
     .kind = OPTION_TEXT,
     AT(build)},
    {.name = "programs",
     .operand = "DIR",
     .help = "other programs in place of those of the build, to see whether the judge can fail",
     .kind = OPTION_TEXT,
     AT(programs)},
    {.name = "report",
     .operand = "FILE",
     .help = "the figures as TSV",
     .kind = OPTION_TEXT,
     AT(report)},
    {.name = "help", .help = "print this page", .kind = OPTION_FLAG, AT(help)},
    {.name = NULL},
};

/* How long a scenario takes beyond the seconds of measuring that it asks for. */
struct habit {
    char name[SCENARIO_NAME_BYTES];
    double overhead_seconds;
};

struct storm {
    struct options options;
    struct stage stage;
    struct bundles bundles;
    bool has_bundles;
    struct scenario_programs programs;
    char build[PATH_MAX];
    char bin[PATHS_BYTES]; /* what is put to the test */
    char own[PATHS_BYTES]; /* what the storm itself uses */
    char audited[PATHS_BYTES];
    char clean[PATHS_BYTES];
    struct habit habits[NAMES_MOST];
    size_t habits_count;
    struct tally tally;
    size_t rehearsals;
    size_t failures;
};

static volatile sig_atomic_t stopped;

static void stop(int signal_number)
{
    (void)signal_number;
    stopped = 1;
}

/* ---- how long things take ---- */

static double measuring_seconds(const struct scenario *scenario)
{
    return 1.25 * scenario->seconds; /* a quarter is warm-up */
}

static struct habit *habit_of(struct storm *storm, const char *name)
{
    for (size_t index = 0; index < storm->habits_count; index++) {
        if (strcmp(storm->habits[index].name, name) == 0)
            return &storm->habits[index];
    }
    return NULL;
}

/* The later ones count more: what else the machine does changes. */
static void learn(struct storm *storm, const struct scenario *scenario, double wall_seconds)
{
    double overhead = wall_seconds - measuring_seconds(scenario);
    struct habit *habit = habit_of(storm, scenario->name);
    overhead = overhead > 0.0 ? overhead : 0.0;
    if (habit != NULL) {
        habit->overhead_seconds += 0.3 * (overhead - habit->overhead_seconds);
    } else if (storm->habits_count < NAMES_MOST) {
        habit = &storm->habits[storm->habits_count++];
        snprintf(habit->name, sizeof habit->name, "%s", scenario->name);
        habit->overhead_seconds = overhead;
    }
}

/* ---- one run ---- */

static struct play_setting setting_of(const struct storm *storm, const struct scenario *scenario,
                                      const char *mark)
{
    const struct options *options = &storm->options;
    return (struct play_setting){.folder = storm->stage.work,
                                 .mark = mark,
                                 .stop = &stopped,
                                 .calm_seconds =
                                     options->patience_seconds * (scenario->goes_on ? 3.0 : 1.0),
                                 .end_seconds = options->grace_seconds,
                                 .hang_seconds = 3.0 * options->grace_seconds};
}

static void tell(struct storm *storm, uint64_t run, const struct scenario *scenario,
                 const struct strike *strike, const struct play *play,
                 const struct judgement *judgement)
{
    char name[STRIKE_NAME_BYTES];
    storm->failures++;
    printf("FAIL run %" PRIu64 ": %s: %s", run, scenario->name, strike_name(strike, name));
    for (size_t index = 0; index < play->hit.count; index++)
        printf("%s%s", index == 0 ? " to " : " and ", play->hit.targets[index].role);
    printf(" after %.4f s%s: %s\n", play->after_seconds, scenario->on_terminal ? " (terminal)" : "",
           judgement->text);
    for (size_t index = 0; index < scenario->count; index++) {
        printf("     ");
        for (size_t word = 0; word < scenario->commands[index].count; word++)
            printf(" %s", scenario->commands[index].arguments[word]);
        printf("\n      status 0x%x, standard error: %.300s\n", (unsigned)play->parts[index].status,
               play->parts[index].errors.bytes);
    }
    printf("      again: --seed %" PRIu64 " --only %" PRIu64 " --after %.4f%s%s\n",
           storm->options.seed, run, play->after_seconds,
           storm->options.scenarios != NULL ? " --scenarios " : "",
           storm->options.scenarios != NULL ? storm->options.scenarios : "");
    fflush(stdout);
}

/* Plays and judges once. Returns 0 whatever the judgement, or -errno when the storm cannot go on.
 */
static int play_once(struct storm *storm, uint64_t run, const struct scenario *scenario,
                     struct strike *strike, double after_seconds, struct failure *failure)
{
    struct play play;
    struct judgement judgement;
    char mark[MARK_BYTES];
    const struct play_setting setting = setting_of(storm, scenario, mark);
    const struct judge judge = {.stage = &storm->stage,
                                .bundles = storm->has_bundles ? &storm->bundles : NULL,
                                .clean = storm->clean,
                                .strict = storm->options.strict};
    snprintf(mark, sizeof mark, "%ld.%" PRIu64 ".%zu", (long)getpid(), run, storm->rehearsals);
    int result = 0;
    if (scenario->kind == SCENARIO_RESUME)
        result = bundles_place_interrupted(&storm->bundles, failure);
    if (result < 0)
        return result;
    result = play_run(scenario, strike, after_seconds, &setting, &play, failure);
    if (result == 0) {
        judge_run(&judge, scenario, strike, &play, &judgement);
        if (strike->aim != STRIKE_NOTHING)
            tally_note(&storm->tally, scenario, strike, &play, &judgement);
        if (judgement.failures > 0)
            tell(storm, run, scenario, strike, &play, &judgement);
        if (!play.hit.landed && !play.hung)
            learn(storm, scenario, play.wall_seconds);
    }
    play_free(&play);
    if (storm->has_bundles)
        bundles_sweep(&storm->bundles);
    if (result == 0)
        result = stage_sweep(&storm->stage, failure);
    return result;
}

/* A scenario that comes up for the first time is played through, to learn how long it takes; and to
 * see that it is judged well when nothing happens to it. */
static int rehearse(struct storm *storm, uint64_t run, const struct scenario *scenario,
                    struct failure *failure)
{
    struct strike nothing = {.aim = STRIKE_NOTHING};
    if (habit_of(storm, scenario->name) != NULL)
        return 0;
    storm->rehearsals++;
    return play_once(storm, run, scenario, &nothing, -1.0, failure);
}

static double moment_of(struct storm *storm, const struct scenario *scenario,
                        const struct strike *strike)
{
    const struct habit *habit = habit_of(storm, scenario->name);
    if (storm->options.after_given)
        return storm->options.after_seconds;
    if (strike->soon_seconds >= 0.0)
        return strike->soon_seconds;
    return strike->fraction *
           (measuring_seconds(scenario) + (habit != NULL ? habit->overhead_seconds : 0.0));
}

static int run_number(struct storm *storm, uint64_t run, struct failure *failure)
{
    static struct scenario scenario;
    struct strike strike;
    /* Every run has numbers of its own, so that it can be had alone. */
    struct random mixer = random_seeded(storm->options.seed);
    mixer = random_seeded(random_next(&mixer) ^ run);
    struct random random = random_seeded(random_next(&mixer));
    if (!scenario_draw(&random, &storm->stage, &storm->programs, storm->options.scenarios,
                       &scenario))
        return failure_say(failure, -EINVAL, "--scenarios: no name begins with '%.40s'",
                           storm->options.scenarios);
    strike_draw(&random, &scenario, &strike);
    int result = rehearse(storm, run, &scenario, failure);
    if (result == 0)
        result = play_once(storm, run, &scenario, &strike, moment_of(storm, &scenario, &strike),
                           failure);
    if (result == 0 && storm->has_bundles && run % RUNS_PER_VERIFY == 0 &&
        !bundles_earlier_verifies(&storm->bundles, failure))
        return failure_say(failure, -EBADMSG, "the earlier bundle does not verify any more");
    return result;
}

/* ---- the storm ---- */

static void find_cpus(int cpus[2])
{
    cpu_set_t allowed;
    int count = 0;
    cpus[0] = cpus[1] = 0;
    if (sched_getaffinity(0, sizeof allowed, &allowed) != 0)
        return;
    for (int cpu = 0; cpu < CPU_SETSIZE && count < 2; cpu++) {
        if (!CPU_ISSET((size_t)cpu, &allowed))
            continue;
        cpus[count++] = cpu;
        if (count == 1)
            cpus[1] = cpu;
    }
}

static int absolute(const char *path, char resolved[PATH_MAX], const char *option,
                    struct failure *failure)
{
    if (realpath(path, resolved) != NULL)
        return 0;
    return failure_set(failure, -errno, "--%s: %.150s", option, path);
}

static void join(char path[PATHS_BYTES], const char *folder, const char *name)
{
    snprintf(path, PATHS_BYTES, "%s/%s", folder, name);
}

/* Only what starts suites needs bundles. */
static bool needs_bundles(const struct options *options)
{
    return options->scenarios == NULL || options->scenarios[0] == '\0' ||
           strncmp(options->scenarios, "su", 2) == 0 || strncmp(options->scenarios, "sc", 2) == 0;
}

static int open_storm(struct storm *storm, struct failure *failure)
{
    char root[PATH_MAX];
    const struct options *options = &storm->options;
    int result = absolute(options->root, root, "root", failure);
    if (result == 0)
        result = absolute(options->build, storm->build, "build", failure);
    if (result == 0 && options->programs != NULL)
        result = absolute(options->programs, storm->bin, "programs", failure);
    if (result < 0)
        return result;
    if (options->programs == NULL)
        join(storm->bin, storm->build, "bin");
    join(storm->own, storm->build, "bin");
    join(storm->audited, storm->build, "bin/audit");
    join(storm->clean, storm->build, "bin/clean");
    storm->programs = (struct scenario_programs){.programs = storm->bin, .audited = storm->audited};
    find_cpus(storm->programs.cpus);
    result = stage_open(&storm->stage, root, storm->build, failure);
    if (result < 0)
        return result;
    storm->has_bundles = needs_bundles(options);
    if (storm->has_bundles)
        result = bundles_make(&storm->bundles, &storm->stage, storm->own, failure);
    if (result < 0)
        stage_close(&storm->stage);
    return result;
}

static int all_runs(struct storm *storm, struct failure *failure)
{
    int result = 0;
    uint64_t first = storm->options.only > 0 ? storm->options.only : 1;
    uint64_t last = storm->options.only > 0 ? storm->options.only : storm->options.runs;
    for (uint64_t run = first; result == 0 && run <= last; run++) {
        result = run_number(storm, run, failure);
        if (run % RUNS_PER_LINE == 0)
            fprintf(stderr, "torture: %" PRIu64 " of %" PRIu64 " runs, %zu failed\n", run, last,
                    storm->failures);
    }
    return result;
}

static void catch_signals(void)
{
    static const int caught[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    struct sigaction action = {.sa_handler = stop};
    sigemptyset(&action.sa_mask);
    for (size_t index = 0; index < sizeof caught / sizeof *caught; index++)
        sigaction(caught[index], &action, NULL);
    signal(SIGPIPE, SIG_IGN);
}

static void print_start(const struct storm *storm)
{
    printf("seed %" PRIu64 ", %s\n", storm->options.seed,
           storm->stage.isolated
               ? "in an IPC namespace of its own"
               : "without an IPC namespace of its own (that needs root): only segments and "
                 "semaphore sets of this user that are new are counted");
    if (access(storm->clean, X_OK) != 0)
        printf("clean is missing: what it would remove is only counted\n");
    fflush(stdout);
}

static int storm_run(struct storm *storm)
{
    struct failure failure = {0};
    catch_signals();
    int result = open_storm(storm, &failure);
    if (result == 0) {
        print_start(storm);
        result = all_runs(storm, &failure);
        stage_close(&storm->stage);
        if (storm->tally.total.runs > 0)
            tally_print(&storm->tally, stdout);
        printf("%zu rehearsals, %zu failed runs, seed %" PRIu64 "\n", storm->rehearsals,
               storm->failures, storm->options.seed);
    }
    if (result == 0 && storm->options.report != NULL) {
        result = tally_write(&storm->tally, storm->options.report);
        if (result < 0)
            failure_set(&failure, result, "--report: writing %.100s", storm->options.report);
    }
    if (result == -EINTR)
        fprintf(stderr, "torture: interrupted\n");
    else if (result < 0)
        fprintf(stderr, "torture: %s\n", failure.text);
    if (result < 0)
        return result == -EINTR    ? EXIT_CODE_INTERRUPTED
               : result == -EINVAL ? EXIT_CODE_USAGE
                                   : EXIT_CODE_FAILED;
    return storm->failures > 0 ? EXIT_CODE_FAILED : EXIT_CODE_DONE;
}

static void print_help(const struct options *defaults)
{
    puts("usage: torture [options]\n\n"
         "The kill storm: starts the programs in every way they have, sends signals to any of "
         "their\n"
         "processes at any moment, closes their terminals, kills them all, and judges what is "
         "left.\n");
    options_print_help(rows, defaults, stdout);
}

int main(int argc, char **argv)
{
    static struct storm storm = {.options = {.runs = 1000,
                                             .grace_seconds = 2.0,
                                             .patience_seconds = 60.0,
                                             .root = ".",
                                             .build = "build"}};
    const struct options defaults = storm.options;
    struct failure failure = {0};
    if (options_parse(rows, &storm.options, argc - 1, argv + 1, NULL, &failure) < 0) {
        fprintf(stderr, "torture: %s\n", failure.text);
        return EXIT_CODE_USAGE;
    }
    if (storm.options.help) {
        print_help(&defaults);
        return EXIT_CODE_DONE;
    }
    uint64_t drawn;
    if (!storm.options.seed_given && getrandom(&drawn, sizeof drawn, 0) == (ssize_t)sizeof drawn)
        storm.options.seed = drawn & (uint64_t)SEED_MOST;
    return storm_run(&storm);
}
