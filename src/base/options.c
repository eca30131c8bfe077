#include "base/options.h"

#include "base/terms.h"
#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

enum { ALLOWED_TEXT_BYTES = 160 };

/* The largest uint64_t has no double: a range that ends there ends at 2^64. */
static uint64_t whole_of(double value)
{
    return value < 0x1p64 ? (uint64_t)value : UINT64_MAX;
}

static void describe_allowed(const struct option_row *row, char *text, size_t text_bytes)
{
    char least[UNITS_TEXT_BYTES];
    char most[UNITS_TEXT_BYTES];
    size_t used = 0;
    switch (row->kind) {
    case OPTION_BYTES:
        snprintf(text, text_bytes, "%s to %s", units_format_bytes(whole_of(row->least), least),
                 units_format_bytes(whole_of(row->most), most));
        break;
    case OPTION_COUNT:
        snprintf(text, text_bytes, "%" PRIu64 " to %" PRIu64, whole_of(row->least),
                 whole_of(row->most));
        break;
    case OPTION_DECIMAL:
        snprintf(text, text_bytes, "%.10g to %.10g", row->least, row->most);
        break;
    case OPTION_CHOICE:
        text[0] = '\0';
        for (int index = 0; row->names[index] != NULL && used < text_bytes; index++)
            used += (size_t)snprintf(text + used, text_bytes - used, "%s%s", index > 0 ? "|" : "",
                                     row->names[index]);
        break;
    case OPTION_CUSTOM:
        snprintf(text, text_bytes, "%s", row->allowed);
        break;
    case OPTION_FLAG:
    case OPTION_TEXT:
        text[0] = '\0';
        break;
    }
}

static const struct option_row *find_row(const struct option_row *rows, const char *name,
                                         size_t name_length)
{
    for (const struct option_row *row = rows; row->name != NULL; row++) {
        if (strlen(row->name) == name_length && memcmp(row->name, name, name_length) == 0)
            return row;
    }
    return NULL;
}

static int check_range(const struct option_row *row, double value)
{
    return value >= row->least && value <= row->most ? 0 : -ERANGE;
}

/* Reads `text` into the row's field; leaves the field alone on error. */
static int read_value(const struct option_row *row, const char *text, void *target)
{
    void *field = (char *)target + row->offset;
    uint64_t whole = 0;
    double decimal = 0.0;
    int index = -1;
    int result = 0;
    switch (row->kind) {
    case OPTION_BYTES:
    case OPTION_COUNT:
        result = row->kind == OPTION_BYTES ? units_parse_bytes(text, &whole)
                                           : units_parse_count(text, &whole);
        if (result == 0)
            result = check_range(row, (double)whole);
        if (result == 0)
            memcpy(field, &whole, sizeof whole);
        return result;
    case OPTION_DECIMAL:
        result = units_parse_decimal(text, &decimal);
        if (result == 0)
            result = check_range(row, decimal);
        if (result == 0)
            memcpy(field, &decimal, sizeof decimal);
        return result;
    case OPTION_CHOICE:
        index = term_find(row->names, text);
        if (index < 0)
            return -EINVAL;
        memcpy(field, &index, sizeof index);
        return 0;
    case OPTION_TEXT:
        memcpy(field, &text, sizeof text);
        return 0;
    case OPTION_CUSTOM:
        return row->parse(text, field);
    case OPTION_FLAG:
        break;
    }
    return -EINVAL;
}

static int refuse_value(const struct option_row *row, const char *text, struct failure *failure)
{
    char allowed[ALLOWED_TEXT_BYTES];
    describe_allowed(row, allowed, sizeof allowed);
    return failure_say(failure, -EINVAL, "--%s: '%.40s' is not allowed; allowed: %s", row->name,
                       text, allowed);
}

