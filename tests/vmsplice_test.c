/*
 * The proof that the pool of channel_vmsplice.c is not larger than it must be: with one slot less,
 * a page is written again while it lies in the pipe, and the reader sees it. (The contract test
 * shows that with the full pool it never does.)
 */
#define VMSPLICE_POOL_SHORTFALL pool_shortfall
static unsigned long pool_shortfall;

/* The mechanism itself, with a shortfall that the test chooses. */
#include "transfer/channel_vmsplice.c"

#include "pair.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>

#include <cmocka.h>

/* Fills the pipe to the brim, then one message more, whose commit has to wait. */
static int write_beyond_the_pipe(struct pair *pair, struct channel *channel)
{
    size_t size = *(size_t *)pair->argument;
    size_t messages = (size_t)channel->capacity_bytes / size + 1;
    for (size_t message = 0; message < messages; message++) {
        void *space;
        size_t got;
        if (channel->operations->reserve(channel, size, size, &space, &got) < 0)
            return 1;
        memset(space, (int)message + 1, size);
        if (channel->operations->commit(channel, size) < 0)
            return 2;
    }
    return 0;
}

static void wait_until_full(struct channel *channel)
{
    int unread = 0;
    const struct timespec moment = {.tv_sec = 0, .tv_nsec = 20000000};
    while ((uint64_t)unread < channel->capacity_bytes) {
        nanosleep(&moment, NULL);
        assert_int_equal(ioctl(((struct stream *)channel)->read_descriptor, FIONREAD, &unread), 0);
    }
    nanosleep(&moment, NULL); /* now the writer fills the next slot and waits */
    nanosleep(&moment, NULL);
}

/* The first byte of the first message that arrives. */
static int first_byte_with_shortfall(unsigned long shortfall)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    struct pair pair = {.operations = &channel_vmsplice,
                        .setup = pair_setup(WAIT_BLOCK, size),
                        .test_role = CHANNEL_READER,
                        .peer_run = write_beyond_the_pipe,
                        .peer_opens = true,
                        .argument = &size};
    pool_shortfall = shortfall;
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    wait_until_full(pair.channel);
    int first = -1;
    for (uint64_t message = 0; message <= pair.channel->capacity_bytes / size; message++) {
        const void *view;
        size_t got;
        assert_int_equal(channel_vmsplice.acquire(pair.channel, size, size, &view, &got), 0);
        if (message == 0)
            first = *(const unsigned char *)view;
    }
    assert_int_equal(pair_finish(&pair), 0);
    return first;
}

static void the_full_pool_protects_the_first_message(void **state)
{
    (void)state;
    assert_int_equal(first_byte_with_shortfall(0), 1);
}

static void one_slot_less_corrupts_it(void **state)
{
    (void)state;
    int first = first_byte_with_shortfall(1);
    if (first == 1)
        skip();                  /* this kernel's vmsplice copies: nothing can be corrupted */
    assert_int_equal(first, 17); /* 16 pages in the pipe, and the 17th message over the first */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_full_pool_protects_the_first_message),
        cmocka_unit_test(one_slot_less_corrupts_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
