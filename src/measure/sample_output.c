#include "measure/sample_output.h"

#include "measure/sample_json.h"

#include <errno.h>
#include <stdio.h>

const char *const sample_format_names[] = {"text", "tsv", "json", NULL};

static int print_json(const struct sample *sample, const struct histogram *round_trips)
{
    bool filled = round_trips != NULL && round_trips->count > 0;
    json_t *object = sample_to_json(sample, filled ? round_trips : NULL);
    int result = object != NULL ? json_dumpf(object, stdout, JSON_COMPACT) : -1;
    putchar('\n');
    json_decref(object);
    return result;
}

int sample_output(const struct sample *sample, const struct histogram *round_trips,
                  enum sample_format format, struct failure *failure)
{
    int result = 0;
    errno = 0;
    switch (format) {
    case SAMPLE_FORMAT_TEXT:
        sample_print_text(sample, stdout);
        break;
    case SAMPLE_FORMAT_TSV:
        sample_print_tsv_header(stdout);
        sample_print_tsv(sample, stdout);
        break;
    case SAMPLE_FORMAT_JSON:
        result = print_json(sample, round_trips);
        break;
    }
    if (result == 0 && fflush(stdout) == 0 && !ferror(stdout))
        return 0;
    return failure_set(failure, errno != 0 ? -errno : -EIO, "writing the result");
}
