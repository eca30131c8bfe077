/*
 * What only channel_socket.c has to bear: a stranger who connects first, readers that ask for less
 * than a message that is kept apart, and what a socket's capacity means. A system call is replaced
 * where the moment could not be hit otherwise.
 */
#include <sys/socket.h>

/* The mechanism itself, with a call that the test can bend. */
static int bent_connect(int descriptor, const struct sockaddr *address, socklen_t length);
#define connect bent_connect
#include "transfer/channel_socket.c"
#undef connect

#include "pair.h"

#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

enum { MESSAGE_BYTES = 1000, MESSAGES = 50 };

static int stranger = -1; /* connects before us where it is asked to */
static bool stranger_comes;
static in_port_t port; /* that we connected to */

static int bent_connect(int descriptor, const struct sockaddr *address, socklen_t length)
{
    port = ((const struct sockaddr_in *)address)->sin_port;
    if (stranger_comes && stranger < 0) {
        stranger = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(stranger >= 0);
        assert_int_equal(connect(stranger, address, length), 0);
    }
    return connect(descriptor, address, length);
}

static unsigned char byte_at(size_t position)
{
    return (unsigned char)(position % 251);
}

static int send_messages(struct pair *pair, struct channel *channel)
{
    unsigned char buffer[MESSAGE_BYTES];
    (void)pair;
    for (size_t message = 0; message < MESSAGES; message++) {
        for (size_t index = 0; index < MESSAGE_BYTES; index++)
            buffer[index] = byte_at(message * MESSAGE_BYTES + index);
        if (channel_send(channel, buffer, sizeof buffer) < 0)
            return 1;
    }
    return 0;
}

static void start(struct pair *pair, const struct channel_operations *operations)
{
    *pair = (struct pair){.operations = operations,
                          .setup = pair_setup(WAIT_BLOCK, 0),
                          .test_role = CHANNEL_READER,
                          .peer_run = send_messages,
                          .peer_opens = true};
    pair_start(pair);
    assert_int_equal(pair_open(pair), 0);
}

/* Takes the whole stream, `piece` bytes at a time. */
static void check_stream(struct pair *pair, size_t piece)
{
    unsigned char buffer[4 * MESSAGE_BYTES];
    size_t position = 0;
    size_t got;
    int result;
    while ((result = channel_receive_some(pair->channel, buffer, piece, piece, &got)) == 0) {
        for (size_t index = 0; index < got; index++)
            assert_int_equal(buffer[index], byte_at(position + index));
        position += got;
        assert_true(position <= (size_t)MESSAGES * MESSAGE_BYTES);
    }
    assert_int_equal(result, -ENODATA);
    assert_int_equal(position, MESSAGES * MESSAGE_BYTES);
}

/* The kernel throws away what the buffer of a read does not hold of a message. */
static void no_byte_of_a_larger_message_is_lost(void **state)
{
    (void)state;
    static const size_t pieces[] = {1, 7, 333, 999, 1000, 1001, 2500};
    for (size_t index = 0; index < sizeof pieces / sizeof pieces[0]; index++) {
        struct pair pair;
        start(&pair, &channel_unix_seqpacket);
        check_stream(&pair, pieces[index]);
        /* Only who asks for other sizes than were sent pays for it, and it is counted. */
        if (pieces[index] == MESSAGE_BYTES)
            assert_int_equal(pair.channel->user_copy_bytes, 0);
        else if (pieces[index] == 333)
            assert_true(pair.channel->user_copy_bytes > 0);
        assert_int_equal(pair_finish(&pair), 0);
    }
}

/* ---- TCP ---- */

/* Whether any socket listens on the port, by the kernel's table. */
static bool somebody_listens(in_port_t wanted)
{
    char line[256];
    unsigned local;
    unsigned state;
    bool found = false;
    FILE *table = fopen("/proc/net/tcp", "r");
    assert_non_null(table);
    while (fgets(line, sizeof line, table) != NULL) {
        if (sscanf(line, " %*d: %*x:%x %*x:%*x %x", &local, &state) == 2)
            found |= state == 0x0a && local == ntohs(wanted);
    }
    fclose(table);
    return found;
}

static void nobody_listens_once_it_is_made(void **state)
{
    (void)state;
    struct pair pair;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    assert_int_equal(bind(listener, (struct sockaddr *)&address, sizeof address), 0);
    assert_int_equal(listen(listener, 1), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    assert_true(somebody_listens(address.sin_port)); /* it would be seen */
    close(listener);
    start(&pair, &channel_tcp);
    assert_int_not_equal(port, 0);
    assert_false(somebody_listens(port));
    check_stream(&pair, MESSAGE_BYTES);
    assert_int_equal(pair_finish(&pair), 0);
}

static void a_stranger_who_connects_first_is_sent_away(void **state)
{
    (void)state;
    struct pair pair;
    char byte;
    stranger_comes = true;
    start(&pair, &channel_tcp);
    stranger_comes = false;
    check_stream(&pair, MESSAGE_BYTES);
    assert_true(stranger >= 0);
    assert_true(recv(stranger, &byte, 1, 0) <= 0); /* nothing came to it, and it is closed */
    close(stranger);
    stranger = -1;
    assert_int_equal(pair_finish(&pair), 0);
}

/* ---- capacity ---- */

static int read_nothing(struct pair *pair, struct channel *channel)
{
    (void)pair;
    (void)channel;
    raise(SIGSTOP);
    return 0;
}

/* How many bytes fit while nobody reads, in writes of 64 KiB or of the largest message. */
static uint64_t fill(const struct channel_operations *operations, uint64_t *told)
{
    static unsigned char buffer[65536];
    struct pair pair = {.operations = operations,
                        .setup = pair_setup(WAIT_SPIN, 0),
                        .test_role = CHANNEL_WRITER,
                        .peer_run = read_nothing,
                        .peer_opens = true};
    pair_start(&pair);
    assert_int_equal(pair_open(&pair), 0);
    struct stream *stream = (struct stream *)pair.channel;
    size_t size = stream->piece_bytes > 0 ? stream->piece_bytes : sizeof buffer;
    uint64_t total = 0;
    ssize_t written;
    while ((written = write(stream->write_descriptor, buffer, size)) > 0)
        total += (uint64_t)written;
    *told = pair.channel->capacity_bytes;
    kill(pair.peer_pid, SIGKILL);
    pair_finish(&pair);
    return total;
}

/* As much as a pipe of that capacity holds, to a half: a socket's own account is coarse. */
static void large_messages_fill_the_capacity(void **state)
{
    (void)state;
    const struct channel_operations *const sockets[] = {&channel_unix_stream,
                                                        &channel_unix_seqpacket, &channel_tcp};
    for (size_t index = 0; index < sizeof sockets / sizeof sockets[0]; index++) {
        uint64_t told;
        uint64_t filled = fill(sockets[index], &told);
        print_message("%s: told %" PRIu64 ", filled %" PRIu64 "\n", sockets[index]->name, told,
                      filled);
        assert_int_equal(told, 65536);
        assert_in_range(filled, told / 2, told * 2);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_byte_of_a_larger_message_is_lost),
        cmocka_unit_test(nobody_listens_once_it_is_made),
        cmocka_unit_test(a_stranger_who_connects_first_is_sent_away),
        cmocka_unit_test(large_messages_fill_the_capacity),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
