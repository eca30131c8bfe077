#include "measure/worker.h"

#include "base/clock.h"
#include "measure/crowd.h"
#include "measure/kernel_io.h"
#include "measure/loop.h"
#include "measure/pace.h"
#include "measure/probe.h"
#include "measure/schedule.h"
#include "measure/slowdown.h"
#include "transfer/copy_witness.h"

#include <errno.h>
#include <math.h>
#include <sys/mman.h>
#include <unistd.h>

/* The part of the measured time that a warm-up batch must last to be believed, and how much longer
 * the next one is when it did not. Doubling from one message finds the rate of a message that
 * takes seconds as well as of one that takes nanoseconds. */
#define WARMUP_PART 0.25
/* The part of the wanted time that is enough. */
#define FILLED_PART 0.8

enum {
    GROWTH_AT_MOST = 16,
    BELIEVED_BATCHES = 4,
    BELIEVED_AT_ONCE_BYTES = 1 << 20,
    /* A stream of fewer messages would measure how it begins and ends. */
    LEAST_STREAM_MESSAGES = 3,
    LEAST_ROUND_TRIPS = 1
};

struct worker {
    const struct session_setup *setup;
    struct control *control;
    enum side_index side;
    struct side_report *report;
    struct peer peer;
    const struct path_ends *ends;
    struct link *link;
    int account;              /* of kernel_io.h; negative where there is none */
    struct waiter waiter;     /* for the steps, which are not what is measured */
    uint64_t batches;         /* begun so far, by the writer */
    struct schedule schedule; /* of a writer with a rate */
    struct slowdown slowdown; /* of a stream's writer, over all batches */
    struct loop loop;
};

static enum side_index other_side(enum side_index side)
{
    return side == SIDE_WRITER ? SIDE_READER : SIDE_WRITER;
}

/* ---- set-up ---- */

/* What a channel needs to know of this process. */
static void watch(struct worker *worker, struct channel *channel)
{
    channel_watch(channel, &worker->peer, &worker->report->failure);
    if (worker->setup->count_waits)
        channel->waiter.counts = &worker->report->waits;
}

static int open_channels(struct worker *worker, struct link *link)
{
    bool writer = worker->side == SIDE_WRITER;
    watch(worker, link->forward);
    int result =
        link->forward->operations->open(link->forward, writer ? CHANNEL_WRITER : CHANNEL_READER);
    if (result < 0 || link->backward == NULL)
        return result;
    watch(worker, link->backward);
    return link->backward->operations->open(link->backward,
                                            writer ? CHANNEL_READER : CHANNEL_WRITER);
}

/* A measured relay only looks at the edges of what its source and sink touch anyhow; where the
 * reader itself is the sink it reads every byte. */
static enum touch touch_of(const struct session_setup *setup)
{
    return setup->sink == SINK_USE || setup->sink == SINK_STDOUT ? setup->touch : TOUCH_WRITE;
}

static int prepare_loop(struct worker *worker, const struct link *link)
{
    const struct session_setup *setup = worker->setup;
    bool writer = worker->side == SIDE_WRITER;
    worker->loop = (struct loop){
        .outgoing = writer ? link->forward : link->backward,
        .incoming = writer ? link->backward : link->forward,
        .touch = &payload_touches[touch_of(setup)],
        .size = (size_t)setup->size_bytes,
        /* Both directions carry different bytes, so that an echo is no answer. */
        .seed = setup->seed + (writer ? 0 : 1),
        .lend_outgoing = loop_lends_outgoing(setup->operations, setup->copies),
        .lend_incoming = loop_lends_incoming(setup->operations, setup->copies),
        .buffer_offset_bytes = (size_t)setup->buffer_offset_bytes,
        .source = writer && setup->source != SOURCE_MEMORY ? &worker->ends->source : NULL,
        .sink = !writer && setup->sink != SINK_USE ? &worker->ends->sink : NULL,
        .until_end = setup->until_end,
        .failure = &worker->report->failure,
        .progress = &worker->control->progress[worker->side].messages,
    };
    /* Only a stream of bytes, without loans, can be cut anywhere. */
    worker->loop.as_it_comes = setup->until_end && setup->source == SOURCE_STDIN &&
                               !loop_lends_outgoing(setup->operations, setup->copies) &&
                               !loop_lends_incoming(setup->operations, setup->copies);
    int result = loop_prepare(&worker->loop, &worker->report->failure);
    if (result == 0 && !writer)
        result =
            extra_copies_prepare(&worker->loop.extra_copies, setup->extra_copies,
                                 setup->working_set, worker->loop.size, &worker->report->failure);
    return result;
}

