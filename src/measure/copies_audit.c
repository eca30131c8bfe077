#include "measure/copies_audit.h"

#include "base/table.h"
#include "measure/source.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* What is moved to be counted: enough that a stray byte is lost in it, little enough to take no
 * time. A relay to the end of its source moves the generated file, which is as long. */
#define AUDITED_BYTES SOURCE_GENERATED_BYTES

/* ---- the verdict ---- */

__attribute__((format(printf, 2, 3))) static void add_note(struct copies_audit *audit,
                                                           const char *format, ...)
{
    size_t used = strlen(audit->note);
    if (used > 0)
        used += (size_t)snprintf(audit->note + used, sizeof audit->note - used, "; ");
    if (used >= sizeof audit->note)
        return;
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(audit->note + used, sizeof audit->note - used, format, arguments);
    va_end(arguments);
}

/* A witness that is not there does not disagree. */
static void judge_count(struct copies_audit *audit, const char *witness, double seen,
                        double expected)
{
    if (isnan(seen) || fabs(seen - expected) <= COPIES_AUDIT_TOLERANCE)
        return;
    audit->agrees = false;
    add_note(audit, "DISAGREES: %s saw %.4g per byte where %.4g must be", witness, seen, expected);
}

static void judge_mutations(struct copies_audit *audit)
{
    for (int stage = 0; stage < LEDGER_STAGES; stage++) {
        enum mutation expected = ledger_mutation(&audit->path, (enum ledger_stage)stage);
        if (audit->mutations[stage] == expected)
            continue;
        audit->agrees = false;
        add_note(audit, "DISAGREES: mutation found %s %s where it must be %s",
                 ledger_stage_names[stage], mutation_names[audit->mutations[stage]],
                 mutation_names[expected]);
    }
}

static bool has_stage(const struct ledger_path *path, enum stage_kind kind)
{
    for (int stage = 0; stage < LEDGER_STAGES; stage++) {
        if (path->stages[stage] == kind)
            return true;
    }
    return false;
}

static void note_blind_spots(struct copies_audit *audit)
{
    if (has_stage(&audit->path, STAGE_FILL))
        add_note(audit, "/proc/PID/io counts reading /dev/zero, which copies nothing");
    if (has_stage(&audit->path, STAGE_DISCARD))
        add_note(audit, "/proc/PID/io counts writing to /dev/null, which copies nothing");
    if (has_stage(&audit->path, STAGE_USER))
        add_note(audit, "/proc/PID/io does not see memcpy");
    if (has_stage(&audit->path, STAGE_REMOTE))
        add_note(audit, "only mutation sees this copy: /proc/PID/io counts no process_vm_readv");
    if (has_stage(&audit->path, STAGE_QUEUE))
        add_note(audit, "/proc/PID/io counts no message queue: of its copies it is silent");
    if (isnan(audit->kernel_io))
        add_note(audit, "this kernel shows no /proc/PID/io");
    if (isnan(audit->link_user))
        add_note(audit, "memcpy is counted in the audit build only");
}

void copies_audit_judge(struct copies_audit *audit)
{
    audit->agrees = true;
    audit->note[0] = '\0';
    judge_count(audit, "/proc/PID/io", audit->kernel_io, ledger_kernel_io(&audit->path));
    judge_count(audit, "the ledger's counter", audit->ledger_user,
                ledger_user_copies(&audit->path));
    judge_count(audit, "memcpy at link level", audit->link_user, ledger_user_copies(&audit->path));
    judge_mutations(audit);
    note_blind_spots(audit);
    if (audit->note[0] == '\0')
        add_note(audit, "-");
}

/* ---- standard input and output of our own ---- */

struct replaced {
    int descriptor; /* which one was replaced */
    int saved;      /* what it was; -1 when it was closed, or not replaced at all */
    bool done;
};

static int replace(struct replaced *replaced, int descriptor, int by, struct failure *failure)
{
    replaced->descriptor = descriptor;
    replaced->saved = fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    if (dup2(by, descriptor) < 0)
        return failure_set(failure, -errno, "replacing a standard stream");
    replaced->done = true;
    return 0;
}

static void put_back(struct replaced *replaced)
{
    if (!replaced->done)
        return;
    if (replaced->saved >= 0)
        dup2(replaced->saved, replaced->descriptor);
    else
        close(replaced->descriptor);
    if (replaced->saved >= 0)
        close(replaced->saved);
    replaced->done = false;
}

/* A file that is read as standard input, and one that is written as standard output: new for every
 * run, so that each begins at its start. */
static int replace_streams(const struct session_setup *setup, struct replaced *input,
                           struct replaced *output, struct failure *failure)
{
    int result = 0;
    if (setup->source == SOURCE_STDIN) {
        const struct source_setup file = {.kind = SOURCE_FILE,
                                          .message_bytes = (size_t)setup->size_bytes,
                                          .circular = true,
                                          .seed = setup->seed};
        struct source source;
        result = source_open(&file, &source, failure);
        if (result < 0)
            return result;
        result = replace(input, STDIN_FILENO, source.descriptor, failure);
        source_close(&source);
    }
    if (result == 0 && setup->sink == SINK_STDOUT) {
        int file = memfd_create("stdout", MFD_CLOEXEC);
        if (file < 0)
            return failure_set(failure, -errno, "making a file for standard output");
        /* What was printed before belongs to the real one. */
        fflush(stdout);
        result = replace(output, STDOUT_FILENO, file, failure);
        close(file);
    }
    return result;
}

