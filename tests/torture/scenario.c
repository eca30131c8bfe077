#include "scenario.h"

#include "transfer/mechanisms.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { DRAWS_MOST = 100000 };

/* How often each kind comes up, in a hundred. */
static const unsigned shares[SCENARIO_KINDS] = {
    [SCENARIO_MEASURE] = 54, [SCENARIO_COPIES] = 4,  [SCENARIO_FILTER] = 8,
    [SCENARIO_NAMED] = 12,   [SCENARIO_LETTERS] = 5, [SCENARIO_CLAIMS] = 5,
    [SCENARIO_SUITE] = 6,    [SCENARIO_SCRIPT] = 4,  [SCENARIO_RESUME] = 2};

/* ---- commands ---- */

__attribute__((format(printf, 2, 3))) static void add(struct command *command, const char *format,
                                                      ...)
{
    if (command->count + 1 >= SCENARIO_ARGUMENTS_MOST)
        return;
    char *place = command->text + command->used;
    size_t room = sizeof command->text - command->used;
    va_list arguments;
    va_start(arguments, format);
    int length = vsnprintf(place, room, format, arguments);
    va_end(arguments);
    if (length < 0 || (size_t)length >= room)
        return;
    command->used += (size_t)length + 1;
    command->arguments[command->count++] = place;
    command->arguments[command->count] = NULL;
}

static struct command *begin(struct scenario *scenario, const char *role)
{
    struct command *command = &scenario->commands[scenario->count++];
    command->count = command->used = 0;
    command->role = role;
    command->input = NULL;
    return command;
}

static uint64_t pick(struct random *random, uint64_t bound)
{
    return random_below(random, bound);
}

static bool chance(struct random *random, uint64_t hundredths)
{
    return random_below(random, 100) < hundredths;
}

static const char *word(struct random *random, const char *const *words, size_t count)
{
    return words[random_below(random, count)];
}

static uint64_t draw_size(struct random *random)
{
    static const uint64_t sizes[] = {1, 64, 100, 1000, 4096, 4097, 16384, 65536, 65537, 1048576};
    return sizes[pick(random, sizeof sizes / sizeof *sizes)];
}

/* ---- the matched programs ---- */

static const struct channel_operations *
draw_mechanism(struct random *random, struct scenario *scenario,
               bool (*fits)(const struct channel_operations *))
{
    const struct channel_operations *chosen;
    do
        chosen = mechanisms[pick(random, mechanisms_count)];
    while (fits != NULL && !fits(chosen));
    snprintf(scenario->mechanism, sizeof scenario->mechanism, "%s", chosen->name);
    return chosen;
}

static bool moves_bytes(const struct channel_operations *operations)
{
    return operations->transfers;
}

static bool can_meet(const struct channel_operations *operations)
{
    return operations == &channel_fifo || operations == &channel_shm;
}

/* Not more spinning processes than CPUs: on a busy machine they keep each other from ending. */
static const char *draw_wait(struct random *random, const struct channel_operations *operations,
                             bool many)
{
    int wait;
    do
        wait = (int)pick(random, WAIT_KIND_COUNT);
    while (!channel_can_wait(operations, (enum wait_kind)wait) || (many && wait == WAIT_SPIN));
    return wait_names[wait];
}

static void add_wait_and_mode(struct random *random, struct command *command,
                              const struct channel_operations *operations, bool many)
{
    add(command, "--wait");
    add(command, "%s", draw_wait(random, operations, many));
    add(command, "--copies");
    add(command, "%s", copies_names[pick(random, COPIES_COUNT)]);
}

/* Of a worker that is stopped. A machine that is busy with other things can hold one up for
 * seconds. */
#define WORKER_TIMEOUT 4.0

/* How long one side waits for the other to come. */
#define MEETING_TIMEOUT 2.0

static void add_timeout(struct command *command, struct scenario *scenario, double seconds)
{
    scenario->timeout_seconds = seconds;
    add(command, "--timeout");
    add(command, "%g", seconds);
}

static void add_ends(struct random *random, struct command *command, enum test test)
{
    static const char *const sources[] = {"memory", "file", "zero"};
    static const char *const sinks[] = {"use", "file", "null"};
    if (test != TEST_RELAY)
        return;
    add(command, "--source");
    add(command, "%s", word(random, sources, 3));
    add(command, "--sink");
    add(command, "%s", word(random, sinks, 3));
}

