#include "results/cause.h"

#include "base/replace_file.h"
#include "results/gap.h"
#include "results/price.h"

#include <stdlib.h>

struct cause {
    struct evidence_price *prices;
    size_t prices_count;
    struct evidence_gap *gaps;
    size_t gaps_count;
};

static int print_prices(const void *content, FILE *stream)
{
    const struct cause *cause = content;
    price_print(cause->prices, cause->prices_count, stream);
    return 0;
}

static int print_gaps(const void *content, FILE *stream)
{
    const struct cause *cause = content;
    gap_print(cause->gaps, cause->gaps_count, stream);
    return 0;
}

static int compute(const struct raw_samples *raw, uint64_t seed, struct cause *cause)
{
    *cause = (struct cause){.prices = NULL};
    int result = price_compute(raw, seed, &cause->prices, &cause->prices_count);
    if (result == 0)
        result = gap_compute(raw, seed, &cause->gaps, &cause->gaps_count);
    return result;
}

/* The file with its rows, or no file when there are none. */
static int write_rows(const char *folder, const char *name, size_t rows, replace_file_print *print,
                      const struct cause *cause, struct failure *failure)
{
    return rows > 0 ? replace_file(folder, name, print, cause, failure)
                    : replace_file_by_none(folder, name, failure);
}

static int write_files(const char *folder, const struct cause *cause, struct failure *failure)
{
    int result =
        write_rows(folder, EVIDENCE_PRICE_FILE, cause->prices_count, print_prices, cause, failure);
    if (result == 0)
        result =
            write_rows(folder, EVIDENCE_GAP_FILE, cause->gaps_count, print_gaps, cause, failure);
    return result;
}

int cause_write_from(const char *bundle_folder, const struct raw_samples *raw, uint64_t seed,
                     struct failure *failure)
{
    struct cause cause;
    int result = compute(raw, seed, &cause);
    if (result < 0)
        failure_set(failure, result, "%.100s: price and gap", bundle_folder);
    else
        result = write_files(bundle_folder, &cause, failure);
    free(cause.prices);
    free(cause.gaps);
    return result;
}

int cause_write(const char *bundle_folder, uint64_t seed, struct failure *failure)
{
    struct raw_samples raw;
    int result = raw_samples_read(bundle_folder, &raw, failure);
    if (result < 0)
        return result;
    result = cause_write_from(bundle_folder, &raw, seed, failure);
    raw_samples_free(&raw);
    return result;
}
