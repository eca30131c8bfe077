/*
 * Merges the exports of several calls of hyperfine into one file of the same form: the runs of a
 * command from all calls together, its statistics computed anew. Beside them stands, per
 * mechanism, what one message costs by the outer clock: the difference between the runs with more
 * and with fewer messages, from which the cost of starting a program falls out. With --inner, a
 * file of what the same runs told of themselves (one sample as JSON per line), it says what one
 * message cost by their own clock, too: the medians' difference again.
 *
 *   merge_hyperfine OUTPUT.json [--inner SAMPLES] INPUT.json...
 *
 * Times of hyperfine are seconds. Knows nothing of samples or bundles.
 */
#include "base/exit_code.h"
#include "base/failure.h"
#include "base/options.h"
#include "base/regular_file.h"
#include "base/standard_streams.h"
#include "base/units.h"
#include "base/version.h"
#include "measure/sample_json.h"
#include "results/bundle_reader.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Most runs of one command: far above what anybody waits for, and it bounds the memory. */
enum { MOST_RUNS = 10000, SCHEMA = 1, MOST_INNER_GROUPS = 64, MOST_INNER_RUNS = 1000 };

static int refuse(struct failure *failure, const char *path, const char *what)
{
    return failure_say(failure, -EINVAL, "%s is not an export of hyperfine: %s", path, what);
}

/* The merged entry of `command`, or NULL; the entries own it. */
static json_t *find_entry(json_t *entries, const char *command)
{
    size_t index;
    json_t *entry;
    json_array_foreach(entries, index, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "command")), command) == 0)
            return entry;
    }
    return NULL;
}

/* Adds `value` times `weight` to the sum that stands in `entry` under `name`. */
static int add_to_sum(json_t *entry, const char *name, const json_t *value, size_t weight)
{
    double sum = json_number_value(json_object_get(entry, name));
    double more = json_number_value(value) * (double)weight;
    return json_object_set_new(entry, name, json_real(sum + more)) == 0 ? 0 : -ENOMEM;
}

static int add_runs(json_t *entries, const json_t *result, const char *path,
                    struct failure *failure)
{
    const char *command = json_string_value(json_object_get(result, "command"));
    json_t *times = json_object_get(result, "times");
    size_t runs = json_array_size(times);
    if (command == NULL || runs == 0 || runs > MOST_RUNS)
        return refuse(failure, path, "a result lacks its command or its times");
    size_t index;
    json_t *time;
    json_array_foreach(times, index, time)
    {
        if (!json_is_number(time) || json_number_value(time) < 0.0)
            return refuse(failure, path, "a time is not a number");
    }
    json_t *entry = find_entry(entries, command);
    if (entry == NULL) {
        json_t *parameters = json_object_get(result, "parameters");
        entry = json_pack("{s:s, s:[], s:O}", "command", command, "times", "parameters",
                          json_is_object(parameters) ? parameters : json_null());
        if (entry == NULL || json_array_append_new(entries, entry) < 0)
            return failure_set(failure, -ENOMEM, "merging %s", path);
    }
    if (json_array_extend(json_object_get(entry, "times"), times) < 0 ||
        add_to_sum(entry, "user", json_object_get(result, "user"), runs) < 0 ||
        add_to_sum(entry, "system", json_object_get(result, "system"), runs) < 0)
        return failure_set(failure, -ENOMEM, "merging %s", path);
    return 0;
}

static int add_file(json_t *entries, const char *path, struct failure *failure)
{
    json_t *file;
    struct failure problem = {0};
    int read = bundle_read_json_at(path, &file, &problem);
    if (read < 0)
        return failure_say(failure, read, "%s", problem.text);
    const json_t *results = json_object_get(file, "results");
    int outcome = json_array_size(results) > 0 ? 0 : refuse(failure, path, "it has no results");
    size_t index;
    const json_t *result;
    json_array_foreach(results, index, result)
    {
        if (outcome == 0)
            outcome = add_runs(entries, result, path, failure);
    }
    json_decref(file);
    return outcome;
}

