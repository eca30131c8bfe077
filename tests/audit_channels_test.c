/*
 * The copies audit over whole paths, built as audit programs are: every honest channel agrees with
 * its ledger on every path, and doctored ones are caught, each by the witnesses that can see what
 * was done. Also what none of them can see.
 */
#include "base/leftover.h"
#include "measure/copies_audit.h"
#include "pair.h"
#include "paths.h"
#include "transfer/copy.h"
#include "transfer/copy_witness.h"
#include "transfer/mechanisms.h"
#include "transfer/stream.h"

#include <dirent.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

enum { HANG_SECONDS = 60, MESSAGE_BYTES = 65536 };

/* ---- helpers ---- */

static struct copies_audit run(const struct session_setup *setup)
{
    struct failure failure = {0};
    struct copies_audit audit;
    alarm(HANG_SECONDS);
    int result = copies_audit(setup, &audit, &failure);
    alarm(0);
    if (result != 0)
        fail_msg("%s: %s", setup->operations->name, failure.text);
    return audit;
}

static struct copies_audit audit_path(const struct channel_operations *operations,
                                      enum source_kind source, enum sink_kind sink,
                                      enum copies copies)
{
    const struct session_setup setup = paths_setup(operations, source, sink, copies);
    return run(&setup);
}

static void print_row(const struct copies_audit *audit)
{
    copies_audit_print_header(stderr);
    copies_audit_print(audit, stderr);
}

/* What the witnesses must see of a path, per byte; `disagreeing` is how many of them must say that
 * it is not what the ledger predicts, each stage's mutation being one. */
struct observation {
    double kernel_io;
    double ledger_user;
    double link_user;
    enum mutation in;
    enum mutation out;
    int disagreeing;
};

static bool is_about(double seen, double expected)
{
    return fabs(seen - expected) <= COPIES_AUDIT_TOLERANCE;
}

static int count_disagreements(const char *note)
{
    int count = 0;
    while ((note = strstr(note, "DISAGREES")) != NULL) {
        note++;
        count++;
    }
    return count;
}

static void check_seen(const struct copies_audit *audit, const struct observation *expected)
{
    bool kernel_known = !isnan(audit->kernel_io);
    int disagreeing = expected->disagreeing;
    if (!kernel_known && !is_about(expected->kernel_io, ledger_kernel_io(&audit->path)))
        disagreeing--;
    if ((kernel_known && !is_about(audit->kernel_io, expected->kernel_io)) ||
        !is_about(audit->ledger_user, expected->ledger_user) ||
        !is_about(audit->link_user, expected->link_user) ||
        audit->mutations[LEDGER_TRANSFER_IN] != expected->in ||
        audit->mutations[LEDGER_TRANSFER_OUT] != expected->out ||
        count_disagreements(audit->note) != disagreeing || audit->agrees != (disagreeing == 0)) {
        print_row(audit);
        fail_msg("%s %s: not what must be seen", audit->mechanism, copies_names[audit->copies]);
    }
}

static void check_note(const struct copies_audit *audit, const char *part)
{
    if (strstr(audit->note, part) == NULL)
        fail_msg("no '%s' in: %s", part, audit->note);
}

/* A private TMPDIR for every test: it must be empty again at its end. */
static char folder[] = "/tmp/audit-test-XXXXXX";
static int objects_before;

static int set_up(void **state)
{
    (void)state;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    objects_before = pair_count_ipc_objects();
    return mkdtemp(folder) == NULL || setenv("TMPDIR", folder, 1) != 0;
}

static int check_nothing_is_left(void **state)
{
    (void)state;
    if (pair_count_ipc_objects() != objects_before || waitpid(-1, NULL, WNOHANG) != -1)
        return 1;
    return rmdir(folder);
}

/* ---- the link-level witness itself ---- */

static void memcpy_and_memmove_are_counted(void **state)
{
    (void)state;
    static char one[5000];
    static char other[5000];
    assert_true(copy_witness_is_there());
    uint64_t before = copy_witness_bytes();
    memcpy(other, one, 4096);
    assert_int_equal(copy_witness_bytes() - before, 4096);
    memmove(one + 1, one, 100);
    assert_int_equal(copy_witness_bytes() - before, 4196);
    uint64_t counted = 0;
    copy_counted(&counted, other, one, 5000);
    assert_int_equal(counted, 5000);
    assert_int_equal(copy_witness_bytes() - before, 9196);
}

/* ---- honest channels ---- */

