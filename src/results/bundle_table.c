#include "results/bundle_table.h"

#include "base/units.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define NO_COLUMN SIZE_MAX

static const char *otherwise(const struct bundle_table_columns *columns, size_t field)
{
    return field < columns->otherwise_count ? columns->otherwise[field] : NULL;
}

static int find_columns(struct bundle_table *open, struct failure *failure)
{
    for (size_t field = 0; field < open->wanted->count; field++) {
        const char *name = open->wanted->names[field];
        if (otherwise(open->wanted, field) != NULL && !table_has_column(open->table, name)) {
            open->columns[field] = NO_COLUMN;
            continue;
        }
        int result = table_find_column(open->table, name, &open->columns[field], failure);
        if (result < 0)
            return result;
    }
    return 0;
}

int bundle_table_open(struct bundle_table *open, const char *folder, const char *name,
                      const struct bundle_table_columns *columns, uint64_t most_rows,
                      struct failure *failure)
{
    const struct table_limits limits = {.line_bytes = 4096, .columns = 64, .rows = most_rows};
    open->table = NULL;
    open->wanted = columns;
    int length = snprintf(open->path, sizeof open->path, "%s/%s", folder, name);
    if (length >= (int)sizeof open->path)
        return failure_say(failure, -ENAMETOOLONG, "%.80s...: the path is too long", folder);
    int result = table_open(&open->table, open->path, &limits, failure);
    if (result == 0)
        result = find_columns(open, failure);
    if (result < 0) {
        table_close(open->table);
        open->table = NULL;
    }
    return result;
}

const char *bundle_table_text(const struct bundle_table *open, size_t field)
{
    if (open->columns[field] == NO_COLUMN)
        return otherwise(open->wanted, field);
    return table_text(open->table, open->columns[field]);
}

int bundle_table_refuse(const struct bundle_table *open, size_t field, const char *complaint,
                        struct failure *failure)
{
    return table_refuse(open->table, open->columns[field], complaint, failure);
}

int bundle_read_word(const char *text, char *word)
{
    static const char allowed[] =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._";
    size_t length = strlen(text);
    if (length == 0 || length >= BUNDLE_WORD_BYTES || text[strspn(text, allowed)] != '\0')
        return -EINVAL;
    /* The one kind of such words that Markdown makes more of: a link. */
    if (strncasecmp(text, "www.", 4) == 0)
        return -EINVAL;
    memcpy(word, text, length + 1);
    return 0;
}

int bundle_read_signed(const char *text, double *number)
{
    if (strcmp(text, "nan") == 0) {
        *number = NAN;
        return 0;
    }
    /* strtod alone would also take "inf", "0x1p3" and leading spaces. */
    if (*text == '\0' || text[strspn(text, "0123456789.+-e")] != '\0')
        return -EINVAL;
    char *end;
    double value = strtod(text, &end);
    if (*end != '\0' || !isfinite(value))
        return -EINVAL;
    *number = value;
    return 0;
}

int bundle_read_number(const char *text, double *number)
{
    double value;
    if (*text == '-' || bundle_read_signed(text, &value) < 0)
        return -EINVAL;
    *number = value;
    return 0;
}

int bundle_read_size(const char *text, uint64_t *bytes)
{
    uint64_t value;
    if (units_parse_count(text, &value) < 0 || value == 0 || value > (uint64_t)1 << 50)
        return -EINVAL;
    *bytes = value;
    return 0;
}
