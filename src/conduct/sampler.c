#include "conduct/sampler.h"

#include "conduct/runner.h"

#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

enum { ARGUMENTS_MOST = 40, NUMBER_BYTES = 32 };

/* Beyond the sample itself: starting on a busy machine, and the messages of a large payload, of
 * which each may take 200 ns a byte before it counts as hanging. */
static const double PATIENCE_SECONDS = 10.0;
static const double PATIENCE_SECONDS_PER_BYTE = 200e-9;
/* For each of many pairs at once, which have to be started and share the CPUs. */
static const double PATIENCE_SECONDS_PER_PAIR = 0.5;

struct command_line {
    char path[PATH_MAX];
    char size[NUMBER_BYTES];
    char cpus[NUMBER_BYTES];
    char seconds[NUMBER_BYTES];
    char capacity[NUMBER_BYTES];
    char seed[NUMBER_BYTES];
    char extra_copies[NUMBER_BYTES];
    char buffer_offset[NUMBER_BYTES];
    char pairs_parallel[NUMBER_BYTES];
    const char *arguments[ARGUMENTS_MOST];
    size_t count;
};

static void add_option(struct command_line *line, const char *name, const char *value)
{
    line->arguments[line->count++] = name;
    line->arguments[line->count++] = value;
    line->arguments[line->count] = NULL;
}

/* What only relays and the padded control have. */
static void add_path_options(const struct sampler *sampler, const struct cell *cell,
                             struct command_line *line)
{
    if (strcmp(cell->test, test_names[TEST_RELAY]) == 0) {
        add_option(line, "--source", cell->source);
        add_option(line, "--sink", cell->sink);
        if (sampler->input != NULL && strcmp(cell->source, source_names[SOURCE_FILE]) == 0)
            add_option(line, "--input", sampler->input);
    }
    if (cell->extra_copies > 0) {
        snprintf(line->extra_copies, sizeof line->extra_copies, "%" PRIu64, cell->extra_copies);
        add_option(line, "--extra-copies", line->extra_copies);
        add_option(line, "--working-set", cell->working_set);
    }
}

static int make_command_line(const struct sampler *sampler, const struct cell *cell,
                             double sample_seconds, uint64_t seed, struct command_line *line)
{
    if (snprintf(line->path, sizeof line->path, "%s/%s", sampler->programs, cell->mechanism) >=
        (int)sizeof line->path)
        return -ENAMETOOLONG;
    snprintf(line->size, sizeof line->size, "%" PRIu64, cell->size_bytes);
    snprintf(line->cpus, sizeof line->cpus, "%d,%d", cell->cpus.writer, cell->cpus.reader);
    snprintf(line->seconds, sizeof line->seconds, "%.6f", sample_seconds);
    snprintf(line->capacity, sizeof line->capacity, "%" PRIu64, sampler->capacity_bytes);
    snprintf(line->seed, sizeof line->seed, "%" PRIu64, seed);
    line->arguments[0] = line->path;
    line->arguments[1] = cell->test;
    line->count = 2;
    add_option(line, "--size", line->size);
    add_option(line, "--cpus", cell->cpu_list != NULL ? cell->cpu_list : line->cpus);
    add_option(line, "--seconds", line->seconds);
    add_option(line, "--seed", line->seed);
    add_option(line, "--format", "json");
    if (strcmp(cell->wait, PLAN_NONE) == 0)
        return 0;
    add_option(line, "--wait", cell->wait);
    add_option(line, "--copies", cell->copies);
    add_option(line, "--touch", cell->touch);
    add_option(line, "--capacity", line->capacity);
    snprintf(line->buffer_offset, sizeof line->buffer_offset, "%" PRIu64,
             sampler->layout.buffer_offset_bytes);
    add_option(line, "--buffer-offset", line->buffer_offset);
    if (cell->pairs_parallel > 0) {
        snprintf(line->pairs_parallel, sizeof line->pairs_parallel, "%" PRIu64,
                 cell->pairs_parallel);
        add_option(line, "--pairs-parallel", line->pairs_parallel);
    }
    add_path_options(sampler, cell, line);
    return 0;
}

static bool is_about(const struct sample *sample, const struct cell *cell)
{
    return strcmp(sample->mechanism, cell->mechanism) == 0 &&
           strcmp(sample->test, cell->test) == 0 && strcmp(sample->wait, cell->wait) == 0 &&
           strcmp(sample->copies, cell->copies) == 0 && strcmp(sample->touch, cell->touch) == 0 &&
           strcmp(sample->source, cell->source) == 0 && strcmp(sample->sink, cell->sink) == 0 &&
           sample->extra_copies == cell->extra_copies &&
           strcmp(sample->working_set, cell->working_set) == 0 &&
           sample->size_bytes == cell->size_bytes;
}

int sampler_measure(const struct sampler *sampler, const struct cell *cell, double sample_seconds,
                    uint64_t seed, struct sample *sample, struct histogram *histogram,
                    int *exit_code, struct failure *failure)
{
    struct command_line line = {.count = 0};
    struct sample measured;
    *exit_code = 0;
    int result = make_command_line(sampler, cell, sample_seconds, seed, &line);
    if (result < 0)
        return failure_set(failure, result, "--programs");
    double seconds_most = PATIENCE_SECONDS + sample_seconds * 10.0 +
                          (double)cell->size_bytes * PATIENCE_SECONDS_PER_BYTE +
                          (double)cell->pairs_parallel * PATIENCE_SECONDS_PER_PAIR;
    const struct runner_start how = {.arguments = line.arguments,
                                     .seconds_most = seconds_most,
                                     .stop_fd = sampler->stop_fd,
                                     .padding_bytes = sampler->layout.environment_padding_bytes};
    bool stands_by =
        sampler->standby != NULL && standby_pool_allows(sampler->standby, cell->mechanism);
    result = stands_by ? standby_pool_measure(sampler->standby, &how, &measured, histogram,
                                              exit_code, failure)
                       : runner_measure(&how, &measured, histogram, exit_code, failure);
    if (result < 0)
        return result;
    if (!is_about(&measured, cell))
        return failure_say(failure, -EPROTO, "%s: answered about another cell than was asked",
                           cell->mechanism);
    if (measured.checksum_ok == CHECKSUM_WRONG)
        return failure_say(failure, -EBADMSG, "%s: what arrived is not what was sent",
                           cell->mechanism);
    /* Only the floor and the ceilings move nothing that could be verified. */
    if (measured.checksum_ok != CHECKSUM_OK && strcmp(cell->mechanism, PLAN_FLOOR) != 0 &&
        strcmp(cell->mechanism, PLAN_CEILING) != 0)
        return failure_say(failure, -EBADMSG, "%s: does not say whether what arrived was sent",
                           cell->mechanism);
    snprintf(measured.placement, sizeof measured.placement, "%s", cell->placement);
    *sample = measured;
    return 0;
}
