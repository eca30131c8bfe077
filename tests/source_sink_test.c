/*
 * Where bytes come from and go to: circles of whole messages, the end of a source, what is refused
 * before anything is harmed, and a check of the sink that sees one wrong byte.
 */
#include "measure/sink.h"
#include "measure/source.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

enum { MESSAGE = 100, PATH_BYTES = 128 };

static struct failure failure;
static _Atomic uint64_t progress;

/* A private folder for every test, which must be empty again at its end. */
static char folder[] = "/tmp/source-sink-test-XXXXXX";

static int set_up(void **state)
{
    (void)state;
    failure = (struct failure){0};
    progress = 0;
    memcpy(folder + sizeof folder - 7, "XXXXXX", 6);
    return mkdtemp(folder) == NULL;
}

static int tear_down(void **state)
{
    (void)state;
    return rmdir(folder);
}

static const char *path_of(const char *name)
{
    static char paths[8][PATH_BYTES];
    static unsigned next;
    char *path = paths[next++ % 8];
    snprintf(path, PATH_BYTES, "%s/%s", folder, name);
    return path;
}

/* Byte i of every test file is this, so that no two messages of it are equal. */
static unsigned char byte_at(size_t index)
{
    return (unsigned char)(index * 31 + index / 256 * 7 + index / MESSAGE);
}

static const char *make_file(const char *name, size_t bytes)
{
    const char *path = path_of(name);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    for (size_t index = 0; index < bytes; index++)
        fputc(byte_at(index), file);
    assert_int_equal(fclose(file), 0);
    return path;
}

static off_t bytes_of(const char *path)
{
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_size;
}

static void check_bytes(const unsigned char *bytes, size_t first, size_t size)
{
    for (size_t index = 0; index < size; index++)
        assert_int_equal(bytes[index], byte_at(first + index));
}

static struct source opened_source(enum source_kind kind, const char *path, size_t message_bytes,
                                   bool circular)
{
    struct source source;
    const struct source_setup setup = {.kind = kind,
                                       .path = path,
                                       .message_bytes = message_bytes,
                                       .circular = circular,
                                       .seed = 3};
    if (source_open(&setup, &source, &failure) != 0)
        fail_msg("%s", failure.text);
    return source;
}

static void refuse_source(const char *path, size_t message_bytes, bool circular, int error,
                          const char *text)
{
    struct source source = {.descriptor = 4711};
    const struct source_setup setup = {
        .kind = SOURCE_FILE, .path = path, .message_bytes = message_bytes, .circular = circular};
    failure = (struct failure){0};
    assert_int_equal(source_open(&setup, &source, &failure), error);
    assert_int_equal(source.descriptor, 4711); /* outputs are set on success only */
    if (strncmp(failure.text, "--input ", 8) != 0 || strstr(failure.text, text) == NULL)
        fail_msg("'%s' does not name --input and '%s'", failure.text, text);
}

static struct sink opened_sink(enum sink_kind kind, const char *path, const struct source *source,
                               bool circular)
{
    struct sink sink;
    const struct sink_setup setup = {
        .kind = kind, .path = path, .message_bytes = source->message_bytes, .circular = circular};
    if (sink_open(&setup, source, &sink, &failure) != 0)
        fail_msg("%s", failure.text);
    return sink;
}

static void refuse_sink(const char *path, const struct source *source, bool circular, int error,
                        const char *text)
{
    struct sink sink = {.descriptor = 4711};
    const struct sink_setup setup = {
        .kind = SINK_FILE, .path = path, .message_bytes = MESSAGE, .circular = circular};
    failure = (struct failure){0};
    assert_int_equal(sink_open(&setup, source, &sink, &failure), error);
    assert_int_equal(sink.descriptor, 4711);
    if (strncmp(failure.text, "--output ", 9) != 0 || strstr(failure.text, text) == NULL)
        fail_msg("'%s' does not name --output and '%s'", failure.text, text);
}

/* ---- sources ---- */

