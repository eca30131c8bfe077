#include "clean/clean.h"

#include <stdarg.h>
#include <stdio.h>

enum { LINE_BYTES = 1024 };

void clean_tell_removed(struct clean_task *task, const char *format, ...)
{
    char what[LINE_BYTES];
    char line[LINE_BYTES + 32];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "%s %s", task->dry_run ? "would remove" : "removed", what);
    task->removed++;
    task->tell(task->context, line);
}

void clean_tell_kept(struct clean_task *task, const char *format, ...)
{
    char what[LINE_BYTES];
    char line[LINE_BYTES + 32];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    snprintf(line, sizeof line, "left alone %s", what);
    task->kept++;
    task->tell(task->context, line);
}
