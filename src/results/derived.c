#include "results/derived.h"

#include "results/cause.h"
#include "results/evidence.h"
#include "results/gates.h"
#include "results/noise.h"
#include "results/raw_samples.h"
#include "results/stability.h"
#include "results/summary.h"

#include <stddef.h>

const char *const derived_files[] = {SUMMARY_FILE, EVIDENCE_PRICE_FILE, EVIDENCE_GAP_FILE,
                                     NOISE_FILE,   STABILITY_FILE,      GATES_FILE,
                                     NULL};

int derived_write(const char *folder, uint64_t seed, struct failure *failure)
{
    /* Read once: of a large bundle that takes as long as all that comes out of it. */
    struct raw_samples raw;
    int result = raw_samples_read(folder, &raw, failure);
    if (result < 0)
        return result;
    result = summary_write_from(folder, &raw, seed, failure);
    if (result == 0)
        result = cause_write_from(folder, &raw, seed, failure);
    if (result == 0)
        result = noise_write_from(folder, &raw, failure);
    if (result == 0)
        result = stability_write_from(folder, &raw, seed, failure);
    raw_samples_free(&raw);
    /* Gates are told from the summary. */
    return result == 0 ? gates_write(folder, failure) : result;
}
