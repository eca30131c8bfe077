/*
 * The words of the copies ledger: how one stage of a path moves a payload byte. A path has four
 * stages: source (into the writer's buffer), transfer in, transfer out, sink. Knows no mechanism.
 */
#ifndef STAGES_H
#define STAGES_H

enum stage_kind {
    STAGE_NONE,    /* the bytes lie where they are needed: no copy */
    STAGE_KERNEL,  /* a copy by a system call, which /proc/PID/io counts: read, write */
    STAGE_USER,    /* a copy by memcpy in a process of ours */
    STAGE_REMOTE,  /* a copy by the kernel, which /proc/PID/io does not count: process_vm_readv */
    STAGE_QUEUE,   /* a copy by the kernel into or out of a message queue, not counted either */
    STAGE_FILL,    /* /dev/zero: counted by /proc/PID/io, but nothing is copied */
    STAGE_DISCARD, /* /dev/null: counted by /proc/PID/io, but nothing is copied */
    STAGE_KIND_COUNT
};

/* What a mechanism does to each byte between the writer's buffer and the reader's. */
struct transfer_stages {
    enum stage_kind in;
    enum stage_kind out;
};

#endif
