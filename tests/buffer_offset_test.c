/*
 * Private buffers that begin within a page: both sides of every test have them where they were
 * asked for, and whatever else a path can have works with them as without.
 */
#include "base/leftover.h"
#include "measure/session.h"
#include "pair.h"
#include "paths.h"
#include "transfer/mechanisms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

enum { PAGE_BYTES = 4096 };

static struct histogram round_trips;

static bool can_be_verified(const struct channel_operations *operations)
{
    return operations->transfers && paths_can_run(operations);
}

static struct session_setup setup_for(const struct channel_operations *operations, enum test test)
{
    struct session_setup setup = paths_setup(operations, SOURCE_MEMORY, SINK_USE, COPIES_OWN);
    setup.test = test;
    setup.seconds = 0.0004;
    setup.count = 5;
    return setup;
}

static struct sample run_well(const struct session_setup *setup)
{
    struct failure failure = {0};
    struct sample sample;
    if (session_run(setup, &sample, &round_trips, &failure) != 0)
        fail_msg("%s %s %s %zu: %s", setup->operations->name, test_names[setup->test],
                 copies_names[setup->copies], (size_t)setup->size_bytes, failure.text);
    assert_int_equal(sample.checksum_ok, CHECKSUM_OK);
    assert_int_equal(sample.buffer_offset_bytes, setup->buffer_offset_bytes);
    return sample;
}

/* ---- where the buffers are ---- */

/* In memory that both sides share: calls with a buffer at the expected place, and elsewhere. */
struct places {
    size_t expected;
    _Atomic unsigned sent;
    _Atomic unsigned received;
    _Atomic unsigned elsewhere;
};
static struct places *places;

static void note_place(const void *buffer, _Atomic unsigned *count)
{
    /* relaxed (as all of these): only counted, and looked at after both have ended. */
    bool expected = (uintptr_t)buffer % PAGE_BYTES == places->expected;
    atomic_fetch_add_explicit(expected ? count : &places->elsewhere, 1, memory_order_relaxed);
}

static int noting_send(struct channel *channel, const void *buffer, size_t size)
{
    note_place(buffer, &places->sent);
    return channel_pipe.send(channel, buffer, size);
}

static int noting_receive(struct channel *channel, void *buffer, size_t least, size_t most,
                          size_t *size)
{
    note_place(buffer, &places->received);
    return channel_pipe.receive(channel, buffer, least, most, size);
}

static void both_sides_have_their_buffers_there(void **state)
{
    (void)state;
    static const size_t offsets[] = {0, 64, 1984, 4032};
    struct channel_operations noting = channel_pipe;
    noting.send = noting_send;
    noting.receive = noting_receive;
    places = mmap(NULL, sizeof *places, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert_true(places != MAP_FAILED);
    for (size_t index = 0; index < sizeof offsets / sizeof offsets[0]; index++) {
        for (int test = TEST_LATENCY; test <= TEST_THROUGHPUT; test++) {
            *places = (struct places){.expected = offsets[index]};
            struct session_setup setup = setup_for(&noting, (enum test)test);
            setup.buffer_offset_bytes = offsets[index];
            struct sample sample = run_well(&setup);
            uint64_t messages = sample.messages + sample.warmup_messages;
            messages *= test == TEST_LATENCY ? 2 : 1;
            assert_int_equal(places->sent, messages);
            assert_int_equal(places->received, messages);
            assert_int_equal(places->elsewhere, 0);
        }
    }
    munmap(places, sizeof *places);
}

/* ---- everything else works with them ---- */

static void every_size_arrives(void **state)
{
    (void)state;
    enum { SIZES = 4 };
    static const uint64_t sizes[SIZES] = {1, 4096, 65537, 1000003};
    for (size_t index = 0; index < mechanisms_count * SIZES; index++) {
        const struct channel_operations *operations = mechanisms[index / SIZES];
        if (!can_be_verified(operations))
            continue;
        for (int test = 0; test < TEST_COUNT; test++) {
            for (int copies = 0; copies < COPIES_COUNT; copies++) {
                struct session_setup setup = setup_for(operations, (enum test)test);
                setup.size_bytes = sizes[index % SIZES];
                setup.copies = (enum copies)copies;
                setup.buffer_offset_bytes = SESSION_OFFSET_MAXIMUM;
                setup.extra_copies = test == TEST_LATENCY ? 0 : 2;
                setup.working_set = test == TEST_LATENCY ? WORKING_SET_NONE : WORKING_SET_HOT;
                run_well(&setup);
            }
        }
    }
}

static void a_file_is_relayed_to_its_end(void **state)
{
    (void)state;
    struct session_setup setup = paths_setup(&channel_shm, SOURCE_FILE, SINK_USE, COPIES_OWN);
    setup.until_end = true;
    setup.count = 0;
    setup.size_bytes = 10007; /* the last message is a shorter one */
    setup.buffer_offset_bytes = 2048;
    run_well(&setup);
}

static void probes_find_the_same(void **state)
{
    (void)state;
    for (size_t index = 0; index < mechanisms_count; index++) {
        if (!can_be_verified(mechanisms[index]))
            continue;
        struct session_setup setup =
            paths_setup(mechanisms[index], SOURCE_FILE, SINK_FILE, COPIES_OWN);
        enum mutation aligned[LEDGER_STAGES];
        enum mutation shifted[LEDGER_STAGES];
        struct failure failure = {0};
        assert_int_equal(session_probe(&setup, aligned, &failure), 0);
        setup.buffer_offset_bytes = 1024;
        if (session_probe(&setup, shifted, &failure) != 0)
            fail_msg("%s: %s", setup.operations->name, failure.text);
        assert_memory_equal(aligned, shifted, sizeof aligned);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(both_sides_have_their_buffers_there),
        cmocka_unit_test(every_size_arrives),
        cmocka_unit_test(a_file_is_relayed_to_its_end),
        cmocka_unit_test(probes_find_the_same),
    };
    pair_use_private_ipc();
    if (leftover_start(NULL) < 0)
        return 1;
    return cmocka_run_group_tests(tests, NULL, NULL);
}