static int compare_seconds(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

static json_t *real_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

/* Standard deviation of a sample (n - 1); NAN for fewer than two values. */
static double standard_deviation(const double *values, size_t count, double mean)
{
    double squares = 0.0;
    for (size_t index = 0; index < count; index++)
        squares += (values[index] - mean) * (values[index] - mean);
    return count < 2 ? NAN : sqrt(squares / (double)(count - 1));
}

static int set_statistics(json_t *entry)
{
    const json_t *times = json_object_get(entry, "times");
    size_t count = json_array_size(times);
    double *seconds = calloc(count, sizeof *seconds);
    if (seconds == NULL)
        return -ENOMEM;
    double sum = 0.0;
    for (size_t index = 0; index < count; index++) {
        seconds[index] = json_number_value(json_array_get(times, index));
        sum += seconds[index];
    }
    qsort(seconds, count, sizeof *seconds, compare_seconds);
    double runs = (double)count;
    double median = (seconds[(count - 1) / 2] + seconds[count / 2]) / 2.0;
    json_t *statistics =
        json_pack("{s:f, s:o, s:f, s:f, s:f, s:f, s:f}", "mean", sum / runs, "stddev",
                  real_or_null(standard_deviation(seconds, count, sum / runs)), "median", median,
                  "user", json_number_value(json_object_get(entry, "user")) / runs, "system",
                  json_number_value(json_object_get(entry, "system")) / runs, "min", seconds[0],
                  "max", seconds[count - 1]);
    free(seconds);
    int result = statistics != NULL && json_object_update(entry, statistics) == 0 ? 0 : -ENOMEM;
    json_decref(statistics);
    return result;
}

/* Reads mechanism and message count of an entry; returns 0 or -EINVAL when it has none. */
static int read_parameters(const json_t *entry, const char **mechanism, uint64_t *messages)
{
    const json_t *parameters = json_object_get(entry, "parameters");
    *mechanism = json_string_value(json_object_get(parameters, "mechanism"));
    const char *count = json_string_value(json_object_get(parameters, "count"));
    if (*mechanism == NULL || count == NULL)
        return -EINVAL;
    return units_parse_count(count, messages);
}

/* The cost of one message between two entries of one mechanism, in nanoseconds; NAN when they are
 * not two such entries. */
static double marginal_ns_per_message(const json_t *few, const json_t *many)
{
    const char *mechanism;
    const char *other_mechanism;
    uint64_t messages;
    uint64_t more_messages;
    if (read_parameters(few, &mechanism, &messages) < 0 ||
        read_parameters(many, &other_mechanism, &more_messages) < 0 ||
        strcmp(mechanism, other_mechanism) != 0 || more_messages <= messages)
        return NAN;
    double seconds = json_number_value(json_object_get(many, "median")) -
                     json_number_value(json_object_get(few, "median"));
    return seconds * 1e9 / (double)(more_messages - messages);
}

static int set_marginals(json_t *entries, json_t *marginals)
{
    size_t first;
    size_t second;
    json_t *few;
    json_t *many;
    json_array_foreach(entries, first, few)
    {
        json_array_foreach(entries, second, many)
        {
            double cost_ns = marginal_ns_per_message(few, many);
            if (isnan(cost_ns))
                continue;
            const json_t *parameters = json_object_get(few, "parameters");
            const char *mechanism = json_string_value(json_object_get(parameters, "mechanism"));
            if (json_object_set_new(marginals, mechanism, real_or_null(cost_ns)) < 0)
                return -ENOMEM;
        }
    }
    return 0;
}

/* --- The inner clock ---------------------------------------------------------------------------
 */

/* What all runs of one mechanism and message count told. */
struct inner_runs {
    char mechanism[SAMPLE_WORD_BYTES];
    uint64_t messages;
    double wall_ns[MOST_INNER_RUNS];
    size_t count;
};

struct inner {
    struct inner_runs groups[MOST_INNER_GROUPS];
    size_t count;
};

static int add_inner(struct inner *inner, const struct sample *sample)
{
    size_t index = 0;
    while (index < inner->count &&
           (strcmp(inner->groups[index].mechanism, sample->mechanism) != 0 ||
            inner->groups[index].messages != sample->messages))
        index++;
    if (index == MOST_INNER_GROUPS)
        return -EINVAL;
    struct inner_runs *runs = &inner->groups[index];
    if (index == inner->count) {
        memcpy(runs->mechanism, sample->mechanism, sizeof runs->mechanism);
        runs->messages = sample->messages;
        inner->count++;
    }
    if (runs->count == MOST_INNER_RUNS)
        return -EINVAL;
    runs->wall_ns[runs->count++] = (double)sample->wall_ns;
    return 0;
}

static int read_inner(const char *path, struct inner *inner, struct failure *failure)
{
    FILE *stream;
    json_t *object;
    int result = regular_file_open(path, path, &stream, failure);
    if (result < 0)
        return result;
    /* One object after the other, until the file ends. */
    while (result == 0 && (object = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL)) != NULL) {
        struct sample sample;
        result = sample_from_json(object, &sample, NULL, NULL);
        if (result == 0)
            result = add_inner(inner, &sample);
        json_decref(object);
    }
    if (result == 0 && !feof(stream))
        result = -EINVAL;
    fclose(stream);
    return result < 0 ? failure_say(failure, -EINVAL, "--inner %s: not a file of samples", path)
                      : 0;
}

static double median_of(struct inner_runs *runs)
{
    qsort(runs->wall_ns, runs->count, sizeof *runs->wall_ns, compare_seconds);
    return (runs->wall_ns[(runs->count - 1) / 2] + runs->wall_ns[runs->count / 2]) / 2.0;
}

