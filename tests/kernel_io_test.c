/*
 * The kernel's account of bytes passed to system calls: what it counts, what it counts though
 * nothing is copied, and what it does not see. Each claim of measure/kernel_io.h, tried on this
 * kernel.
 */
#include "measure/kernel_io.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

enum { BYTES = 40000 }; /* fits into a pipe */

static char one[BYTES];
static char other[BYTES];

typedef void action(void);

/* What the account says of one action. Skips the test where there is none. */
static uint64_t bytes_of(action *act)
{
    struct kernel_io before;
    struct kernel_io after;
    int account = kernel_io_open();
    if (account < 0)
        skip();
    assert_int_equal(kernel_io_read(account, &before), 0);
    act();
    assert_int_equal(kernel_io_read(account, &after), 0);
    close(account);
    return kernel_io_between(&before, &after);
}

static void do_nothing(void)
{
}

static void use_file(void)
{
    int file = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(pwrite(file, one, BYTES, 0), BYTES);
    assert_int_equal(pread(file, other, BYTES, 0), BYTES);
    close(file);
}

static void use_pipe(void)
{
    int ends[2];
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(write(ends[1], one, BYTES), BYTES);
    assert_int_equal(read(ends[0], other, BYTES), BYTES);
    close(ends[0]);
    close(ends[1]);
}

static void use_device(const char *path, int flags)
{
    int device = open(path, flags | O_CLOEXEC);
    ssize_t passed = flags == O_RDONLY ? read(device, other, BYTES) : write(device, one, BYTES);
    assert_int_equal(passed, BYTES);
    close(device);
}

static void read_zeros(void)
{
    use_device("/dev/zero", O_RDONLY);
}

static void write_to_null(void)
{
    use_device("/dev/null", O_WRONLY);
}

static void copy_in_memory(void)
{
    memcpy(other, one, BYTES);
}

static void vmsplice_once(void)
{
    int ends[2];
    const struct iovec part = {.iov_base = one, .iov_len = BYTES};
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    assert_int_equal(vmsplice(ends[1], &part, 1, 0), BYTES);
    close(ends[0]);
    close(ends[1]);
}

static void copy_from_process(void)
{
    const struct iovec from = {.iov_base = one, .iov_len = BYTES};
    const struct iovec to = {.iov_base = other, .iov_len = BYTES};
    ssize_t copied = process_vm_readv(getpid(), &to, 1, &from, 1, 0);
    if (copied < 0 && (errno == EPERM || errno == ENOSYS))
        skip(); /* forbidden here */
    assert_int_equal(copied, BYTES);
}

static void a_reading_does_not_count_itself(void **state)
{
    (void)state;
    assert_int_equal(bytes_of(do_nothing), 0);
}

static void what_a_call_copies_is_counted_on_both_ways(void **state)
{
    (void)state;
    assert_int_equal(bytes_of(use_file), 2 * BYTES);
    assert_int_equal(bytes_of(use_pipe), 2 * BYTES);
}

static void a_fill_and_a_discard_are_counted_too(void **state)
{
    (void)state;
    assert_int_equal(bytes_of(read_zeros), BYTES);
    assert_int_equal(bytes_of(write_to_null), BYTES);
}

static void memcpy_vmsplice_and_remote_copies_are_not_seen(void **state)
{
    (void)state;
    assert_int_equal(bytes_of(copy_in_memory), 0);
    assert_int_equal(bytes_of(vmsplice_once), 0);
    assert_int_equal(bytes_of(copy_from_process), 0);
}

static void the_difference_leaves_the_first_reading_out(void **state)
{
    (void)state;
    const struct kernel_io before = {.bytes = 1000, .reading_bytes = 97};
    const struct kernel_io after = {.bytes = 1600, .reading_bytes = 98};
    assert_int_equal(kernel_io_between(&before, &after), 503);
}

static int read_text(const char *text, struct kernel_io *reading)
{
    int file = memfd_create("test", MFD_CLOEXEC);
    assert_int_equal(pwrite(file, text, strlen(text), 0), strlen(text));
    int result = kernel_io_read(file, reading);
    close(file);
    return result;
}

static void an_account_is_read_or_refused(void **state)
{
    (void)state;
    struct kernel_io reading = {.bytes = 7, .reading_bytes = 7};
    assert_int_equal(kernel_io_read(-1, &reading), -EBADF);
    assert_int_equal(read_text("", &reading), -EPROTO);
    assert_int_equal(read_text("rchar: 5\n", &reading), -EPROTO);
    assert_int_equal(read_text("wchar: 5\nrchar: 6\n", &reading), -EPROTO);
    assert_int_equal(reading.bytes, 7);
    assert_int_equal(reading.reading_bytes, 7);
    assert_int_equal(read_text("rchar: 5\nwchar: 18446744073709551000\nsyscr: 1\n", &reading), 0);
    assert_int_equal(reading.bytes, UINT64_C(18446744073709551005));
    assert_int_equal(reading.reading_bytes, 46); /* characters */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_reading_does_not_count_itself),
        cmocka_unit_test(what_a_call_copies_is_counted_on_both_ways),
        cmocka_unit_test(a_fill_and_a_discard_are_counted_too),
        cmocka_unit_test(memcpy_vmsplice_and_remote_copies_are_not_seen),
        cmocka_unit_test(the_difference_leaves_the_first_reading_out),
        cmocka_unit_test(an_account_is_read_or_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
