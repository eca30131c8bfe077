#include "machine/manifest_fact.h"

#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CHUNK_BYTES = 64 * 1024, MOST_FILE_BYTES = 16 * 1024 * 1024 };

void *fact_unreadable(struct fact_reason *reason, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(reason->text, sizeof reason->text, format, arguments);
    va_end(arguments);
    return NULL;
}

int fact_path(const struct fact_scene *scene, const char *source, char path[FACT_PATH_BYTES])
{
    const char *mark = strchr(source, '@');
    int length;
    if (mark == NULL)
        length = snprintf(path, FACT_PATH_BYTES, "%s%s", scene->root, source);
    else
        length = snprintf(path, FACT_PATH_BYTES, "%s%.*s%d%s", scene->root, (int)(mark - source),
                          source, scene->cpu, mark + 1);
    return length < FACT_PATH_BYTES ? 0 : -ENAMETOOLONG;
}

static void trim_end(char *text)
{
    size_t length = strlen(text);
    while (length > 0 && isspace((unsigned char)text[length - 1]))
        text[--length] = '\0';
}

/* Files under /proc and /sys tell no size, so the text grows as it is read. */
static char *read_stream(FILE *file)
{
    char *text = NULL;
    size_t used = 0;
    for (size_t room = CHUNK_BYTES; room <= MOST_FILE_BYTES; room *= 2) {
        char *larger = realloc(text, room + 1);
        if (larger == NULL)
            break;
        text = larger;
        used += fread(text + used, 1, room - used, file);
        if (used < room) {
            text[used] = '\0';
            if (!ferror(file))
                return text;
            break;
        }
    }
    free(text);
    return NULL;
}

static char *load_path(const char *path, int *error)
{
    errno = 0;
    FILE *file = fopen(path, "re");
    char *text = file != NULL ? read_stream(file) : NULL;
    *error = errno != 0 ? errno : EIO;
    if (file != NULL)
        fclose(file);
    if (text != NULL)
        trim_end(text);
    return text;
}

char *fact_load(const struct fact_scene *scene, const char *source, struct fact_reason *reason)
{
    char path[FACT_PATH_BYTES];
    if (fact_path(scene, source, path) != 0)
        return fact_unreadable(reason, "%s: the path is too long", source);
    int error;
    char *text = load_path(path, &error);
    return text != NULL
               ? text
               : fact_unreadable(reason, "%s: %s", path + strlen(scene->root), strerror(error));
}

char *fact_find_field(const char *text, const char *key)
{
    size_t key_length = strlen(key);
    for (const char *line = text; line != NULL && *line != '\0';) {
        const char *end = strchr(line, '\n');
        if (strncmp(line, key, key_length) == 0) {
            const char *value = line + key_length + strspn(line + key_length, " \t");
            if (*value == ':') {
                value += 1 + strspn(value + 1, " \t");
                char *found = strndup(value, end != NULL ? (size_t)(end > value ? end - value : 0)
                                                         : strlen(value));
                if (found != NULL)
                    trim_end(found);
                return found;
            }
        }
        line = end != NULL ? end + 1 : NULL;
    }
    return NULL;
}

/* Whether `word` is among the parts of `list` that `separator` divides. */
static bool list_has(const char *list, const char *word, const char *separator)
{
    size_t length = strlen(word);
    size_t gap = strlen(separator);
    for (const char *part = list; part != NULL;) {
        const char *end = strstr(part, separator);
        size_t part_length = end != NULL ? (size_t)(end - part) : strlen(part);
        if (part_length == length && strncmp(part, word, length) == 0)
            return true;
        part = end != NULL ? end + gap : NULL;
    }
    return false;
}

/* Appends `word` to the malloc'ed *list unless it is there. Returns whether it was new. */
static bool append_distinct(char **list, const char *word, const char *separator)
{
    if (*list != NULL && list_has(*list, word, separator))
        return false;
    char *longer;
    if (asprintf(&longer, "%s%s%s", *list != NULL ? *list : "", *list != NULL ? separator : "",
                 word) < 0)
        return false;
    free(*list);
    *list = longer;
    return true;
}

