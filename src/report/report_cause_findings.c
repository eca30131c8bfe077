#include "report/report_cause_findings.h"

#include "text/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- numbers as text ---- */

char *finding_format_number(double number, char text[FINDING_TEXT_BYTES])
{
    char digits[FINDING_TEXT_BYTES];
    finding_format_factor(fabs(number), digits);
    /* What rounds to nothing has no sign. */
    bool negative = number < 0.0 && strcmp(digits, "0.00") != 0;
    snprintf(text, FINDING_TEXT_BYTES, "%s%.40s", negative ? "-" : "", digits);
    return text;
}

char *finding_format_interval(const struct evidence_value *value, enum language language,
                              char text[FINDING_VALUE_BYTES])
{
    char middle[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    finding_format_number(value->value, middle);
    if (isnan(value->ci95_lo))
        snprintf(text, FINDING_VALUE_BYTES, "%.20s [%.20s]", middle,
                 text_in(language, "no interval"));
    else
        snprintf(text, FINDING_VALUE_BYTES, "%.20s [%.20s, %.20s]", middle,
                 finding_format_number(value->ci95_lo, lo),
                 finding_format_number(value->ci95_hi, hi));
    return text;
}

/* As in the verdicts' evidence, so that the same number looks the same. */
static const char *format_percent(double share, char text[FINDING_TEXT_BYTES])
{
    double percent = 100.0 * share;
    snprintf(text, FINDING_TEXT_BYTES, fabs(percent) < 999.5 ? "%.3g" : "%.0f", percent);
    return text;
}

char *finding_format_share(const struct evidence_value *share, enum language language,
                           char text[FINDING_VALUE_BYTES])
{
    char middle[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    if (isnan(share->value))
        return strcpy(text, "-");
    format_percent(share->value, middle);
    if (isnan(share->ci95_lo))
        snprintf(text, FINDING_VALUE_BYTES, "%.20s %% [%.20s]", middle,
                 text_in(language, "no interval"));
    else
        snprintf(text, FINDING_VALUE_BYTES, "%.20s %% [%.20s, %.20s]", middle,
                 format_percent(share->ci95_lo, lo), format_percent(share->ci95_hi, hi));
    return text;
}

char *finding_format_copies(double copies, char text[FINDING_TEXT_BYTES])
{
    if (isnan(copies))
        return strcpy(text, "-");
    snprintf(text, FINDING_TEXT_BYTES, "%.4g", fabs(copies) < 0.00005 ? 0.0 : copies);
    return text;
}

/* ---- count ---- */

struct finding_count finding_count_copies(const struct evidence *evidence)
{
    static const char *const words[FINDING_PATH_COUNT][4] = {
        [FINDING_PIPE_FILE_TO_FILE] = {"pipe", "file", "file", "own"},
        [FINDING_SHM_FILE_TO_USE] = {"shm", "file", "use", "inplace"},
        [FINDING_PIPE_FILE_TO_USE] = {"pipe", "file", "use", "own"},
        [FINDING_SHM_FILE_TO_FILE] = {"shm", "file", "file", "inplace"},
        [FINDING_PIPE_TRANSFER] = {"pipe", "memory", "use", "own"},
        [FINDING_SHM_TRANSFER_OWN] = {"shm", "memory", "use", "own"},
        [FINDING_SHM_TRANSFER_INPLACE] = {"shm", "memory", "use", "inplace"},
    };
    struct finding_count count = {.rows = evidence->copies_count};
    for (int path = 0; path < FINDING_PATH_COUNT; path++)
        count.paths[path] = evidence_find_copies(evidence, words[path][0], words[path][1],
                                                 words[path][2], words[path][3]);
    for (size_t row = 0; row < evidence->copies_count; row++)
        count.agreeing += evidence->copies[row].agrees ? 1 : 0;
    return count;
}

bool finding_has_pair(const struct finding_count *count, enum finding_path one,
                      enum finding_path other)
{
    return count->paths[one] != NULL && count->paths[other] != NULL;
}

/* ---- speed ---- */

struct finding_speed finding_survey_speed(const struct bundle_data *bundle, const char *touch)
{
    struct finding_speed speed = {0};
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        const char *test = row->cell.words[BUNDLE_TEST];
        if (strcmp(row->cell.words[BUNDLE_MECHANISM], finding_subject(bundle)) != 0 ||
            strcmp(row->metric, "ratio_to_pipe") != 0 || isnan(row->estimate.median) ||
            (strcmp(test, "latency") != 0 && strcmp(test, "throughput") != 0) ||
            strcmp(row->cell.words[BUNDLE_TOUCH], touch) != 0 ||
            strcmp(row->cell.words[BUNDLE_EXTRA_COPIES], "0") != 0)
            continue;
        enum finding finding = finding_of_ratio(&row->estimate);
        speed.cells++;
        if (finding == FINDING_FASTER)
            speed.faster++;
        else if (finding == FINDING_SLOWER)
            speed.slower++;
        else
            speed.unresolved++;
    }
    return speed;
}

/* ---- price of a copy ---- */

#define THROUGHPUT "throughput_bytes_per_s"

static const struct evidence_value unknown_value = {NAN, NAN, NAN};

static double wall_of_rate(double bytes_per_s)
{
    /* Of a stranger's rate next to nothing the time is no number. */
    double nanoseconds = bytes_per_s > 0.0 ? 1e9 * 1024.0 / bytes_per_s : NAN;
    return isfinite(nanoseconds) ? nanoseconds : NAN;
}

struct evidence_value finding_wall_of(const struct bundle_data *bundle,
                                      const struct bundle_cell *cell, uint64_t size_bytes)
{
    const struct estimate *rate = bundle_find(bundle, cell, size_bytes, THROUGHPUT);
    if (rate == NULL)
        return unknown_value;
    /* The fastest rate is the shortest time. */
    struct evidence_value wall = {wall_of_rate(rate->median), wall_of_rate(rate->ci95_hi),
                                  wall_of_rate(rate->ci95_lo)};
    if (isnan(wall.value) || isnan(wall.ci95_lo) || isnan(wall.ci95_hi))
        wall.ci95_lo = wall.ci95_hi = NAN;
    return wall;
}

struct bundle_cell finding_cell_of_path(const struct evidence_copies *path, const char *wait,
                                        const char *touch, const char *placement)
{
    bool transfer = strcmp(path->source, "memory") == 0 && strcmp(path->sink, "use") == 0;
    struct bundle_cell cell = bundle_cell_of(path->mechanism, transfer ? "throughput" : "relay",
                                             wait, path->copies, touch, placement);
    cell = bundle_cell_with(&cell, BUNDLE_SOURCE, path->source);
    return bundle_cell_with(&cell, BUNDLE_SINK, path->sink);
}

/* Of two sizes, of which 0 is none, the nearer to 64 KiB. */
static uint64_t nearer_size(uint64_t one, uint64_t other)
{
    struct bundle_sizes sizes = {.count = 0};
    if (one != 0)
        sizes.bytes[sizes.count++] = one;
    if (other != 0)
        sizes.bytes[sizes.count++] = other;
    return finding_reference_size(&sizes);
}

static uint64_t nearest_size_of_path(const struct bundle_data *bundle,
                                     const struct evidence_copies *path, const char *touch,
                                     const char *placement)
{
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    uint64_t nearest = 0;
    for (size_t index = 0; index < waits->count; index++) {
        struct bundle_cell cell = finding_cell_of_path(path, waits->words[index], touch, placement);
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &cell, THROUGHPUT);
        nearest = nearer_size(nearest, finding_reference_size(&sizes));
    }
    return nearest;
}

