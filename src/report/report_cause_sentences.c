#include "report/report_cause_sentences.h"

#include "base/units.h"
#include "text/text.h"

#include <math.h>

void cause_say_share(const struct evidence *evidence, const char *placement, bool ends,
                     struct sentence *sentence)
{
    uint64_t size_bytes = finding_gap_size(evidence, placement);
    struct finding_gap gap = finding_gap_at(evidence, placement, size_bytes);
    char text[FINDING_VALUE_BYTES];
    char other[FINDING_TEXT_BYTES];
    char size[UNITS_TEXT_BYTES];
    if (!finding_is_taken_apart(&gap)) {
        sentence_add(sentence, "The gap was not taken apart at any size");
        return;
    }
    units_format_bytes(size_bytes, size);
    if (finding_has_shares(&gap))
        sentence_add(
            sentence, "At %s copies explain %s%s of the gap between pipe and shared memory", size,
            finding_format_share(&gap.copies->share, sentence->language, text),
            finding_is_wide_share(&gap.copies->share) ? sentence_word(sentence, " (not resolved)")
                                                      : "");
    else
        sentence_add(sentence, "At %s no gap between pipe and shared memory is resolved", size);
    if (ends)
        sentence_add(sentence, " (pipe, 4 copies, block: %s ns/KiB; shm, 1 copy, spin: %s ns/KiB)",
                     finding_format_number(gap.from->ns_per_kib.value, text),
                     finding_format_number(gap.to->ns_per_kib.value, other));
}

void cause_say_other_shares(const struct evidence *evidence, const char *placement,
                            struct sentence *sentence)
{
    struct finding_gap gap =
        finding_gap_at(evidence, placement, finding_gap_size(evidence, placement));
    char mechanism[FINDING_VALUE_BYTES];
    char waiting[FINDING_VALUE_BYTES];
    if (finding_has_shares(&gap))
        sentence_add(sentence, "mechanism %s, waiting %s",
                     finding_format_share(&gap.mechanism->share, sentence->language, mechanism),
                     finding_format_share(&gap.waiting->share, sentence->language, waiting));
}

void cause_say_share_range(const struct evidence *evidence, const char *placement,
                           struct sentence *sentence)
{
    struct finding_shares shares = finding_survey_shares(evidence, placement);
    char least_size[UNITS_TEXT_BYTES];
    char greatest_size[UNITS_TEXT_BYTES];
    if (shares.resolved < 2)
        return;
    sentence_add(sentence,
                 "over %zu sizes with a resolved gap copies explain %.3g %% (%s) to %.3g %% (%s)",
                 shares.resolved, 100.0 * shares.least,
                 units_format_bytes(shares.least_size_bytes, least_size), 100.0 * shares.greatest,
                 units_format_bytes(shares.greatest_size_bytes, greatest_size));
}

static const char *format_price(const struct evidence_value *value, bool interval,
                                enum language language, char text[FINDING_VALUE_BYTES])
{
    return interval ? finding_format_interval(value, language, text)
                    : finding_format_number(value->value, text);
}

bool cause_say_line(const struct finding_line *line, bool intervals, struct sentence *sentence)
{
    char copies[FINDING_TEXT_BYTES];
    char price[FINDING_VALUE_BYTES];
    if (line->price == NULL)
        return false;
    const char *doubt = sentence_word(sentence, " (not resolved)");
    sentence_add(sentence, "one copy costs %s ns/KiB%s",
                 format_price(&line->price->slope, intervals, sentence->language, price),
                 line->price->slope.ci95_lo <= 0.0 ? doubt : "");
    if (isnan(line->above.value))
        return true;
    bool below = line->above.value < 0.0;
    struct evidence_value distance = line->above;
    if (below)
        distance =
            (struct evidence_value){-line->above.value, -line->above.ci95_hi, -line->above.ci95_lo};
    sentence_add(sentence,
                 below ? TEXT("; the pipe with %s copies lies %s ns/KiB below that line%s")
                       : TEXT("; the pipe with %s copies lies %s ns/KiB above that line%s"),
                 finding_format_copies(line->pipe_copies, copies),
                 format_price(&distance, intervals, sentence->language, price),
                 distance.ci95_lo <= 0.0 ? doubt : "");
    return true;
}