static void check_honest(const struct channel_operations *operations, enum copies copies)
{
    for (size_t index = 0; index < PATHS_ENDS; index++) {
        struct copies_audit audit =
            audit_path(operations, paths_ends[index].source, paths_ends[index].sink, copies);
        if (!audit.agrees || isnan(audit.link_user) || count_disagreements(audit.note) != 0) {
            print_row(&audit);
            fail_msg("%s %s %s to %s does not agree", operations->name, copies_names[copies],
                     source_names[audit.source], sink_names[audit.sink]);
        }
    }
}

static void a_pipe_agrees_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_pipe, COPIES_OWN);
    check_honest(&channel_pipe, COPIES_INPLACE);
}

/* Only its opening is not the pipe's: one mode will do. */
static void a_fifo_agrees_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_fifo, COPIES_OWN);
}

static void shared_memory_agrees_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_shm, COPIES_OWN);
    check_honest(&channel_shm, COPIES_INPLACE);
}

/* Only how the memory is had is not that of the segment. */
static void mapped_memory_agrees_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_posix_shm, COPIES_OWN);
    check_honest(&channel_posix_shm, COPIES_INPLACE);
    check_honest(&channel_memfd, COPIES_OWN);
    check_honest(&channel_memfd, COPIES_INPLACE);
}

static void sockets_agree_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_unix_stream, COPIES_OWN);
    check_honest(&channel_unix_stream, COPIES_INPLACE);
    check_honest(&channel_unix_seqpacket, COPIES_OWN);
    check_honest(&channel_tcp, COPIES_OWN);
}

static void queues_agree_on_every_path(void **state)
{
    (void)state;
    check_honest(&channel_posix_mq, COPIES_OWN);
    check_honest(&channel_sysv_mq, COPIES_OWN);
}

static void vmsplice_agrees_on_every_path(void **state)
{
    (void)state;
    if (!paths_kernel_shares_vmspliced_pages())
        skip();
    check_honest(&channel_vmsplice, COPIES_OWN);
    check_honest(&channel_vmsplice, COPIES_INPLACE);
}

static void process_vm_readv_agrees_on_every_path(void **state)
{
    (void)state;
    if (!paths_kernel_copies_from_processes())
        skip();
    check_honest(&channel_process_vm_readv, COPIES_OWN);
    check_honest(&channel_process_vm_readv, COPIES_INPLACE);
}

/* Messages that neither fill pages nor the ring, and every way of waiting. */
static void size_and_wait_make_no_difference(void **state)
{
    (void)state;
    const struct channel_operations *const tables[] = {&channel_pipe, &channel_shm};
    for (int table = 0; table < 2; table++) {
        for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
            struct session_setup setup =
                paths_setup(tables[table], SOURCE_FILE, SINK_FILE, COPIES_OWN);
            setup.wait = (enum wait_kind)wait;
            setup.size_bytes = 5003;
            /* Spinning on one CPU takes a time slice per message. */
            if (!channel_can_wait(tables[table], setup.wait) ||
                (setup.wait == WAIT_SPIN && setup.cpus.writer == setup.cpus.reader))
                continue;
            struct copies_audit audit = run(&setup);
            double user = tables[table] == &channel_shm ? 2 : 0;
            check_seen(&audit, &(struct observation){4 - user, user, user, MUTATION_COPIED,
                                                     MUTATION_COPIED, 0});
        }
    }
}

static int count_descriptors(void)
{
    int count = 0;
    DIR *descriptors = opendir("/proc/self/fd");
    assert_non_null(descriptors);
    while (readdir(descriptors) != NULL)
        count++;
    closedir(descriptors);
    return count;
}

/* Standard input and output are what they were, and nothing more is open than before. */
static void streams_are_put_back(void **state)
{
    (void)state;
    struct stat input[2];
    struct stat output[2];
    int descriptors = count_descriptors();
    assert_int_equal(fstat(STDIN_FILENO, &input[0]), 0);
    assert_int_equal(fstat(STDOUT_FILENO, &output[0]), 0);
    struct copies_audit audit = audit_path(&channel_shm, SOURCE_STDIN, SINK_STDOUT, COPIES_OWN);
    assert_true(audit.agrees);
    assert_int_equal(fstat(STDIN_FILENO, &input[1]), 0);
    assert_int_equal(fstat(STDOUT_FILENO, &output[1]), 0);
    assert_true(input[0].st_dev == input[1].st_dev && input[0].st_ino == input[1].st_ino);
    assert_true(output[0].st_dev == output[1].st_dev && output[0].st_ino == output[1].st_ino);
    assert_int_equal(count_descriptors(), descriptors);
}

/* ---- a hidden extra copy ---- */

