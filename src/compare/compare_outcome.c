#include "compare/compare_outcome.h"

#include "compare/compare_notes.h"

static int decide(const struct compare_choice *choice, struct compare_outcome *outcome)
{
    const struct comparison *comparison = &outcome->comparison;
    if (compare_notes_refuse(comparison, outcome->before, outcome->after, &outcome->why))
        return 0;
    enum compare_kind kind = choice->given ? choice->kind : comparison_deciding_kind(comparison);
    int result = compare_verdict_make(comparison, kind, &outcome->verdict);
    if (result < 0)
        return result;
    outcome->comparable = outcome->verdict.cells > 0;
    if (!outcome->comparable) {
        outcome->why = sentence_in(LANGUAGE_ENGLISH);
        sentence_add(&outcome->why,
                     "%s and %s are not comparable by %s figures: no cell has them in both",
                     outcome->before, outcome->after, compare_kind_names[kind]);
        compare_verdict_free(&outcome->verdict);
    }
    return 0;
}

int compare_outcome_make(struct compare_bundle *before_bundle, struct compare_bundle *after_bundle,
                         char before, char after, const struct compare_choice *choice,
                         struct compare_outcome *outcome)
{
    struct compare_outcome made = {.before = {before, '\0'}, .after = {after, '\0'}};
    int result = comparison_make(before_bundle, after_bundle, &made.comparison);
    if (result < 0)
        return result;
    result = decide(choice, &made);
    if (result < 0) {
        comparison_free(&made.comparison);
        return result;
    }
    *outcome = made;
    return 0;
}

void compare_outcome_free(struct compare_outcome *outcome)
{
    if (outcome->comparable)
        compare_verdict_free(&outcome->verdict);
    comparison_free(&outcome->comparison);
    *outcome = (struct compare_outcome){.comparable = false};
}
