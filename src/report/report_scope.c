#include "report/report_scope.h"

#include <string.h>

/* The first word of a column that a measured mechanism has, as the bundle's own. */
static const char *first_word(const struct bundle_data *bundle, enum bundle_column column)
{
    struct bundle_words measured = finding_measured_words(bundle, column);
    const struct bundle_words *all = &bundle->words[column];
    for (size_t index = 0; index < all->count && measured.count > 0; index++) {
        if (strcmp(all->words[index], measured.words[0]) == 0)
            return all->words[index];
    }
    return FINDING_NONE;
}

struct report_scope report_scope_of(const struct bundle_data *bundle,
                                    const struct evidence *evidence, enum language language)
{
    return (struct report_scope){
        .bundle = bundle,
        .evidence = evidence,
        .subject = finding_subject(bundle),
        .placement = first_word(bundle, BUNDLE_PLACEMENT),
        .touch = first_word(bundle, BUNDLE_TOUCH),
        .language = language,
    };
}