static void a_file_is_read_in_a_circle_of_whole_messages(void **state)
{
    (void)state;
    const char *path = make_file("in", 3 * MESSAGE + 50);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, true);
    unsigned char message[MESSAGE];
    size_t got;
    assert_int_equal(source.slots, 3);
    for (uint64_t number = 0; number < 10; number++) {
        /* From any place: it is the number that counts. */
        uint64_t wanted = number * 7 % 10;
        assert_int_equal(source_read(&source, wanted, message, false, &got, &failure), 0);
        assert_int_equal(got, MESSAGE);
        check_bytes(message, (size_t)(wanted % 3) * MESSAGE, MESSAGE);
        memset(message, 0, sizeof message);
        assert_int_equal(source_repeat(&source, wanted, message, &failure), 0);
        check_bytes(message, (size_t)(wanted % 3) * MESSAGE, MESSAGE);
    }
    source_close(&source);
    assert_int_equal(source.descriptor, -1);
    unlink(path);
}

static void a_file_is_read_to_its_end(void **state)
{
    (void)state;
    const char *path = make_file("in", 2 * MESSAGE + 1);
    const size_t expected[] = {MESSAGE, MESSAGE, 1, 0, 0};
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, false);
    unsigned char message[MESSAGE];
    assert_int_equal(source.slots, 0);
    for (uint64_t number = 0; number < 5; number++) {
        size_t got;
        assert_int_equal(source_read(&source, number, message, false, &got, &failure), 0);
        assert_int_equal(got, expected[number]);
        check_bytes(message, (size_t)number * MESSAGE, got);
    }
    source_close(&source);
    unlink(path);
}

static void pieces_are_put_together_unless_wanted_as_they_come(void **state)
{
    (void)state;
    for (int as_it_comes = 0; as_it_comes < 2; as_it_comes++) {
        int ends[2];
        char message[MESSAGE];
        size_t got;
        assert_int_equal(pipe(ends), 0);
        struct source source = {
            .kind = SOURCE_STDIN, .descriptor = ends[0], .message_bytes = MESSAGE};
        assert_int_equal(write(ends[1], "abc", 3), 3);
        if (as_it_comes != 0) {
            assert_int_equal(source_read(&source, 0, message, true, &got, &failure), 0);
            assert_int_equal(got, 3);
        }
        assert_int_equal(write(ends[1], "defgh", 5), 5);
        close(ends[1]);
        assert_int_equal(source_read(&source, 1, message, as_it_comes != 0, &got, &failure), 0);
        assert_int_equal(got, as_it_comes != 0 ? 5 : 8);
        assert_memory_equal(message, as_it_comes != 0 ? "defgh" : "abcdefgh", got);
        assert_int_equal(source_read(&source, 2, message, as_it_comes != 0, &got, &failure), 0);
        assert_int_equal(got, 0);
        source_close(&source);
    }
}

static void a_generated_file_repeats_itself(void **state)
{
    (void)state;
    const size_t sizes[] = {1, 4096, 100003, SOURCE_GENERATED_BYTES, SOURCE_GENERATED_BYTES + 1};
    for (size_t index = 0; index < sizeof sizes / sizeof sizes[0]; index++) {
        size_t size = sizes[index];
        struct source source = opened_source(SOURCE_FILE, NULL, size, true);
        unsigned char *read_one = test_malloc(size);
        unsigned char *repeated = test_malloc(size);
        assert_true(source.slots >= 2);
        assert_true(source.slots * size >= SOURCE_GENERATED_BYTES);
        assert_int_equal(source.slots, source_generated_slots(size));
        const uint64_t numbers[] = {0, 1, source.slots - 1, source.slots, 5 * source.slots + 1};
        for (size_t number = 0; number < 5; number++) {
            size_t got;
            assert_int_equal(source_read(&source, numbers[number], read_one, false, &got, &failure),
                             0);
            assert_int_equal(source_repeat(&source, numbers[number], repeated, &failure), 0);
            assert_int_equal(got, size);
            assert_memory_equal(read_one, repeated, size);
        }
        source_close(&source);
        test_free(read_one);
        test_free(repeated);
    }
    /* 4 MiB in messages of 4,096 bytes; two at least. */
    assert_int_equal(source_generated_slots(4096), 1024);
    assert_int_equal(source_generated_slots((size_t)1 << 30), 2);
}