uint64_t finding_copies_size(const struct bundle_data *bundle, const struct evidence *evidence,
                             const char *touch, const char *placement)
{
    struct finding_count count = finding_count_copies(evidence);
    const struct evidence_copies *pipe = count.paths[FINDING_PIPE_FILE_TO_FILE];
    uint64_t nearest = pipe != NULL ? nearest_size_of_path(bundle, pipe, touch, placement) : 0;
    for (size_t row = 0; row < evidence->copies_count && nearest == 0; row++)
        nearest = nearest_size_of_path(bundle, &evidence->copies[row], touch, placement);
    return nearest;
}

/* A fit of wall time whose line is known. */
static const struct evidence_price *find_fit(const struct evidence *evidence, const char *wait,
                                             const char *working_set, const char *placement,
                                             uint64_t size_bytes)
{
    const struct evidence_price *price =
        evidence_find_price(evidence, wait, working_set, placement, size_bytes, "wall");
    bool known = price != NULL && !isnan(price->slope.value) && !isnan(price->intercept.value);
    return known ? price : NULL;
}

struct finding_line finding_line_at(const struct bundle_data *bundle,
                                    const struct evidence *evidence, const char *wait,
                                    const char *touch, const char *placement, uint64_t size_bytes)
{
    struct finding_count count = finding_count_copies(evidence);
    const struct evidence_copies *path = count.paths[FINDING_PIPE_FILE_TO_FILE];
    struct finding_line line = {
        .price = find_fit(evidence, wait, "hot", placement, size_bytes),
        .cold = find_fit(evidence, wait, "cold", placement, size_bytes),
        .pipe_copies = NAN,
        .pipe = unknown_value,
        .above = unknown_value,
    };
    if (path == NULL)
        return line;
    struct bundle_cell cell = finding_cell_of_path(path, wait, touch, placement);
    line.pipe = finding_wall_of(bundle, &cell, size_bytes);
    if (isnan(line.pipe.value))
        return line;
    line.pipe_copies = path->predicted_copies;
    if (line.price == NULL)
        return line;
    const struct evidence_value *slope = &line.price->slope;
    const struct evidence_value *intercept = &line.price->intercept;
    double copies = line.pipe_copies;
    line.above = (struct evidence_value){
        .value = line.pipe.value - (intercept->value + copies * slope->value),
        .ci95_lo = line.pipe.ci95_lo - (intercept->ci95_hi + copies * slope->ci95_hi),
        .ci95_hi = line.pipe.ci95_hi - (intercept->ci95_lo + copies * slope->ci95_lo),
    };
    if (isnan(line.above.ci95_lo) || isnan(line.above.ci95_hi))
        line.above.ci95_lo = line.above.ci95_hi = NAN;
    return line;
}

