#include "measure/sample_output.h"

#include "measure/sample_json.h"

#include <errno.h>
#include <stdio.h>

const char *const sample_format_names[] = {"text", "tsv", "json", NULL};

static int print_json(const struct sample *sample, const struct histogram *round_trips,
                      FILE *stream)
{
    bool filled = round_trips != NULL && round_trips->count > 0;
    json_t *object = sample_to_json(sample, filled ? round_trips : NULL);
    int result = object != NULL ? json_dumpf(object, stream, JSON_COMPACT) : -1;
    fputc('\n', stream);
    json_decref(object);
    return result;
}

int sample_output(const struct sample *sample, const struct histogram *round_trips,
                  enum sample_format format, FILE *stream, struct failure *failure)
{
    int result = 0;
    errno = 0;
    switch (format) {
    case SAMPLE_FORMAT_TEXT:
        sample_print_text(sample, stream);
        break;
    case SAMPLE_FORMAT_TSV:
        sample_print_tsv_header(stream);
        sample_print_tsv(sample, stream);
        break;
    case SAMPLE_FORMAT_JSON:
        result = print_json(sample, round_trips, stream);
        break;
    }
    if (result == 0 && fflush(stream) == 0 && !ferror(stream))
        return 0;
    return failure_set(failure, errno != 0 ? -errno : -EIO, "writing the result");
}
