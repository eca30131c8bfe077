/*
 * The statements of the article as a table: what each says, what is done about it, the try that
 * observes and the judge that decides. A try looks and never decides; a judge decides from the
 * observation alone, so the same observation always gets the same verdict. Prints nothing.
 */
#ifndef CLAIM_H
#define CLAIM_H

#include "base/failure.h"
#include "claims/observation.h"
#include "results/bundle_reader.h"
#include "results/evidence.h"
#include "text/language.h"

#include <stdbool.h>
#include <stddef.h>

enum verdict {
    VERDICT_HOLDS,
    VERDICT_IN_PART,
    VERDICT_DOES_NOT_HOLD,
    VERDICT_UNRESOLVED, /* the data does not decide: never a guess */
    VERDICT_COUNT
};

/* English, as in claims.tsv; text_in knows them. */
extern const char *const verdict_names[VERDICT_COUNT + 1];

/* What a judge says: one paragraph beside the verdict, in every language, so that whoever reads it
 * later can choose. The English is printable ASCII. */
struct finding {
    enum verdict verdict;
    char evidence[LANGUAGE_COUNT][EVIDENCE_TEXT_BYTES];
};

/* Sets the verdict and the evidence; the other two append to the evidence. Formats and words are
 * looked up in each language (text/text.h), arguments stand in all of them as they are. Too long a
 * text is cut between characters. */
__attribute__((format(printf, 3, 4))) void
finding_say(struct finding *finding, enum verdict verdict, const char *format, ...);
__attribute__((format(printf, 2, 3))) void finding_add(struct finding *finding, const char *format,
                                                       ...);
void finding_add_word(struct finding *finding, const char *english);

/* The measurements that some claims need; both NULL where there is no bundle. */
struct claim_input {
    const struct bundle_data *bundle;
    const struct evidence *evidence;
};

struct claim {
    const char *id;        /* short kebab-case, under BUNDLE_WORD_BYTES */
    const char *statement; /* English, as in claims.tsv; text_in knows it and the next */
    const char *done;
    bool needs_bundle;
    /* Observes. Returns 0, or -errno when it could not be done, described in `failure`: then the
     * observation says nothing. A live try needs leftover_start, blocks for a few seconds at most
     * and leaves nothing behind; one of a bundle only reads `input`. */
    int (*attempt)(const struct claim_input *input, union observation *observation,
                   struct failure *failure);
    void (*judge)(const union observation *observation, struct finding *finding);
};

extern const struct claim claims[];
extern const size_t claims_count;

/* The claim of that id, or NULL. */
const struct claim *claim_find(const char *id);

/* One tried claim. */
struct claim_result {
    const struct claim *claim;
    struct finding finding;
    const char *done; /* what was really done: nothing, where the bundle is missing */
    bool failed;      /* the try itself failed: the evidence says how */
};

/* Tries one claim and judges it. */
void claim_try(const struct claim *claim, const struct claim_input *input,
               struct claim_result *result);

#endif
