/* The kernel's account of bytes passed to system calls: exact, and without the reading of it. */
#include "measure/kernel_io.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

static int account = -1;

static int open_account(void **state)
{
    (void)state;
    account = kernel_io_open();
    return 0;
}

static int close_account(void **state)
{
    (void)state;
    return account >= 0 ? close(account) : 0;
}

static void need_account(void)
{
    if (account < 0)
        skip(); /* this kernel keeps none, or hides it */
}

static struct kernel_io reading(void)
{
    struct kernel_io now;
    assert_int_equal(kernel_io_read(account, &now), 0);
    return now;
}

static void nothing_in_between_is_nothing(void **state)
{
    (void)state;
    need_account();
    for (int round = 0; round < 100; round++) {
        struct kernel_io before = reading();
        struct kernel_io after = reading();
        assert_true(before.reading_bytes > 0);
        assert_int_equal(kernel_io_between(&before, &after), 0);
    }
}

static void reads_and_writes_are_counted_to_the_byte(void **state)
{
    (void)state;
    need_account();
    char buffer[5000] = {0};
    int file = memfd_create("kernel-io", MFD_CLOEXEC);
    assert_true(file >= 0);
    for (size_t size = 1; size <= sizeof buffer; size += 833) {
        struct kernel_io before = reading();
        ssize_t written = pwrite(file, buffer, size, 0);
        struct kernel_io middle = reading();
        ssize_t got = pread(file, buffer, sizeof buffer, 0);
        struct kernel_io after = reading();
        assert_int_equal(written, size);
        assert_int_equal(got, size); /* what was there, not what was asked for */
        assert_int_equal(kernel_io_between(&before, &middle), size);
        assert_int_equal(kernel_io_between(&middle, &after), size);
        /* Over two readings the one in the middle counts: hence one right after the other. */
        assert_int_equal(kernel_io_between(&before, &after), 2 * size + middle.reading_bytes);
    }
    close(file);
}

/* The blind spots that the header names. */
static void fills_and_discards_count_and_copies_in_memory_do_not(void **state)
{
    (void)state;
    need_account();
    static char buffer[4096];
    static char other[4096];
    int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
    assert_true(zero >= 0 && null >= 0);
    struct kernel_io before = reading();
    ssize_t got = read(zero, buffer, sizeof buffer);
    ssize_t discarded = write(null, buffer, 1000);
    memcpy(other, buffer, sizeof other);
    struct kernel_io after = reading();
    assert_int_equal(got, 4096);
    assert_int_equal(discarded, 1000);
    assert_int_equal(kernel_io_between(&before, &after), 5096);
    assert_memory_equal(other, buffer, sizeof other);
    close(zero);
    close(null);
}

static void what_is_no_account_is_an_error(void **state)
{
    (void)state;
    struct kernel_io untouched = {.bytes = 7, .reading_bytes = 8};
    int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);
    assert_int_equal(kernel_io_read(-1, &untouched), -EBADF);
    assert_int_equal(kernel_io_read(zero, &untouched), -EPROTO);
    assert_int_equal(kernel_io_read(null, &untouched), -EPROTO);
    assert_int_equal(untouched.bytes, 7);
    assert_int_equal(untouched.reading_bytes, 8);
    close(zero);
    close(null);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_in_between_is_nothing),
        cmocka_unit_test(reads_and_writes_are_counted_to_the_byte),
        cmocka_unit_test(fills_and_discards_count_and_copies_in_memory_do_not),
        cmocka_unit_test(what_is_no_account_is_an_error),
    };
    return cmocka_run_group_tests(tests, open_account, close_account);
}
