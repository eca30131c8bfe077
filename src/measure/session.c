#include "measure/session.h"

#include "base/clock.h"
#include "base/environment.h"
#include "base/leftover.h"
#include "base/units.h"
#include "machine/memory.h"
#include "measure/control.h"
#include "measure/extra_copies.h"
#include "measure/loop.h"
#include "measure/worker.h"
#include "transfer/copy_witness.h"

#include <errno.h>
#include <math.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* What any machine has that could start us. */
#define LITTLE_MEMORY_BYTES (UINT64_C(8) << 20)

enum {
    WATCH_INTERVAL_NS = 200000000,
    /* How long a survivor may take to notice by itself that its peer is gone, before it is
     * killed: it looks every 50 ms, so this is for a machine under load. */
    SURVIVOR_GRACE_NS = 1000000000
};

static const char *const side_names[SIDES] = {"writer", "reader"};

struct session {
    const struct session_setup *setup;
    struct failure *failure;
    struct control *control;
    struct link link;
    struct path_ends ends;
    uint64_t forked_ns; /* when the first worker was about to be */
    sigset_t watched;   /* what the supervisor waits for: the end of a child, or of itself */
    sigset_t signals_before;
    bool running[SIDES];
    bool killed[SIDES]; /* by us, because it did not end by itself */
    int status[SIDES];  /* of waitpid, once not running */
};

/* ---- set-up ---- */

/* How long nothing may move. */
static double patience_seconds(const struct session_setup *setup)
{
    return setup->timeout_seconds + (setup->rate_per_s > 0.0 ? 1.0 / setup->rate_per_s : 0.0);
}

/* What the files in memory at the ends of a measured relay take; the sink's is one message
 * shorter. One that is read to its end grows as it comes. */
static uint64_t files_in_memory(const struct session_setup *setup)
{
    uint64_t bytes =
        source_generated_slots((size_t)setup->size_bytes) * (uint64_t)setup->size_bytes;
    uint64_t sink_bytes = bytes - setup->size_bytes;
    struct stat status;
    if (setup->input != NULL && stat(setup->input, &status) == 0)
        sink_bytes = (uint64_t)status.st_size;
    return (setup->source == SOURCE_FILE && setup->input == NULL ? bytes : 0) +
           (setup->sink == SINK_FILE && setup->output == NULL && !setup->until_end ? sink_bytes
                                                                                   : 0);
}

/* Bytes of memory that the session will map and touch, at most. */
static uint64_t memory_needed(const struct session_setup *setup)
{
    uint64_t directions = setup->test == TEST_LATENCY ? 2 : 1;
    /* Per direction: what is produced and what is consumed; where the writer lends private memory
     * (vmsplice, process_vm_readv) two loans, and both buffers that the reader may have. */
    bool lends_private = setup->operations->send == NULL && setup->operations->loan_is_private;
    uint64_t buffers = lends_private ? 4 : 2;
    return directions * (buffers * (setup->size_bytes + setup->buffer_offset_bytes) +
                         setup->capacity_bytes) +
           files_in_memory(setup) +
           extra_copies_region_bytes(setup->extra_copies, setup->working_set,
                                     (size_t)setup->size_bytes);
}

/* Better refused in a line than ended by the kernel's out-of-memory killer. */
int session_check_memory(const struct session_setup *setup, size_t sessions,
                         struct failure *failure)
{
    char needed[UNITS_TEXT_BYTES];
    char available[UNITS_TEXT_BYTES];
    uint64_t needed_bytes = sessions * memory_needed(setup);
    /* Asking takes longer than mapping a little. */
    if (needed_bytes <= LITTLE_MEMORY_BYTES || needed_bytes <= memory_available_bytes())
        return 0;
    return failure_say(failure, -ENOMEM,
                       "--size: this run needs about %s of memory and %s are available; choose a "
                       "smaller one",
                       units_format_bytes(needed_bytes, needed),
                       units_format_bytes(memory_available_bytes(), available));
}

