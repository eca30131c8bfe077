/* POSIX shared memory as a matched program: one table entry, one call. See measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_posix_shm,
    .summary = "POSIX shared memory (shm_open): both processes map the same pages, found by a name",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
