/*
 * What disturbed a run, said in a sentence: by whom, how much at most, in which rounds, and what to
 * do about it. The section of the report is declared in report_sections.h.
 */
#ifndef REPORT_NOISE_H
#define REPORT_NOISE_H

#include "document/sentence.h"
#include "results/bundle_reader.h"

#define NOISE_ROUNDS_BYTES 256

/* Adds one clause per kind of disturbance; nothing where none was found. Numbers and fixed words
 * only. */
void noise_say(const struct bundle_data *bundle, struct sentence *sentence);

/* "round 3", "rounds 2-5, 9", and for many "rounds 1, 3, ... and 12 more": those that have a mark
 * of this kind, into `text` (NOISE_ROUNDS_BYTES); "" for none. Returns `text`. */
char *noise_list_rounds(const struct noise *noise, enum noise_kind kind, enum language language,
                        char *text);

#endif
