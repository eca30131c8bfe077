/*
 * What a part of a report is about: the bundle, and of it one placement, touch and mode. Knows
 * nothing of what is said about it.
 */
#ifndef REPORT_SCOPE_H
#define REPORT_SCOPE_H

#include "report/report_findings.h"
#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "text/language.h"

struct report_scope {
    const struct bundle_data *bundle;
    const struct evidence *evidence;
    const char *subject; /* see finding_subject; the bundle owns the words */
    const char *placement;
    const char *touch;
    struct finding_mode mode; /* unset at first */
    enum language language;
};

/* The main placement and touch of the bundle, told in that language. */
struct report_scope report_scope_of(const struct bundle_data *bundle,
                                    const struct evidence *evidence, enum language language);

#endif
