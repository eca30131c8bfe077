/*
 * ONE option table per program: a row holds an option's name, meaning, type, range and where its
 * value goes; the parser, the help page (with live defaults) and every error line are made from
 * the rows. What stands in the target struct before parsing is the default. Knows no option.
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

enum option_kind {
    OPTION_FLAG,    /* bool; takes no value */
    OPTION_BYTES,   /* uint64_t; "64K" */
    OPTION_COUNT,   /* uint64_t */
    OPTION_DECIMAL, /* double */
    OPTION_CHOICE,  /* int: index into the row's name table */
    OPTION_TEXT,    /* const char *: points into argv */
    OPTION_CUSTOM   /* parsed by the row's own function */
};

struct option_row {
    const char *name;    /* without the two dashes */
    const char *operand; /* what stands for the value in help, such as "BYTES"; NULL for a flag */
    const char *help;    /* one line; how it perturbs the measurement, where it does */
    enum option_kind kind;
    size_t offset; /* of the value in the target struct */
    /* Allowed range of BYTES, COUNT and DECIMAL, inclusive, in the option's own unit. */
    double least;
    double most;
    const char *const *names; /* CHOICE: the allowed words, ended by NULL */
    /* CUSTOM: reads `text` into the field at `field`; returns 0 or a negative errno. */
    int (*parse)(const char *text, void *field);
    /* CUSTOM: the allowed values in words, for errors and help; and the field as text. */
    const char *allowed;
    void (*print)(const void *field, char *text, size_t text_bytes);
    /* Where to note that the option was given: offset of a bool, or 0 for nowhere (so the target
     * struct must not keep such a bool at offset 0). */
    size_t given_offset;
};

/*
 * Parses arguments[0..count) into `target` by `rows` (ended by a row without name). "--name value"
 * and "--name=value" are the same; a later option overrides an earlier one; "--" ends the options.
 * Arguments that are no options are left to the caller: their number in *operands_count, the
 * pointers moved to the front of `arguments`. With operands_count NULL an operand is an error.
 * Returns 0, or -EINVAL with the option and the allowed range in `failure`.
 */
int options_parse(const struct option_row *rows, void *target, int count, char **arguments,
                  int *operands_count, struct failure *failure);

/* Prints one help line per row: name, meaning, range or words, and the default as it stands in
 * `defaults`. */
void options_print_help(const struct option_row *rows, const void *defaults, FILE *stream);

#endif