static void a_generated_file_follows_the_seed(void **state)
{
    (void)state;
    unsigned char one[MESSAGE];
    unsigned char other[MESSAGE];
    struct source_setup setup = {
        .kind = SOURCE_FILE, .message_bytes = MESSAGE, .circular = true, .seed = 1};
    struct source source;
    assert_int_equal(source_open(&setup, &source, &failure), 0);
    assert_int_equal(source_repeat(&source, 0, one, &failure), 0);
    assert_int_equal(source_repeat(&source, 1, other, &failure), 0);
    assert_memory_not_equal(one, other, MESSAGE); /* neighbours differ */
    source_close(&source);
    setup.seed = 2;
    assert_int_equal(source_open(&setup, &source, &failure), 0);
    assert_int_equal(source_repeat(&source, 0, other, &failure), 0);
    assert_memory_not_equal(one, other, MESSAGE);
    source_close(&source);
}

static void other_kinds_repeat_what_they_are(void **state)
{
    (void)state;
    unsigned char found[MESSAGE];
    unsigned char expected[MESSAGE] = {0};
    struct payload_digest unused = {0};
    struct source zero = opened_source(SOURCE_ZERO, NULL, MESSAGE, true);
    memset(found, 1, sizeof found);
    assert_int_equal(source_repeat(&zero, 5, found, &failure), 0);
    assert_memory_equal(found, expected, MESSAGE);
    size_t got;
    memset(found, 1, sizeof found);
    assert_int_equal(source_read(&zero, 5, found, false, &got, &failure), 0);
    assert_int_equal(got, MESSAGE);
    assert_memory_equal(found, expected, MESSAGE);
    source_close(&zero);
    struct source memory = opened_source(SOURCE_MEMORY, NULL, MESSAGE, true);
    assert_int_equal(memory.descriptor, -1);
    payload_fill(expected, MESSAGE, 3, 5, &unused);
    assert_int_equal(source_repeat(&memory, 5, found, &failure), 0);
    assert_memory_equal(found, expected, MESSAGE);
    /* Standard input can be read again only where it is a file: here it has nothing to give. */
    struct source input = opened_source(SOURCE_STDIN, NULL, MESSAGE, false);
    assert_true(source_repeat(&input, 0, found, &failure) < 0);
    source_close(&input);
    assert_int_equal(fcntl(STDIN_FILENO, F_GETFD) >= 0, 1); /* standard input stays open */
}

/* source_digest is what a reader of all these messages has, counted by hand here. */
static void the_digest_is_that_of_reading_all(void **state)
{
    (void)state;
    enum { COUNT = 8 };
    const char *path = make_file("in", 3 * MESSAGE + 50);
    const enum source_kind kinds[] = {SOURCE_FILE, SOURCE_ZERO};
    for (size_t kind = 0; kind < 2; kind++) {
        for (int touch = 0; touch < TOUCH_COUNT; touch++) {
            struct source source =
                opened_source(kinds[kind], kinds[kind] == SOURCE_FILE ? path : NULL, MESSAGE, true);
            struct payload_digest expected = {0};
            struct payload_digest found = {0};
            unsigned char message[MESSAGE];
            for (uint64_t number = 0; number < COUNT; number++) {
                size_t got;
                assert_int_equal(source_read(&source, number, message, false, &got, &failure), 0);
                payload_touches[touch].consume(message, MESSAGE, &expected);
            }
            progress = 0;
            assert_int_equal(
                source_digest(&source, COUNT, &payload_touches[touch], &found, &progress, &failure),
                0);
            assert_memory_equal(&found, &expected, sizeof found);
            assert_int_equal(progress, COUNT);
            source_close(&source);
        }
    }
    unlink(path);
}

static void a_source_that_cannot_serve_is_refused(void **state)
{
    (void)state;
    const char *path = make_file("in", MESSAGE - 1);
    refuse_source(path_of("missing"), MESSAGE, false, -EINVAL, "No such file");
    refuse_source(path_of("missing"), MESSAGE, true, -EINVAL, "missing");
    refuse_source(path_of("in/below"), MESSAGE, true, -EINVAL, "Not a directory");
    refuse_source(folder, MESSAGE, false, -EINVAL, "folder");
    refuse_source(folder, MESSAGE, true, -EINVAL, "folder");
    refuse_source(path, MESSAGE, true, -EINVAL, "at least one message (--size 100 B)");
    refuse_source("/dev/zero", MESSAGE, true, -EINVAL, "regular file");
    /* One message is enough, and to its end any length is. */
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE - 1, true);
    assert_int_equal(source.slots, 1);
    source_close(&source);
    source = opened_source(SOURCE_FILE, path, MESSAGE, false);
    source_close(&source);
    unlink(path);
}

