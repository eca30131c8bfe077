/* What a bundle says about the claims that need measurements: counts over its rows, no verdict. */
#include "base/units.h"
#include "claims/tries.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- copies.tsv ---- */

/* Copies per byte that the kernel and the counted memcpys saw; NAN when a stage copies unseen by
 * both, or is counted by the kernel without copying, or a count is not there. */
static double count_copies(const struct evidence_copies *row)
{
    for (int stage = 0; stage < EVIDENCE_STAGES; stage++) {
        const char *kind = row->stages[stage];
        if (strcmp(kind, "remote") == 0 || strcmp(kind, "queue") == 0 ||
            strcmp(kind, "fill") == 0 || strcmp(kind, "discard") == 0)
            return NAN;
    }
    return row->kernel_io_copies + row->user_copies;
}

/* Stages seen to copy; NAN when the probe was blind at a stage. */
static double count_mutation(const struct evidence_copies *row)
{
    for (int stage = 0; stage < EVIDENCE_STAGES; stage++) {
        if (strcmp(row->mutations[stage], "unseen") == 0)
            return NAN;
    }
    return row->mutation;
}

static struct counted_path look_up_path(const struct evidence *evidence, const char *mechanism,
                                        const char *copies, const char *source, const char *sink)
{
    const struct evidence_copies *row =
        evidence_find_copies(evidence, mechanism, source, sink, copies);
    if (row == NULL)
        return (struct counted_path){.counted = NAN, .mutation = NAN};
    return (struct counted_path){
        .present = true,
        .agrees = row->agrees,
        .counted = count_copies(row),
        .mutation = count_mutation(row),
    };
}

int try_four_against_one(const struct claim_input *input, union observation *observation,
                         struct failure *failure)
{
    (void)failure;
    static const char *const ends[PATH_COUNT][4] = {
        [PATH_PIPE_FILE_TO_FILE] = {"pipe", "own", "file", "file"},
        [PATH_SHM_FILE_TO_USE] = {"shm", "inplace", "file", "use"},
        [PATH_PIPE_FILE_TO_USE] = {"pipe", "own", "file", "use"},
        [PATH_SHM_FILE_TO_FILE] = {"shm", "inplace", "file", "file"},
        [PATH_PIPE_TRANSFER] = {"pipe", "own", "memory", "use"},
        [PATH_SHM_TRANSFER] = {"shm", "inplace", "memory", "use"},
    };
    struct four_against_one_observation *seen = &observation->four_against_one;
    seen->rows = input->evidence->copies_count;
    for (int index = 0; index < PATH_COUNT; index++)
        seen->paths[index] = look_up_path(input->evidence, ends[index][0], ends[index][1],
                                          ends[index][2], ends[index][3]);
    return 0;
}

/* ---- summary.tsv ---- */

#define RATIO "ratio_to_pipe"

static const char *word_of(const struct bundle_row *row, enum bundle_column column)
{
    return row->cell.words[column];
}

/* Latency and throughput of shm with every byte touched, as the transfer itself: no relay, whose
 * ends have a price of their own, and no extra copies. */
static bool is_shm_ratio(const struct bundle_row *row)
{
    return strcmp(word_of(row, BUNDLE_MECHANISM), "shm") == 0 && strcmp(row->metric, RATIO) == 0 &&
           (strcmp(word_of(row, BUNDLE_TEST), "latency") == 0 ||
            strcmp(word_of(row, BUNDLE_TEST), "throughput") == 0) &&
           strcmp(word_of(row, BUNDLE_TOUCH), "full") == 0 &&
           strcmp(word_of(row, BUNDLE_EXTRA_COPIES), "0") == 0 && !isnan(row->estimate.median);
}

/* Appends as much as there is room for; `end` of the text says where something was left out. */
static void append(char *text, size_t text_bytes, const char *separator, const char *piece)
{
    static const char end[] = ", ...";
    size_t used = strlen(text);
    bool cut = used >= sizeof end - 1 && strcmp(text + used - (sizeof end - 1), end) == 0;
    if (cut)
        return;
    const char *before = used == 0 ? "" : separator;
    if (used + strlen(before) + strlen(piece) + sizeof end <= text_bytes)
        snprintf(text + used, text_bytes - used, "%s%s", before, piece);
    else
        snprintf(text + used, text_bytes - used, "%s", end);
}

