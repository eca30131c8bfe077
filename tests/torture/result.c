#include "result.h"

#include "measure/sample_json.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

enum { CLAIMS_LEAST = 25 };

static size_t count_bytes(const struct stream_text *text, char wanted)
{
    size_t count = 0;
    for (size_t at = 0; at < text->count; at++)
        count += text->bytes[at] == wanted;
    return count;
}

static enum result_state sample_result(const struct scenario *scenario,
                                       const struct stream_text *text)
{
    struct sample sample;
    struct failure failure = {0};
    if (text->count == 0)
        return RESULT_NONE;
    /* Nothing may follow the one object. */
    json_t *object = json_loadb(text->bytes, text->count, 0, NULL);
    bool right = object != NULL && sample_from_json(object, &sample, NULL, &failure) == 0 &&
                 strcmp(sample.mechanism, scenario->mechanism) == 0 && sample.messages > 0 &&
                 sample.checksum_ok != CHECKSUM_WRONG;
    json_decref(object);
    return right ? RESULT_WHOLE : RESULT_WRONG;
}

/* A table with `rows` rows at least, and the fields of its header in each. */
static enum result_state table_result(const struct stream_text *text, size_t rows)
{
    size_t lines = count_bytes(text, '\n');
    if (text->count == 0)
        return RESULT_NONE;
    bool whole = text->bytes[text->count - 1] == '\n' && lines > rows &&
                 count_bytes(text, '\t') % lines == 0;
    return whole ? RESULT_WHOLE : RESULT_WRONG;
}

/* A stream may end early: then what came is a beginning of it. */
static enum result_state stream_result(const struct stage *stage, const struct stream_text *text)
{
    if (text->count > STAGE_PAYLOAD_BYTES ||
        memcmp(text->bytes, stage->payload_bytes, text->count) != 0)
        return RESULT_WRONG;
    return text->count == STAGE_PAYLOAD_BYTES ? RESULT_WHOLE : RESULT_NONE;
}

static enum result_state last_line_result(const struct stream_text *text, const char *last)
{
    const char *found = strstr(text->bytes, last);
    if (found == NULL)
        return RESULT_NONE;
    const char *end = strchr(found, '\n');
    return end != NULL && end[1] == '\0' ? RESULT_WHOLE : RESULT_WRONG;
}

/* A sender says nothing: it has done its work when the other side has all bytes. */
static enum result_state named_result(const struct stage *stage, const struct scenario *scenario,
                                      const struct play *play, size_t index)
{
    bool sends = strcmp(scenario->commands[index].role, "sender") == 0;
    if (sends && play->parts[index].output.count > 0)
        return RESULT_WRONG;
    return stream_result(stage, &play->parts[sends ? 1 - index : index].output);
}

/* One line, a path; a script's last line tells that of the page. */
static enum result_state path_result(const struct stream_text *text, bool report)
{
    if (text->count == 0)
        return RESULT_NONE;
    if (report)
        return last_line_result(text, "/report.html");
    return count_bytes(text, '\n') == 1 ? RESULT_WHOLE : RESULT_WRONG;
}

enum result_state result_of(const struct stage *stage, const struct scenario *scenario,
                            const struct play *play, size_t index)
{
    const struct stream_text *text = &play->parts[index].output;
    switch (scenario->kind) {
    case SCENARIO_MEASURE:
        return sample_result(scenario, text);
    case SCENARIO_COPIES:
        return table_result(text, 1);
    case SCENARIO_CLAIMS:
        return table_result(text, CLAIMS_LEAST);
    case SCENARIO_FILTER:
        return stream_result(stage, text);
    case SCENARIO_NAMED:
        return named_result(stage, scenario, play, index);
    case SCENARIO_LETTERS:
        return last_line_result(text, index == 0 ? "the client has written all 26 letters"
                                                 : "all 26 letters are written; detached");
    case SCENARIO_SUITE:
        return path_result(text, false);
    case SCENARIO_SCRIPT:
    case SCENARIO_RESUME:
    case SCENARIO_KINDS:
        break;
    }
    return path_result(text, true);
}