static void a_file_that_shrinks_is_an_error(void **state)
{
    (void)state;
    const char *path = make_file("in", 3 * MESSAGE);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, true);
    unsigned char message[MESSAGE];
    size_t got = 77;
    assert_int_equal(truncate(path, 2 * MESSAGE + 5), 0);
    assert_int_equal(source_read(&source, 1, message, false, &got, &failure), 0);
    got = 77;
    assert_int_equal(source_read(&source, 2, message, false, &got, &failure), -EIO);
    assert_int_equal(got, 77);
    assert_non_null(strstr(failure.text, "shorter"));
    source_close(&source);
    unlink(path);
}

/* ---- sinks ---- */

static void a_sink_has_one_slot_fewer_than_its_source(void **state)
{
    (void)state;
    const char *path = make_file("in", 3 * MESSAGE + 50);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, true);
    struct sink sink = opened_sink(SINK_FILE, NULL, &source, true);
    assert_int_equal(sink.slots, 2);
    sink_close(&sink);
    source_close(&source);
    /* One slot is the least. */
    source = opened_source(SOURCE_FILE, path, 3 * MESSAGE, true);
    assert_int_equal(source.slots, 1);
    sink = opened_sink(SINK_FILE, NULL, &source, true);
    assert_int_equal(sink.slots, 1);
    sink_close(&sink);
    source_close(&source);
    unlink(path);
    /* A source without slots counts as the generated file. */
    source = opened_source(SOURCE_MEMORY, NULL, 4096, true);
    sink = opened_sink(SINK_FILE, NULL, &source, true);
    assert_int_equal(sink.slots, 1023);
    sink_close(&sink);
}

/* Copies `count` messages from source to sink, as they should be. */
static void copy_messages(const struct source *source, const struct sink *sink, uint64_t count)
{
    unsigned char message[MESSAGE];
    for (uint64_t number = 0; number < count; number++) {
        assert_int_equal(source_repeat(source, number, message, &failure), 0);
        assert_int_equal(sink_write(sink, number, message, MESSAGE, &failure), 0);
    }
}

static void what_was_sent_is_found(void **state)
{
    (void)state;
    const char *path = make_file("in", 4 * MESSAGE);
    const char *out = path_of("out");
    const enum source_kind kinds[] = {SOURCE_FILE, SOURCE_MEMORY, SOURCE_ZERO};
    for (size_t kind = 0; kind < 3; kind++) {
        struct source source =
            opened_source(kinds[kind], kinds[kind] == SOURCE_FILE ? path : NULL, MESSAGE, true);
        for (uint64_t count = 0; count < 12; count++) {
            struct sink sink = opened_sink(SINK_FILE, out, &source, true);
            copy_messages(&source, &sink, count);
            progress = 0;
            assert_int_equal(sink_check(&sink, &source, count, &progress, &failure), 0);
            assert_int_equal(progress, count < sink.slots ? count : sink.slots);
            sink_close(&sink);
        }
        source_close(&source);
    }
    unlink(path);
    unlink(out);
}

static void check_sees(const struct sink *sink, const struct source *source, uint64_t count,
                       uint64_t message)
{
    char text[64];
    snprintf(text, sizeof text, "message %llu ", (unsigned long long)message);
    failure = (struct failure){0};
    assert_int_equal(sink_check(sink, source, count, &progress, &failure), -EBADMSG);
    if (strncmp(failure.text, text, strlen(text)) != 0)
        fail_msg("'%s' does not name %s", failure.text, text);
}

static void every_wrong_byte_in_the_file_is_seen(void **state)
{
    (void)state;
    enum { COUNT = 8 };
    const char *path = make_file("in", 4 * MESSAGE);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, true);
    struct sink sink = opened_sink(SINK_FILE, NULL, &source, true);
    copy_messages(&source, &sink, COUNT);
    /* Messages 5, 6 and 7 are the last in the three slots 2, 0 and 1. */
    const uint64_t message_of_slot[] = {6, 7, 5};
    for (off_t place = 0; place < 3 * MESSAGE; place++) {
        unsigned char byte;
        assert_int_equal(pread(sink.descriptor, &byte, 1, place), 1);
        unsigned char wrong = byte ^ 0x10;
        assert_int_equal(pwrite(sink.descriptor, &wrong, 1, place), 1);
        check_sees(&sink, &source, COUNT, message_of_slot[place / MESSAGE]);
        assert_int_equal(pwrite(sink.descriptor, &byte, 1, place), 1);
    }
    assert_int_equal(sink_check(&sink, &source, COUNT, &progress, &failure), 0);
    sink_close(&sink);
    source_close(&source);
    unlink(path);
}

