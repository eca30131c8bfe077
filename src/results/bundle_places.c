#include "results/bundle_places.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define PAIR     "pair-"
#define PARALLEL "parallel-"

static bool begins_with(const char *word, const char *beginning)
{
    return strncmp(word, beginning, strlen(beginning)) == 0;
}

bool bundle_is_place(const char *placement)
{
    return begins_with(placement, PAIR) || begins_with(placement, PARALLEL);
}

/* Digits without anything around them, up to `end`; no more than `most`. */
static bool read_number(const char *text, char end, uint64_t most, uint64_t *number,
                        const char **rest)
{
    size_t digits = strspn(text, "0123456789");
    if (digits == 0 || digits > 7 || text[digits] != end)
        return false;
    uint64_t read = strtoull(text, NULL, 10);
    if (read > most)
        return false;
    *number = read;
    *rest = text + digits + (end != '\0' ? 1 : 0);
    return true;
}

bool bundle_read_pair(const char *placement, int *writer, int *reader)
{
    uint64_t numbers[2];
    const char *rest = placement + strlen(PAIR);
    if (!begins_with(placement, PAIR) ||
        !read_number(rest, '-', BUNDLE_MOST_CPU, &numbers[0], &rest) ||
        !read_number(rest, '\0', BUNDLE_MOST_CPU, &numbers[1], &rest))
        return false;
    *writer = (int)numbers[0];
    *reader = (int)numbers[1];
    return true;
}

bool bundle_read_parallel(const char *placement, uint64_t *pairs)
{
    const char *rest = placement + strlen(PARALLEL);
    uint64_t number;
    if (!begins_with(placement, PARALLEL) ||
        !read_number(rest, '\0', BUNDLE_MOST_CPU, &number, &rest) || number == 0)
        return false;
    *pairs = number;
    return true;
}

static int compare_places(const void *left, const void *right)
{
    const struct bundle_place *one = left;
    const struct bundle_place *other = right;
    if (one->pairs != other->pairs)
        return one->pairs < other->pairs ? -1 : 1;
    if (one->writer != other->writer)
        return one->writer < other->writer ? -1 : 1;
    return (one->reader > other->reader) - (one->reader < other->reader);
}

/* What is looked for among the rows. */
struct question {
    const char *mechanism;
    const char *wait;
    const char *test;
    const char *metric;
};

static bool answers(const struct bundle_row *row, const struct question *question)
{
    return strcmp(row->cell.words[BUNDLE_MECHANISM], question->mechanism) == 0 &&
           strcmp(row->cell.words[BUNDLE_TEST], question->test) == 0 &&
           strcmp(row->cell.words[BUNDLE_WAIT], question->wait) == 0 &&
           strcmp(row->metric, question->metric) == 0 && row->estimate.median > 0.0;
}

/* All rows that answer; a place that stands there twice (with other sizes, say) counts once. */
static int list_places(const struct bundle_data *bundle, const struct question *question,
                       bool of_pairs, struct bundle_places *places)
{
    size_t most = bundle->place_row_count > 0 ? bundle->place_row_count : 1;
    struct bundle_places found = {.list = calloc(most, sizeof *found.list)};
    if (found.list == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < bundle->place_row_count; index++) {
        const struct bundle_row *row = &bundle->place_rows[index];
        struct bundle_place place = {.estimate = &row->estimate};
        const char *word = row->cell.words[BUNDLE_PLACEMENT];
        if (answers(row, question) &&
            (of_pairs ? bundle_read_pair(word, &place.writer, &place.reader)
                      : bundle_read_parallel(word, &place.pairs)))
            found.list[found.count++] = place;
    }
    qsort(found.list, found.count, sizeof *found.list, compare_places);
    size_t kept = 0;
    for (size_t index = 0; index < found.count; index++) {
        if (kept == 0 || compare_places(&found.list[kept - 1], &found.list[index]) != 0)
            found.list[kept++] = found.list[index];
    }
    found.count = kept;
    *places = found;
    return 0;
}

int bundle_list_pairs(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                      struct bundle_places *places)
{
    bool ceiling = strcmp(mechanism, "ceiling") == 0;
    const struct question question = {mechanism, wait, ceiling ? "bounce" : "latency",
                                      "latency_p50_ns"};
    return list_places(bundle, &question, true, places);
}

int bundle_list_parallel(const struct bundle_data *bundle, const char *mechanism, const char *wait,
                         struct bundle_places *places)
{
    const struct question question = {mechanism, wait, "throughput", "throughput_bytes_per_s"};
    return list_places(bundle, &question, false, places);
}

bool bundle_has_pairs(const struct bundle_data *bundle)
{
    int writer;
    int reader;
    for (size_t index = 0; index < bundle->place_row_count; index++) {
        if (bundle_read_pair(bundle->place_rows[index].cell.words[BUNDLE_PLACEMENT], &writer,
                             &reader))
            return true;
    }
    return false;
}

bool bundle_has_parallel(const struct bundle_data *bundle)
{
    uint64_t pairs;
    for (size_t index = 0; index < bundle->place_row_count; index++) {
        if (bundle_read_parallel(bundle->place_rows[index].cell.words[BUNDLE_PLACEMENT], &pairs))
            return true;
    }
    return false;
}

const struct bundle_place *bundle_find_pair(const struct bundle_places *places, int writer,
                                            int reader)
{
    const struct bundle_place wanted = {.writer = writer, .reader = reader};
    return places->count > 0
               ? bsearch(&wanted, places->list, places->count, sizeof wanted, compare_places)
               : NULL;
}
