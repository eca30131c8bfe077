/* TCP over the loopback device as a matched program: one table entry, one call. See
 * measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_tcp,
    .summary = "TCP over 127.0.0.1, TCP_NODELAY: write() copies into the kernel, read() copies out",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
