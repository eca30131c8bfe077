/*
 * The mutation probe: what it finds at each stage of real paths, that it finds a copy where there
 * is one in spite of the mechanism's name, and that it refuses to judge bytes it does not know.
 */
#include "base/leftover.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"
#include "transfer/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

enum { HANG_SECONDS = 60 };

static struct failure failure;

static int probe(const struct session_setup *setup, enum mutation *found)
{
    failure = (struct failure){0};
    alarm(HANG_SECONDS);
    int result = session_probe(setup, found, &failure);
    alarm(0);
    return result;
}

/* `expected`: one letter for each stage: Copied, Shared, Unseen, or - for none. */
static void check(const struct session_setup *setup, const char *expected)
{
    static const char letters[MUTATION_COUNT + 1] = {[MUTATION_NONE] = '-',
                                                     [MUTATION_UNSEEN] = 'U',
                                                     [MUTATION_COPIED] = 'C',
                                                     [MUTATION_SHARED] = 'S'};
    enum mutation found[LEDGER_STAGES];
    char seen[LEDGER_STAGES + 1] = "";
    if (probe(setup, found) != 0)
        fail_msg("%s: %s", setup->operations->name, failure.text);
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        seen[stage] = letters[found[stage]];
    if (strcmp(seen, expected) != 0)
        fail_msg("%s %s, %s to %s: %s, not %s", setup->operations->name,
                 copies_names[setup->copies], source_names[setup->source], sink_names[setup->sink],
                 seen, expected);
}

static void check_path(const struct channel_operations *operations, enum source_kind source,
                       enum sink_kind sink, enum copies copies, const char *expected)
{
    struct session_setup setup = paths_setup(operations, source, sink, copies);
    check(&setup, expected);
}

static void skip_where_vmsplice_copies(void)
{
    if (!paths_kernel_shares_vmspliced_pages())
        skip();
}

/* ---- real channels ---- */

static void a_pipe_copies_in_and_out(void **state)
{
    (void)state;
    check_path(&channel_pipe, SOURCE_FILE, SINK_FILE, COPIES_OWN, "CCCC");
    check_path(&channel_pipe, SOURCE_MEMORY, SINK_USE, COPIES_INPLACE, "-CC-");
    check_path(&channel_fifo, SOURCE_ZERO, SINK_NULL, COPIES_OWN, "UCCU");
}

static void shared_memory_in_place_is_shared(void **state)
{
    (void)state;
    check_path(&channel_shm, SOURCE_FILE, SINK_FILE, COPIES_INPLACE, "CSSC");
    check_path(&channel_shm, SOURCE_MEMORY, SINK_USE, COPIES_INPLACE, "-SS-");
    check_path(&channel_shm, SOURCE_MEMORY, SINK_USE, COPIES_OWN, "-CC-");
}

static void vmsplice_shares_on_its_way_in(void **state)
{
    (void)state;
    skip_where_vmsplice_copies();
    check_path(&channel_vmsplice, SOURCE_FILE, SINK_USE, COPIES_OWN, "CSC-");
    check_path(&channel_vmsplice, SOURCE_FILE, SINK_FILE, COPIES_INPLACE, "CSCC");
}

static void a_message_may_be_of_any_size_that_fits(void **state)
{
    (void)state;
    const uint64_t sizes[] = {1, 7, 4095, 4097, 65535};
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
        struct session_setup setup =
            paths_setup(&channel_shm, SOURCE_FILE, SINK_FILE, COPIES_INPLACE);
        setup.size_bytes = sizes[index];
        check(&setup, "CSSC");
        setup.copies = COPIES_OWN;
        check(&setup, "CCCC");
        setup.operations = &channel_pipe;
        check(&setup, "CCCC");
    }
}

/* Whatever was changed on the way, the source must be as it was. */
static void standard_input_is_changed_back(void **state)
{
    (void)state;
    unsigned char before[8192];
    unsigned char after[sizeof before];
    int file = memfd_create("input", MFD_CLOEXEC);
    int saved = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    for (size_t index = 0; index < sizeof before; index++)
        before[index] = (unsigned char)(index * 7 + index / 256);
    assert_int_equal(pwrite(file, before, sizeof before, 0), sizeof before);
    assert_int_equal(dup2(file, STDIN_FILENO), STDIN_FILENO);
    struct session_setup setup = paths_setup(&channel_pipe, SOURCE_STDIN, SINK_USE, COPIES_OWN);
    setup.size_bytes = 4096;
    setup.until_end = true;
    check(&setup, "CCC-");
    assert_int_equal(pread(file, after, sizeof after, 0), sizeof after);
    assert_memory_equal(before, after, sizeof before);
    if (saved >= 0)
        dup2(saved, STDIN_FILENO);
    else
        close(STDIN_FILENO);
    close(saved);
    close(file);
}

/* ---- doctored channels ---- */

static void *last_loan;

static int remembering_vmsplice_reserve(struct channel *channel, size_t least, size_t most,
                                        void **space, size_t *size)
{
    int result = channel_vmsplice.reserve(channel, least, most, space, size);
    last_loan = result == 0 ? *space : NULL;
    return result;
}

/* write() instead of vmsplice(): from outside nothing but the copy tells them apart. */
static int writing_commit(struct channel *channel, size_t size)
{
    return stream_send(channel, last_loan, size);
}

static void vmsplice_that_writes_is_found_out(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_vmsplice;
    doctored.reserve = remembering_vmsplice_reserve;
    doctored.commit = writing_commit;
    check_path(&doctored, SOURCE_FILE, SINK_USE, COPIES_OWN, "CCC-");
    struct ledger_path path = ledger_predict(&doctored, SOURCE_FILE, SINK_USE, COPIES_OWN);
    assert_int_equal(ledger_mutation(&path, LEDGER_TRANSFER_IN), MUTATION_SHARED);
}

static int flipping_acquire(struct channel *channel, size_t least, size_t most, const void **view,
                            size_t *size)
{
    int result = channel_shm.acquire(channel, least, most, view, size);
    if (result == 0)
        ((unsigned char *)*view)[*size / 2] ^= 1;
    return result;
}

static void other_bytes_are_no_answer(void **state)
{
    (void)state;
    struct channel_operations doctored = channel_shm;
    struct session_setup setup = paths_setup(&doctored, SOURCE_FILE, SINK_USE, COPIES_INPLACE);
    enum mutation found[LEDGER_STAGES] = {MUTATION_NONE};
    doctored.acquire = flipping_acquire;
    assert_int_equal(probe(&setup, found), -EBADMSG);
    assert_non_null(strstr(failure.text, "neither the message nor its change"));
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        assert_int_equal(found[stage], MUTATION_NONE); /* set on success only */
}

int main(void)
{
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_pipe_copies_in_and_out),
        cmocka_unit_test(shared_memory_in_place_is_shared),
        cmocka_unit_test(vmsplice_shares_on_its_way_in),
        cmocka_unit_test(a_message_may_be_of_any_size_that_fits),
        cmocka_unit_test(standard_input_is_changed_back),
        cmocka_unit_test(vmsplice_that_writes_is_found_out),
        cmocka_unit_test(other_bytes_are_no_answer),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