/* Handles the option at *position and moves *position to its last argument. */
static int parse_option(const struct option_row *rows, void *target, int count, char **arguments,
                        int *position, struct failure *failure)
{
    const char *name = arguments[*position] + 2;
    const char *equals = strchr(name, '=');
    size_t name_length = equals != NULL ? (size_t)(equals - name) : strlen(name);
    const struct option_row *row = find_row(rows, name, name_length);
    if (row == NULL)
        return failure_say(failure, -EINVAL, "unknown option --%.*s; --help lists them",
                           (int)(name_length < 40 ? name_length : 40), name);
    if (row->given_offset != 0)
        *(bool *)((char *)target + row->given_offset) = true;
    if (row->kind == OPTION_FLAG) {
        if (equals != NULL)
            return failure_say(failure, -EINVAL, "--%s takes no value", row->name);
        *(bool *)((char *)target + row->offset) = true;
        return 0;
    }
    const char *text = equals != NULL ? equals + 1 : NULL;
    if (text == NULL) {
        if (*position + 1 >= count)
            return failure_say(failure, -EINVAL, "--%s needs a value: %s", row->name, row->operand);
        text = arguments[++*position];
    }
    return read_value(row, text, target) == 0 ? 0 : refuse_value(row, text, failure);
}

int options_parse(const struct option_row *rows, void *target, int count, char **arguments,
                  int *operands_count, struct failure *failure)
{
    int operands = 0;
    bool options_ended = false;
    for (int position = 0; position < count; position++) {
        char *argument = arguments[position];
        if (!options_ended && strcmp(argument, "--") == 0) {
            options_ended = true;
        } else if (!options_ended && strncmp(argument, "--", 2) == 0) {
            int result = parse_option(rows, target, count, arguments, &position, failure);
            if (result < 0)
                return result;
        } else if (!options_ended && argument[0] == '-' && argument[1] != '\0') {
            return failure_say(failure, -EINVAL, "unknown option %.40s; --help lists them",
                               argument);
        } else if (operands_count == NULL) {
            return failure_say(failure, -EINVAL,
                               "unexpected argument '%.40s'; --help lists what "
                               "is allowed",
                               argument);
        } else {
            arguments[operands++] = argument;
        }
    }
    if (operands_count != NULL)
        *operands_count = operands;
    return 0;
}

static void describe_default(const struct option_row *row, const void *defaults, char *text,
                             size_t text_bytes)
{
    const void *field = (const char *)defaults + row->offset;
    uint64_t whole;
    double decimal;
    int index;
    const char *pointer;
    text[0] = '\0';
    switch (row->kind) {
    case OPTION_BYTES:
        memcpy(&whole, field, sizeof whole);
        if (text_bytes >= UNITS_TEXT_BYTES && whole != 0)
            units_format_bytes(whole, text);
        break;
    case OPTION_COUNT:
        memcpy(&whole, field, sizeof whole);
        if (whole != 0)
            snprintf(text, text_bytes, "%" PRIu64, whole);
        break;
    case OPTION_DECIMAL:
        memcpy(&decimal, field, sizeof decimal);
        if (decimal > 0.0)
            snprintf(text, text_bytes, "%g", decimal);
        break;
    case OPTION_CHOICE:
        memcpy(&index, field, sizeof index);
        snprintf(text, text_bytes, "%s", row->names[index]);
        break;
    case OPTION_TEXT:
        memcpy(&pointer, field, sizeof pointer);
        if (pointer != NULL)
            snprintf(text, text_bytes, "%s", pointer);
        break;
    case OPTION_CUSTOM:
        if (row->print != NULL)
            row->print(field, text, text_bytes);
        break;
    case OPTION_FLAG:
        break;
    }
}

void options_print_help(const struct option_row *rows, const void *defaults, FILE *stream)
{
    for (const struct option_row *row = rows; row->name != NULL; row++) {
        char head[64];
        char allowed[ALLOWED_TEXT_BYTES];
        char value[ALLOWED_TEXT_BYTES];
        snprintf(head, sizeof head, "--%s%s%s", row->name, row->operand != NULL ? " " : "",
                 row->operand != NULL ? row->operand : "");
        describe_allowed(row, allowed, sizeof allowed);
        describe_default(row, defaults, value, sizeof value);
        fprintf(stream, "  %-22s %s", head, row->help);
        if (allowed[0] != '\0')
            fprintf(stream, " [%s]", allowed);
        if (value[0] != '\0')
            fprintf(stream, " (default %s)", value);
        fputc('\n', stream);
    }
}
