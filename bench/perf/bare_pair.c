#include "bare_pair.h"

#include "base/clock.h"
#include "base/leftover.h"
#include "transfer/wait.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* As in measure/worker.c, so that both sides of a ratio are warmed up and measured alike. */
#define WARMUP_PART 0.25
#define FILLED_PART 0.8

enum {
    WRITER,
    READER,
    SIDES,
    BELIEVED_BATCHES = 4,
    GROWTH_AT_MOST = 16,
    LEAST_MESSAGES = 3,
    /* A bare loop does not ask whether its peer lives; that is done here. */
    TIMEOUT_SECONDS = 60
};

/* As the page that a session's processes share. */
struct control {
    struct wait_place steps[SIDES];
    uint64_t count; /* of the next batch; 0: there is none */
    uint64_t started_ns;
    uint64_t finished_ns;
    uint64_t writer_finished_ns;
    double message_ns; /* the result */
    struct payload_digest digests[SIDES];
    struct payload_digest answers[SIDES]; /* of what the reader sent */
    struct failure failures[SIDES];
};

struct part {
    const struct bare_loop *loop;
    struct bare *bare;
    struct control *control;
    struct waiter waiter; /* for the steps, which are not what is measured */
    uint64_t batches;
};

/* ---- in the processes ---- */

static void step(struct part *part, int side, uint64_t number)
{
    wait_publish(&part->waiter, &part->control->steps[side], number);
}

static int await(struct part *part, int side, uint64_t number)
{
    uint64_t seen;
    return wait_for_position(&part->waiter, &part->control->steps[side], number, number, &seen);
}

/* The writer's side of a batch; see write_batch in measure/worker.c for the steps. */
static int run_batch(struct part *part, uint64_t count, double *took_ns)
{
    struct control *control = part->control;
    const bool alone = part->loop->alone;
    uint64_t batch = part->batches++;
    control->count = count;
    step(part, WRITER, 2 * batch + 1);
    int result = alone ? 0 : await(part, READER, 2 * batch + 1);
    if (result < 0 || count == 0)
        return result;
    control->started_ns = clock_now_ns();
    result = part->loop->write(part->bare, count);
    control->writer_finished_ns = clock_now_ns();
    if (result == 0 && !alone)
        result = await(part, READER, 2 * batch + 2);
    bool ends_here = alone || part->loop->round_trips;
    uint64_t end_ns = ends_here ? control->writer_finished_ns : control->finished_ns;
    *took_ns = fmax((double)(end_ns - control->started_ns), 1.0);
    return result;
}

static uint64_t messages_for(double target_ns, double message_ns)
{
    double messages = target_ns / fmax(message_ns, 0.001);
    return messages < LEAST_MESSAGES ? LEAST_MESSAGES : (uint64_t)fmin(messages, 1e15);
}

static int warm_up(struct part *part, double *message_ns)
{
    const double warmup_ns = WARMUP_PART * part->bare->setup->seconds * 1e9;
    uint64_t count = 1;
    for (;;) {
        double took_ns = 0.0;
        int result = run_batch(part, count, &took_ns);
        if (result < 0)
            return result;
        *message_ns = took_ns / (double)count;
        if (part->batches >= BELIEVED_BATCHES && took_ns >= warmup_ns)
            return 0;
        uint64_t wanted = messages_for(1.25 * warmup_ns, *message_ns);
        wanted = wanted < 2 * count ? 2 * count : wanted;
        count = wanted > GROWTH_AT_MOST * count ? GROWTH_AT_MOST * count : wanted;
    }
}

/* Batches of half the wanted time until it is nearly filled, as measure_batches of worker.c. */
static int measure(struct part *part)
{
    const double wanted_ns = part->bare->setup->seconds * 1e9;
    double message_ns;
    double sum_ns = 0;
    uint64_t messages = 0;
    int result = warm_up(part, &message_ns);
    while (result == 0 && sum_ns < FILLED_PART * wanted_ns) {
        double took_ns;
        uint64_t count = messages_for(fmin(wanted_ns - sum_ns, wanted_ns / 2.0), message_ns);
        result = run_batch(part, count, &took_ns);
        if (result < 0)
            break;
        message_ns = took_ns / (double)count;
        sum_ns += took_ns;
        messages += count;
    }
    if (result < 0)
        return result;
    part->control->message_ns = sum_ns / (double)messages;
    return run_batch(part, 0, &sum_ns);
}

static int answer(struct part *part)
{
    struct control *control = part->control;
    for (;;) {
        uint64_t batch = part->batches++;
        int result = await(part, WRITER, 2 * batch + 1);
        uint64_t count = control->count;
        step(part, READER, 2 * batch + 1);
        if (result < 0 || count == 0)
            return result;
        result = part->loop->read(part->bare, count);
        control->finished_ns = clock_now_ns();
        step(part, READER, 2 * batch + 2);
        if (result < 0)
            return result;
    }
}

static int run_side(struct part *part, int side)
{
    struct control *control = part->control;
    struct failure *failure = &control->failures[side];
    const struct cpu_pair *cpus = &part->bare->setup->cpus;
    int cpu = side == WRITER ? cpus->writer : cpus->reader;
    int result = cpu_pin(cpu);
    if (result < 0)
        return failure_set(failure, result, "staying on CPU %d", cpu);
    part->waiter = (struct waiter){.kind = WAIT_BLOCK,
                                   .patience_ns = TIMEOUT_SECONDS * NANOSECONDS_PER_SECOND,
                                   .failure = failure};
    if (part->loop->begin != NULL)
        result = part->loop->begin(part->bare, side == WRITER, failure);
    if (result == 0)
        result = side == WRITER ? measure(part) : answer(part);
    if (result < 0)
        return failure_set(failure, result, "a bare loop (%s)", part->loop->name);
    control->digests[side] = side == WRITER ? part->bare->sent : part->bare->received;
    control->answers[side] = side == WRITER ? part->bare->received : part->bare->sent;
    return 0;
}

