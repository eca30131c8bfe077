/* What is derived, against what comes out of the raw rows now. */
#include "results/gap.h"
#include "results/gates.h"
#include "results/noise.h"
#include "results/price.h"
#include "results/raw_rounds.h"
#include "results/stability.h"
#include "results/summary.h"
#include "results/summary_rows.h"
#include "verify/table_difference.h"
#include "verify/verification.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Prints the table that comes out; prints nothing where the bundle has no rows for it. Returns 0 or
 * a negative errno. */
typedef int print_table(const struct verification *verification, FILE *stream);

static int print_summary(const struct verification *verification, FILE *stream)
{
    return summary_rows_print(&verification->raw, verification->seed, verification->precision,
                              stream);
}

static int print_prices(const struct verification *verification, FILE *stream)
{
    struct evidence_price *rows;
    size_t count;
    int result = price_compute(&verification->raw, verification->seed, &rows, &count);
    if (result < 0)
        return result;
    if (count > 0)
        price_print(rows, count, stream);
    free(rows);
    return 0;
}

static int print_gap(const struct verification *verification, FILE *stream)
{
    struct evidence_gap *rows;
    size_t count;
    int result = gap_compute(&verification->raw, verification->seed, &rows, &count);
    if (result < 0)
        return result;
    if (count > 0)
        gap_print(rows, count, stream);
    free(rows);
    return 0;
}

static int print_stability(const struct verification *verification, FILE *stream)
{
    struct stability_row *rows;
    size_t count;
    int result = stability_compute(&verification->raw, verification->seed, &rows, &count);
    if (result < 0)
        return result;
    stability_print(rows, count, stream);
    free(rows);
    return 0;
}

/* Nothing comes out where nobody watched the rounds. */
static int print_noise(const struct verification *verification, FILE *stream)
{
    struct raw_round *rounds;
    struct noise_mark *marks;
    size_t rounds_count;
    size_t marks_count;
    int result = raw_rounds_read(verification->folder, &rounds, &rounds_count, NULL);
    if (result < 0)
        return result == -ENOENT ? 0 : result;
    result = noise_compute(&verification->raw, rounds, rounds_count, &marks, &marks_count);
    free(rounds);
    if (result < 0)
        return result;
    noise_print(marks, marks_count, stream);
    free(marks);
    return 0;
}

/* From the summary that stands there: what is wrong with it is said in its own line. */
static int print_gates(const struct verification *verification, FILE *stream)
{
    struct gate_result gates[GATE_COUNT];
    if (!verification->has_bundle)
        return -ENODATA;
    gates_compute(&verification->bundle, gates);
    gates_print(gates, stream);
    return 0;
}

static const struct derived {
    const char *name;
    json_int_t since_schema; /* bundles of older ones have no such file */
    print_table *print;
} derived_files[] = {
    {SUMMARY_FILE, 1, print_summary},     {EVIDENCE_PRICE_FILE, 2, print_prices},
    {EVIDENCE_GAP_FILE, 2, print_gap},    {NOISE_FILE, 3, print_noise},
    {STABILITY_FILE, 3, print_stability}, {GATES_FILE, 3, print_gates},
};

/* What comes out, as text that the caller frees. */
static int compute(const struct verification *verification, const struct derived *file, char **text)
{
    char *memory = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&memory, &bytes);
    if (stream == NULL)
        return -errno;
    int result = file->print(verification, stream);
    if ((fclose(stream) != 0 || memory == NULL) && result == 0)
        result = -ENOMEM;
    if (result < 0) {
        free(memory);
        return result;
    }
    *text = memory;
    return 0;
}

static void say_missing(const struct verification *verification, const struct derived *file,
                        bool has_rows)
{
    if (!has_rows)
        check_say(verification->checks, file->name, CHECK_OK,
                  "is not there, and nothing comes out for it");
    else if (verification->schema < file->since_schema)
        check_say(verification->checks, file->name, CHECK_ABSENT,
                  "this bundle of schema %" JSON_INTEGER_FORMAT " does not have it",
                  verification->schema);
    else
        check_say(verification->checks, file->name, CHECK_DIFFERS,
                  "comes out of the rows, and there is no such file");
}

static void compare_file(const struct verification *verification, const struct derived *file,
                         const char *stands, const char *comes)
{
    char text[TABLE_DIFFERENCE_BYTES];
    if (*comes == '\0') {
        check_say(verification->checks, file->name, CHECK_DIFFERS,
                  "stands there, and nothing comes out for it");
        return;
    }
    bool may_lack = verification->schema < BUNDLE_SCHEMA;
    int result = table_difference(stands, comes, may_lack, text);
    if (result < 0)
        check_say(verification->checks, file->name, CHECK_NOT_RUN, "%s", strerror(-result));
    else if (result > 0)
        check_say(verification->checks, file->name, CHECK_DIFFERS, "%s", text);
    else
        check_say(verification->checks, file->name, CHECK_OK, "comes out the same%s%s",
                  *text != '\0' ? ", " : ", byte for byte", text);
}

static void check_file(const struct verification *verification, const struct derived *file)
{
    char *stands = NULL;
    char *comes = NULL;
    int result = compute(verification, file, &comes);
    if (result < 0 || comes == NULL) {
        check_say(verification->checks, file->name, CHECK_NOT_RUN,
                  "cannot be recomputed: what it comes from cannot be read");
        return;
    }
    result = verify_read_text(verification, file->name, &stands);
    if (result == -ENOENT)
        say_missing(verification, file, *comes != '\0');
    else if (result < 0)
        check_say(verification->checks, file->name, CHECK_DIFFERS, "cannot be read: %s",
                  strerror(-result));
    else
        compare_file(verification, file, stands, comes);
    free(stands);
    free(comes);
}

void verify_tables(const struct verification *verification)
{
    for (size_t index = 0; index < sizeof derived_files / sizeof *derived_files; index++) {
        if (verification->has_raw && verification->has_seed)
            check_file(verification, &derived_files[index]);
        else
            check_say(verification->checks, derived_files[index].name, CHECK_NOT_RUN,
                      "cannot be recomputed: raw rows or seed cannot be read");
    }
}