static int create_channels(struct session *session)
{
    const struct session_setup *setup = session->setup;
    bool lends = loop_lends_outgoing(setup->operations, setup->copies) ||
                 loop_lends_incoming(setup->operations, setup->copies);
    struct channel_setup channel_setup = {
        .wait = setup->wait,
        .capacity_bytes = setup->capacity_bytes,
        .loan_bytes = lends ? (size_t)setup->size_bytes : 0,
        .patience_ns = (uint64_t)(patience_seconds(setup) * (double)NANOSECONDS_PER_SECOND),
        .failure = session->failure};
    int result = channel_create(setup->operations, &channel_setup, &session->link.forward);
    if (result == 0 && setup->test == TEST_LATENCY)
        result = channel_create(setup->operations, &channel_setup, &session->link.backward);
    return result;
}

/* The ends of a relay's path, opened before the fork: both sides know what is to be verified.
 * Opening a FIFO waits for its other end; until that comes a signal has to end us, as it does
 * before the session (leftover.h). */
static int open_ends(struct session *session)
{
    sigset_t blocked;
    const struct session_setup *setup = session->setup;
    const struct source_setup source = {.kind = setup->source,
                                        .path = setup->input,
                                        .message_bytes = (size_t)setup->size_bytes,
                                        .circular = !setup->until_end,
                                        .seed = setup->seed};
    const struct sink_setup sink = {.kind = setup->sink,
                                    .path = setup->output,
                                    .message_bytes = (size_t)setup->size_bytes,
                                    .circular = !setup->until_end};
    if (setup->input != NULL || setup->output != NULL)
        sigprocmask(SIG_SETMASK, &session->signals_before, &blocked);
    int result = source_open(&source, &session->ends.source, session->failure);
    if (result == 0)
        result = sink_open(&sink, &session->ends.source, &session->ends.sink, session->failure);
    if (setup->input != NULL || setup->output != NULL)
        sigprocmask(SIG_SETMASK, &blocked, NULL);
    return result;
}

static void close_ends(struct session *session)
{
    source_close(&session->ends.source);
    sink_close(&session->ends.sink);
}

static void close_channels(struct session *session)
{
    session->setup->operations->close(session->link.forward);
    session->setup->operations->close(session->link.backward);
    session->link = (struct link){NULL, NULL};
}

/* Called in the child, just forked. */
__attribute__((noreturn)) static void become_worker(struct session *session, enum side_index side,
                                                    pid_t supervisor)
{
    /* When the supervisor is killed the worker gets SIGTERM, whose handler cleans up. */
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    leftover_catch_signals();
    if (getppid() != supervisor)
        raise(SIGTERM); /* it ended before prctl took effect */
    signal(SIGPIPE, SIG_IGN);
    int result = worker_run(session->setup, session->control, &session->link, &session->ends, side);
    close_channels(session);
    _exit(result < 0 ? EXIT_FAILURE : EXIT_SUCCESS);
}

static int fork_workers(struct session *session)
{
    struct control *control = session->control;
    pid_t supervisor = getpid();
    session->forked_ns = clock_now_ns();
    for (int side = 0; side < SIDES; side++) {
        pid_t pid = fork();
        if (pid < 0)
            return failure_set(session->failure, -errno, "starting the %s process",
                               side_names[side]);
        if (pid == 0)
            become_worker(session, (enum side_index)side, supervisor);
        control->pids[side] = pid;
        session->running[side] = true;
    }
    /* Only the workers may hold the ends, so that the end of one is the end of its file. */
    close_channels(session);
    const struct waiter waiter = {.kind = WAIT_BLOCK};
    control_step(control, &waiter, SIDES);
    return 0;
}

/* ---- supervision ---- */

static void kill_workers(struct session *session)
{
    for (int side = 0; side < SIDES; side++) {
        if (!session->running[side])
            continue;
        session->killed[side] = true;
        kill(session->control->pids[side], SIGKILL);
    }
}

