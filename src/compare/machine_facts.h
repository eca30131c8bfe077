/*
 * In what the machines of two bundles differ, from their manifests: the facts that are known to
 * matter first, each with the reason why, then all others. Facts of the moment (load, stolen time,
 * free memory, the frequency just then), ids and times are no differences, and how the programs
 * were built is a note (compare_notes.h). Judges nothing and prints nothing.
 */
#ifndef MACHINE_FACTS_H
#define MACHINE_FACTS_H

#include <jansson.h>
#include <stddef.h>

#define MACHINE_FACT_NAME_BYTES 96

struct machine_fact {
    char name[MACHINE_FACT_NAME_BYTES]; /* as in the manifest; a fact within a fact after a dot;
                                           untrusted text */
    const char *why;                    /* why it matters; NULL where that is not known */
    const json_t *before;               /* the manifests own them; NULL: not recorded there */
    const json_t *after;
};

struct machine_facts {
    struct machine_fact *facts;
    size_t count;
};

/* The facts that differ. Returns 0 or -ENOMEM; *facts is set on success only and is then released
 * by machine_facts_free. The manifests must outlive it. */
int machine_facts_compare(const json_t *before, const json_t *after, struct machine_facts *facts);
void machine_facts_free(struct machine_facts *facts);

/* A value on one line: a word as it is, else JSON; "not recorded", "not readable". Untrusted text,
 * the caller's to free; NULL when memory runs out. */
char *machine_fact_text(const json_t *value);

#endif