static unsigned char scratch[MESSAGE_BYTES];

/* A memcpy past copy_counted; what is used afterwards is the copy. */
static int copying_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                           size_t *size)
{
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (result == 0)
        *view = memcpy(scratch, *view, *size);
    return result;
}

/* The same beside the path: what is used is the segment itself. */
static int wasting_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                           size_t *size)
{
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (result == 0)
        memcpy(scratch, *view, *size);
    return result;
}

/* Byte by byte, in a way that no compiler turns into a call of memcpy. */
static void copy_plainly(const unsigned char *from, size_t size)
{
    volatile unsigned char *to = scratch;
    for (size_t index = 0; index < size; index++)
        to[index] = from[index];
}

static int plainly_copying_acquire(struct channel *channel, size_t least, size_t most,
                                   const void **view, size_t *size)
{
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (result == 0) {
        copy_plainly(*view, *size);
        *view = scratch;
    }
    return result;
}

static int plainly_wasting_acquire(struct channel *channel, size_t least, size_t most,
                                   const void **view, size_t *size)
{
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (result == 0)
        copy_plainly(*view, *size);
    return result;
}

typedef int acquire_operation(struct channel *channel, size_t least, size_t most, const void **view,
                              size_t *size);

static struct copies_audit audit_acquire(acquire_operation *acquire, enum copies copies)
{
    struct channel_operations doctored = channel_shm;
    doctored.acquire = acquire;
    return audit_path(&doctored, SOURCE_FILE, SINK_USE, copies);
}

/* Mutation sees it as well: the way out is not shared any more. */
static void a_hidden_memcpy_in_place_is_caught(void **state)
{
    (void)state;
    struct copies_audit audit = audit_acquire(copying_acquire, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 0, 1, MUTATION_SHARED, MUTATION_COPIED, 2});
    check_note(&audit, "memcpy at link level saw 1 per byte where 0 must be");
    check_note(&audit, "mutation found transfer_out copied where it must be shared");
}

/* A second copy at a stage that has one already: mutation gives one answer per stage. */
static void a_second_memcpy_at_a_stage_is_caught(void **state)
{
    (void)state;
    struct copies_audit audit = audit_acquire(copying_acquire, COPIES_OWN);
    check_seen(&audit, &(struct observation){1, 2, 3, MUTATION_COPIED, MUTATION_COPIED, 1});
    check_note(&audit, "memcpy at link level saw 3 per byte where 2 must be");
}

static void a_memcpy_beside_the_path_is_caught(void **state)
{
    (void)state;
    struct copies_audit audit = audit_acquire(wasting_acquire, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 0, 1, MUTATION_SHARED, MUTATION_SHARED, 1});
    check_note(&audit, "memcpy at link level saw 1 per byte where 0 must be");
}

/*
 * Copies by a loop of our own are not memcpy: neither the ledger's counter nor the link level sees
 * them. Mutation does, where the ledger knows of no copy at that stage...
 */
static void a_plain_loop_in_place_is_caught_by_mutation_alone(void **state)
{
    (void)state;
    struct copies_audit audit = audit_acquire(plainly_copying_acquire, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 0, 0, MUTATION_SHARED, MUTATION_COPIED, 1});
    check_note(&audit, "mutation found transfer_out copied where it must be shared");
}

/* ... and no witness does where there is one already, or where the copy is not what is used: the
 * limit of counting, which only the price in time can show. */
static void a_plain_loop_elsewhere_is_seen_by_nobody(void **state)
{
    (void)state;
    struct copies_audit audit = audit_acquire(plainly_copying_acquire, COPIES_OWN);
    check_seen(&audit, &(struct observation){1, 2, 2, MUTATION_COPIED, MUTATION_COPIED, 0});
    audit = audit_acquire(plainly_wasting_acquire, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 0, 0, MUTATION_SHARED, MUTATION_SHARED, 0});
}

/* ---- a copy that is counted, and not made ---- */

static int boasting_release(struct channel *channel, size_t size)
{
    channel->user_copy_bytes += size;
    return channel_shm.release(channel, size);
}

static void a_copy_that_was_only_counted_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.release = boasting_release;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 1, 0, MUTATION_SHARED, MUTATION_SHARED, 1});
    check_note(&audit, "the ledger's counter saw 1 per byte where 0 must be");
    /* A ledger that believes the counter is contradicted by the others. */
    doctored.stages[COPIES_INPLACE].out = STAGE_USER;
    audit = audit_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){1, 1, 0, MUTATION_SHARED, MUTATION_SHARED, 2});
    check_note(&audit, "memcpy at link level saw 0 per byte where 1 must be");
    check_note(&audit, "mutation found transfer_out shared where it must be copied");
}

