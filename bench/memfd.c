/* memfd as a matched program: one table entry, one call. See measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_memfd,
    .summary = "memfd: both processes map the same pages, behind an inherited descriptor",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
