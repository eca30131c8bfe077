#include "base/failure.h"

#include "base/plain_text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

__attribute__((format(printf, 3, 0))) static void write_text(struct failure *failure, int error,
                                                             const char *format, va_list arguments)
{
    failure->error = error;
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
    /* Names of files and what stands in them are anybody's. */
    plain_text_make(failure->text, failure->text, sizeof failure->text);
}

int failure_describe_errno(struct failure *failure, int error, const char *format, ...)
{
    if (failure == NULL || failure->error != 0)
        return error;
    va_list arguments;
    va_start(arguments, format);
    write_text(failure, error, format, arguments);
    va_end(arguments);
    size_t used = strlen(failure->text);
    snprintf(failure->text + used, sizeof failure->text - used, ": %s", strerror(-error));
    return error;
}

int failure_describe(struct failure *failure, int error, const char *format, ...)
{
    if (failure == NULL || failure->error != 0)
        return error;
    va_list arguments;
    va_start(arguments, format);
    write_text(failure, error, format, arguments);
    va_end(arguments);
    return error;
}
