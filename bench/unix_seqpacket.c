/* The Unix socket that keeps messages apart as a matched program: one table entry, one call. See
 * measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_unix_seqpacket,
    .summary = "Unix domain seqpacket socket (socketpair): as the stream, but messages stay apart",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
