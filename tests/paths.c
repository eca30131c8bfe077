#include "paths.h"

#include "transfer/mechanisms.h"

#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include <cmocka.h>

const struct path_ends_pair paths_ends[PATHS_ENDS] = {
    {SOURCE_MEMORY, SINK_USE},   {SOURCE_MEMORY, SINK_FILE}, {SOURCE_MEMORY, SINK_NULL},
    {SOURCE_FILE, SINK_USE},     {SOURCE_FILE, SINK_FILE},   {SOURCE_FILE, SINK_STDOUT},
    {SOURCE_FILE, SINK_NULL},    {SOURCE_STDIN, SINK_USE},   {SOURCE_STDIN, SINK_FILE},
    {SOURCE_STDIN, SINK_STDOUT}, {SOURCE_STDIN, SINK_NULL},  {SOURCE_ZERO, SINK_USE},
    {SOURCE_ZERO, SINK_FILE},    {SOURCE_ZERO, SINK_NULL},
};

struct session_setup paths_setup(const struct channel_operations *operations,
                                 enum source_kind source, enum sink_kind sink, enum copies copies)
{
    int *cpus;
    size_t count;
    assert_int_equal(cpu_list_allowed(&cpus, &count), 0);
    struct session_setup setup = {.operations = operations,
                                  .test = TEST_RELAY,
                                  .wait = WAIT_BLOCK,
                                  .copies = copies,
                                  .touch = TOUCH_FULL,
                                  .placement = PLACEMENT_EXPLICIT,
                                  .cpus = {cpus[0], cpus[count > 1 ? 1 : 0]},
                                  .source = source,
                                  .sink = sink,
                                  .size_bytes = 65536,
                                  .capacity_bytes = 65536,
                                  .seconds = 0.002,
                                  .seed = 20260412,
                                  .timeout_seconds = 20};
    free(cpus);
    return setup;
}

bool paths_kernel_shares_vmspliced_pages(void)
{
    size_t size = (size_t)sysconf(_SC_PAGESIZE);
    unsigned char first = 0;
    int ends[2];
    unsigned char *page =
        mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_true(page != MAP_FAILED);
    assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
    page[0] = 1;
    const struct iovec part = {.iov_base = page, .iov_len = size};
    assert_int_equal(vmsplice(ends[1], &part, 1, 0), size);
    page[0] = 2;
    assert_int_equal(read(ends[0], &first, 1), 1);
    close(ends[0]);
    close(ends[1]);
    munmap(page, size);
    return first == 2;
}

bool paths_kernel_copies_from_processes(void)
{
    char from = 1;
    char to = 0;
    const struct iovec source = {.iov_base = &from, .iov_len = 1};
    const struct iovec target = {.iov_base = &to, .iov_len = 1};
    if (process_vm_readv(getpid(), &target, 1, &source, 1, 0) == 1 ||
        (errno != ENOSYS && errno != EPERM))
        return true; /* any other failure is for the tests to show */
    static bool told;
    if (!told)
        print_message("skip: process_vm_readv is refused here\n");
    told = true;
    return false;
}

bool paths_can_run(const struct channel_operations *operations)
{
    return operations != &channel_process_vm_readv || paths_kernel_copies_from_processes();
}