static void swapped_missing_and_stale_messages_are_seen(void **state)
{
    (void)state;
    const char *path = make_file("in", 4 * MESSAGE);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, true);
    struct sink sink = opened_sink(SINK_FILE, NULL, &source, true);
    unsigned char message[MESSAGE];
    /* Message 6 where 7 belongs, and the other way round. */
    copy_messages(&source, &sink, 6);
    source_repeat(&source, 7, message, &failure);
    sink_write(&sink, 6, message, MESSAGE, &failure);
    source_repeat(&source, 6, message, &failure);
    sink_write(&sink, 7, message, MESSAGE, &failure);
    check_sees(&sink, &source, 8, 6);
    /* Message 6 never came: its slot holds 3, which is another one because of the fewer slots. */
    copy_messages(&source, &sink, 6);
    check_sees(&sink, &source, 7, 6);
    /* All is one late: 8 messages were counted, 0 to 6 came. */
    copy_messages(&source, &sink, 1);
    for (uint64_t number = 1; number < 8; number++) {
        source_repeat(&source, number - 1, message, &failure);
        sink_write(&sink, number, message, MESSAGE, &failure);
    }
    check_sees(&sink, &source, 8, 5);
    /* The file is too short. */
    copy_messages(&source, &sink, 8);
    assert_int_equal(ftruncate(sink.descriptor, 2 * MESSAGE), 0);
    failure = (struct failure){0};
    assert_int_equal(sink_check(&sink, &source, 8, &progress, &failure), -EIO);
    sink_close(&sink);
    source_close(&source);
    unlink(path);
}

static void a_sink_that_is_not_circular_is_written_on(void **state)
{
    (void)state;
    const char *path = make_file("out", 5000); /* longer than what comes: must be cut off */
    struct source source = opened_source(SOURCE_MEMORY, NULL, MESSAGE, true);
    struct sink sink = opened_sink(SINK_FILE, path, &source, false);
    assert_int_equal(bytes_of(path), 0);
    unsigned char bytes[250];
    for (size_t index = 0; index < sizeof bytes; index++)
        bytes[index] = byte_at(index);
    assert_int_equal(sink_write(&sink, 0, bytes, 100, &failure), 0);
    assert_int_equal(sink_write(&sink, 1, bytes + 100, 149, &failure), 0);
    assert_int_equal(sink_write(&sink, 2, bytes + 249, 1, &failure), 0);
    assert_int_equal(sink_write(&sink, 3, bytes, 0, &failure), 0);
    assert_int_equal(bytes_of(path), 250);
    unsigned char found[250];
    assert_int_equal(pread(sink.descriptor, found, sizeof found, 0), 250);
    check_bytes(found, 0, sizeof found);
    assert_int_equal(sink_check(&sink, &source, 4, &progress, &failure), 0); /* nothing to say */
    sink_close(&sink);
    unlink(path);
}

static void the_input_is_never_the_output(void **state)
{
    (void)state;
    const char *path = make_file("in", 3 * MESSAGE);
    const char *other = path_of("other-name");
    assert_int_equal(link(path, other), 0);
    for (int circular = 0; circular < 2; circular++) {
        struct source source = opened_source(SOURCE_FILE, path, MESSAGE, circular != 0);
        refuse_sink(path, &source, circular != 0, -EINVAL, "is the input itself");
        refuse_sink(other, &source, circular != 0, -EINVAL, "is the input itself");
        source_close(&source);
        assert_int_equal(bytes_of(path), 3 * MESSAGE);
    }
    unsigned char bytes[3 * MESSAGE];
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(read(descriptor, bytes, sizeof bytes), sizeof bytes);
    check_bytes(bytes, 0, sizeof bytes);
    close(descriptor);
    unlink(path);
    unlink(other);
}

