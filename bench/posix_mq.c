/* POSIX message queues as a matched program: one table entry, one call. See measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_posix_mq,
    .summary = "POSIX message queue (mq_open): whole messages copied into the kernel and out of it",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