/* ---- gap ---- */

static const struct evidence_gap *find_factor(const struct evidence *evidence,
                                              const char *placement, uint64_t size_bytes,
                                              const char *factor)
{
    const struct evidence_gap *row = evidence_find_gap(evidence, placement, size_bytes, factor);
    return row != NULL && !isnan(row->ns_per_kib.value) ? row : NULL;
}

struct finding_gap finding_gap_at(const struct evidence *evidence, const char *placement,
                                  uint64_t size_bytes)
{
    return (struct finding_gap){
        .from = find_factor(evidence, placement, size_bytes, "from"),
        .mechanism = find_factor(evidence, placement, size_bytes, "mechanism"),
        .copies = find_factor(evidence, placement, size_bytes, "copies"),
        .waiting = find_factor(evidence, placement, size_bytes, "waiting"),
        .gap = find_factor(evidence, placement, size_bytes, "gap"),
        .to = find_factor(evidence, placement, size_bytes, "to"),
    };
}

bool finding_is_taken_apart(const struct finding_gap *gap)
{
    return gap->from != NULL && gap->mechanism != NULL && gap->copies != NULL &&
           gap->waiting != NULL && gap->to != NULL;
}

bool finding_has_shares(const struct finding_gap *gap)
{
    return finding_is_taken_apart(gap) && !isnan(gap->mechanism->share.value) &&
           !isnan(gap->copies->share.value) && !isnan(gap->waiting->share.value);
}

