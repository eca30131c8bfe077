#include "measure/ceiling.h"

#include "base/clock.h"
#include "measure/ceiling_sample.h"
#include "transfer/peer.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdalign.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    LINE_BYTES = 128,           /* adjacent-line prefetchers move pairs of 64-byte lines */
    WARMUP_ROUND_TRIPS = 20000, /* some milliseconds: both CPUs leave their idle frequency */
    LEAST_ROUND_TRIPS = 100,    /* of a batch */
    MOST_ROUND_TRIPS = 100000,
    MOST_BATCHES = 50000,
    SPINS_PER_CHECK = 1 << 16 /* some tens of microseconds between looks at the other side */
};

#define BATCH_NS      100000.0
#define STANDSTILL_NS (2 * NANOSECONDS_PER_SECOND)
#define TURN_STOP     UINT64_MAX

/* In memory shared by both processes. The counter is odd while it is the reader's turn and even
 * while it is the writer's. */
struct court {
    alignas(LINE_BYTES) _Atomic uint64_t turn;
    alignas(LINE_BYTES) struct rusage reader_before;
    struct rusage reader_after;
    int reader_error;
};

/* Time that this thread ran: while the whole program is stopped (Ctrl-Z) no deadline comes nearer.
 */
static uint64_t thread_cpu_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (uint64_t)now.tv_sec * NANOSECONDS_PER_SECOND + (uint64_t)now.tv_nsec;
}

/*
 * Waits until the counter leaves `old` and sets *turn to what it is then. Returns -EPIPE when
 * `peer` ended, -ETIMEDOUT when spinning for STANDSTILL_NS brought nothing; a peer with pid 0 is
 * waited for without end. * Acquire, and release in hand_over: with one counter and nothing else to
 * see, relaxed would do for the counter itself. But this is the floor of handing over DATA, which
 * needs this pair, so it pays for it as a real hand-over does (on x86 nothing; on arm64 ldar and
 * stlr). No pause instruction in the loop: on recent x86 one pause takes longer than the bounce.
 */
static int await_change(const struct court *court, uint64_t old, uint64_t *turn,
                        const struct peer *peer)
{
    uint64_t spinning_since_ns = 0;
    for (;;) {
        for (int spin = 0; spin < SPINS_PER_CHECK; spin++) {
            uint64_t now = atomic_load_explicit(&court->turn, memory_order_acquire);
            if (now != old) {
                *turn = now;
                return 0;
            }
        }
        int result = peer_check(peer);
        if (result < 0)
            return result;
        uint64_t now_ns = thread_cpu_ns();
        if (spinning_since_ns == 0)
            spinning_since_ns = now_ns;
        else if (peer->pid != 0 && now_ns - spinning_since_ns > STANDSTILL_NS)
            return -ETIMEDOUT;
    }
}

/* Release: see await_change. */
static void hand_over(struct court *court, uint64_t turn)
{
    atomic_store_explicit(&court->turn, turn, memory_order_release);
}

/* The reader answers every odd number with the even one after it, until told to stop. */
static int answer(struct court *court, const struct peer *peer)
{
    uint64_t turn = 0;
    for (;;) {
        int result = await_change(court, turn, &turn, peer);
        if (result < 0)
            return result;
        if (turn == TURN_STOP)
            return 0;
        /* The warm-up is over with this answer. It is late by one system call, which falls into
         * the calibrating batch and in no timed one. */
        if (turn == 2 * WARMUP_ROUND_TRIPS - 1)
            court->reader_before = ceiling_usage_now();
        hand_over(court, ++turn);
    }
}

_Noreturn static void run_reader(struct court *court, const struct ceiling_request *request,
                                 pid_t writer)
{
    /* The writer may die at any moment, also before this call took effect. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != writer)
        _exit(1);
    /* No peer to ask and no deadline: the kernel kills the reader together with its writer. */
    struct peer peer = {.pid = 0, .descriptor = -1};
    int result = cpu_pin(request->cpus.reader);
    if (result == 0)
        result = answer(court, &peer);
    court->reader_error = result;
    court->reader_after = ceiling_usage_now();
    _exit(result == 0 ? 0 : 1);
}