/* Reaps whoever has ended. Returns true when one of them failed. */
static bool reap(struct session *session, int options)
{
    bool failed = false;
    for (int side = 0; side < SIDES; side++) {
        if (!session->running[side])
            continue;
        pid_t pid;
        do
            pid = waitpid(session->control->pids[side], &session->status[side], options);
        while (pid < 0 && errno == EINTR);
        if (pid == session->control->pids[side]) {
            session->running[side] = false;
            failed |= session->status[side] != 0;
        }
    }
    return failed;
}

static bool any_running(const struct session *session)
{
    return session->running[SIDE_WRITER] || session->running[SIDE_READER];
}

static uint64_t total_progress(struct control *control)
{
    uint64_t total = 0;
    for (int side = 0; side < SIDES; side++) {
        /* relaxed: any recent value will do. Steps count, too: set-up and hand-shakes. */
        total += atomic_load_explicit(&control->progress[side].messages, memory_order_relaxed);
        total += atomic_load_explicit(&control->steps[side].position, memory_order_relaxed);
    }
    return total;
}

/*
 * Waits until both workers have ended: by themselves, or killed because the other failed, because
 * nothing moved for too long (a stopped process, say), or because a signal ended the session.
 */
static int supervise(struct session *session)
{
    const struct timespec interval = {.tv_sec = 0, .tv_nsec = WATCH_INTERVAL_NS};
    uint64_t patience_ns =
        (uint64_t)(patience_seconds(session->setup) * (double)NANOSECONDS_PER_SECOND);
    uint64_t progress = 0;
    uint64_t progressed_ns = clock_now_ns();
    uint64_t failed_ns = 0;
    while (any_running(session)) {
        int signal_number = sigtimedwait(&session->watched, NULL, &interval);
        if (signal_number > 0 && signal_number != SIGCHLD)
            return failure_say(session->failure, -EINTR, "interrupted by signal %d", signal_number);
        uint64_t now = clock_now_ns();
        if (reap(session, WNOHANG) && failed_ns == 0)
            failed_ns = now;
        if (failed_ns != 0 && now - failed_ns > SURVIVOR_GRACE_NS)
            kill_workers(session);
        if (total_progress(session->control) != progress) {
            progress = total_progress(session->control);
            progressed_ns = now;
        } else if (now - progressed_ns > patience_ns) {
            return failure_say(session->failure, -ETIMEDOUT,
                               "no message moved for %.1f s; gave up (--timeout)",
                               patience_seconds(session->setup));
        }
    }
    return 0;
}

/* All options were checked before: what a system call of a worker finds invalid is beyond a limit
 * of the machine (a segment larger than shmmax, say), and no bad usage. */
static int error_of_worker(int error)
{
    return error == -EINVAL ? -ERANGE : error;
}

/* Describes why the workers failed, the cause before its consequences. */
static int describe_ends(struct session *session)
{
    const struct side_report *reports = session->control->reports;
    for (int side = 0; side < SIDES; side++) {
        int status = session->status[side];
        if (WIFSIGNALED(status) && !session->killed[side])
            return failure_say(session->failure, -EPIPE,
                               "the %s process was killed by signal %d "
                               "(%s)",
                               side_names[side], WTERMSIG(status), strsignal(WTERMSIG(status)));
        if (WIFEXITED(status) && WEXITSTATUS(status) != 0 && reports[side].failure.error == 0)
            return failure_say(session->failure, -EPIPE, "the %s process was ended by a signal",
                               side_names[side]);
    }
    for (int pass = 0; pass < 2; pass++) {
        for (int side = 0; side < SIDES; side++) {
            const struct failure *failure = &reports[side].failure;
            /* First whoever did not just lose its peer. */
            if (failure->error != 0 && (pass == 1 || failure->error != -EPIPE))
                return failure_say(session->failure, error_of_worker(failure->error), "%s: %s",
                                   side_names[side], failure->text);
        }
    }
    return 0;
}

/* ---- the sample ---- */

static void set_word(char *word, const char *text)
{
    memset(word, 0, SAMPLE_WORD_BYTES);
    memcpy(word, text, strnlen(text, SAMPLE_WORD_BYTES - 1));
}

