#include "results/cell_key.h"

#include <inttypes.h>
#include <string.h>

struct cell_key cell_key_of_sample(const struct sample *sample)
{
    struct cell_key key = {.size_bytes = sample->size_bytes};
    memcpy(key.mechanism, sample->mechanism, sizeof key.mechanism);
    memcpy(key.test, sample->test, sizeof key.test);
    memcpy(key.wait, sample->wait, sizeof key.wait);
    memcpy(key.copies, sample->copies, sizeof key.copies);
    memcpy(key.touch, sample->touch, sizeof key.touch);
    memcpy(key.placement, sample->placement, sizeof key.placement);
    memcpy(key.source, sample->source, sizeof key.source);
    memcpy(key.sink, sample->sink, sizeof key.sink);
    key.extra_copies = sample->extra_copies;
    memcpy(key.working_set, sample->working_set, sizeof key.working_set);
    return key;
}

struct cell_key cell_key_with_mechanism(const struct cell_key *key, const char *mechanism)
{
    struct cell_key other = *key;
    snprintf(other.mechanism, sizeof other.mechanism, "%s", mechanism);
    return other;
}

int cell_key_compare(const struct cell_key *left, const struct cell_key *right)
{
    /* Words are compared as texts; most keys that are compared are the same bytes. */
    if (memcmp(left, right, sizeof *left) == 0)
        return 0;
    int order = strcmp(left->mechanism, right->mechanism);
    if (order == 0)
        order = strcmp(left->test, right->test);
    if (order == 0)
        order = strcmp(left->wait, right->wait);
    if (order == 0)
        order = strcmp(left->copies, right->copies);
    if (order == 0)
        order = strcmp(left->touch, right->touch);
    if (order == 0)
        order = strcmp(left->placement, right->placement);
    if (order == 0)
        order = strcmp(left->source, right->source);
    if (order == 0)
        order = strcmp(left->sink, right->sink);
    if (order == 0)
        order =
            (left->extra_copies > right->extra_copies) - (left->extra_copies < right->extra_copies);
    if (order == 0)
        order = strcmp(left->working_set, right->working_set);
    if (order == 0)
        order = (left->size_bytes > right->size_bytes) - (left->size_bytes < right->size_bytes);
    return order;
}

void cell_key_print_tsv_header(FILE *stream)
{
    fputs(
        "mechanism\ttest\twait\tcopies\ttouch\tplacement\tsource\tsink\textra_copies\tworking_set\t"
        "size_bytes",
        stream);
}

void cell_key_print_tsv(const struct cell_key *key, FILE *stream)
{
    fprintf(stream, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\t%" PRIu64 "\t%s\t%" PRIu64, key->mechanism,
            key->test, key->wait, key->copies, key->touch, key->placement, key->source, key->sink,
            key->extra_copies, key->working_set, key->size_bytes);
}