/* The writer's side of a running game. */
struct game {
    struct court *court;
    struct peer reader;
    uint64_t turn; /* last value of the counter, even */
};

static int play(struct game *game, uint64_t round_trips, uint64_t *took_ns)
{
    uint64_t turn = game->turn;
    uint64_t start_ns = clock_now_ns();
    for (uint64_t round_trip = 0; round_trip < round_trips; round_trip++) {
        uint64_t served = turn + 1;
        hand_over(game->court, served);
        int result = await_change(game->court, served, &turn, &game->reader);
        if (result < 0)
            return result;
    }
    *took_ns = clock_now_ns() - start_ns;
    game->turn = turn;
    return 0;
}

/* How many round trips make a batch of about BATCH_NS. */
static int calibrate(struct game *game, uint64_t *batch_round_trips)
{
    uint64_t took_ns = 0;
    int result = play(game, WARMUP_ROUND_TRIPS, &took_ns);
    if (result == 0)
        result = play(game, LEAST_ROUND_TRIPS, &took_ns);
    if (result < 0)
        return result;
    double round_trip_ns = (double)(took_ns > 0 ? took_ns : 1) / LEAST_ROUND_TRIPS;
    double fitting = BATCH_NS / round_trip_ns;
    *batch_round_trips = fitting < LEAST_ROUND_TRIPS  ? LEAST_ROUND_TRIPS
                         : fitting > MOST_ROUND_TRIPS ? MOST_ROUND_TRIPS
                                                      : (uint64_t)fitting;
    return 0;
}

struct batches {
    double means_ns[MOST_BATCHES]; /* of half a round trip */
    size_t count;
    uint64_t round_trips; /* of one batch */
    uint64_t sum_ns;      /* of all batches */
};

/* Plays batches until the time is over (at least one), or as many as are kept. */
static int play_batches(struct game *game, double seconds, double clock_read_ns,
                        struct batches *batches)
{
    uint64_t start_ns = clock_now_ns();
    double target_ns = seconds * (double)NANOSECONDS_PER_SECOND;
    do {
        uint64_t took_ns;
        int result = play(game, batches->round_trips, &took_ns);
        if (result < 0)
            return result;
        double net_ns = (double)took_ns - clock_read_ns;
        batches->means_ns[batches->count++] = net_ns / (2.0 * (double)batches->round_trips);
        batches->sum_ns += took_ns;
    } while ((double)(clock_now_ns() - start_ns) < target_ns && batches->count < MOST_BATCHES);
    return 0;
}