static enum checksum_state compare_digests(const struct session *session)
{
    const struct side_report *writer = &session->control->reports[SIDE_WRITER];
    const struct side_report *reader = &session->control->reports[SIDE_READER];
    if (!session->setup->operations->transfers)
        return CHECKSUM_NOT_APPLICABLE;
    if (session->setup->until_end)
        return running_digest_equal(&writer->digest, &reader->digest) ? CHECKSUM_OK
                                                                      : CHECKSUM_WRONG;
    if (reader->sink_wrong)
        return CHECKSUM_WRONG;
    bool same = memcmp(&writer->sent, &reader->received, sizeof writer->sent) == 0 &&
                memcmp(&reader->sent, &writer->received, sizeof reader->sent) == 0;
    return same ? CHECKSUM_OK : CHECKSUM_WRONG;
}

static void fill_cell(const struct session_setup *setup, struct sample *sample)
{
    set_word(sample->mechanism, setup->operations->name);
    set_word(sample->test, test_names[setup->test]);
    set_word(sample->wait, wait_names[setup->wait]);
    set_word(sample->copies, copies_names[setup->copies]);
    set_word(sample->touch, touch_names[setup->touch]);
    set_word(sample->placement, placement_names[setup->placement]);
    set_word(sample->source, source_names[setup->source]);
    set_word(sample->sink, sink_names[setup->sink]);
    sample->extra_copies = setup->extra_copies;
    set_word(sample->working_set, working_set_names[setup->working_set]);
    sample->size_bytes = setup->size_bytes;
    sample->writer_cpu = setup->cpus.writer;
    sample->reader_cpu = setup->cpus.reader;
    sample->seed = setup->seed;
    sample->buffer_offset_bytes = setup->buffer_offset_bytes;
    sample->rate_per_s = setup->rate_per_s;
}

static void fill_usage(const struct control *control, struct sample *sample)
{
    const struct usage *writer = &control->reports[SIDE_WRITER].used;
    const struct usage *reader = &control->reports[SIDE_READER].used;
    sample->writer_user_ns = writer->user_ns;
    sample->writer_sys_ns = writer->sys_ns;
    sample->reader_user_ns = reader->user_ns;
    sample->reader_sys_ns = reader->sys_ns;
    sample->voluntary_switches = writer->voluntary_switches + reader->voluntary_switches;
    sample->involuntary_switches = writer->involuntary_switches + reader->involuntary_switches;
    sample->minor_faults = writer->minor_faults + reader->minor_faults;
    sample->major_faults = writer->major_faults + reader->major_faults;
    sample->kernel_io_bytes = control->reports[SIDE_WRITER].kernel_io_bytes +
                              control->reports[SIDE_READER].kernel_io_bytes;
    if (copy_witness_is_there())
        sample->link_copy_bytes = (double)control->reports[SIDE_WRITER].link_copy_bytes +
                                  (double)control->reports[SIDE_READER].link_copy_bytes;
    sample->user_copy_bytes = control->reports[SIDE_WRITER].user_copy_bytes +
                              control->reports[SIDE_READER].user_copy_bytes;
}

/* A latency is stated only when enough round trips stand behind it. */
static double half_quantile(const struct histogram *round_trips, double q)
{
    if (round_trips->count < histogram_count_needed(q))
        return NAN;
    return histogram_quantile(round_trips, q) / 2.0;
}

static void fill_latencies(const struct control *control, struct sample *sample)
{
    const struct histogram *round_trips = &control->round_trips;
    const struct side_report *writer = &control->reports[SIDE_WRITER];
    double mean = (double)writer->intervals_ns / (double)sample->messages - writer->clock_read_ns;
    sample->latency_mean_ns = (mean > 0.0 ? mean : 0.0) / 2.0;
    /* The median is what there is, even of one round trip; the sample says of how many. */
    sample->latency_p50_ns = histogram_quantile(round_trips, 0.5) / 2.0;
    sample->latency_p90_ns = half_quantile(round_trips, 0.9);
    sample->latency_p99_ns = half_quantile(round_trips, 0.99);
    sample->latency_p999_ns = half_quantile(round_trips, 0.999);
    sample->latency_max_ns = (double)round_trips->maximum / 2.0;
}

