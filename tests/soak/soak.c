/*
 * The soak: moves bytes through every mechanism, way of waiting and mode, at sizes, capacities,
 * offsets and CPUs drawn by chance, for as long as is asked for, and verifies every one of them.
 * Each cell is a session of its own, as the matched programs run it: a fresh pair of processes.
 * Beside the bytes it counts how the sleeps of both sides ended (transfer/wait.h): no wake-up may
 * be lost.
 */
#include "base/clock.h"
#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/units.h"
#include "cell.h"
#include "doctor.h"
#include "machine/cpu.h"
#include "slot.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define PROGRESS_NS UINT64_C(10000000000)
/* A fault is in one message: no more of them are needed. */
#define DOCTORED_SECONDS 0.005

enum {
    CONSECUTIVE_FAILURES_MOST = 20, /* then something is wrong with all cells */
    /* Which message is spoilt: of small ones one of these; of large ones, of which a ping-pong may
     * send two, the first. */
    DOCTORED_MESSAGES = 12,
    LARGE_BYTES = 1 << 20,
    LOSE_TIMEOUT_SECONDS = 1,
    FAST_SLOT_DRAWS = 4,
    FOLDER_BYTES = 256
};

struct arguments {
    double hours;
    uint64_t bytes;
    uint64_t least_bytes;
    uint64_t messages;
    uint64_t sleeps;
    uint64_t cells;
    uint64_t seed;
    int doctoring;
    const char *mechanism;
    const char *report;
    bool help;
};

#define FIELD(name) offsetof(struct arguments, name)

static const struct option_row rows[] = {
    {.name = "hours",
     .operand = "H",
     .kind = OPTION_DECIMAL,
     .offset = FIELD(hours),
     .least = 0.0001,
     .most = 10000,
     .help = "end after so long, whatever has been moved by then"},
    {.name = "bytes",
     .operand = "BYTES",
     .kind = OPTION_BYTES,
     .offset = FIELD(bytes),
     .least = 1,
     .most = 1e18,
     .help = "end when so many are verified in total, and what the next three ask for is done"},
    {.name = "least",
     .operand = "BYTES",
     .kind = OPTION_BYTES,
     .offset = FIELD(least_bytes),
     .least = 0,
     .most = 1e18,
     .help = "through every mechanism, wait and mode"},
    {.name = "messages",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(messages),
     .least = 0,
     .most = 1e15,
     .help = "through each way in which shm sleeps (block, hybrid, semop)"},
    {.name = "sleeps",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(sleeps),
     .least = 0,
     .most = 1e15,
     .help = "of each of these"},
    {.name = "cells",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(cells),
     .least = 1,
     .most = 1e12,
     .help = "end after so many cells"},
    {.name = "mechanism",
     .operand = "NAME",
     .kind = OPTION_TEXT,
     .offset = FIELD(mechanism),
     .help = "only this one; without it all of them"},
    {.name = "seed",
     .operand = "N",
     .kind = OPTION_COUNT,
     .offset = FIELD(seed),
     .least = 0,
     .most = 18446744073709551615.0,
     .help = "of what is drawn; 0: from the clock, and told"},
    {.name = "doctor",
     .operand = "HOW",
     .kind = OPTION_CHOICE,
     .offset = FIELD(doctoring),
     .names = doctoring_names,
     .help = "spoil one message of every cell: shows that it would be seen"},
    {.name = "report",
     .operand = "FILE",
     .kind = OPTION_TEXT,
     .offset = FIELD(report),
     .help = "the final table as TSV, too"},
    {.name = "help", .kind = OPTION_FLAG, .offset = FIELD(help), .help = "print this page"},
    {.name = NULL},
};

static const struct arguments defaults = {
    .hours = 1, .bytes = (uint64_t)64 << 30, .least_bytes = 0, .messages = 0, .cells = UINT64_MAX};

struct soak {
    struct arguments arguments;
    char folder[FOLDER_BYTES]; /* of the matched programs, for the commands */
    struct slot slots[SLOTS_MOST];
    size_t slots_count;
    struct cell_limits limits;
    int *cpus;
    struct random random;
    uint64_t started_ns;
    uint64_t told_ns;
    uint64_t cells;
    uint64_t failures_in_a_row;
    uint64_t bytes; /* so far */
    bool interrupted;
    struct histogram round_trips; /* of the last cell: not what is looked at */
};

/* ---- set-up ---- */

/* Beyond what pipes may have without privileges a cell would fail for the one who has none. */
static uint64_t read_pipe_capacity(void)
{
    unsigned long long bytes = 0;
    FILE *file = fopen("/proc/sys/fs/pipe-max-size", "re");
    if (file == NULL || fscanf(file, "%llu", &bytes) != 1 || bytes < 65536)
        bytes = 65536;
    if (file != NULL)
        fclose(file);
    return bytes;
}

