#include "report/report_findings.h"

#include "text/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum finding finding_of_ratio(const struct estimate *ratio)
{
    if (isnan(ratio->ci95_lo) || isnan(ratio->ci95_hi))
        return FINDING_NO_INTERVAL;
    if (ratio->ci95_lo > 1.0)
        return FINDING_FASTER;
    return ratio->ci95_hi < 1.0 ? FINDING_SLOWER : FINDING_UNRESOLVED;
}

bool finding_is_wide(const struct estimate *estimate)
{
    return estimate->ci95_hi - estimate->ci95_lo > FINDING_WIDE_WIDTH * estimate->median;
}

static void add_size(struct bundle_sizes *sizes, uint64_t size_bytes)
{
    sizes->bytes[sizes->count++] = size_bytes;
}

static void survey_size(struct finding_survey *survey, const struct estimate *ratio,
                        uint64_t size_bytes)
{
    enum finding finding = finding_of_ratio(ratio);
    add_size(finding == FINDING_FASTER   ? &survey->faster
             : finding == FINDING_SLOWER ? &survey->slower
                                         : &survey->unresolved,
             size_bytes);
    survey->sizes++;
    survey->wide += finding_is_wide(ratio) ? 1 : 0;
    survey->without_interval += finding == FINDING_NO_INTERVAL ? 1 : 0;
    if (!(survey->least <= ratio->median)) {
        survey->least = ratio->median;
        survey->least_size_bytes = size_bytes;
    }
    if (!(survey->most >= ratio->median)) {
        survey->most = ratio->median;
        survey->most_size_bytes = size_bytes;
    }
}

struct finding_survey finding_survey_ratio(const struct bundle_data *bundle,
                                           const struct bundle_cell *cell)
{
    struct finding_survey survey = {.least = NAN, .most = NAN};
    struct bundle_sizes sizes = bundle_sizes_of(bundle, cell, "ratio_to_pipe");
    for (size_t index = 0; index < sizes.count; index++)
        survey_size(&survey, bundle_find(bundle, cell, sizes.bytes[index], "ratio_to_pipe"),
                    sizes.bytes[index]);
    return survey;
}

static bool is_measured(const struct bundle_cell *cell)
{
    const char *mechanism = cell->words[BUNDLE_MECHANISM];
    return strcmp(mechanism, FINDING_FLOOR) != 0 && strcmp(mechanism, FINDING_CEILING) != 0;
}

static bool has_mode(const struct bundle_data *bundle, const char *wait, const char *copies,
                     const char *touch, const char *placement)
{
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_cell *cell = &bundle->rows[index].cell;
        if (is_measured(cell) && strcmp(cell->words[BUNDLE_TEST], "relay") != 0 &&
            strcmp(cell->words[BUNDLE_WAIT], wait) == 0 &&
            strcmp(cell->words[BUNDLE_COPIES], copies) == 0 &&
            strcmp(cell->words[BUNDLE_TOUCH], touch) == 0 &&
            strcmp(cell->words[BUNDLE_PLACEMENT], placement) == 0)
            return true;
    }
    return false;
}

size_t finding_choose_modes(const struct bundle_data *bundle, const char *touch,
                            const char *placement, struct finding_mode *modes, size_t most)
{
    static const struct finding_mode preferred[] = {{"block", "own"}, {"spin", "inplace"}};
    enum { PREFERRED = sizeof preferred / sizeof *preferred };
    const struct bundle_words *waits = &bundle->words[BUNDLE_WAIT];
    const struct bundle_words *copies = &bundle->words[BUNDLE_COPIES];
    size_t count = 0;
    for (size_t index = 0; index < PREFERRED && count < most; index++) {
        if (has_mode(bundle, preferred[index].wait, preferred[index].copies, touch, placement))
            modes[count++] = preferred[index];
    }
    for (size_t index = 0; index < waits->count * copies->count && count < most; index++) {
        struct finding_mode mode = {waits->words[index / copies->count],
                                    copies->words[index % copies->count]};
        bool known = false;
        for (size_t other = 0; other < PREFERRED; other++)
            known = known || (strcmp(mode.wait, preferred[other].wait) == 0 &&
                              strcmp(mode.copies, preferred[other].copies) == 0);
        if (!known && has_mode(bundle, mode.wait, mode.copies, touch, placement))
            modes[count++] = mode;
    }
    return count;
}

static void insert_size(struct bundle_sizes *sizes, uint64_t size_bytes)
{
    size_t place = 0;
    while (place < sizes->count && sizes->bytes[place] < size_bytes)
        place++;
    if (place < sizes->count && sizes->bytes[place] == size_bytes)
        return;
    if (sizes->count == BUNDLE_MOST_SIZES)
        return;
    memmove(&sizes->bytes[place + 1], &sizes->bytes[place],
            (sizes->count - place) * sizeof *sizes->bytes);
    sizes->bytes[place] = size_bytes;
    sizes->count++;
}