static void fill_sample(const struct session *session, struct sample *sample)
{
    const struct control *control = session->control;
    const struct side_report *writer = &control->reports[SIDE_WRITER];
    const struct side_report *reader = &control->reports[SIDE_READER];
    bool latency = session->setup->test == TEST_LATENCY;
    *sample = (struct sample){.kernel_io_bytes = NAN,
                              .link_copy_bytes = NAN,
                              .first_ns_per_message = NAN,
                              .last_ns_per_message = NAN,
                              .throughput_bytes_per_s = NAN,
                              .messages_per_s = NAN,
                              .latency_mean_ns = NAN,
                              .latency_p50_ns = NAN,
                              .latency_p90_ns = NAN,
                              .latency_p99_ns = NAN,
                              .latency_p999_ns = NAN,
                              .latency_max_ns = NAN};
    fill_cell(session->setup, sample);
    fill_usage(control, sample);
    sample->messages = writer->messages;
    sample->bytes = writer->bytes * (latency ? 2 : 1);
    sample->wall_ns = writer->wall_ns;
    sample->capacity_bytes = reader->capacity_bytes;
    sample->warmup_messages = writer->warmup_messages;
    sample->bounce_before_ns = writer->bounces_ns[0];
    sample->bounce_after_ns = writer->bounces_ns[1];
    sample->writer_work_ns = writer->work_ns;
    sample->reader_work_ns = reader->work_ns;
    sample->clock_read_ns = writer->clock_read_ns;
    sample->environment_bytes = environment_bytes();
    sample->late_messages = writer->late_messages;
    if (writer->measured_batches > 1) {
        sample->first_ns_per_message = writer->first_ns_per_message;
        sample->last_ns_per_message = writer->last_ns_per_message;
    }
    sample->checksum_ok = compare_digests(session);
    double cpu_ns = (double)(sample->writer_user_ns + sample->writer_sys_ns +
                             sample->reader_user_ns + sample->reader_sys_ns);
    /* An empty source has nothing that its time could be divided by. */
    sample->cpu_ns_per_kib = sample->bytes > 0 ? cpu_ns / ((double)sample->bytes / 1024.0) : NAN;
    double seconds = (double)sample->wall_ns / (double)NANOSECONDS_PER_SECOND;
    if (latency)
        fill_latencies(control, sample);
    else
        sample->throughput_bytes_per_s = (double)sample->bytes / seconds;
    /* How many pings a closed loop makes says no more than its latency. */
    if (!latency || sample->rate_per_s > 0.0)
        sample->messages_per_s = (double)sample->messages / seconds;
}

/* ---- the whole ---- */

static void begin_watching(struct session *session)
{
    leftover_signals(&session->watched);
    sigaddset(&session->watched, SIGCHLD);
    signal(SIGCHLD,
           SIG_DFL); /* ignored, as some parents leave it, children would vanish unreaped */
    sigprocmask(SIG_BLOCK, &session->watched, &session->signals_before);
}

/* Ends and reaps what still runs, and removes whatever was made. */
static void end_session(struct session *session)
{
    kill_workers(session);
    reap(session, 0);
    close_channels(session);
    close_ends(session);
    leftover_remove_all();
    sigprocmask(SIG_SETMASK, &session->signals_before, NULL);
}

static int run_workers(struct session *session)
{
    int result = open_ends(session);
    if (result == 0)
        result = create_channels(session);
    if (result == 0)
        result = fork_workers(session);
    if (result == 0)
        result = supervise(session);
    return result == 0 ? describe_ends(session) : result;
}

/* Runs a session to its end; *control, where the workers' reports are, is the caller's to free in
 * every case. */
