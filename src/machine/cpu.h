/*
 * The CPUs of this process: which it may use, which two a measurement uses, and how to stay on
 * one. Knows CPU numbers only; what cores share (caches, packages, memory) is placement.h's.
 */
#ifndef CPU_H
#define CPU_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>

/* CPU numbers as the kernel counts them; both may be the same CPU. */
struct cpu_pair {
    int writer;
    int reader;
};

/* What cpu_parse_pair takes, for the `allowed` of an option row. */
#define CPU_PAIR_ALLOWED "W,R: two CPU numbers"

/*
 * Reads "W,R" into the struct cpu_pair at `pair`; usable as the `parse` of an option row. Says
 * nothing of whether the CPUs exist. Returns 0 or -EINVAL.
 */
int cpu_parse_pair(const char *text, void *pair);

/* The pair as "W,R", or "" when it names no CPUs (negative numbers); usable as the `print` of an
 * option row. */
void cpu_print_pair(const void *pair, char *text, size_t text_bytes);

/*
 * The CPUs that are online and that the calling thread may run on, in ascending order: the
 * scheduling affinity, which a cpuset or taskset may have narrowed. On success *cpus is owned by
 * the caller, who frees it, and *count is at least 1. Returns 0 or a negative errno.
 */
int cpu_list_allowed(int **cpus, size_t *count);

/* Ascending CPU numbers as the kernel writes them: "0-3,8". Ends in "..." when cut off. Returns
 * `text`. */
char *cpu_format_list(const int *cpus, size_t count, char *text, size_t text_bytes);

/* Returns 0 when the calling thread may run on both CPUs, else -ENODEV with a line that names the
 * CPU and those that are allowed. */
int cpu_check_pair(const struct cpu_pair *pair, struct failure *failure);

/* Keeps the calling thread on one CPU, until it is pinned elsewhere; processes that it forks
 * afterwards start there too. Returns 0, or -EINVAL when it may not run there. */
int cpu_pin(int cpu);

#endif