/* ---- a copy that is predicted, and dropped ---- */

static size_t held_bytes; /* received, and not released yet */
static const void *held_view;

/* The reader's private buffer becomes the segment itself: its pages are mapped there, too, so that
 * nothing is to be copied. Holds for messages that fill the ring. */
static int remapping_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                             size_t *size)
{
    if (held_bytes > 0) {
        channel_shm.release(channel, held_bytes);
        held_bytes = 0;
    }
    int result = channel_shm.acquire(channel, least, most, &held_view, size);
    if (result < 0)
        return result;
    held_bytes = *size;
    /* An old size of 0 duplicates a shared mapping. */
    if (mremap((void *)held_view, 0, *size, MREMAP_MAYMOVE | MREMAP_FIXED, buffer) == MAP_FAILED)
        return failure_set(channel->setup.failure, -errno, "mapping the segment once more");
    return 0;
}

static int remapping_probe(struct channel *channel, void *buffer, size_t size, const void **view,
                           bool *shared)
{
    size_t got;
    int result = remapping_receive(channel, buffer, size, size, &got);
    if (result < 0)
        return result;
    unsigned char first = *(unsigned char *)buffer;
    *(unsigned char *)held_view ^= 1;
    *shared = *(volatile unsigned char *)buffer != first;
    *(unsigned char *)held_view ^= 1;
    *view = buffer;
    return 0;
}

/* Whether shared pages can be mapped once more at a place of choice; qemu's mremap cannot. */
static bool kernel_maps_once_more(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    void *shared = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    void *place = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(shared != MAP_FAILED && place != MAP_FAILED);
    bool mapped = mremap(shared, 0, size, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place;
    munmap(shared, size);
    munmap(place, size);
    if (!mapped)
        print_message("skip: mremap maps no shared pages once more here\n");
    return mapped;
}

static void a_dropped_copy_is_caught(void **state)
{
    (void)state;
    if (!kernel_maps_once_more())
        skip();
    struct channel_operations doctored = channel_shm;
    doctored.receive = remapping_receive;
    doctored.probe_receive = remapping_probe;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_OWN);
    check_seen(&audit, &(struct observation){1, 1, 1, MUTATION_COPIED, MUTATION_SHARED, 3});
    check_note(&audit, "the ledger's counter saw 1 per byte where 2 must be");
    check_note(&audit, "memcpy at link level saw 1 per byte where 2 must be");
    check_note(&audit, "mutation found transfer_out shared where it must be copied");
    /* A mechanism that does not let itself be probed proves no copy. */
    doctored.probe_receive = NULL;
    audit = audit_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_OWN);
    check_seen(&audit, &(struct observation){1, 1, 1, MUTATION_COPIED, MUTATION_UNSEEN, 3});
    check_note(&audit, "mutation found transfer_out unseen where it must be copied");
}

/* Both copies dropped: the ledger of `own` over loans. */
static void loans_that_pass_for_copies_are_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    doctored.stages[COPIES_INPLACE] = doctored.stages[COPIES_OWN];
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_INPLACE);
    check_seen(&audit, &(struct observation){2, 0, 0, MUTATION_SHARED, MUTATION_SHARED, 4});
}

/* A kernel that gives the reader its pages instead of copying into those of the reader. */
static int page_giving_acquire(struct channel *channel, size_t least, size_t most,
                               const void **view, size_t *size)
{
    int result = channel_posix_mq.acquire(channel, least, most, view, size);
    if (result < 0)
        return result;
    copy_plainly(*view, *size);
    for (size_t index = 0; index < *size; index++)
        ((volatile unsigned char *)*view)[index] = 0;
    volatile unsigned char *given =
        mmap((void *)*view, *size, PROT_READ | PROT_WRITE,
             MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_POPULATE, -1, 0);
    assert_ptr_equal(given, *view);
    for (size_t index = 0; index < *size; index++)
        given[index] = scratch[index];
    return 0;
}

static void a_queue_that_gives_pages_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_posix_mq;
    doctored.acquire = page_giving_acquire;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_OWN);
    check_seen(&audit, &(struct observation){1, 0, 0, MUTATION_COPIED, MUTATION_SHARED, 1});
    check_note(&audit, "mutation found transfer_out shared where it must be copied");
}

/* ---- wrong predictions of copies in the kernel ---- */