static int conduct(const struct session_setup *setup, struct session *session,
                   struct failure *failure)
{
    *session = (struct session){
        .setup = setup,
        .failure = failure,
        .ends = {.source = {.descriptor = -1}, .sink = {.descriptor = -1}},
    };
    /* First, so that from here on a signal ends the session with a line. */
    begin_watching(session);
    /* Of many sessions it was checked for all together. */
    int result = setup->crowd == NULL ? session_check_memory(setup, 1, failure) : 0;
    if (result == 0)
        result = control_make(&session->control, failure);
    if (result == 0)
        result = run_workers(session);
    end_session(session);
    return result;
}

/* There is no control when nothing came so far. */
static void observe(const struct session *session, struct session_observation *observation)
{
    const struct control *control = session->control;
    *observation = (struct session_observation){.start_ns = 0};
    if (control == NULL)
        return;
    for (int side = 0; side < SIDES; side++)
        wait_counts_add(&observation->waits, &control->reports[side].waits);
    uint64_t first_ns = control->reports[SIDE_WRITER].first_batch_ns;
    observation->start_ns = first_ns > session->forked_ns ? first_ns - session->forked_ns : 0;
}

/* `observation` may be NULL. */
static int run(const struct session_setup *setup, struct sample *sample,
               struct histogram *round_trips, struct session_observation *observation,
               struct failure *failure)
{
    struct session session;
    int result = conduct(setup, &session, failure);
    if (result == 0) {
        fill_sample(&session, sample);
        if (round_trips->count > 0)
            histogram_clear(round_trips);
        if (setup->test == TEST_LATENCY)
            histogram_copy(round_trips, &session.control->round_trips);
        if (sample->checksum_ok == CHECKSUM_WRONG)
            result = failure_say(failure, -EBADMSG, "what arrived is not what was sent");
    }
    if (observation != NULL)
        observe(&session, observation);
    control_free(session.control);
    return result;
}

int session_run(const struct session_setup *setup, struct sample *sample,
                struct histogram *round_trips, struct failure *failure)
{
    return run(setup, sample, round_trips, NULL, failure);
}

int session_observe(const struct session_setup *setup, struct sample *sample,
                    struct histogram *round_trips, struct session_observation *observation,
                    struct failure *failure)
{
    struct session_setup observed = *setup;
    observed.count_waits = true;
    return run(&observed, sample, round_trips, observation, failure);
}

/* What a channel takes before its reader comes, where that is known before it is opened; else 0. */
static uint64_t capacity_of(const struct session_setup *setup)
{
    const struct channel_setup wanted = {.wait = setup->wait,
                                         .capacity_bytes = setup->capacity_bytes,
                                         .loan_bytes = (size_t)setup->size_bytes};
    struct channel *channel;
    if (channel_create(setup->operations, &wanted, &channel) < 0)
        return 0; /* the session will say why */
    uint64_t capacity_bytes = channel->capacity_bytes;
    setup->operations->close(channel);
    leftover_remove_all();
    return capacity_bytes;
}

int session_probe(const struct session_setup *setup, enum mutation *found, struct failure *failure)
{
    struct session session;
    struct session_setup probing = *setup;
    probing.probe = true;
    /* The whole message must fit. Nothing is timed, so there may be more room than was asked for.
     */
    if (setup->operations->capacity_has_overhead && probing.capacity_bytes < 2 * setup->size_bytes)
        probing.capacity_bytes = 2 * setup->size_bytes;
    /* Where this machine gives no such room, what fits is message enough. */
    uint64_t capacity_bytes = capacity_of(&probing);
    if (capacity_bytes > 0 && capacity_bytes < probing.size_bytes)
        probing.size_bytes = capacity_bytes;
    int result = conduct(&probing, &session, failure);
    if (result == 0) {
        const enum mutation *writer = session.control->reports[SIDE_WRITER].mutations;
        const enum mutation *reader = session.control->reports[SIDE_READER].mutations;
        found[LEDGER_SOURCE] = writer[LEDGER_SOURCE];
        for (int stage = LEDGER_TRANSFER_IN; stage < LEDGER_STAGES; stage++)
            found[stage] = reader[stage];
    }
    control_free(session.control);
    return result;
}
