#include "results/derived.h"

#include "results/cause.h"
#include "results/evidence.h"
#include "results/gates.h"
#include "results/noise.h"
#include "results/stability.h"
#include "results/summary.h"

#include <stddef.h>

const char *const derived_files[] = {SUMMARY_FILE, EVIDENCE_PRICE_FILE, EVIDENCE_GAP_FILE,
                                     NOISE_FILE,   STABILITY_FILE,      GATES_FILE,
                                     NULL};

int derived_write(const char *folder, uint64_t seed, struct failure *failure)
{
    int result = summary_write(folder, seed, failure);
    if (result == 0)
        result = cause_write(folder, seed, failure);
    if (result == 0)
        result = noise_write(folder, failure);
    if (result == 0)
        result = stability_write(folder, seed, failure);
    /* Gates are told from the summary. */
    return result == 0 ? gates_write(folder, failure) : result;
}
