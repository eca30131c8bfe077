/*
 * What a run is asked to measure: the presets, and how lists such as "64:16M:x4" or
 * "pipe,fifo,shm" are read. Knows nothing of what the programs can do (capability.h) nor of which
 * cells come out of it (plan.h).
 *
 * Every parser here reads `text` into `field`, returns 0, -EINVAL or -ERANGE, and leaves the
 * field alone on error, so that it can stand in an option table.
 */
#ifndef PLAN_REQUEST_H
#define PLAN_REQUEST_H

#include "base/terms.h"
#include "machine/cpu.h"
#include "measure/sample.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SIZE_LIST_MOST = 64, MECHANISM_LIST_MOST = 16, PARALLEL_LIST_MOST = 16, ROUNDS_MOST = 1000 };

#define SIZE_LEAST_BYTES UINT64_C(1)
#define SIZE_MOST_BYTES  (UINT64_C(1) << 30)

/* Payload sizes in bytes, in the order asked for, each once. */
struct size_list {
    uint64_t bytes[SIZE_LIST_MOST];
    size_t count;
};

/* Whether `bytes` is one of them. */
bool size_list_has(const struct size_list *list, uint64_t bytes);

/* Names of matched programs, in the order asked for, each once; or `all`: every one that works on
 * this machine, to be replaced by their names before a plan is made. */
struct mechanism_list {
    bool all;
    char names[MECHANISM_LIST_MOST][SAMPLE_WORD_BYTES];
    size_t count;
};

/* Whether `name` is one of them. */
bool mechanism_list_has(const struct mechanism_list *list, const char *name);

/* Adds one. Returns 0, -EINVAL for what is no name or is there, -ERANGE when there are too many. */
int mechanism_list_add(struct mechanism_list *list, const char *name);

/* Words of a name table of terms.h; bit i stands for entry i. */
struct word_set {
    unsigned bits;
};

/* Numbers of pairs of processes at once, in the order asked for, each once; or `all`: as many as
 * the machine makes sensible. Empty: none. */
struct parallel_list {
    bool all;
    uint64_t counts[PARALLEL_LIST_MOST];
    size_t count;
};

/* Some placements by name, or one explicit pair of CPUs (then only that bit is set), or one pair of
 * every kind that the machine has (then no bit is set). */
struct placement_choice {
    bool every_kind;
    struct word_set words;
    struct cpu_pair explicit_pair;
};

/* "64:16M" (each four times the one before), "64:16M:x2", or "64,4K,1M". The end of a range is
 * taken in only when a step hits it. */
int size_list_parse(const char *text, void *field);
/* "pipe,fifo,shm" or "all". A name is lower-case letters, digits, '-' and '_'. */
int mechanism_list_parse(const char *text, void *field);
int test_set_parse(const char *text, void *field);
int wait_set_parse(const char *text, void *field);
int copies_set_parse(const char *text, void *field);
/* "cache", "cache,same", "0,1" or "all". */
int placement_choice_parse(const char *text, void *field);
/* "1,2,4" or "all". */
int parallel_list_parse(const char *text, void *field);

/* The same as text, for help and manifest; cut off where `text_bytes` end. */
void size_list_print(const void *field, char *text, size_t text_bytes);
void mechanism_list_print(const void *field, char *text, size_t text_bytes);
void test_set_print(const void *field, char *text, size_t text_bytes);
void wait_set_print(const void *field, char *text, size_t text_bytes);
void copies_set_print(const void *field, char *text, size_t text_bytes);
void placement_choice_print(const void *field, char *text, size_t text_bytes);
void parallel_list_print(const void *field, char *text, size_t text_bytes);

static inline bool word_set_has(struct word_set set, int word)
{
    return ((set.bits >> word) & 1U) != 0;
}

/* How much is measured beside the gap to explain it. All: relays of equal ends, and a copy priced
 * by one to four extra ones, hot and cold, for every wait. Few: a copy priced by one and four hot
 * ones, for the first wait. */
enum causes { CAUSES_ALL, CAUSES_FEW, CAUSES_COUNT };
extern const char *const causes_names[CAUSES_COUNT + 1];

enum preset { PRESET_DEFAULT, PRESET_QUICK, PRESET_FULL, PRESET_COUNT };
extern const char *const preset_names[PRESET_COUNT + 1];

struct plan_request {
    struct size_list sizes;
    struct size_list relay_sizes; /* empty: the same */
    const char *input;            /* what relays read; NULL: a generated file */
    uint64_t input_bytes;
    struct mechanism_list mechanisms;
    struct word_set tests;
    struct word_set waits;
    struct word_set copies;
    int touch;  /* enum touch */
    int causes; /* enum causes */
    struct placement_choice placement;
    bool pairs; /* every two CPUs, see plan_places.h */
    struct parallel_list pairs_parallel;
    uint64_t capacity_bytes;
    double sample_seconds; /* length of one sample */
    double budget_seconds; /* of the whole run; 0: no limit */
    uint64_t rounds;       /* at most */
    double precision;      /* at which a cell is settled, as 0.05; 0: every cell in every round */
    /* Spinning with both sides on one CPU costs a time slice per message; it is left out unless
     * both the wait and the placement were asked for by name. */
    bool spin_on_one_cpu;
    /* A placement that the machine lacks is an error when it was asked for by name; of a preset
     * it is left out, or replaced. */
    bool placement_required;
};

/* What is measured beside pairs of CPUs and many pairs at once where nothing else was asked for:
 * the two sizes at which these are measured, as latency and throughput, without relays. */
void plan_request_keep_small(struct plan_request *request, bool sizes, bool tests);

/* The request that a preset stands for. */
struct plan_request plan_request_of_preset(enum preset preset);

#endif
