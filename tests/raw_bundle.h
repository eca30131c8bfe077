/*
 * A bundle of fabricated samples for tests that compute from raw rows: samples.tsv in a folder of
 * its own, and the rows of the tables that were made from it.
 */
#ifndef RAW_BUNDLE_H
#define RAW_BUNDLE_H

#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct raw_bundle {
    char folder[64];
    FILE *samples; /* NULL when closed */
    uint64_t order;
};

/* Makes the folder and starts samples.tsv. Returns 0 or -1. */
int raw_bundle_make(struct raw_bundle *bundle);

/* Removes the folder with all the files it has. Returns 0 or -1. */
int raw_bundle_remove(struct raw_bundle *bundle);

/* A sample with intact bytes, from memory and used there, without any result. */
struct sample raw_bundle_sample(const char *mechanism, const char *test);

/* The throughput that takes so many ns per KiB. */
double raw_bundle_throughput(double ns_per_kib);

/* Appends a row at the next place of the order. */
void raw_bundle_add(struct raw_bundle *bundle, uint64_t round, const struct sample *sample);

/* Ends samples.tsv. */
void raw_bundle_close(struct raw_bundle *bundle);

/* The path of a file of the bundle, valid until the next call. */
const char *raw_bundle_path(const struct raw_bundle *bundle, const char *name);

/* The text of a file of the bundle, valid until the next call. Fails the test if there is none. */
char *raw_bundle_text(const struct raw_bundle *bundle, const char *name);

/*
 * The numbers in the row of the table `name` that begins with `key` (words with tabs between, up to
 * the one before the numbers), which are `count` up to the end of the row. False when there is no
 * such row. Fails the test when there are two, or the numbers are more or fewer.
 */
bool raw_bundle_row(const struct raw_bundle *bundle, const char *name, const char *key,
                    double *numbers, size_t count);

/* Fails the test unless both are NAN or the same up to 0.00001: samples.tsv has nine digits, which
 * leaves so much of a difference of values of a few hundred. */
void assert_number(const char *what, double is, double should);

#endif
