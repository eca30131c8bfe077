/* The Unix stream socket as a matched program: one table entry, one call. See measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_unix_stream,
    .summary =
        "Unix domain stream socket (socketpair): write() copies into the kernel, read() copies out",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
