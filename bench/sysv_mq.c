/* System V message queues as a matched program: one table entry, one call. See measure/program.h.
 */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_sysv_mq,
    .summary = "System V message queue (msgget): whole messages copied into the kernel and out",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