static int set_up(struct worker *worker, struct link *link)
{
    const struct cpu_pair *cpus = &worker->setup->cpus;
    struct failure *failure = &worker->report->failure;
    int cpu = worker->side == SIDE_WRITER ? cpus->writer : cpus->reader;
    int result = cpu_pin(cpu);
    /* It was allowed a moment ago: so it was taken away since, which is no bad usage. */
    if (result == -EINVAL)
        return failure_say(failure, -ENODEV,
                           "CPU %d has gone, or this process may not use it any more: start again",
                           cpu);
    if (result < 0)
        return failure_set(failure, result, "staying on CPU %d", cpu);
    /* The supervisor's step says that both pids are there. */
    result = control_await(worker->control, &worker->waiter, SIDES, 1);
    if (result == 0)
        result = peer_open(&worker->peer, worker->control->pids[other_side(worker->side)]);
    if (result == -ESRCH) /* and why, it says itself */
        return failure_say(failure, -EPIPE, "the other process ended before anything was moved");
    if (result < 0)
        return failure_set(failure, result, "looking for the other process");
    worker->waiter.peer = &worker->peer;
    result = open_channels(worker, link);
    if (result == 0)
        result = prepare_loop(worker, link);
    worker->report->capacity_bytes = link->forward->capacity_bytes;
    return result;
}

/* ---- the state of the machine ---- */

enum { LOOK_BEFORE, LOOK_AFTER };

/* Called by both sides at the same step. With both on one CPU there is no distance, and two
 * processes that spin would burn a time slice for every hand-over. */
static void look_at_machine(struct worker *worker, int which)
{
    const struct session_setup *setup = worker->setup;
    struct side_report *report = worker->report;
    if (setup->until_end)
        return;
    report->work_ns = fmax(report->work_ns, pace_work_ns()); /* a NAN gives way */
    if (setup->cpus.writer == setup->cpus.reader)
        return;
    if (worker->side == SIDE_WRITER)
        report->bounces_ns[which] = distance_ask(&worker->control->distances[which]);
    else
        distance_answer(&worker->control->distances[which]);
}

/* ---- batches ---- */

static uint64_t user_copy_bytes(const struct worker *worker)
{
    const struct loop *loop = &worker->loop;
    return (loop->outgoing != NULL ? loop->outgoing->user_copy_bytes : 0) +
           (loop->incoming != NULL ? loop->incoming->user_copy_bytes : 0) +
           loop->extra_copies.copied_bytes;
}

static int transfer(struct worker *worker, uint64_t count, bool measured)
{
    struct loop *loop = &worker->loop;
    bool writer = worker->side == SIDE_WRITER;
    if (worker->setup->until_end)
        return writer ? loop_write_all(loop) : loop_read_all(loop);
    if (worker->setup->test != TEST_LATENCY)
        return writer ? loop_write(loop, count) : loop_read(loop, count);
    if (!writer)
        return loop_pong(loop, count);
    if (!measured)
        return loop_ping(loop, count);
    struct histogram *round_trips = &worker->control->round_trips;
    struct side_report *report = worker->report;
    if (worker->setup->rate_per_s > 0.0)
        return loop_ping_at_rate(loop, count, report->clock_read_ns, &worker->schedule, round_trips,
                                 &report->intervals_ns);
    return loop_ping_timed(loop, count, report->clock_read_ns, round_trips, &report->intervals_ns);
}