struct bundle_sizes finding_sizes_of_mode(const struct bundle_data *bundle,
                                          const struct finding_mode *mode, const char *touch,
                                          const char *placement)
{
    static const char *const metrics[] = {"throughput_bytes_per_s", "latency_p50_ns"};
    static const char *const tests[] = {"throughput", "latency"};
    struct bundle_words mechanisms = finding_measured_words(bundle, BUNDLE_MECHANISM);
    struct bundle_sizes all = {.count = 0};
    for (size_t index = 0; index < mechanisms.count * 2; index++) {
        struct bundle_cell cell = bundle_cell_of(mechanisms.words[index / 2], tests[index % 2],
                                                 mode->wait, mode->copies, touch, placement);
        struct bundle_sizes sizes = bundle_sizes_of(bundle, &cell, metrics[index % 2]);
        for (size_t size = 0; size < sizes.count; size++)
            insert_size(&all, sizes.bytes[size]);
    }
    return all;
}

bool finding_has_intervals(const struct bundle_data *bundle)
{
    for (size_t index = 0; index < bundle->row_count; index++) {
        if (!isnan(bundle->rows[index].estimate.ci95_lo))
            return true;
    }
    return false;
}

bool finding_has_ratios(const struct bundle_data *bundle)
{
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_row *row = &bundle->rows[index];
        if (is_measured(&row->cell) && strcmp(row->metric, "ratio_to_pipe") == 0 &&
            !isnan(row->estimate.median))
            return true;
    }
    return false;
}

static bool is_measured_word(const struct bundle_data *bundle, enum bundle_column column,
                             const char *word)
{
    for (size_t index = 0; index < bundle->row_count; index++) {
        const struct bundle_cell *cell = &bundle->rows[index].cell;
        if (is_measured(cell) && strcmp(cell->words[column], word) == 0)
            return true;
    }
    return false;
}

struct bundle_words finding_measured_words(const struct bundle_data *bundle,
                                           enum bundle_column column)
{
    const struct bundle_words *all = &bundle->words[column];
    struct bundle_words measured = {.count = 0};
    for (size_t index = 0; index < all->count; index++) {
        if (is_measured_word(bundle, column, all->words[index]))
            memcpy(measured.words[measured.count++], all->words[index], BUNDLE_WORD_BYTES);
    }
    return measured;
}

const char *finding_subject(const struct bundle_data *bundle)
{
    const struct bundle_words *mechanisms = &bundle->words[BUNDLE_MECHANISM];
    const char *subject = "";
    for (size_t index = mechanisms->count; index-- > 0;) {
        const char *mechanism = mechanisms->words[index];
        if (strcmp(mechanism, "shm") == 0)
            return mechanism;
        if (strcmp(mechanism, FINDING_REFERENCE) != 0 && strcmp(mechanism, FINDING_FLOOR) != 0 &&
            strcmp(mechanism, FINDING_CEILING) != 0)
            subject = mechanism;
    }
    return subject;
}

uint64_t finding_reference_size(const struct bundle_sizes *sizes)
{
    const double wanted = log2(65536.0);
    uint64_t nearest = 0;
    double nearest_distance = INFINITY;
    for (size_t index = 0; index < sizes->count; index++) {
        double distance = fabs(log2((double)sizes->bytes[index]) - wanted);
        if (distance < nearest_distance) {
            nearest_distance = distance;
            nearest = sizes->bytes[index];
        }
    }
    return nearest;
}

char *finding_format_factor(double factor, char text[FINDING_TEXT_BYTES])
{
    if (isnan(factor))
        return strcpy(text, "-");
    if (factor >= 99950.0 || (factor > 0.0 && factor < 0.00995)) {
        snprintf(text, FINDING_TEXT_BYTES, "%.1e", factor);
        return text;
    }
    int decimals = factor < 9.995 ? 2 : factor < 99.95 ? 1 : 0;
    snprintf(text, FINDING_TEXT_BYTES, "%.*f", decimals, factor);
    return text;
}

char *finding_format_ratio(const struct estimate *ratio, enum language language,
                           char text[FINDING_TEXT_BYTES])
{
    char median[FINDING_TEXT_BYTES];
    char lo[FINDING_TEXT_BYTES];
    char hi[FINDING_TEXT_BYTES];
    finding_format_factor(ratio->median, median);
    if (finding_of_ratio(ratio) == FINDING_NO_INTERVAL)
        snprintf(text, FINDING_TEXT_BYTES, "%.8sx [%.20s]", median,
                 text_in(language, "no interval"));
    else
        snprintf(text, FINDING_TEXT_BYTES, "%.8sx [%.8s, %.8s]", median,
                 finding_format_factor(ratio->ci95_lo, lo),
                 finding_format_factor(ratio->ci95_hi, hi));
    return text;
}