static void draw_measure(struct random *random, const struct scenario_programs *programs,
                         struct scenario *scenario)
{
    enum test test = (enum test)pick(random, TEST_COUNT);
    const struct channel_operations *operations =
        draw_mechanism(random, scenario, test == TEST_RELAY ? moves_bytes : NULL);
    struct command *command = begin(scenario, "supervisor");
    bool rated = test == TEST_LATENCY && chance(random, 20);
    scenario->crowd = test == TEST_THROUGHPUT && chance(random, 25);
    scenario->seconds = 0.02 + (double)pick(random, 281) / 1000.0;
    add(command, "%s/%s", programs->programs, operations->name);
    add(command, "%s", test_names[test]);
    add_wait_and_mode(random, command, operations,
                      scenario->crowd || programs->cpus[0] == programs->cpus[1]);
    add(command, "--size");
    add(command, "%" PRIu64, draw_size(random));
    add_ends(random, command, test);
    if (rated) {
        add(command, "--rate");
        add(command, "%" PRIu64, 500 + pick(random, 5000));
    }
    if (scenario->crowd) {
        add(command, "--pairs-parallel");
        add(command, "%" PRIu64, 2 + pick(random, 3));
        add(command, "--cpus");
        add(command, "%d,%d", programs->cpus[0], programs->cpus[1]);
        scenario->commands[0].role = "crowd";
    }
    add(command, "--seconds");
    add(command, "%g", scenario->seconds);
    add_timeout(command, scenario, WORKER_TIMEOUT);
    add(command, "--format");
    add(command, "json");
    snprintf(scenario->name, sizeof scenario->name, "%s %s%s", operations->name, test_names[test],
             scenario->crowd ? " parallel"
             : rated         ? " rate"
                             : "");
}

static void draw_copies(struct random *random, const struct scenario_programs *programs,
                        struct scenario *scenario)
{
    const struct channel_operations *operations = draw_mechanism(random, scenario, moves_bytes);
    struct command *command = begin(scenario, "supervisor");
    add(command, "%s/%s", programs->audited, operations->name);
    add(command, "copies");
    add_timeout(command, scenario, WORKER_TIMEOUT);
    snprintf(scenario->name, sizeof scenario->name, "copies");
}

static void draw_filter(struct random *random, const struct stage *stage,
                        const struct scenario_programs *programs, struct scenario *scenario)
{
    const struct channel_operations *operations = draw_mechanism(random, scenario, moves_bytes);
    struct command *command = begin(scenario, "supervisor");
    add(command, "%s/%s", programs->programs, operations->name);
    add(command, "relay");
    add_wait_and_mode(random, command, operations, programs->cpus[0] == programs->cpus[1]);
    add(command, "--size");
    /* Small messages make it last. */
    add(command, "%" PRIu64, 16 + pick(random, 4000));
    if (chance(random, 50)) {
        command->input = stage->payload;
    } else {
        add(command, "--input");
        add(command, "%s", stage->payload);
    }
    add_timeout(command, scenario, WORKER_TIMEOUT);
    snprintf(scenario->name, sizeof scenario->name, "%s filter", operations->name);
}

static void draw_named(struct random *random, const struct stage *stage,
                       const struct scenario_programs *programs, struct scenario *scenario)
{
    const struct channel_operations *operations = draw_mechanism(random, scenario, can_meet);
    bool sender_first = chance(random, 50);
    for (int turn = 0; turn < 2; turn++) {
        bool sends = (turn == 0) == sender_first;
        struct command *command = begin(scenario, sends ? "sender" : "receiver");
        add(command, "%s/%s", programs->programs, operations->name);
        add(command, sends ? "send" : "recv");
        add(command, "--name");
        add(command, "storm");
        add_timeout(command, scenario, MEETING_TIMEOUT);
        if (!sends)
            continue;
        add_wait_and_mode(random, command, operations, programs->cpus[0] == programs->cpus[1]);
        add(command, "--size");
        add(command, "%" PRIu64, 16 + pick(random, 1000));
        command->input = stage->payload;
    }
    snprintf(scenario->name, sizeof scenario->name, "%s send/recv", operations->name);
}

static void draw_letters(struct random *random, const struct scenario_programs *programs,
                         struct scenario *scenario)
{
    bool synchronised = chance(random, 50);
    static const char *const names[] = {"server", "client"};
    for (int turn = 0; turn < 2; turn++) {
        struct command *command = begin(scenario, names[turn]);
        add(command, "%s/%s", programs->programs, names[turn]);
        add(command, "--interval");
        add(command, "0.002");
        add_timeout(command, scenario, MEETING_TIMEOUT);
        if (synchronised)
            add(command, "--sync");
    }
    snprintf(scenario->name, sizeof scenario->name, "letters%s", synchronised ? " --sync" : "");
}