/* What the ledger's own counter and the witnesses say at one moment. */
struct copy_counts {
    uint64_t user_bytes;
    uint64_t link_bytes;
    struct kernel_io io;
    bool io_known;
};

static struct copy_counts count_copies(const struct worker *worker)
{
    struct copy_counts counts = {.user_bytes = user_copy_bytes(worker),
                                 .link_bytes = copy_witness_bytes()};
    counts.io_known = worker->account >= 0 && kernel_io_read(worker->account, &counts.io) == 0;
    return counts;
}

static void add_copies(struct side_report *report, const struct copy_counts *before,
                       const struct copy_counts *after)
{
    report->user_copy_bytes += after->user_bytes - before->user_bytes;
    report->link_copy_bytes += after->link_bytes - before->link_bytes;
    report->kernel_io_bytes += before->io_known && after->io_known
                                   ? (double)kernel_io_between(&before->io, &after->io)
                                   : NAN;
}

/* One batch between two looks at clock, usage and witnesses. */
static int run_batch(struct worker *worker, uint64_t count, bool measured)
{
    struct side_report *report = worker->report;
    struct copy_counts copies_before = count_copies(worker);
    struct usage before = usage_now();
    report->batch_started_ns = clock_now_ns();
    if (report->first_batch_ns == 0)
        report->first_batch_ns = report->batch_started_ns;
    int result = transfer(worker, count, measured);
    report->batch_finished_ns = clock_now_ns();
    struct usage after = usage_now();
    struct copy_counts copies_after = count_copies(worker);
    if (measured) {
        usage_add_between(&report->used, &before, &after);
        add_copies(report, &copies_before, &copies_after);
    }
    return result;
}

/* Closing is what tells the reader that nothing more will come. */
static void end_stream(struct worker *worker)
{
    worker->setup->operations->close(worker->link->forward);
    worker->link->forward = worker->loop.outgoing = NULL;
}

/*
 * A batch, seen from both sides. Each side's steps: 2k+1 "ready for batch k", 2k+2 "done with it".
 *   writer: decides the batch, is ready; waits for the reader to be ready; starts; done.
 *   reader: waits for the writer to be ready; is ready and at once waits for the first message.
 * So the reader is already waiting when the writer takes its first time, and no wake-up of the
 * hand-shake falls into the batch.
 */
static int write_batch(struct worker *worker, uint64_t count, bool measured)
{
    struct control *control = worker->control;
    uint64_t batch = worker->batches++;
    if (worker->slowdown.percent > 0)
        count += slowdown_messages(&worker->slowdown, count);
    control->batch_messages = count;
    control->batch_measured = measured;
    control_step(control, &worker->waiter, SIDE_WRITER);
    if (batch == 0)
        look_at_machine(worker, LOOK_BEFORE);
    int result = control_await(control, &worker->waiter, SIDE_READER, 2 * batch + 1);
    if (result == 0)
        result = run_batch(worker, count, measured);
    if (result < 0)
        return result;
    if (worker->setup->until_end)
        end_stream(worker);
    control_step(control, &worker->waiter, SIDE_WRITER);
    return control_await(control, &worker->waiter, SIDE_READER, 2 * batch + 2);
}

static uint64_t batch_ns(const struct worker *worker)
{
    const struct session_setup *setup = worker->setup;
    return control_batch_ns(worker->control,
                            setup->test == TEST_LATENCY || !setup->operations->transfers);
}

/* How many messages of `message_ns` fill `target_ns`. */
static uint64_t messages_for(double target_ns, double message_ns)
{
    double messages = target_ns / (message_ns > 0.001 ? message_ns : 0.001);
    return messages < 1.0 ? 1 : messages > 1e15 ? (uint64_t)1e15 : (uint64_t)messages;
}

