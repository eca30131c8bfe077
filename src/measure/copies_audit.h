/*
 * The audit of one path: how often each payload byte is copied on its way, as the ledger predicts
 * it and as independent witnesses see it: the kernel's account (kernel_io.h), memcpy counted at
 * link level (transfer/copy_witness.h, in an audit build only) beside the ledger's own counter, and
 * mutation (probe.h). Says whether they agree; measures no time.
 */
#ifndef COPIES_AUDIT_H
#define COPIES_AUDIT_H

#include "measure/ledger.h"
#include "measure/session.h"

#include <stdbool.h>
#include <stdio.h>

/* How far a count per payload byte may lie from the predicted one: what is counted beside the
 * payload (a struct, a line) is far less than this part of it. */
#define COPIES_AUDIT_TOLERANCE 0.001

enum { COPIES_AUDIT_NOTE_BYTES = 512 };

/* Numbers are copies per payload byte. */
struct copies_audit {
    const char *mechanism; /* the table's own name */
    enum source_kind source;
    enum sink_kind sink;
    enum copies copies;
    struct ledger_path path; /* predicted */
    double kernel_io;        /* NAN where the kernel keeps no account */
    double ledger_user;      /* by the ledger's own counter */
    double link_user;        /* NAN in a build without the witness */
    enum mutation mutations[LEDGER_STAGES];
    bool agrees;                        /* every witness that is there saw what it must see */
    char note[COPIES_AUDIT_NOTE_BYTES]; /* what does not agree, or what the witnesses cannot see */
};

/*
 * Audits the path that `setup` describes: moves some MiB through it, then probes it with one
 * message. Standard input and output are replaced by files of our own for as long as it takes.
 * Messages must fit into the capacity. Returns 0 (also when witnesses disagree), -EINVAL for
 * standard output behind a source that never ends, or as session_run.
 */
int copies_audit(const struct session_setup *setup, struct copies_audit *audit,
                 struct failure *failure);

/* Judges an audit whose other fields are set: `agrees` and `note`. */
void copies_audit_judge(struct copies_audit *audit);

/* The columns of copies.tsv, and a row, each ended by a newline. */
void copies_audit_print_header(FILE *stream);
void copies_audit_print(const struct copies_audit *audit, FILE *stream);

#endif