static void choose_slots(struct soak *soak)
{
    struct slot all[SLOTS_MOST];
    size_t count = slots_make(all);
    const char *name = soak->arguments.mechanism;
    for (size_t index = 0; index < count; index++) {
        /* Two that spin on the only CPU there is would need hours for a second's work. */
        bool hopeless = all[index].wait == WAIT_SPIN && soak->limits.cpus_count < 2;
        if (!hopeless && (name == NULL || strcmp(name, all[index].operations->name) == 0))
            soak->slots[soak->slots_count++] = all[index];
    }
}

/* The matched programs lie beside the folder that we are built into. */
static void choose_folder(struct soak *soak, const char *program)
{
    static const char ours[] = "tests/soak/soak";
    size_t length = strlen(program);
    bool there = length >= strlen(ours) && strcmp(program + length - strlen(ours), ours) == 0;
    snprintf(soak->folder, sizeof soak->folder, "%.*s", there ? (int)(length - strlen(ours)) : 0,
             program);
    strncat(soak->folder, there ? "bin/" : "", sizeof soak->folder - strlen(soak->folder) - 1);
}

static int set_up(struct soak *soak, const char *program, struct failure *failure)
{
    size_t cpus_count;
    int result = cpu_list_allowed(&soak->cpus, &cpus_count);
    if (result < 0)
        return failure_set(failure, result, "asking which CPUs there are");
    soak->limits = (struct cell_limits){
        .cpus = soak->cpus, .cpus_count = cpus_count, .pipe_capacity_bytes = read_pipe_capacity()};
    choose_folder(soak, program);
    choose_slots(soak);
    if (soak->slots_count == 0)
        return failure_say(failure, -EINVAL, "--mechanism %.40s: there is none of that name",
                           soak->arguments.mechanism);
    if (soak->arguments.seed == 0)
        soak->arguments.seed = (uint64_t)time(NULL);
    soak->random = random_seeded(soak->arguments.seed);
    soak->started_ns = soak->told_ns = clock_now_ns();
    return 0;
}

/* A session ends at a signal with a line; between two sessions it has to wait for the next. */
static void hold_signals(sigset_t *signals)
{
    leftover_signals(signals);
    sigprocmask(SIG_BLOCK, signals, NULL);
}

/* ---- what comes next ---- */

/* Whose turn it is, of those that have not what they ask for. */
enum turn { TURN_ANYTHING, TURN_MESSAGES, TURN_SLEEPS, TURN_LEAST, TURN_BYTES, TURNS };

struct choice {
    struct slot *slot;
    enum wish wish;
};

/* Whether it is one of those that --messages asks for. */
static bool sleeps_in_shm(const struct slot *slot)
{
    return strcmp(slot->operations->name, "shm") == 0 && slot->wait != WAIT_SPIN;
}

/* Each of the two modes takes half of them. */
static bool lacks_messages(const struct soak *soak, const struct slot *slot)
{
    return sleeps_in_shm(slot) && slot->messages < (soak->arguments.messages + 1) / 2;
}

static bool lacks_sleeps(const struct soak *soak, const struct slot *slot)
{
    return sleeps_in_shm(slot) && slot->waits.sleeps < (soak->arguments.sleeps + 1) / 2;
}

static bool lacks_bytes(const struct soak *soak, const struct slot *slot)
{
    return slot->bytes < soak->arguments.least_bytes;
}

static bool lacks_cells(const struct soak *soak, const struct slot *slot)
{
    (void)soak;
    return slot->cells == 0;
}

/* One of those for which it holds, each as likely; NULL where there is none. */
static struct slot *draw_slot(struct soak *soak,
                              bool (*holds)(const struct soak *, const struct slot *))
{
    struct slot *drawn = NULL;
    uint64_t count = 0;
    for (struct slot *slot = soak->slots; slot < soak->slots + soak->slots_count; slot++) {
        if (!slot->refused && (holds == NULL || holds(soak, slot)) &&
            random_below(&soak->random, ++count) == 0)
            drawn = slot;
    }
    return drawn;
}

/* Bytes go where they go fast, without leaving out the others: the fastest of a few. */
static struct slot *draw_fast_slot(struct soak *soak)
{
    struct slot *fastest = NULL;
    double most = -1.0;
    for (int draw = 0; draw < FAST_SLOT_DRAWS; draw++) {
        struct slot *slot = draw_slot(soak, NULL);
        double speed =
            slot != NULL && slot->seconds > 0.0 ? (double)slot->bytes / slot->seconds : 0.0;
        if (slot != NULL && speed > most) {
            fastest = slot;
            most = speed;
        }
    }
    return fastest;
}

