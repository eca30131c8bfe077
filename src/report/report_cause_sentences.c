#include "report/report_cause_sentences.h"

#include "base/units.h"

#include <math.h>

static void say_size(uint64_t size_bytes, struct sentence *sentence)
{
    char size[UNITS_TEXT_BYTES];
    sentence_add(sentence, "%s", units_format_bytes(size_bytes, size));
}

static void say_end(const char *name, const struct evidence_gap *end, struct sentence *sentence)
{
    char text[FINDING_TEXT_BYTES];
    sentence_add(sentence, "%s: %s ns/KiB", name,
                 finding_format_number(end->ns_per_kib.value, text));
}

void cause_say_share(const struct evidence *evidence, const char *placement, bool ends,
                     struct sentence *sentence)
{
    uint64_t size_bytes = finding_gap_size(evidence, placement);
    struct finding_gap gap = finding_gap_at(evidence, placement, size_bytes);
    char text[FINDING_VALUE_BYTES];
    if (!finding_is_taken_apart(&gap)) {
        sentence_add(sentence, "The gap was not taken apart at any size");
        return;
    }
    sentence_add(sentence, "At ");
    say_size(size_bytes, sentence);
    if (finding_has_shares(&gap))
        sentence_add(sentence, " copies explain %s%s of the gap between pipe and shared memory",
                     finding_format_share(&gap.copies->share, text),
                     finding_is_wide_share(&gap.copies->share) ? " (not resolved)" : "");
    else
        sentence_add(sentence, " no gap between pipe and shared memory is resolved");
    if (!ends)
        return;
    sentence_add(sentence, " (");
    say_end("pipe, 4 copies, block", gap.from, sentence);
    sentence_add(sentence, "; ");
    say_end("shm, 1 copy, spin", gap.to, sentence);
    sentence_add(sentence, ")");
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
                     finding_format_share(&gap.mechanism->share, mechanism),
                     finding_format_share(&gap.waiting->share, waiting));
}

void cause_say_share_range(const struct evidence *evidence, const char *placement,
                           struct sentence *sentence)
{
    struct finding_shares shares = finding_survey_shares(evidence, placement);
    if (shares.resolved < 2)
        return;
    sentence_add(sentence, "over %zu sizes with a resolved gap copies explain %.3g %% (",
                 shares.resolved, 100.0 * shares.least);
    say_size(shares.least_size_bytes, sentence);
    sentence_add(sentence, ") to %.3g %% (", 100.0 * shares.greatest);
    say_size(shares.greatest_size_bytes, sentence);
    sentence_add(sentence, ")");
}

static void say_price(const struct evidence_value *value, bool interval, struct sentence *sentence)
{
    char text[FINDING_VALUE_BYTES];
    if (interval)
        finding_format_interval(value, text);
    else
        finding_format_number(value->value, text);
    sentence_add(sentence, "%s ns/KiB", text);
}

bool cause_say_line(const struct finding_line *line, bool intervals, struct sentence *sentence)
{
    char copies[FINDING_TEXT_BYTES];
    if (line->price == NULL)
        return false;
    sentence_add(sentence, "one copy costs ");
    say_price(&line->price->slope, intervals, sentence);
    sentence_add(sentence, "%s", line->price->slope.ci95_lo <= 0.0 ? " (not resolved)" : "");
    if (isnan(line->above.value))
        return true;
    bool below = line->above.value < 0.0;
    struct evidence_value distance = line->above;
    if (below)
        distance =
            (struct evidence_value){-line->above.value, -line->above.ci95_hi, -line->above.ci95_lo};
    sentence_add(sentence, "; the pipe with %s copies lies ",
                 finding_format_copies(line->pipe_copies, copies));
    say_price(&distance, intervals, sentence);
    sentence_add(sentence, " %s that line%s", below ? "below" : "above",
                 distance.ci95_lo <= 0.0 ? " (not resolved)" : "");
    return true;
}