_Noreturn static void become_side(struct part *part, int side, pid_t parent)
{
    /* Nobody would end a bare loop that waits for ever: the kernel does, with its parent. */
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_NAME, "perf-bare");
    if (getppid() != parent)
        _exit(1);
    leftover_catch_signals();
    signal(SIGPIPE, SIG_IGN);
    _exit(run_side(part, side) < 0 ? 1 : 0);
}

/* ---- in the process that started them ---- */

struct pair {
    pid_t pids[SIDES]; /* 0: none, or reaped */
    int bad_side;      /* the first that ended badly; -1: none */
    int bad_status;
};

static bool any_running(const struct pair *pair)
{
    return pair->pids[WRITER] != 0 || pair->pids[READER] != 0;
}

static void reap(struct pair *pair, int options)
{
    for (int side = 0; side < SIDES; side++) {
        int status;
        pid_t ended = -1;
        if (pair->pids[side] == 0)
            continue;
        do
            ended = waitpid(pair->pids[side], &status, options);
        while (ended < 0 && errno == EINTR);
        if (ended == 0)
            continue;
        pair->pids[side] = 0;
        if (ended > 0 && status != 0 && pair->bad_side < 0) {
            pair->bad_side = side;
            pair->bad_status = status;
        }
    }
}

static void end_pair(struct pair *pair)
{
    for (int side = 0; side < SIDES; side++) {
        if (pair->pids[side] != 0)
            kill(pair->pids[side], SIGKILL);
    }
    struct pair killed = {.pids = {pair->pids[WRITER], pair->pids[READER]}, .bad_side = 0};
    reap(&killed, 0);
    pair->pids[WRITER] = pair->pids[READER] = 0;
}

static int describe_end(const struct pair *pair, const struct part *part, struct failure *failure)
{
    static const char *const names[SIDES] = {"writer", "reader"};
    const struct failure *said = &part->control->failures[pair->bad_side];
    if (WIFSIGNALED(pair->bad_status))
        return failure_say(failure, -EPIPE, "the bare %s process (%s) was killed by signal %d (%s)",
                           names[pair->bad_side], part->loop->name, WTERMSIG(pair->bad_status),
                           strsignal(WTERMSIG(pair->bad_status)));
    if (said->error != 0)
        return failure_say(failure, said->error, "%s: %s", names[pair->bad_side], said->text);
    return failure_say(failure, -EPIPE, "the bare %s process (%s) was ended by a signal",
                       names[pair->bad_side], part->loop->name);
}

static int supervise(struct pair *pair, const struct part *part, struct failure *failure)
{
    const struct timespec interval = {.tv_nsec = 200000000};
    const uint64_t started_ns = clock_now_ns();
    const double patience_s = TIMEOUT_SECONDS + 10 * part->bare->setup->seconds;
    sigset_t watched;
    leftover_signals(&watched);
    sigaddset(&watched, SIGCHLD);
    while (any_running(pair) && pair->bad_side < 0) {
        int number = sigtimedwait(&watched, NULL, &interval);
        if (number > 0 && number != SIGCHLD)
            return failure_say(failure, -EINTR, "interrupted by signal %d", number);
        reap(pair, WNOHANG);
        if ((double)(clock_now_ns() - started_ns) > patience_s * 1e9)
            return failure_say(failure, -ETIMEDOUT, "a bare loop (%s) did not end",
                               part->loop->name);
    }
    return pair->bad_side < 0 ? 0 : describe_end(pair, part, failure);
}

static int start_and_supervise(struct part *part, struct failure *failure)
{
    struct pair pair = {.bad_side = -1};
    const pid_t parent = getpid();
    int result = 0;
    for (int side = 0; side < (part->loop->alone ? READER : SIDES) && result == 0; side++) {
        pid_t pid = fork();
        if (pid == 0)
            become_side(part, side, parent);
        if (pid < 0)
            result = failure_set(failure, -errno, "starting a bare process");
        else
            pair.pids[side] = pid;
    }
    if (result == 0)
        result = supervise(&pair, part, failure);
    end_pair(&pair);
    return result;
}

static int verify(const struct part *part, struct failure *failure)
{
    const struct control *control = part->control;
    if (!part->loop->verifiable || (part->bare->setup->use & BARE_PIPE_SPLICE_AWAY) != 0)
        return 0;
    if (memcmp(&control->digests[WRITER], &control->digests[READER], sizeof control->digests[0]) ==
            0 &&
        memcmp(&control->answers[WRITER], &control->answers[READER], sizeof control->answers[0]) ==
            0)
        return 0;
    return failure_say(failure, -EBADMSG, "a bare loop (%s): what arrived is not what was sent",
                       part->loop->name);
}

int bare_pair_run(const struct bare_loop *loop, const struct bare_setup *setup, double *message_ns,
                  struct failure *failure)
{
    struct bare bare = {.setup = setup, .pipes = {{-1, -1}, {-1, -1}}, .file = -1};
    struct control *control = mmap(NULL, sizeof *control, PROT_READ | PROT_WRITE,
                                   MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (control == MAP_FAILED)
        return failure_set(failure, -errno, "mapping a page for a bare loop");
    struct part part = {.loop = loop, .bare = &bare, .control = control};
    int result = loop->prepare(&bare, failure);
    if (result == 0)
        result = start_and_supervise(&part, failure);
    if (result == 0)
        result = verify(&part, failure);
    if (result == 0)
        *message_ns = control->message_ns;
    bare_free(&bare);
    munmap(control, sizeof *control);
    return result;
}