/* ---- the audit ---- */

typedef int audit_step(const struct session_setup *setup, struct copies_audit *audit,
                       struct failure *failure);

static int with_streams(audit_step *step, const struct session_setup *setup,
                        struct copies_audit *audit, struct failure *failure)
{
    struct replaced input = {.done = false};
    struct replaced output = {.done = false};
    int result = replace_streams(setup, &input, &output, failure);
    if (result == 0)
        result = step(setup, audit, failure);
    put_back(&output);
    put_back(&input);
    return result;
}

static int count(const struct session_setup *setup, struct copies_audit *audit,
                 struct failure *failure)
{
    struct sample sample;
    struct histogram *unused = histogram_make();
    if (unused == NULL)
        return failure_set(failure, -ENOMEM, "counting copies");
    int result = session_run(setup, &sample, unused, failure);
    histogram_free(unused);
    if (result < 0)
        return result;
    double bytes = (double)sample.bytes;
    audit->kernel_io = sample.kernel_io_bytes / bytes;
    audit->ledger_user = (double)sample.user_copy_bytes / bytes;
    audit->link_user = sample.link_copy_bytes / bytes;
    return 0;
}

static int probe(const struct session_setup *setup, struct copies_audit *audit,
                 struct failure *failure)
{
    return session_probe(setup, audit->mutations, failure);
}

int copies_audit(const struct session_setup *setup, struct copies_audit *audit,
                 struct failure *failure)
{
    struct session_setup counted = *setup;
    struct copies_audit audited = {
        .mechanism = setup->operations->name,
        .source = setup->source,
        .sink = setup->sink,
        .copies = setup->copies,
        .path = ledger_predict(setup->operations, setup->source, setup->sink, setup->copies),
    };
    bool endless = setup->source == SOURCE_ZERO || setup->source == SOURCE_MEMORY;
    if (endless && setup->sink == SINK_STDOUT)
        return failure_say(failure, -EINVAL,
                           "--sink stdout: needs a source that ends: file or stdin, not %s",
                           source_names[setup->source]);
    counted.test = TEST_RELAY;
    counted.until_end = setup->source == SOURCE_STDIN || setup->sink == SINK_STDOUT;
    counted.count = (AUDITED_BYTES + setup->size_bytes - 1) / setup->size_bytes;
    counted.seconds = 0.001; /* of warm-up there need be none */
    int result = with_streams(count, &counted, &audited, failure);
    if (result == 0)
        result = with_streams(probe, &counted, &audited, failure);
    if (result < 0)
        return result;
    copies_audit_judge(&audited);
    *audit = audited;
    return 0;
}

/* ---- the row ---- */

void copies_audit_print_header(FILE *stream)
{
    fputs("mechanism\tsource\tsink\tcopies", stream);
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        fprintf(stream, "\t%s_stage", ledger_stage_names[stage]);
    fputs("\tpredicted_copies\tkernel_io_copies\texpected_kernel_io_copies\tledger_user_copies\t"
          "user_copies\texpected_user_copies\tmutation\texpected_mutation",
          stream);
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        fprintf(stream, "\tmutation_%s", ledger_stage_names[stage]);
    fputs("\tagrees\tnote\n", stream);
}

/* Four digits: "4", "3.998". */
static void print_count(double value, FILE *stream)
{
    if (isnan(value))
        fputs("\tnan", stream);
    else
        fprintf(stream, "\t%.4g", value);
}

static double count_copied(const struct copies_audit *audit)
{
    double copied = 0.0;
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        copied += audit->mutations[stage] == MUTATION_COPIED ? 1.0 : 0.0;
    return copied;
}

void copies_audit_print(const struct copies_audit *audit, FILE *stream)
{
    fprintf(stream, "%s\t%s\t%s\t%s", audit->mechanism, source_names[audit->source],
            sink_names[audit->sink], copies_names[audit->copies]);
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        fprintf(stream, "\t%s", stage_kind_names[audit->path.stages[stage]]);
    const double counts[] = {
        ledger_copies(&audit->path),
        audit->kernel_io,
        ledger_kernel_io(&audit->path),
        audit->ledger_user,
        audit->link_user,
        ledger_user_copies(&audit->path),
        count_copied(audit),
        ledger_mutations(&audit->path),
    };
    for (size_t index = 0; index < sizeof counts / sizeof *counts; index++)
        print_count(counts[index], stream);
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        fprintf(stream, "\t%s", mutation_names[audit->mutations[stage]]);
    fprintf(stream, "\t%s\t", audit->agrees ? "yes" : "no");
    table_print_text(stream, audit->note);
    fputc('\n', stream);
}
