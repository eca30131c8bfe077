/* The pipe with one copy less as a matched program: one table entry, one call. See
 * measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_vmsplice,
    .summary = "anonymous pipe with the writer's pages mapped: only read() copies",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