bool finding_is_resolved_gap(const struct finding_gap *gap)
{
    return finding_has_shares(gap) && gap->gap != NULL && gap->gap->ns_per_kib.ci95_lo > 0.0;
}

bool finding_is_wide_share(const struct evidence_value *share)
{
    return share->ci95_hi - share->ci95_lo > FINDING_WIDE_SHARE; /* false without an interval */
}

static void insert_size(struct bundle_sizes *sizes, uint64_t size_bytes)
{
    size_t place = 0;
    while (place < sizes->count && sizes->bytes[place] < size_bytes)
        place++;
    if (sizes->count == BUNDLE_MOST_SIZES ||
        (place < sizes->count && sizes->bytes[place] == size_bytes))
        return;
    memmove(&sizes->bytes[place + 1], &sizes->bytes[place],
            (sizes->count - place) * sizeof *sizes->bytes);
    sizes->bytes[place] = size_bytes;
    sizes->count++;
}

struct bundle_sizes finding_gap_sizes(const struct evidence *evidence, const char *placement)
{
    struct bundle_sizes sizes = {.count = 0};
    for (size_t row = 0; row < evidence->gaps_count; row++) {
        if (strcmp(evidence->gaps[row].placement, placement) == 0)
            insert_size(&sizes, evidence->gaps[row].size_bytes);
    }
    return sizes;
}

uint64_t finding_gap_size(const struct evidence *evidence, const char *placement)
{
    struct bundle_sizes sizes = finding_gap_sizes(evidence, placement);
    struct bundle_sizes shared = {.count = 0};
    struct bundle_sizes taken_apart = {.count = 0};
    for (size_t index = 0; index < sizes.count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, placement, sizes.bytes[index]);
        if (finding_has_shares(&gap))
            insert_size(&shared, sizes.bytes[index]);
        if (finding_is_taken_apart(&gap))
            insert_size(&taken_apart, sizes.bytes[index]);
    }
    return finding_reference_size(shared.count > 0 ? &shared : &taken_apart);
}

static void survey_share(struct finding_shares *shares, const struct evidence_value *share,
                         uint64_t size_bytes)
{
    shares->resolved++;
    if (share->ci95_lo > 0.5)
        insert_size(&shares->most, size_bytes);
    else if (share->ci95_hi < 0.5)
        insert_size(&shares->less, size_bytes);
    if (!(shares->least <= share->value)) {
        shares->least = share->value;
        shares->least_size_bytes = size_bytes;
    }
    if (!(shares->greatest >= share->value)) {
        shares->greatest = share->value;
        shares->greatest_size_bytes = size_bytes;
    }
}

struct finding_shares finding_survey_shares(const struct evidence *evidence, const char *placement)
{
    struct finding_shares shares = {.least = NAN, .greatest = NAN};
    struct bundle_sizes sizes = finding_gap_sizes(evidence, placement);
    shares.sizes = sizes.count;
    for (size_t index = 0; index < sizes.count; index++) {
        struct finding_gap gap = finding_gap_at(evidence, placement, sizes.bytes[index]);
        if (finding_is_resolved_gap(&gap))
            survey_share(&shares, &gap.copies->share, sizes.bytes[index]);
    }
    return shares;
}

/* ---- verdicts ---- */

struct finding_verdicts finding_count_verdicts(const struct evidence *evidence)
{
    struct finding_verdicts verdicts = {.claims = evidence->claims_count};
    for (size_t index = 0; index < evidence->claims_count; index++) {
        const char *verdict = evidence->claims[index].verdict;
        if (strcmp(verdict, "holds") == 0)
            verdicts.hold++;
        else if (strcmp(verdict, "holds in part") == 0)
            verdicts.in_part++;
        else if (strcmp(verdict, "does not hold") == 0)
            verdicts.fail++;
        else
            verdicts.unresolved++;
    }
    return verdicts;
}