/* ---- what starts other programs ---- */

static void draw_claims(const struct scenario_programs *programs, struct scenario *scenario)
{
    struct command *command = begin(scenario, "claims");
    add(command, "%s/claims", programs->programs);
    add(command, "--format");
    add(command, "tsv");
    scenario->goes_on = true;
    snprintf(scenario->name, sizeof scenario->name, "claims");
}

static void add_plan(struct random *random, const struct stage *stage, struct command *command)
{
    /* The last two are in no plan of relays. */
    static const char *const others[] = {"fifo", "shm", "vmsplice", "process_vm_readv"};
    enum test test = (enum test)pick(random, TEST_COUNT);
    add(command, "--mechanisms");
    add(command, "pipe,%s", word(random, others, test == TEST_RELAY ? 2 : 4));
    add(command, "--tests");
    add(command, "%s", test_names[test]);
    add(command, "--sizes");
    add(command, "64");
    add(command, "--waits");
    add(command, "block");
    add(command, "--modes");
    add(command, "own");
    add(command, "--seconds");
    add(command, "0.005");
    add(command, "--rounds");
    add(command, "2");
    add(command, "--seed");
    add(command, "%" PRIu64, pick(random, 1000000));
    add(command, "--out");
    add(command, "%s", stage->results);
}

static void draw_suite(struct random *random, const struct stage *stage,
                       const struct scenario_programs *programs, struct scenario *scenario)
{
    struct command *command = begin(scenario, "conductor");
    add(command, "%s/suite", programs->programs);
    add_plan(random, stage, command);
    scenario->goes_on = true;
    snprintf(scenario->name, sizeof scenario->name, "suite");
}

static void draw_script(struct random *random, const struct stage *stage, bool resume,
                        struct scenario *scenario)
{
    struct command *command = begin(scenario, "script");
    add(command, "%s", stage->script);
    add(command, "--no-install");
    add(command, "--no-charts");
    add(command, "--no-outer-clock");
    if (resume) {
        add(command, "--resume");
        add(command, "%s/" SCENARIO_INTERRUPTED, stage->results);
    } else {
        add_plan(random, stage, command);
    }
    scenario->goes_on = true;
    snprintf(scenario->name, sizeof scenario->name, "script%s", resume ? " --resume" : "");
}

/* ---- drawing ---- */

static enum scenario_kind draw_kind(struct random *random)
{
    uint64_t drawn = pick(random, 100);
    int kind = 0;
    while (kind + 1 < SCENARIO_KINDS && drawn >= shares[kind])
        drawn -= shares[kind++];
    return (enum scenario_kind)kind;
}

static void draw_any(struct random *random, const struct stage *stage,
                     const struct scenario_programs *programs, struct scenario *scenario)
{
    scenario->kind = draw_kind(random);
    scenario->count = 0;
    scenario->mechanism[0] = '\0';
    scenario->seconds = scenario->timeout_seconds = 0.0;
    scenario->crowd = scenario->goes_on = false;
    scenario->on_terminal = chance(random, 15);
    switch (scenario->kind) {
    case SCENARIO_MEASURE:
        draw_measure(random, programs, scenario);
        break;
    case SCENARIO_COPIES:
        draw_copies(random, programs, scenario);
        break;
    case SCENARIO_FILTER:
        draw_filter(random, stage, programs, scenario);
        break;
    case SCENARIO_NAMED:
        draw_named(random, stage, programs, scenario);
        break;
    case SCENARIO_LETTERS:
        draw_letters(random, programs, scenario);
        break;
    case SCENARIO_CLAIMS:
        draw_claims(programs, scenario);
        break;
    case SCENARIO_SUITE:
        draw_suite(random, stage, programs, scenario);
        break;
    case SCENARIO_SCRIPT:
    case SCENARIO_RESUME:
    case SCENARIO_KINDS:
        draw_script(random, stage, scenario->kind == SCENARIO_RESUME, scenario);
        break;
    }
}

bool scenario_draw(struct random *random, const struct stage *stage,
                   const struct scenario_programs *programs, const char *only,
                   struct scenario *scenario)
{
    for (int draw = 0; draw < DRAWS_MOST; draw++) {
        draw_any(random, stage, programs, scenario);
        if (only == NULL || strncmp(scenario->name, only, strlen(only)) == 0)
            return true;
    }
    return false;
}