/* "latency block own cache: 64 B, 128 B; ...": `last` is the row named before, or NULL. */
static void name_place(struct speed_observation *seen, const struct bundle_row *row,
                       const struct bundle_row *last, const char *winner)
{
    char size[UNITS_TEXT_BYTES];
    char place[4 * BUNDLE_WORD_BYTES + 2 * UNITS_TEXT_BYTES];
    units_format_bytes(row->cell.size_bytes, size);
    bool same =
        last != NULL && memcmp(last->cell.words, row->cell.words, sizeof row->cell.words) == 0;
    if (same && *winner == '\0') {
        append(seen->slower_at, sizeof seen->slower_at, ", ", size);
        return;
    }
    snprintf(place, sizeof place, "%s %s %s %s %s: %s", winner, word_of(row, BUNDLE_TEST),
             word_of(row, BUNDLE_WAIT), word_of(row, BUNDLE_COPIES), word_of(row, BUNDLE_PLACEMENT),
             size);
    append(seen->slower_at, sizeof seen->slower_at, "; ", place + (*winner == '\0' ? 1 : 0));
}

static void begin_speed(struct speed_observation *seen)
{
    memset(seen, 0, sizeof *seen);
    seen->least = NAN;
    seen->most = NAN;
}

static void count_ratio(struct speed_observation *seen, const struct estimate *ratio)
{
    seen->cells++;
    seen->least = fmin(seen->least, ratio->median); /* fmin and fmax pass over a NAN */
    seen->most = fmax(seen->most, ratio->median);
    if (isnan(ratio->ci95_lo))
        seen->without_interval++;
}

int try_speed(const struct claim_input *input, union observation *observation,
              struct failure *failure)
{
    (void)failure;
    struct speed_observation *seen = &observation->speed;
    const struct bundle_row *last = NULL;
    begin_speed(seen);
    append(seen->compared, sizeof seen->compared, ", ", "pipe");
    for (size_t index = 0; index < input->bundle->row_count; index++) {
        const struct bundle_row *row = &input->bundle->rows[index];
        if (!is_shm_ratio(row))
            continue;
        count_ratio(seen, &row->estimate);
        seen->faster += row->estimate.ci95_lo > 1.0;
        seen->undecided += row->estimate.ci95_lo <= 1.0 && row->estimate.ci95_hi >= 1.0;
        if (row->estimate.ci95_hi < 1.0) {
            seen->slower++;
            name_place(seen, row, last, "");
            last = row;
        }
    }
    return 0;
}

/* What the mechanisms beside shm reached in one cell. */
/* POSIX shared memory and memfd are shared memory as well, and null moves nothing. */
static bool is_rival(const char *mechanism)
{
    static const char *const no_rivals[] = {"shm", "posix_shm", "memfd", "null"};
    for (size_t index = 0; index < sizeof no_rivals / sizeof *no_rivals; index++) {
        if (strcmp(mechanism, no_rivals[index]) == 0)
            return false;
    }
    return true;
}

struct rivals {
    bool beaten;        /* shm's interval lies above those of all */
    const char *faster; /* one whose interval lies above shm's, or NULL */
};

static struct rivals compare_with_rivals(const struct bundle_data *bundle,
                                         const struct bundle_row *row)
{
    const struct estimate *shm = &row->estimate;
    /* The pipe's own ratio is 1 by definition. */
    struct rivals rivals = {.beaten = shm->ci95_lo > 1.0,
                            .faster = shm->ci95_hi < 1.0 ? "pipe" : NULL};
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    for (size_t index = 0; index < mechanisms->count; index++) {
        const char *mechanism = mechanisms->words[index];
        if (!is_rival(mechanism))
            continue;
        struct bundle_cell cell = bundle_cell_with(&row->cell, BUNDLE_MECHANISM, mechanism);
        const struct estimate *other = bundle_find(bundle, &cell, row->cell.size_bytes, RATIO);
        if (other == NULL)
            continue;
        /* Without an interval of the rival nothing is won, and nothing lost. */
        rivals.beaten = rivals.beaten && other->ci95_hi < shm->ci95_lo;
        if (other->ci95_lo > shm->ci95_hi)
            rivals.faster = mechanism;
    }
    return rivals;
}

