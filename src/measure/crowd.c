#include "measure/crowd.h"

#include "base/clock.h"
#include "base/leftover.h"
#include "transfer/wait.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
    WATCH_INTERVAL_NS = 200000000,
    /* How long sessions that were told to end may take to remove what they made. */
    ENDING_GRACE_NS = 2000000000,
    REAP_INTERVAL_NS = 2000000
};

/* What became of one pair. Only its supervisor writes it; the parent reads it once that has
 * ended. */
struct crowd_slot {
    struct sample sample;
    struct failure failure;
    bool succeeded;
};

/* The page that all processes of a crowd share. */
struct crowd {
    uint64_t pairs;
    _Alignas(SHARED_LINE_BYTES) _Atomic uint64_t warm;
    _Alignas(SHARED_LINE_BYTES) _Atomic uint64_t measured;
    _Alignas(SHARED_LINE_BYTES) struct crowd_slot slots[];
};

/* The parent's side. */
struct watch {
    struct crowd *crowd;
    const struct cpu_pair *cpus;
    pid_t *pids; /* 0 once reaped, or not started */
    size_t pairs;
    size_t running;
    sigset_t watched;
    sigset_t signals_before;
    struct failure *failure;
};

/* relaxed, all four: these are counts and nothing else. What a batch hands over is published within
 * its pair, and the parent reads the slots of processes that have ended. A pair that sees the count
 * a moment late streams a batch longer. */
void crowd_note_warm(struct crowd *crowd)
{
    atomic_fetch_add_explicit(&crowd->warm, 1, memory_order_relaxed);
}

void crowd_note_measured(struct crowd *crowd)
{
    atomic_fetch_add_explicit(&crowd->measured, 1, memory_order_relaxed);
}

bool crowd_all_are_warm(const struct crowd *crowd)
{
    return atomic_load_explicit(&crowd->warm, memory_order_relaxed) == crowd->pairs;
}

bool crowd_all_were_measured(const struct crowd *crowd)
{
    return atomic_load_explicit(&crowd->measured, memory_order_relaxed) == crowd->pairs;
}

/* ---- the sum ---- */

static uint64_t larger(uint64_t left, uint64_t right)
{
    return left > right ? left : right;
}

static void add_sample(struct sample *sum, const struct sample *one)
{
    sum->messages += one->messages;
    sum->bytes += one->bytes;
    sum->wall_ns = larger(sum->wall_ns, one->wall_ns);
    sum->writer_user_ns += one->writer_user_ns;
    sum->writer_sys_ns += one->writer_sys_ns;
    sum->reader_user_ns += one->reader_user_ns;
    sum->reader_sys_ns += one->reader_sys_ns;
    sum->voluntary_switches += one->voluntary_switches;
    sum->involuntary_switches += one->involuntary_switches;
    sum->minor_faults += one->minor_faults;
    sum->major_faults += one->major_faults;
    sum->user_copy_bytes += one->user_copy_bytes;
    sum->kernel_io_bytes += one->kernel_io_bytes;
    sum->link_copy_bytes += one->link_copy_bytes;
    sum->warmup_messages += one->warmup_messages;
    sum->throughput_bytes_per_s += one->throughput_bytes_per_s;
    sum->messages_per_s += one->messages_per_s;
    if (one->capacity_bytes < sum->capacity_bytes)
        sum->capacity_bytes = one->capacity_bytes;
    if (one->checksum_ok == CHECKSUM_WRONG || sum->checksum_ok == CHECKSUM_WRONG)
        sum->checksum_ok = CHECKSUM_WRONG;
    else if (one->checksum_ok != CHECKSUM_OK)
        sum->checksum_ok = one->checksum_ok;
}

struct sample crowd_sum(const struct sample *samples, size_t count)
{
    struct sample sum = samples[0];
    for (size_t index = 1; index < count; index++)
        add_sample(&sum, &samples[index]);
    double cpu_ns =
        (double)(sum.writer_user_ns + sum.writer_sys_ns + sum.reader_user_ns + sum.reader_sys_ns);
    sum.cpu_ns_per_kib = sum.bytes > 0 ? cpu_ns / ((double)sum.bytes / 1024.0) : NAN;
    memset(sum.placement, 0, sizeof sum.placement);
    snprintf(sum.placement, sizeof sum.placement, CROWD_PLACEMENT_PREFIX "%zu", count);
    return sum;
}

/* ---- one pair ---- */

/* The supervisor of one pair, just forked: a session like any other. */
_Noreturn static void become_supervisor(const struct watch *watch,
                                        const struct session_setup *setup, size_t index,
                                        pid_t parent)
{
    struct crowd_slot *slot = &watch->crowd->slots[index];
    struct session_setup own = *setup;
    /* When the parent is killed the session is interrupted, and cleans up after itself. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent)
        _exit(EXIT_FAILURE);
    own.crowd = watch->crowd;
    own.cpus = watch->cpus[index];
    /* Both directions of a session carry different bytes, by two seeds. */
    own.seed = setup->seed + 2 * index;
    struct histogram *round_trips = histogram_make();
    /* A register of its own: a session that ends removes everything in it. */
    int result = round_trips != NULL ? leftover_start(&slot->failure) : -ENOMEM;
    if (result == 0)
        result = session_run(&own, &slot->sample, round_trips, &slot->failure);
    if (result < 0)
        failure_set(&slot->failure, result, "this pair");
    slot->sample.seed = setup->seed;
    slot->succeeded = result == 0;
    _exit(result == 0 ? EXIT_SUCCESS : EXIT_FAILURE);
}