/* The next warm-up batch: a little over the target, but not far beyond what a short one tells. */
static uint64_t grown_count(uint64_t count, double warmup_ns, double message_ns)
{
    uint64_t wanted = messages_for(1.25 * warmup_ns, message_ns);
    if (wanted < 2 * count)
        return 2 * count;
    return wanted > GROWTH_AT_MOST * count ? GROWTH_AT_MOST * count : wanted;
}

/*
 * Warm-up: batches grow until one has lasted long enough. One that only did because it was
 * interrupted for some milliseconds must not end the warm-up: so it has to be long enough, by an
 * eighth at least, at the speed of the fastest batch, too. For the same reason the first few small
 * batches are not believed. Sets what a message took in the last batch.
 */
static int warm_up(struct worker *worker, double *message_ns)
{
    const struct session_setup *setup = worker->setup;
    const double warmup_ns = WARMUP_PART * setup->seconds * (double)NANOSECONDS_PER_SECOND;
    double fastest_ns = HUGE_VAL;
    uint64_t count = 1;
    for (;;) {
        int result = write_batch(worker, count, false);
        if (result < 0)
            return result;
        worker->report->warmup_messages += count;
        /* A coarse clock may see no time pass: at a cost of 0 no batch would ever be long enough.
         */
        double took_ns = fmax((double)batch_ns(worker), 1.0);
        *message_ns = took_ns / (double)count;
        fastest_ns = fmin(fastest_ns, *message_ns);
        bool believed =
            worker->batches >= BELIEVED_BATCHES || setup->size_bytes >= BELIEVED_AT_ONCE_BYTES;
        if (believed && took_ns >= warmup_ns && (double)count * fastest_ns >= warmup_ns / 8.0)
            return 0;
        count = grown_count(count, warmup_ns, *message_ns);
    }
}

static int measure_batch(struct worker *worker, uint64_t count)
{
    struct side_report *report = worker->report;
    int result = write_batch(worker, count, true);
    if (result < 0)
        return result;
    report->messages += count;
    report->bytes += count * worker->setup->size_bytes;
    report->wall_ns += batch_ns(worker);
    report->last_ns_per_message = (double)batch_ns(worker) / (double)count;
    if (report->measured_batches++ == 0)
        report->first_ns_per_message = report->last_ns_per_message;
    return 0;
}

/* The whole source in one batch, however long it is. */
static int relay_all(struct worker *worker)
{
    struct side_report *report = worker->report;
    int result = write_batch(worker, UINT64_MAX, true);
    if (result < 0)
        return result;
    report->messages = worker->loop.next_message;
    report->bytes = worker->loop.bytes;
    report->wall_ns = batch_ns(worker);
    return 0;
}

/*
 * Measures batches of about half the wanted time until it is nearly filled, each sized by the one
 * before: how fast a mechanism runs can change tenfold from one millisecond to the next (another
 * process on its CPU, an idle state, a stream that falls out of step), so a single batch of a
 * length foretold would last far too short or far too long.
 */
static int measure_batches(struct worker *worker, double message_ns)
{
    const struct session_setup *setup = worker->setup;
    const struct side_report *report = worker->report;
    const double wanted_ns = setup->seconds * (double)NANOSECONDS_PER_SECOND;
    uint64_t least = setup->test == TEST_LATENCY ? LEAST_ROUND_TRIPS : LEAST_STREAM_MESSAGES;
    do {
        double left_ns = wanted_ns - (double)report->wall_ns;
        uint64_t count = messages_for(fmin(left_ns, wanted_ns / 2.0), message_ns);
        count = count > least ? count : least;
        int result = measure_batch(worker, count);
        if (result < 0)
            return result;
        message_ns = (double)batch_ns(worker) / (double)count;
    } while ((double)report->wall_ns < FILLED_PART * wanted_ns);
    return 0;
}

