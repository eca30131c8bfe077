#include "base/failure.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void describe(struct failure *failure, int error, const char *format, va_list arguments)
{
    failure->error = error;
    vsnprintf(failure->text, sizeof failure->text, format, arguments);
}

int failure_set(struct failure *failure, int error, const char *format, ...)
{
    if (failure == NULL || failure->error != 0)
        return error;
    va_list arguments;
    va_start(arguments, format);
    describe(failure, error, format, arguments);
    va_end(arguments);
    size_t used = strlen(failure->text);
    snprintf(failure->text + used, sizeof failure->text - used, ": %s", strerror(-error));
    return error;
}

int failure_say(struct failure *failure, int error, const char *format, ...)
{
    if (failure == NULL || failure->error != 0)
        return error;
    va_list arguments;
    va_start(arguments, format);
    describe(failure, error, format, arguments);
    va_end(arguments);
    return error;
}
