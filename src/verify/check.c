#include "verify/check.h"

#include "base/array.h"

#include <stdarg.h>

/* "DIFFERS" stands out: it is what one looks for. */
static const char *const state_words[CHECK_STATE_COUNT] = {
    [CHECK_OK] = "ok",
    [CHECK_DIFFERS] = "DIFFERS",
    [CHECK_ABSENT] = "absent",
    [CHECK_NOT_RUN] = "not run",
};

static void make_printable(char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < ' ' || *text > '~')
            *text = '?';
    }
}

void check_say(struct check_list *list, const char *name, enum check_state state,
               const char *format, ...)
{
    void *grown = array_grow(list->checks, list->count, &list->capacity, sizeof *list->checks);
    if (grown == NULL) {
        list->incomplete = true;
        return;
    }
    list->checks = grown;
    struct check *check = &list->checks[list->count++];
    va_list arguments;
    check->state = state;
    snprintf(check->name, sizeof check->name, "%s", name);
    va_start(arguments, format);
    vsnprintf(check->text, sizeof check->text, format, arguments);
    va_end(arguments);
    make_printable(check->name);
    make_printable(check->text);
}

size_t check_count(const struct check_list *list, enum check_state state)
{
    size_t count = 0;
    for (size_t index = 0; index < list->count; index++)
        count += list->checks[index].state == state ? 1 : 0;
    return count;
}

void check_print(const struct check_list *list, FILE *stream)
{
    for (size_t index = 0; index < list->count; index++) {
        const struct check *check = &list->checks[index];
        fprintf(stream, "%-8s %s: %s\n", state_words[check->state], check->name, check->text);
    }
    fprintf(stream, "%zu checks: %zu ok, %zu differ, %zu absent, %zu not run.\n", list->count,
            check_count(list, CHECK_OK), check_count(list, CHECK_DIFFERS),
            check_count(list, CHECK_ABSENT), check_count(list, CHECK_NOT_RUN));
}

void check_free(struct check_list *list)
{
    free(list->checks);
    *list = (struct check_list){.checks = NULL};
}