/*
 * At a rate it is known how many round trips fill the time, as long as the mechanism keeps up: two
 * halves then. Where it does not, time is the limit, as above.
 */
static int measure_at_rate(struct worker *worker, double message_ns)
{
    const struct session_setup *setup = worker->setup;
    const struct side_report *report = worker->report;
    const double wanted_ns = setup->seconds * (double)NANOSECONDS_PER_SECOND;
    const double interval_ns = worker->schedule.interval_ns;
    const uint64_t total = messages_for(wanted_ns + 0.5 * interval_ns, interval_ns);
    do {
        double left_ns = wanted_ns - (double)report->wall_ns;
        uint64_t left = total - report->messages;
        uint64_t count = message_ns * FILLED_PART <= interval_ns
                             ? (total + 1) / 2
                             : messages_for(fmin(left_ns, wanted_ns / 2.0), message_ns);
        count = count < left ? count : left;
        int result = measure_batch(worker, count);
        if (result < 0)
            return result;
        message_ns = (double)batch_ns(worker) / (double)count;
    } while (report->messages < total && (double)report->wall_ns < FILLED_PART * wanted_ns);
    return 0;
}

/* The measured batches, after a warm-up that found `message_ns`. */
static int measure(struct worker *worker, double message_ns)
{
    const struct session_setup *setup = worker->setup;
    if (setup->rate_per_s > 0.0) {
        bool other_cpu = setup->cpus.writer != setup->cpus.reader;
        worker->schedule = schedule_make(setup->rate_per_s, other_cpu);
        schedule_sharpen_timers();
    }
    int result = setup->count > 0          ? measure_batch(worker, setup->count)
                 : setup->rate_per_s > 0.0 ? measure_at_rate(worker, message_ns)
                                           : measure_batches(worker, message_ns);
    worker->report->late_messages = worker->schedule.late;
    return result;
}

/* Keeps this pair under load, uncounted, until all pairs of a crowd have come as far. */
static int stream_until(struct worker *worker, bool (*all_have)(const struct crowd *),
                        double message_ns)
{
    const double batch_ns = WARMUP_PART * worker->setup->seconds * (double)NANOSECONDS_PER_SECOND;
    int result = 0;
    while (result == 0 && !all_have(worker->setup->crowd))
        result = write_batch(worker, messages_for(batch_ns, message_ns), false);
    return result;
}

/* The measured batches, alone or as one pair of many. */
static int measure_among_others(struct worker *worker, double message_ns)
{
    struct crowd *crowd = worker->setup->crowd;
    if (crowd == NULL)
        return measure(worker, message_ns);
    crowd_note_warm(crowd);
    int result = stream_until(worker, crowd_all_are_warm, message_ns);
    if (result == 0)
        result = measure(worker, message_ns);
    if (result < 0)
        return result;
    crowd_note_measured(crowd);
    return stream_until(worker, crowd_all_were_measured, message_ns);
}

/* A stream is slowed down by messages of a batch, a latency test by its timed loop; a relay to the
 * end of its source moves what there is. */
static void slow_down(struct worker *worker)
{
    const struct session_setup *setup = worker->setup;
    if (setup->test == TEST_LATENCY)
        worker->loop.slowdown.percent = setup->slowdown_percent;
    else if (!setup->until_end)
        worker->slowdown = slowdown_of_stream(setup->slowdown_percent);
}

static int run_writer(struct worker *worker)
{
    double message_ns;
    int result;
    slow_down(worker);
    if (worker->setup->until_end) {
        result = relay_all(worker);
    } else {
        result = warm_up(worker, &message_ns);
        if (result == 0)
            result = measure_among_others(worker, message_ns);
    }
    if (result == 0) {
        worker->control->batch_messages = 0; /* the end */
        control_step(worker->control, &worker->waiter, SIDE_WRITER);
        look_at_machine(worker, LOOK_AFTER);
    }
    return result;
}