static int set_inner(json_t *merged, const char *path, struct failure *failure)
{
    struct inner *inner = calloc(1, sizeof *inner);
    json_t *costs = json_object();
    int result = inner != NULL && costs != NULL ? read_inner(path, inner, failure)
                                                : failure_set(failure, -ENOMEM, "reading %s", path);
    for (size_t few = 0; result == 0 && few < inner->count; few++) {
        for (size_t many = 0; many < inner->count; many++) {
            struct inner_runs *less = &inner->groups[few];
            struct inner_runs *more = &inner->groups[many];
            if (strcmp(less->mechanism, more->mechanism) == 0 && less->messages < more->messages)
                json_object_set_new(costs, less->mechanism,
                                    real_or_null((median_of(more) - median_of(less)) /
                                                 (double)(more->messages - less->messages)));
        }
    }
    free(inner);
    if (result == 0 && json_object_set(merged, "inner_marginal_ns_per_message", costs) < 0)
        result = failure_set(failure, -ENOMEM, "computing costs");
    json_decref(costs);
    return result;
}

/* A new file, never one that a link of that name leads to. */
static int write_new(const json_t *merged, const char *path)
{
    if (unlink(path) < 0 && errno != ENOENT)
        return -errno;
    FILE *stream = fopen(path, "wxe");
    if (stream == NULL)
        return -errno;
    errno = EIO;
    int result =
        json_dumpf(merged, stream, JSON_INDENT(2) | JSON_REAL_PRECISION(9)) < 0 ? -errno : 0;
    if (fclose(stream) != 0 && result == 0)
        result = -errno;
    return result;
}

/* Writes beside the final name and renames: nobody ever sees half a file. */
static int write_file(const json_t *merged, const char *path, struct failure *failure)
{
    char partial[PATH_MAX];
    if ((size_t)snprintf(partial, sizeof partial, "%s.partial", path) >= sizeof partial)
        return failure_set(failure, -ENAMETOOLONG, "%s", path);
    int result = write_new(merged, partial);
    if (result == 0 && rename(partial, path) < 0)
        result = -errno;
    if (result < 0) {
        unlink(partial);
        return failure_set(failure, result, "cannot write %s", path);
    }
    return 0;
}

static int merge(json_t *merged, const char *output, const char *inner, char **inputs, int count,
                 struct failure *failure)
{
    json_t *entries = json_object_get(merged, "results");
    for (int input = 0; input < count; input++) {
        int result = add_file(entries, inputs[input], failure);
        if (result < 0)
            return result;
    }
    size_t index;
    json_t *entry;
    json_array_foreach(entries, index, entry)
    {
        if (set_statistics(entry) < 0)
            return failure_set(failure, -ENOMEM, "computing statistics");
    }
    if (set_marginals(entries, json_object_get(merged, "marginal_ns_per_message")) < 0)
        return failure_set(failure, -ENOMEM, "computing costs");
    if (inner != NULL) {
        int result = set_inner(merged, inner, failure);
        if (result < 0)
            return result;
    }
    return write_file(merged, output, failure);
}

struct arguments {
    const char *inner;
    bool help;
    bool version;
};

static const struct option_row rows[] = {
    {.name = "inner",
     .operand = "SAMPLES",
     .help = "what the same runs told of themselves: a file with one sample as JSON per line",
     .kind = OPTION_TEXT,
     .offset = offsetof(struct arguments, inner)},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct arguments, version)},
    {.name = NULL},
};

static int print_help(void)
{
    const struct arguments defaults = {0};
    puts("usage: merge_hyperfine OUTPUT.json [--inner SAMPLES] INPUT.json...\n\n"
         "Merges the exports of several calls of hyperfine into one, and says what one message\n"
         "costs by the outer clock.\n");
    options_print_help(rows, &defaults, stdout);
    return EXIT_CODE_DONE;
}

static int answer(int count, char **words)
{
    struct arguments arguments = {0};
    struct failure failure = {0};
    int operands = 0;
    int parsed = options_parse(rows, &arguments, count - 1, words + 1, &operands, &failure);
    if (parsed == 0 && arguments.help)
        return print_help();
    if (parsed == 0 && arguments.version) {
        puts(VERSION_LINE("merge_hyperfine"));
        return EXIT_CODE_DONE;
    }
    if (parsed == 0 && operands < 2)
        parsed = failure_say(&failure, -EINVAL,
                             "needs OUTPUT.json and one INPUT.json at least; --help says more");
    if (parsed < 0) {
        fprintf(stderr, "merge_hyperfine: %s\n", failure.text);
        return EXIT_CODE_USAGE;
    }
    json_t *merged =
        json_pack("{s:i, s:[], s:{}}", "schema", SCHEMA, "results", "marginal_ns_per_message");
    int result = merged != NULL
                     ? merge(merged, words[1], arguments.inner, words + 2, operands - 1, &failure)
                     : failure_set(&failure, -ENOMEM, "starting");
    json_decref(merged);
    if (result == 0)
        return EXIT_CODE_DONE;
    fprintf(stderr, "merge_hyperfine: %s\n", failure.text);
    return result == -EINVAL || result == -ENOENT ? EXIT_CODE_USAGE : EXIT_CODE_FAILED;
}

int main(int count, char **words)
{
    standard_streams_keep();
    return standard_streams_end("merge_hyperfine", answer(count, words));
}