/* The mechanisms that are compared with shm somewhere: the pipe, and those with a ratio to it in
 * the cells that count (no relay); the floor moves no payload. */
static void name_rivals(const struct bundle_data *bundle, struct speed_observation *seen)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    append(seen->compared, sizeof seen->compared, ", ", "pipe");
    for (size_t index = 0; index < mechanisms->count; index++) {
        const char *mechanism = mechanisms->words[index];
        bool measured = false;
        for (size_t row = 0; row < bundle->row_count && !measured; row++)
            measured = strcmp(word_of(&bundle->rows[row], BUNDLE_MECHANISM), mechanism) == 0 &&
                       strcmp(word_of(&bundle->rows[row], BUNDLE_TEST), "relay") != 0 &&
                       strcmp(bundle->rows[row].metric, RATIO) == 0;
        if (measured && is_rival(mechanism) && strcmp(mechanism, "pipe") != 0)
            append(seen->compared, sizeof seen->compared, ", ", mechanism);
    }
}

int try_fastest(const struct claim_input *input, union observation *observation,
                struct failure *failure)
{
    (void)failure;
    struct speed_observation *seen = &observation->speed;
    begin_speed(seen);
    name_rivals(input->bundle, seen);
    for (size_t index = 0; index < input->bundle->row_count; index++) {
        const struct bundle_row *row = &input->bundle->rows[index];
        if (!is_shm_ratio(row))
            continue;
        count_ratio(seen, &row->estimate);
        struct rivals rivals = compare_with_rivals(input->bundle, row);
        if (rivals.faster != NULL) {
            seen->slower++;
            name_place(seen, row, NULL, rivals.faster);
        } else if (rivals.beaten) {
            seen->faster++;
        } else if (!isnan(row->estimate.ci95_lo)) {
            seen->undecided++;
        }
    }
    return 0;
}

/* ---- gap.tsv ---- */

static void note_share(struct cause_observation *seen, const struct evidence_gap *row)
{
    char size[UNITS_TEXT_BYTES];
    char piece[160];
    const struct evidence_value *share = &row->share;
    seen->resolved++;
    seen->least = fmin(seen->least, share->value);
    seen->most = fmax(seen->most, share->value);
    if (share->ci95_lo > 0.5)
        seen->above++;
    else if (share->ci95_hi < 0.5)
        seen->below++;
    else
        seen->undecided++;
    units_format_bytes(row->size_bytes, size);
    if (isnan(share->value))
        snprintf(piece, sizeof piece, "%s: not taken apart", size);
    else if (isnan(share->ci95_lo))
        snprintf(piece, sizeof piece, "%s: %.3g %% [no interval]", size, 100.0 * share->value);
    else
        snprintf(piece, sizeof piece, "%s: %.3g %% [%.3g, %.3g]", size, 100.0 * share->value,
                 100.0 * share->ci95_lo, 100.0 * share->ci95_hi);
    append(seen->shares, sizeof seen->shares, "; ", piece);
}

int try_cause(const struct claim_input *input, union observation *observation,
              struct failure *failure)
{
    (void)failure;
    struct cause_observation *seen = &observation->cause;
    memset(seen, 0, sizeof *seen);
    seen->least = NAN;
    seen->most = NAN;
    for (size_t index = 0; index < input->evidence->gaps_count; index++) {
        const struct evidence_gap *row = &input->evidence->gaps[index];
        if (strcmp(row->factor, "copies") != 0)
            continue;
        seen->sizes++;
        const struct evidence_gap *gap =
            evidence_find_gap(input->evidence, row->placement, row->size_bytes, "gap");
        if (gap != NULL && gap->ns_per_kib.ci95_lo > 0.0)
            note_share(seen, row);
    }
    return 0;
}
