/* One copy without shared payload memory as a matched program: one table entry, one call. See
 * measure/program.h. */
#include "measure/program.h"
#include "transfer/mechanisms.h"

static const struct program program = {
    .mechanism = &channel_process_vm_readv,
    .summary = "private memory of the writer, from which the reader has the kernel copy once",
};

int main(int argument_count, char **arguments)
{
    return program_main(&program, argument_count, arguments);
}