static void standard_output_may_not_be_the_input_either(void **state)
{
    (void)state;
    const char *path = make_file("in", 3 * MESSAGE);
    struct source source = opened_source(SOURCE_FILE, path, MESSAGE, false);
    struct sink sink;
    const struct sink_setup setup = {.kind = SINK_STDOUT, .message_bytes = MESSAGE};
    fflush(stdout);
    int before = dup(STDOUT_FILENO);
    int appending = open(path, O_WRONLY | O_APPEND | O_CLOEXEC);
    dup2(appending, STDOUT_FILENO);
    int result = sink_open(&setup, &source, &sink, &failure);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(appending);
    assert_int_equal(result, -EINVAL);
    assert_non_null(strstr(failure.text, "standard output is the input"));
    source_close(&source);
    unlink(path);
}

static void a_sink_that_cannot_serve_is_refused(void **state)
{
    (void)state;
    struct source source = opened_source(SOURCE_MEMORY, NULL, MESSAGE, true);
    const char *fifo = path_of("fifo");
    assert_int_equal(mkfifo(fifo, 0600), 0);
    for (int circular = 0; circular < 2; circular++)
        refuse_sink(path_of("missing/out"), &source, circular != 0, -EINVAL, "No such file");
    refuse_sink(folder, &source, false, -EINVAL, "Is a directory");
    refuse_sink(folder, &source, true, -EINVAL, "regular file");
    refuse_sink("/dev/full", &source, true, -EINVAL, "regular file");
    refuse_sink(fifo, &source, true, -EINVAL, "regular file"); /* without waiting for a reader */
    unlink(fifo);
}

static void a_full_device_is_an_error_of_writing(void **state)
{
    (void)state;
    struct source source = opened_source(SOURCE_MEMORY, NULL, MESSAGE, true);
    struct sink sink = opened_sink(SINK_FILE, "/dev/full", &source, false);
    assert_int_equal(sink_write(&sink, 0, "x", 1, &failure), -ENOSPC);
    assert_non_null(strstr(failure.text, "No space left"));
    sink_close(&sink);
}

static void a_reader_that_went_away_is_told_from_a_dead_process(void **state)
{
    (void)state;
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    close(ends[0]);
    const struct sink sink = {.kind = SINK_STDOUT, .descriptor = ends[1], .message_bytes = 1};
    assert_int_equal(sink_write(&sink, 0, "x", 1, &failure), -ESHUTDOWN);
    assert_non_null(strstr(failure.text, "closed"));
    close(ends[1]);
}

static void null_and_use_have_nothing_to_check(void **state)
{
    (void)state;
    struct source source = opened_source(SOURCE_FILE, NULL, MESSAGE, true);
    struct sink null = opened_sink(SINK_NULL, NULL, &source, true);
    assert_int_equal(sink_write(&null, 0, "x", 1, &failure), 0);
    assert_int_equal(sink_check(&null, &source, 1, &progress, &failure), 0);
    sink_close(&null);
    struct sink use = opened_sink(SINK_USE, NULL, &source, true);
    assert_int_equal(use.descriptor, -1);
    sink_close(&use);
    source_close(&source);
}

#define IN_FOLDER(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_file_is_read_in_a_circle_of_whole_messages),
        IN_FOLDER(a_file_is_read_to_its_end),
        IN_FOLDER(pieces_are_put_together_unless_wanted_as_they_come),
        IN_FOLDER(a_generated_file_repeats_itself),
        IN_FOLDER(a_generated_file_follows_the_seed),
        IN_FOLDER(other_kinds_repeat_what_they_are),
        IN_FOLDER(the_digest_is_that_of_reading_all),
        IN_FOLDER(a_source_that_cannot_serve_is_refused),
        IN_FOLDER(a_file_that_shrinks_is_an_error),
        IN_FOLDER(a_sink_has_one_slot_fewer_than_its_source),
        IN_FOLDER(what_was_sent_is_found),
        IN_FOLDER(every_wrong_byte_in_the_file_is_seen),
        IN_FOLDER(swapped_missing_and_stale_messages_are_seen),
        IN_FOLDER(a_sink_that_is_not_circular_is_written_on),
        IN_FOLDER(the_input_is_never_the_output),
        IN_FOLDER(standard_output_may_not_be_the_input_either),
        IN_FOLDER(a_sink_that_cannot_serve_is_refused),
        IN_FOLDER(a_full_device_is_an_error_of_writing),
        IN_FOLDER(a_reader_that_went_away_is_told_from_a_dead_process),
        IN_FOLDER(null_and_use_have_nothing_to_check),
    };
    signal(SIGPIPE, SIG_IGN);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
