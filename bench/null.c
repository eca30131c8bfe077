/* The harness floor as a matched program: one table entry, one call. See measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_null,
    .summary = "nothing at all: what the harness itself costs",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
