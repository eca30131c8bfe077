/*
 * The cells that take the gap apart, beside those that are compared size by size: relays of the
 * article's workflow between equal and unequal ends, and shm with extra copies (the padded
 * control). For plan.c only.
 */
#ifndef PLAN_CAUSES_H
#define PLAN_CAUSES_H

#include "conduct/plan.h"

/* The mechanism that a relay needs beside those of the request: the pipe with one copy less. */
#define PLAN_FEWER_COPIES "vmsplice"

/* Appends the cells of one placement; those of mechanisms that are not among `capabilities`, or do
 * not offer what a row needs, are left out. `spin` says whether both sides may spin there. Returns
 * 0 or -ENOMEM. */
int plan_add_relays(const struct plan_request *request, const struct capability *capabilities,
                    size_t capabilities_count, const struct plan_placement *placement, bool spin,
                    struct plan *plan);
int plan_add_extra_copies(const struct plan_request *request, const struct capability *capabilities,
                          size_t capabilities_count, const struct plan_placement *placement,
                          bool spin, struct plan *plan);

#endif