static int compare_means(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

/* Sorts the means. */
static double median_of(struct batches *batches)
{
    qsort(batches->means_ns, batches->count, sizeof batches->means_ns[0], compare_means);
    size_t middle = batches->count / 2;
    if (batches->count % 2 == 1)
        return batches->means_ns[middle];
    return (batches->means_ns[middle - 1] + batches->means_ns[middle]) / 2.0;
}

static void add_latency(struct sample *sample, struct batches *batches, double clock_read_ns)
{
    double clock_ns = clock_read_ns * (double)batches->count;
    sample->clock_read_ns = clock_read_ns;
    sample->messages = batches->round_trips * batches->count;
    sample->bytes = sample->messages * 2 * CEILING_BOUNCE_BYTES;
    sample->wall_ns = batches->sum_ns;
    sample->latency_mean_ns =
        ((double)batches->sum_ns - clock_ns) / (2.0 * (double)sample->messages);
    sample->latency_p50_ns = median_of(batches);
}

/* Waits for the reader, which ends by itself when told to stop and is killed otherwise. Returns 0
 * when it ended well. */
static int end_reader(struct game *game, pid_t reader, bool finished)
{
    int status;
    if (finished)
        hand_over(game->court, TURN_STOP);
    else
        kill(reader, SIGKILL);
    while (waitpid(reader, &status, 0) < 0) {
        if (errno != EINTR)
            return -errno;
    }
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EPIPE;
}

static int measure(struct game *game, const struct ceiling_request *request, pid_t reader,
                   struct sample *sample)
{
    struct batches *batches = malloc(sizeof *batches);
    if (batches != NULL)
        memset(batches, 0, sizeof *batches); /* touches every page before the clock runs */
    int result = batches != NULL ? calibrate(game, &batches->round_trips) : -ENOMEM;
    double clock_read_ns = clock_measure_read_cost_ns();
    struct rusage before = ceiling_usage_now();
    if (result == 0)
        result = play_batches(game, request->seconds, clock_read_ns, batches);
    struct rusage after = ceiling_usage_now();
    int ending = end_reader(game, reader, result == 0);
    if (result == 0)
        result = ending;
    if (result == 0) {
        /* Both sides' CPU time begins after the warm-up; the reader's also spans the calibrating
         * batch and the measuring of the clock, some 0.3 ms in all. */
        ceiling_add_usage(sample, CEILING_WRITER, &before, &after);
        ceiling_add_usage(sample, CEILING_READER, &game->court->reader_before,
                          &game->court->reader_after);
        add_latency(sample, batches, clock_read_ns);
        sample->warmup_messages = WARMUP_ROUND_TRIPS + LEAST_ROUND_TRIPS;
    }
    free(batches);
    return result;
}

static int explain(const struct court *court, int result, struct failure *failure)
{
    if (court->reader_error != 0)
        return failure_set(failure, court->reader_error, "bounce: the reader");
    if (result == -EPIPE)
        return failure_say(failure, result, "bounce: the reader's process died");
    if (result == -ETIMEDOUT)
        return failure_say(failure, result,
                           "bounce: the reader stood still for two seconds; is its CPU taken?");
    return failure_set(failure, result, "bounce");
}

static int check_request(const struct ceiling_request *request, struct failure *failure)
{
    if (!(request->seconds > 0.0) || !isfinite(request->seconds))
        return failure_say(failure, -EINVAL, "the time to measure must be above 0");
    if (request->cpus.writer == request->cpus.reader)
        return failure_say(failure, -ENODEV,
                           "bounce: needs two CPUs, but writer and reader are both on CPU %d",
                           request->cpus.writer);
    return 0;
}

static int fork_and_measure(struct court *court, const struct ceiling_request *request,
                            struct sample *sample, struct failure *failure)
{
    pid_t writer = getpid();
    pid_t reader = fork();
    if (reader < 0)
        return failure_set(failure, -errno, "bounce: starting the reader");
    if (reader == 0)
        run_reader(court, request, writer);
    struct game game = {.court = court};
    int result = peer_open(&game.reader, reader);
    if (result < 0) {
        end_reader(&game, reader, false);
        return explain(court, result == -ESRCH ? -EPIPE : result, failure);
    }
    result = measure(&game, request, reader, sample);
    peer_close(&game.reader);
    return result == 0 ? 0 : explain(court, result, failure);
}

int ceiling_bounce(const struct ceiling_request *request, struct sample *sample,
                   struct failure *failure)
{
    int result = check_request(request, failure);
    if (result == 0)
        result = ceiling_pin(&request->cpus, request->cpus.writer, failure);
    if (result < 0)
        return result;
    struct court *court =
        mmap(NULL, sizeof *court, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (court == MAP_FAILED)
        return failure_set(failure, -errno, "bounce: mapping shared memory");
    struct sample measured = ceiling_empty_sample(request, "bounce");
    measured.size_bytes = CEILING_BOUNCE_BYTES;
    measured.writer_cpu = request->cpus.writer;
    measured.reader_cpu = request->cpus.reader;
    measured.seed = request->seed;
    result = fork_and_measure(court, request, &measured, failure);
    munmap(court, sizeof *court);
    if (result == 0)
        *sample = measured;
    return result;
}
