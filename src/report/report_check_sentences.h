/*
 * What a bundle's gates and its steadiness come to, as sentences, so that terminal and Markdown say
 * the same. They append to `sentence` and leave it as it is where there is nothing to say. The
 * bundle's words in it are plain (bundle_reader.h). Computes nothing: see results/gates.h and
 * results/stability.h.
 */
#ifndef REPORT_CHECK_SENTENCES_H
#define REPORT_CHECK_SENTENCES_H

#include "document/sentence.h"
#include "report/report_scope.h"
#include "results/gates.h"

/* Of a gate that tripped only. */
void check_say_briefly(enum gate gate, const struct gate_result *result, struct sentence *sentence);

/* What the gate is about, how many cells were compared and how it came out. */
void check_say_fully(enum gate gate, const struct gate_result *result, struct sentence *sentence);

/* Only where a cell drifts or its samples were still warming up. */
void check_say_steadiness_briefly(const struct report_scope *scope, struct sentence *sentence);

/* The counts, or that the bundle does not say. */
void check_say_steadiness(const struct report_scope *scope, struct sentence *sentence);

#endif
