/*
 * One fact of the machine as a table row, and the readers that most facts need. Only for the
 * manifest_*.c files and their tests: others use manifest.h.
 *
 * Everything is read under a root, so that tests can show a made-up machine.
 */
#ifndef MANIFEST_FACT_H
#define MANIFEST_FACT_H

#include "base/failure.h"

#include <jansson.h>
#include <stddef.h>

#define FACT_REASON_BYTES 192
#define FACT_PATH_BYTES   1024

/* Where facts are read. */
struct fact_scene {
    const char *root;           /* stands before every path; "" for the machine itself */
    int cpu;                    /* the CPU of which facts are read that each CPU has */
    const char *program_folder; /* of the programs that are hashed */
};

/* Why a fact could not be read. */
struct fact_reason {
    char text[FACT_REASON_BYTES];
};

struct fact {
    const char *name;
    /* Returns the value (the caller owns it), or NULL after fact_unreadable. */
    json_t *(*read)(const struct fact_scene *scene, const struct fact *fact,
                    struct fact_reason *reason);
    const char *source; /* a path; "@" in it stands for the scene's CPU number */
    const char *key;    /* what to look for in the source, where the reader looks for something */
    unsigned long unit; /* a number read is multiplied by this; 0 means 1 */
};

/* The tables, each ended by a row without name. */
extern const struct fact manifest_build_facts[];
extern const struct fact manifest_cpu_facts[];
extern const struct fact manifest_ipc_facts[];
extern const struct fact manifest_kernel_facts[];
extern const struct fact manifest_memory_facts[];
extern const struct fact manifest_process_facts[];
extern const struct fact manifest_moment_facts[]; /* those that change during a run */

/* Collects all tables; the moment facts with `_before`. As manifest_collect, at any root. */
int manifest_collect_scene(json_t **machine, const struct fact_scene *scene,
                           struct failure *failure);

/* The CPU model as people write it; malloc'ed. NULL with a reason where the machine is silent. */
char *manifest_cpu_model(const struct fact_scene *scene, struct fact_reason *reason);

/* A slug of a CPU model; see manifest_cpu_slug. */
int manifest_slug_of(const char *model, char *slug, size_t bytes);

/* Notes why a fact is missing; returns NULL so that readers can return it. */
__attribute__((format(printf, 2, 3))) void *fact_unreadable(struct fact_reason *reason,
                                                            const char *format, ...);

/* root + source with the CPU number put in. Returns 0 or -ENAMETOOLONG. */
int fact_path(const struct fact_scene *scene, const char *source, char path[FACT_PATH_BYTES]);

/* A whole file as text, malloc'ed, without white space at its end. NULL with a reason. */
char *fact_load(const struct fact_scene *scene, const char *source, struct fact_reason *reason);

/* The value of the first line "key : value" of a text; malloc'ed, NULL when there is none. */
char *fact_find_field(const char *text, const char *key);

/* The different contents of all files that match a glob pattern, in the files' order, joined by
 * `separator`; malloc'ed. Their number, and that of the files, go where the pointers show (NULL:
 * nowhere). NULL with a reason when none can be read. */
char *fact_load_distinct(const struct fact_scene *scene, const char *pattern, const char *separator,
                         size_t *distinct, size_t *files, struct fact_reason *reason);

/* A number as JSON: an integer, or beyond 2^63-1 a string of digits. */
json_t *fact_number(unsigned long long number);

/* A text as JSON string; NULL with a reason when it is no UTF-8. */
json_t *fact_text(const char *text, struct fact_reason *reason);

/* Readers for tables. */
json_t *fact_read_text(const struct fact_scene *scene, const struct fact *fact,
                       struct fact_reason *reason); /* the whole source */
json_t *fact_read_number(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason); /* the source is one number, times unit */
json_t *fact_read_flag(const struct fact_scene *scene, const struct fact *fact,
                       struct fact_reason *reason); /* 1, Y or 0, N: true or false */
json_t *fact_read_choice(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason); /* the word in [brackets] */
json_t *fact_read_field(const struct fact_scene *scene, const struct fact *fact,
                        struct fact_reason *reason); /* the value of line "key : value" */
json_t *fact_read_field_number(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason); /* the same, a number, times unit */
json_t *fact_read_distinct(const struct fact_scene *scene, const struct fact *fact,
                           struct fact_reason *reason); /* source: a pattern; joined by ", " */

#endif