static void a_pipe_that_predicts_one_copy_fewer_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.stages[COPIES_OWN].in = STAGE_NONE;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_seen(&audit, &(struct observation){4, 0, 0, MUTATION_COPIED, MUTATION_COPIED, 2});
    check_note(&audit, "mutation found transfer_in copied where it must be shared");
    doctored.stages[COPIES_OWN] = (struct transfer_stages){STAGE_KERNEL, STAGE_NONE};
    audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_seen(&audit, &(struct observation){4, 0, 0, MUTATION_COPIED, MUTATION_COPIED, 2});
    check_note(&audit, "mutation found transfer_out copied where it must be shared");
}

/* vmsplice is the pipe that makes one copy fewer than this table says. */
static void a_pipe_that_predicts_one_copy_more_is_caught(void **state)
{
    (void)state;
    if (!paths_kernel_shares_vmspliced_pages())
        skip();
    struct channel_operations doctored = channel_vmsplice;
    doctored.stages[COPIES_OWN].in = STAGE_KERNEL;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_seen(&audit, &(struct observation){3, 0, 0, MUTATION_SHARED, MUTATION_COPIED, 2});
    check_note(&audit, "/proc/PID/io saw 3 per byte where 4 must be");
    check_note(&audit, "mutation found transfer_in shared where it must be copied");
}

/* The right number of the wrong kind. */
static void a_copy_in_the_kernel_is_none_in_user_space(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_pipe;
    doctored.stages[COPIES_OWN].out = STAGE_USER;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_seen(&audit, &(struct observation){4, 0, 0, MUTATION_COPIED, MUTATION_COPIED, 3});
    check_note(&audit, "/proc/PID/io saw 4 per byte where 3 must be");
    check_note(&audit, "the ledger's counter saw 0 per byte where 1 must be");
    check_note(&audit, "memcpy at link level saw 0 per byte where 1 must be");
}

static void *last_loan;

static int remembering_reserve(struct channel *channel, size_t least, size_t most, void **space,
                               size_t *size)
{
    int result = channel_vmsplice.reserve(channel, least, most, space, size);
    last_loan = result == 0 ? *space : NULL;
    return result;
}

static int writing_commit(struct channel *channel, size_t size)
{
    return stream_send(channel, last_loan, size);
}

static void vmsplice_that_writes_is_caught(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_vmsplice;
    doctored.reserve = remembering_reserve;
    doctored.commit = writing_commit;
    struct copies_audit audit = audit_path(&doctored, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_seen(&audit, &(struct observation){4, 0, 0, MUTATION_COPIED, MUTATION_COPIED, 2});
    check_note(&audit, "/proc/PID/io saw 4 per byte where 3 must be");
    check_note(&audit, "mutation found transfer_in copied where it must be shared");
}

#define AUDIT_TEST(function)                                                                       \
    cmocka_unit_test_setup_teardown(function, set_up, check_nothing_is_left)

int main(void)
{
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memcpy_and_memmove_are_counted),
        AUDIT_TEST(a_pipe_agrees_on_every_path),
        AUDIT_TEST(a_fifo_agrees_on_every_path),
        AUDIT_TEST(shared_memory_agrees_on_every_path),
        AUDIT_TEST(mapped_memory_agrees_on_every_path),
        AUDIT_TEST(sockets_agree_on_every_path),
        AUDIT_TEST(queues_agree_on_every_path),
        AUDIT_TEST(vmsplice_agrees_on_every_path),
        AUDIT_TEST(process_vm_readv_agrees_on_every_path),
        AUDIT_TEST(size_and_wait_make_no_difference),
        AUDIT_TEST(streams_are_put_back),
        AUDIT_TEST(a_hidden_memcpy_in_place_is_caught),
        AUDIT_TEST(a_second_memcpy_at_a_stage_is_caught),
        AUDIT_TEST(a_memcpy_beside_the_path_is_caught),
        AUDIT_TEST(a_plain_loop_in_place_is_caught_by_mutation_alone),
        AUDIT_TEST(a_plain_loop_elsewhere_is_seen_by_nobody),
        AUDIT_TEST(a_copy_that_was_only_counted_is_caught),
        AUDIT_TEST(a_dropped_copy_is_caught),
        AUDIT_TEST(loans_that_pass_for_copies_are_caught),
        AUDIT_TEST(a_queue_that_gives_pages_is_caught),
        AUDIT_TEST(a_pipe_that_predicts_one_copy_fewer_is_caught),
        AUDIT_TEST(a_pipe_that_predicts_one_copy_more_is_caught),
        AUDIT_TEST(a_copy_in_the_kernel_is_none_in_user_space),
        AUDIT_TEST(vmsplice_that_writes_is_caught),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
