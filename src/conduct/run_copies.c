/* What a run does for copies.tsv: asks the audit build of every mechanism about every path. */
#include "conduct/run.h"

#include "conduct/plan_causes.h"
#include "conduct/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define COPIES_FILE "copies.tsv"
/* Of a message: the reference size, unless it does not fit into the capacity, as a probe must. */
#define AUDIT_SIZE_BYTES    UINT64_C(65536)
#define AUDIT_SECONDS       20.0
#define SINGLE_COPY_CONTROL "process_vm_readv"

/* Ends that belong to us and can be changed, ends as the article's programs have them, and ends
 * that mislead the kernel's account. */
static const struct {
    enum source_kind source;
    enum sink_kind sink;
} ends[] = {
    {SOURCE_FILE, SINK_FILE},  {SOURCE_STDIN, SINK_STDOUT}, {SOURCE_FILE, SINK_USE},
    {SOURCE_MEMORY, SINK_USE}, {SOURCE_FILE, SINK_NULL},    {SOURCE_ZERO, SINK_NULL},
    {SOURCE_ZERO, SINK_USE},
};

/* Appends the row behind the header; the first answer brings the header, too. */
static int append_row(const char *answer, FILE *table, uint64_t rows)
{
    const char *row = strchr(answer, '\n');
    if (row == NULL || row[1] == '\0')
        return -EPROTO;
    fputs(rows == 0 ? answer : row + 1, table);
    return 0;
}

static int audit_path(struct run *run, const char *mechanism, size_t path, enum copies copies,
                      FILE *table, uint64_t *rows)
{
    char program[PATH_MAX];
    char *answer = NULL;
    int exit_code;
    struct failure reason = {.error = 0};
    if (snprintf(program, sizeof program, "%s/audit/%s", run->task->programs, mechanism) >=
        (int)sizeof program)
        return failure_set(run->failure, -ENAMETOOLONG, "--programs");
    char capacity[32];
    char size[32];
    uint64_t capacity_bytes = run->request.capacity_bytes;
    snprintf(capacity, sizeof capacity, "%" PRIu64, capacity_bytes);
    snprintf(size, sizeof size, "%" PRIu64,
             capacity_bytes < AUDIT_SIZE_BYTES ? capacity_bytes : AUDIT_SIZE_BYTES);
    const char *const arguments[] = {program,      "copies",
                                     "--source",   source_names[ends[path].source],
                                     "--sink",     sink_names[ends[path].sink],
                                     "--copies",   copies_names[copies],
                                     "--size",     size,
                                     "--capacity", capacity,
                                     NULL};
    int result = runner_capture_verdict(arguments, AUDIT_SECONDS, run->task->stop_fd, &answer,
                                        &exit_code, &reason);
    if (result == 0)
        result = append_row(answer, table, *rows);
    free(answer);
    if (result == 0) {
        (*rows)++;
        run->outcome->disagreements += exit_code == EXIT_CODE_FAILED ? 1 : 0;
        return 0;
    }
    if (result == -ECANCELED)
        return result;
    run_warn(run, "copies of %s, %s to %s, %s: not audited: %s", mechanism,
             source_names[ends[path].source], sink_names[ends[path].sink], copies_names[copies],
             reason.text[0] != '\0' ? reason.text : "its answer is no row");
    return 0;
}

/* A mechanism whose modes move bytes alike has its rows in one mode only. */
static bool has_two_ways(const char *mechanism)
{
    return strcmp(mechanism, "shm") == 0;
}

static int audit_mechanism(struct run *run, const char *mechanism, FILE *table, uint64_t *rows)
{
    int result = 0;
    for (int copies = 0; copies < COPIES_COUNT; copies++) {
        if (copies != COPIES_OWN && !has_two_ways(mechanism))
            continue;
        for (size_t path = 0; path < sizeof ends / sizeof *ends && result == 0; path++)
            result = audit_path(run, mechanism, path, (enum copies)copies, table, rows);
    }
    return result;
}

static bool has_audit(const struct run *run, const char *mechanism)
{
    char program[PATH_MAX];
    int length = snprintf(program, sizeof program, "%s/audit/%s", run->task->programs, mechanism);
    return length < (int)sizeof program && access(program, X_OK) == 0;
}

/* The mechanisms of the request, and those with one copy that the others are held against. */
static int audit_mechanisms(struct run *run, FILE *table, uint64_t *rows)
{
    static const char *const controls[] = {PLAN_FEWER_COPIES, SINGLE_COPY_CONTROL};
    int result = 0;
    for (size_t index = 0; index < run->request.mechanisms.count && result == 0; index++) {
        const char *mechanism = run->request.mechanisms.names[index];
        if (strcmp(mechanism, PLAN_FLOOR) != 0 && has_audit(run, mechanism))
            result = audit_mechanism(run, mechanism, table, rows);
    }
    for (size_t index = 0; index < sizeof controls / sizeof *controls && result == 0; index++) {
        if (!mechanism_list_has(&run->request.mechanisms, controls[index]) &&
            has_audit(run, controls[index]))
            result = audit_mechanism(run, controls[index], table, rows);
    }
    return result;
}

int run_audit_copies(struct run *run)
{
    char *text = NULL;
    size_t bytes = 0;
    uint64_t rows = 0;
    /* A run that is gone on with may have them already. */
    if (!word_set_has(run->request.tests, TEST_RELAY) || bundle_has(&run->bundle, COPIES_FILE))
        return 0;
    FILE *table = open_memstream(&text, &bytes);
    if (table == NULL)
        return failure_set(run->failure, -errno, "auditing the copies");
    int result = audit_mechanisms(run, table, &rows);
    if (fclose(table) != 0 && result == 0)
        result = failure_set(run->failure, -ENOMEM, "auditing the copies");
    if (result == 0 && rows > 0)
        result = bundle_write_text(&run->bundle, COPIES_FILE, text, run->failure);
    free(text);
    return result;
}