/* Everything has run once; then what is still asked for takes turns with chance. The slot is NULL
 * when no mechanism is left. */
static struct choice choose(struct soak *soak)
{
    struct slot *slot = draw_slot(soak, lacks_cells);
    uint64_t turn = soak->cells % TURNS;
    if (slot != NULL || turn == TURN_ANYTHING)
        return (struct choice){slot != NULL ? slot : draw_slot(soak, NULL), WISH_ANYTHING};
    slot = turn == TURN_MESSAGES ? draw_slot(soak, lacks_messages) : NULL;
    if (slot != NULL)
        return (struct choice){slot, WISH_MESSAGES};
    slot = turn == TURN_SLEEPS ? draw_slot(soak, lacks_sleeps) : NULL;
    if (slot != NULL)
        return (struct choice){slot, WISH_SLEEPS};
    slot = turn == TURN_LEAST ? draw_slot(soak, lacks_bytes) : NULL;
    return (struct choice){slot != NULL ? slot : draw_fast_slot(soak), WISH_BYTES};
}

static bool is_done(struct soak *soak)
{
    return soak->bytes >= soak->arguments.bytes && draw_slot(soak, lacks_bytes) == NULL &&
           draw_slot(soak, lacks_messages) == NULL && draw_slot(soak, lacks_sleeps) == NULL;
}

/* ---- one cell ---- */

static double seconds_since(uint64_t moment_ns)
{
    return (double)(clock_now_ns() - moment_ns) / (double)NANOSECONDS_PER_SECOND;
}

static void tell_failed_cell(const struct soak *soak, const struct session_setup *setup,
                             const char *what)
{
    char command[CELL_COMMAND_BYTES];
    fprintf(stderr, "soak: cell %" PRIu64 ": %s; to repeat: %s\n", soak->cells, what,
            cell_command(setup, soak->folder, command));
}

/* Whether this is how a machine says that it does not have a mechanism. */
static bool is_refusal(const struct slot *slot, int result)
{
    return slot->cells == 0 && (result == -EPERM || result == -ENOSYS);
}

static void judge_cell(struct soak *soak, struct slot *slot, const struct session_setup *setup,
                       int result, const struct wait_counts *waits, const struct failure *failure)
{
    char lost[96];
    if (result == -EINTR) {
        soak->interrupted = true;
        return;
    }
    if (is_refusal(slot, result)) {
        slot->refused = true;
        fprintf(stderr, "soak: without %s (%s, %s): %s\n", slot->operations->name,
                wait_names[slot->wait], copies_names[slot->copies], failure->text);
        return;
    }
    slot->cells++;
    if (result < 0) {
        tell_failed_cell(soak, setup, failure->text);
    } else if (waits->lost > 0) {
        snprintf(lost, sizeof lost, "%" PRIu64 " of %" PRIu64 " wake-ups were lost", waits->lost,
                 waits->sleeps);
        tell_failed_cell(soak, setup, lost);
    } else {
        soak->failures_in_a_row = 0;
        return;
    }
    slot->errors++;
    soak->failures_in_a_row++;
}

static void run_cell(struct soak *soak, const struct choice *choice)
{
    struct sample sample;
    struct session_observation observation;
    struct failure failure = {0};
    struct doctor doctor;
    enum doctoring doctoring = (enum doctoring)soak->arguments.doctoring;
    struct slot *slot = choice->slot;
    struct session_setup setup =
        cell_draw(&soak->random, slot, &soak->limits, choice->wish, doctoring == DOCTOR_NOTHING);
    if (doctoring != DOCTOR_NOTHING) {
        uint64_t at = random_below(&soak->random, DOCTORED_MESSAGES);
        doctor_make(&doctor, slot->operations, doctoring, setup.seed, (size_t)setup.size_bytes,
                    setup.size_bytes < LARGE_BYTES ? at : 0);
        setup.operations = &doctor.operations;
        setup.seconds = DOCTORED_SECONDS;
        if (doctoring == DOCTOR_LOSE)
            setup.timeout_seconds = LOSE_TIMEOUT_SECONDS;
    }
    uint64_t started_ns = clock_now_ns();
    int result = session_observe(&setup, &sample, &soak->round_trips, &observation, &failure);
    if (result == 0)
        slot_add(slot, &sample, &observation.waits, seconds_since(started_ns));
    else
        wait_counts_add(&slot->waits, &observation.waits);
    judge_cell(soak, slot, &setup, result, &observation.waits, &failure);
    soak->bytes = slots_sum(soak->slots, soak->slots_count).bytes;
    soak->cells++;
}

/* ---- the whole ---- */

