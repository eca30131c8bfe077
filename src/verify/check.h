/*
 * What was checked of a bundle and how it came out: a list of lines for a person. Knows no bundle.
 */
#ifndef CHECK_H
#define CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#define CHECK_NAME_BYTES 48
#define CHECK_TEXT_BYTES 512

enum check_state {
    CHECK_OK,
    CHECK_DIFFERS,
    CHECK_ABSENT,  /* the bundle does not have it, as bundles of its schema do not */
    CHECK_NOT_RUN, /* cannot be recomputed from the bundle; the text says why */
    CHECK_STATE_COUNT
};

struct check {
    char name[CHECK_NAME_BYTES]; /* the file or the matter */
    enum check_state state;
    char text[CHECK_TEXT_BYTES];
};

struct check_list {
    struct check *checks; /* released by check_free */
    size_t count;
    size_t capacity;
    bool incomplete; /* memory ran out: a check is missing, so nothing may be called right */
};

/* Adds a line. What is not printable ASCII in it becomes '?': it may quote a stranger's bundle. */
__attribute__((format(printf, 4, 5))) void check_say(struct check_list *list, const char *name,
                                                     enum check_state state, const char *format,
                                                     ...);

size_t check_count(const struct check_list *list, enum check_state state);

/* One line per check and one that counts them; errors stay in the stream for ferror. */
void check_print(const struct check_list *list, FILE *stream);

void check_free(struct check_list *list);

#endif