char *fact_load_distinct(const struct fact_scene *scene, const char *pattern, const char *separator,
                         size_t *distinct, size_t *files, struct fact_reason *reason)
{
    char path[FACT_PATH_BYTES];
    glob_t matches;
    if (fact_path(scene, pattern, path) != 0 || glob(path, 0, NULL, &matches) != 0)
        return fact_unreadable(reason, "%s: there is no such file", pattern);
    char *list = NULL;
    size_t different = 0;
    size_t readable = 0;
    int error = 0;
    for (size_t index = 0; index < matches.gl_pathc; index++) {
        char *text = load_path(matches.gl_pathv[index], &error);
        if (text == NULL)
            continue;
        readable++;
        if (append_distinct(&list, text, separator))
            different++;
        free(text);
    }
    globfree(&matches);
    if (list == NULL)
        return fact_unreadable(reason, "%s: %s", pattern, strerror(error));
    if (distinct != NULL)
        *distinct = different;
    if (files != NULL)
        *files = readable;
    return list;
}

json_t *fact_number(unsigned long long number)
{
    if (number <= LLONG_MAX)
        return json_integer((json_int_t)number);
    char digits[32];
    snprintf(digits, sizeof digits, "%llu", number);
    return json_string(digits);
}

json_t *fact_text(const char *text, struct fact_reason *reason)
{
    json_t *value = json_string(text);
    return value != NULL ? value : fact_unreadable(reason, "the text is not UTF-8");
}

/* A text that is one number, with what follows it ignored after a space ("2048 kB"). */
static json_t *number_of(const char *text, const struct fact *fact, struct fact_reason *reason)
{
    char *end;
    errno = 0;
    bool negative = *text == '-';
    unsigned long long number = strtoull(negative ? text + 1 : text, &end, 10);
    if (!isdigit((unsigned char)*(negative ? text + 1 : text)) || errno != 0 ||
        (*end != '\0' && !isspace((unsigned char)*end)))
        return fact_unreadable(reason, "'%.40s' is not a number", text);
    unsigned long unit = fact->unit != 0 ? fact->unit : 1;
    if (number > ULLONG_MAX / unit)
        return fact_unreadable(reason, "'%.40s' is too large", text);
    number *= unit;
    if (!negative)
        return fact_number(number);
    return number <= LLONG_MAX ? json_integer(-(json_int_t)number)
                               : fact_unreadable(reason, "'%.40s' is too large", text);
}

json_t *fact_read_text(const struct fact_scene *scene, const struct fact *fact,
                       struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    json_t *value = text != NULL ? fact_text(text, reason) : NULL;
    free(text);
    return value;
}

json_t *fact_read_number(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    json_t *value = text != NULL ? number_of(text, fact, reason) : NULL;
    free(text);
    return value;
}

json_t *fact_read_flag(const struct fact_scene *scene, const struct fact *fact,
                       struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    json_t *value = NULL;
    if (strcmp(text, "1") == 0 || strcmp(text, "Y") == 0)
        value = json_true();
    else if (strcmp(text, "0") == 0 || strcmp(text, "N") == 0)
        value = json_false();
    else
        fact_unreadable(reason, "'%.40s' is neither 0 nor 1", text);
    free(text);
    return value;
}

json_t *fact_read_choice(const struct fact_scene *scene, const struct fact *fact,
                         struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    json_t *value = NULL;
    char *start = strchr(text, '[');
    char *end = start != NULL ? strchr(start, ']') : NULL;
    if (end != NULL) {
        *end = '\0';
        value = fact_text(start + 1, reason);
    } else {
        fact_unreadable(reason, "no word in '%.40s' is chosen", text);
    }
    free(text);
    return value;
}

static char *load_field(const struct fact_scene *scene, const struct fact *fact,
                        struct fact_reason *reason)
{
    char *text = fact_load(scene, fact->source, reason);
    if (text == NULL)
        return NULL;
    char *field = fact_find_field(text, fact->key);
    free(text);
    return field != NULL ? field
                         : fact_unreadable(reason, "%s has no line '%s'", fact->source, fact->key);
}

json_t *fact_read_field(const struct fact_scene *scene, const struct fact *fact,
                        struct fact_reason *reason)
{
    char *field = load_field(scene, fact, reason);
    json_t *value = field != NULL ? fact_text(field, reason) : NULL;
    free(field);
    return value;
}

json_t *fact_read_field_number(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    char *field = load_field(scene, fact, reason);
    json_t *value = field != NULL ? number_of(field, fact, reason) : NULL;
    free(field);
    return value;
}

json_t *fact_read_distinct(const struct fact_scene *scene, const struct fact *fact,
                           struct fact_reason *reason)
{
    char *list = fact_load_distinct(scene, fact->source, ", ", NULL, NULL, reason);
    json_t *value = list != NULL ? fact_text(list, reason) : NULL;
    free(list);
    return value;
}