static void tell_progress(struct soak *soak)
{
    char bytes[UNITS_TEXT_BYTES];
    if (clock_now_ns() - soak->told_ns < PROGRESS_NS)
        return;
    struct slot sum = slots_sum(soak->slots, soak->slots_count);
    soak->told_ns = clock_now_ns();
    fprintf(stderr,
            "soak: %.1f min: %" PRIu64 " cells, %s and %" PRIu64 " messages verified, %" PRIu64
            " sleeps, %" PRIu64 " late, %" PRIu64 " lost, %" PRIu64 " errors\n",
            seconds_since(soak->started_ns) / 60.0, soak->cells,
            units_format_bytes(sum.bytes, bytes), sum.messages, sum.waits.sleeps, sum.waits.late,
            sum.waits.lost, sum.errors);
}

/* Why it ended, in words. */
static const char *soak_on(struct soak *soak, const sigset_t *signals)
{
    const struct timespec at_once = {0};
    const double seconds = soak->arguments.hours * 3600.0;
    for (;;) {
        if (soak->interrupted || sigtimedwait(signals, NULL, &at_once) > 0) {
            soak->interrupted = true;
            return "interrupted";
        }
        if (is_done(soak))
            return "done";
        if (soak->cells >= soak->arguments.cells)
            return "the cells are through";
        if (seconds_since(soak->started_ns) >= seconds)
            return "the time is up";
        if (soak->arguments.doctoring == DOCTOR_NOTHING &&
            soak->failures_in_a_row >= CONSECUTIVE_FAILURES_MOST)
            return "too many failures in a row";
        struct choice choice = choose(soak);
        if (choice.slot == NULL)
            return "no mechanism is left";
        run_cell(soak, &choice);
        tell_progress(soak);
    }
}

static int tell_result(struct soak *soak, const char *why, struct failure *failure)
{
    char bytes[UNITS_TEXT_BYTES];
    struct slot sum = slots_sum(soak->slots, soak->slots_count);
    slots_print(soak->slots, soak->slots_count, stdout);
    printf("%s: %s and %" PRIu64 " messages verified in %" PRIu64 " cells and %.0f s, seed %" PRIu64
           "; %" PRIu64 " errors, %" PRIu64 " wake-ups lost in %" PRIu64 " sleeps\n",
           why, units_format_bytes(sum.bytes, bytes), sum.messages, sum.cells,
           seconds_since(soak->started_ns), soak->arguments.seed, sum.errors, sum.waits.lost,
           sum.waits.sleeps);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout))
        return failure_set(failure, errno != 0 ? -errno : -EIO, "writing the result");
    return soak->arguments.report == NULL
               ? 0
               : slots_write_tsv(soak->slots, soak->slots_count, soak->arguments.report, failure);
}

static int print_help(void)
{
    puts("soak: moves and verifies bytes through every mechanism until enough are through\n\n"
         "usage: soak [options]\n");
    options_print_help(rows, &defaults, stdout);
    puts("\nA cell that fails is told with the command that repeats it. `verified` counts what "
         "both\n"
         "sides keep a digest of: every byte of every message. `late` and `lost` are sleeps that "
         "ended\n"
         "by time though what they waited for was there: a wake-up came afterwards, or never.\n"
         "Exit codes: 0 no error; 1 some; 2 bad usage; 69 something the machine lacks; 130 "
         "interrupted.");
    return EXIT_CODE_DONE;
}

static int exit_code_of(const struct soak *soak)
{
    if (soak->interrupted)
        return EXIT_CODE_INTERRUPTED;
    struct slot sum = slots_sum(soak->slots, soak->slots_count);
    return sum.errors == 0 && sum.bytes > 0 ? EXIT_CODE_DONE : EXIT_CODE_FAILED;
}

static int run(struct soak *soak, const char *program, struct failure *failure)
{
    sigset_t signals;
    int result = set_up(soak, program, failure);
    if (result == 0)
        result = leftover_start(failure);
    if (result < 0)
        return result;
    hold_signals(&signals);
    const char *why = soak_on(soak, &signals);
    return tell_result(soak, why, failure);
}

int main(int count, char **words)
{
    static struct soak soak; /* too large for some stacks: it holds a histogram */
    struct failure failure = {0};
    soak.arguments = defaults;
    int result = options_parse(rows, &soak.arguments, count - 1, words + 1, NULL, &failure);
    if (result == 0 && soak.arguments.help)
        return print_help();
    if (result == 0)
        result = run(&soak, words[0], &failure);
    free(soak.cpus);
    if (result == 0)
        return exit_code_of(&soak);
    fprintf(stderr, "soak: %s\n", failure.text);
    return result == -EINVAL ? EXIT_CODE_USAGE : EXIT_CODE_UNAVAILABLE;
}