static int start_pairs(struct watch *watch, const struct session_setup *setup)
{
    pid_t parent = getpid();
    for (size_t index = 0; index < watch->pairs; index++) {
        pid_t pid = fork();
        if (pid < 0)
            return failure_set(watch->failure, -errno, "starting pair %zu of %zu", index + 1,
                               watch->pairs);
        if (pid == 0)
            become_supervisor(watch, setup, index, parent);
        watch->pids[index] = pid;
        watch->running++;
    }
    return 0;
}

/* ---- all pairs ---- */

/* Says why a pair ended badly. */
static int describe_pair(const struct watch *watch, size_t index, int status)
{
    const struct failure *failure = &watch->crowd->slots[index].failure;
    const struct cpu_pair *cpus = &watch->cpus[index];
    if (WIFSIGNALED(status))
        return failure_say(watch->failure, -EPIPE,
                           "pair %zu of %zu (CPUs %d and %d): killed by signal %d", index + 1,
                           watch->pairs, cpus->writer, cpus->reader, WTERMSIG(status));
    if (failure->error == 0)
        return failure_say(watch->failure, -EINTR, "pair %zu of %zu: ended by a signal", index + 1,
                           watch->pairs);
    return failure_say(watch->failure, failure->error, "pair %zu of %zu (CPUs %d and %d): %s",
                       index + 1, watch->pairs, cpus->writer, cpus->reader, failure->text);
}

/* Reaps the pairs that have ended. Returns 0, or what the first that failed is described as. */
static int reap_pairs(struct watch *watch)
{
    int result = 0;
    for (size_t index = 0; index < watch->pairs; index++) {
        int status;
        if (watch->pids[index] == 0 ||
            waitpid(watch->pids[index], &status, WNOHANG) != watch->pids[index])
            continue;
        watch->pids[index] = 0;
        watch->running--;
        if (status != 0 && result == 0)
            result = describe_pair(watch, index, status);
    }
    return result;
}

/* Waits until all pairs have ended well, one has not, or a signal ends everything. */
static int supervise(struct watch *watch)
{
    const struct timespec interval = {.tv_sec = 0, .tv_nsec = WATCH_INTERVAL_NS};
    int result = 0;
    while (watch->running > 0 && result == 0) {
        int signal_number = sigtimedwait(&watch->watched, NULL, &interval);
        if (signal_number > 0 && signal_number != SIGCHLD)
            return failure_say(watch->failure, -EINTR, "interrupted by signal %d", signal_number);
        result = reap_pairs(watch);
    }
    return result;
}

static void signal_pairs(const struct watch *watch, int signal_number)
{
    for (size_t index = 0; index < watch->pairs; index++) {
        if (watch->pids[index] != 0)
            kill(watch->pids[index], signal_number);
    }
}

/* Reaps whatever child ends within the grace. Returns whether none is left. */
static bool reap_all(void)
{
    const struct timespec interval = {.tv_sec = 0, .tv_nsec = REAP_INTERVAL_NS};
    uint64_t started_ns = clock_now_ns();
    while (clock_now_ns() - started_ns < ENDING_GRACE_NS) {
        pid_t pid = waitpid(-1, NULL, WNOHANG);
        if (pid < 0 && errno == ECHILD)
            return true;
        if (pid == 0)
            nanosleep(&interval, NULL);
    }
    return false;
}

/* Ends what still runs: first so that each session removes what it made. The workers of a session
 * whose supervisor was killed clean up as well, and are ours to reap. */
static void end_pairs(struct watch *watch)
{
    signal_pairs(watch, SIGTERM);
    if (reap_all())
        return;
    signal_pairs(watch, SIGKILL);
    reap_all();
}

static int begin(struct watch *watch)
{
    size_t bytes = sizeof *watch->crowd + watch->pairs * sizeof *watch->crowd->slots;
    void *memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(watch->failure, -errno, "allocating what all pairs share");
    watch->crowd = memory;
    watch->crowd->pairs = watch->pairs;
    watch->pids = calloc(watch->pairs, sizeof *watch->pids);
    if (watch->pids == NULL)
        return failure_set(watch->failure, -ENOMEM, "allocating what all pairs share");
    leftover_signals(&watch->watched);
    sigaddset(&watch->watched, SIGCHLD);
    signal(SIGCHLD, SIG_DFL); /* ignored, children would vanish unreaped */
    sigprocmask(SIG_BLOCK, &watch->watched, &watch->signals_before);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return 0;
}

static void finish(struct watch *watch)
{
    if (watch->pids != NULL) {
        end_pairs(watch);
        prctl(PR_SET_CHILD_SUBREAPER, 0);
        sigprocmask(SIG_SETMASK, &watch->signals_before, NULL);
    }
    free(watch->pids);
    if (watch->crowd != NULL)
        munmap(watch->crowd, sizeof *watch->crowd + watch->pairs * sizeof *watch->crowd->slots);
}

static int sum_slots(const struct watch *watch, struct sample *sample)
{
    struct sample *samples = calloc(watch->pairs, sizeof *samples);
    if (samples == NULL)
        return failure_set(watch->failure, -ENOMEM, "adding up the pairs");
    for (size_t index = 0; index < watch->pairs; index++)
        samples[index] = watch->crowd->slots[index].sample;
    *sample = crowd_sum(samples, watch->pairs);
    free(samples);
    return 0;
}

int crowd_run(const struct session_setup *setup, const struct cpu_pair *cpus, size_t pairs,
              struct sample *sample, struct failure *failure)
{
    struct watch watch = {.cpus = cpus, .pairs = pairs, .failure = failure};
    int result = session_check_memory(setup, pairs, failure);
    if (result == 0)
        result = begin(&watch);
    if (result == 0)
        result = start_pairs(&watch, setup);
    if (result == 0)
        result = supervise(&watch);
    if (result == 0)
        result = sum_slots(&watch, sample);
    finish(&watch);
    return result;
}