static int run_reader(struct worker *worker)
{
    struct control *control = worker->control;
    for (uint64_t batch = 0;; batch++) {
        int result = control_await(control, &worker->waiter, SIDE_WRITER, 2 * batch + 1);
        if (result < 0)
            return result;
        if (control->batch_messages == 0) {
            look_at_machine(worker, LOOK_AFTER);
            return 0;
        }
        if (batch == 0)
            look_at_machine(worker, LOOK_BEFORE);
        uint64_t count = control->batch_messages;
        bool measured = control->batch_measured;
        control_step(control, &worker->waiter, SIDE_READER);
        result = run_batch(worker, count, measured);
        if (result < 0)
            return result;
        control_step(control, &worker->waiter, SIDE_READER);
    }
}

/* What could not be known within the clock: the digest of what was read from the source, and what
 * the sink holds now. */
static int verify(struct worker *worker)
{
    const struct path_ends *ends = worker->ends;
    struct loop *loop = &worker->loop;
    struct failure *failure = &worker->report->failure;
    if (worker->setup->until_end)
        return 0;
    if (loop->source != NULL)
        return source_digest(loop->source, loop->next_message, loop->touch, &loop->sent,
                             loop->progress, failure);
    if (loop->sink == NULL)
        return 0;
    struct failure difference = {0};
    int result =
        sink_check(loop->sink, &ends->source, loop->next_message, loop->progress, &difference);
    worker->report->sink_wrong = result == -EBADMSG;
    return result == 0 || result == -EBADMSG ? 0
                                             : failure_say(failure, result, "%s", difference.text);
}

/* One message through the path, changed on its way. */
static int run_probe(struct worker *worker)
{
    struct probe probe = {.loop = &worker->loop,
                          .control = worker->control,
                          .waiter = &worker->waiter,
                          .source = &worker->ends->source,
                          .found = worker->report->mutations};
    return worker->side == SIDE_WRITER ? probe_write(&probe) : probe_read(&probe);
}

int worker_run(const struct session_setup *setup, struct control *control, struct link *link,
               const struct path_ends *ends, enum side_index side)
{
    struct worker worker = {.setup = setup,
                            .control = control,
                            .side = side,
                            .report = &control->reports[side],
                            .ends = ends,
                            .link = link,
                            .account = kernel_io_open(),
                            .peer = {.pid = 0, .descriptor = -1}};
    /* The steps must not disturb what is measured on the same CPU: so they do not spin for long.
     * They wait for as long as the other side's batch takes, which with the null mechanism can be
     * far longer than ours: it is the supervisor that sees whether messages still move. */
    worker.waiter = (struct waiter){
        .kind = WAIT_HYBRID, .patience_ns = UINT64_MAX, .failure = &worker.report->failure};
    int result = set_up(&worker, link);
    if (result == 0 && setup->probe) {
        result = run_probe(&worker);
    } else if (result == 0) {
        worker.report->clock_read_ns = clock_measure_read_cost_ns();
        worker.report->work_ns = worker.report->bounces_ns[LOOK_BEFORE] =
            worker.report->bounces_ns[LOOK_AFTER] = NAN;
        result = side == SIDE_WRITER ? run_writer(&worker) : run_reader(&worker);
    }
    if (result == 0 && !setup->probe)
        result = verify(&worker);
    worker.report->sent = worker.loop.sent;
    worker.report->received = worker.loop.received;
    worker.report->digest = worker.loop.digest;
    if (result < 0)
        failure_set(&worker.report->failure, result, "the %s",
                    side == SIDE_WRITER ? "writer" : "reader");
    loop_finish(&worker.loop);
    if (worker.account >= 0)
        close(worker.account);
    peer_close(&worker.peer);
    return result;
}
