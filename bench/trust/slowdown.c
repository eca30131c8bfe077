/*
 * What the programs of build/bin/trust have beyond the others: a slow-down that the environment
 * asks for, as MECHANISM:PERCENT, such as shm:10. Bad input ends the program, in one line.
 */
#include "measure/slowdown.h"

#include "base/exit_code.h"
#include "base/units.h"
#include "transfer/mechanisms.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define VARIABLE "PIPE_VS_SHM_SLOWDOWN"

/* Whether the first `length` characters of `text` are this name. */
static bool is_name(const char *text, size_t length, const char *name)
{
    return strlen(name) == length && memcmp(text, name, length) == 0;
}

/* Whether they name a mechanism: a slow-down of a misspelt one would never be missed. */
static bool is_mechanism(const char *text, size_t length)
{
    for (size_t index = 0; index < mechanisms_count; index++) {
        if (is_name(text, length, mechanisms[index]->name))
            return true;
    }
    return false;
}

unsigned slowdown_percent_of(const char *mechanism)
{
    const char *text = getenv(VARIABLE);
    if (text == NULL)
        return 0;
    size_t length = strcspn(text, ":");
    uint64_t percent;
    if (text[length] != ':' || !is_mechanism(text, length) ||
        units_parse_count(text + length + 1, &percent) < 0 || percent > SLOWDOWN_PERCENT_MOST) {
        fprintf(stderr,
                "%s: " VARIABLE ": '%.40s' is not allowed; allowed: MECHANISM:PERCENT, 0 to %d, "
                "such as shm:10\n",
                mechanism, text, SLOWDOWN_PERCENT_MOST);
        exit(EXIT_CODE_USAGE);
    }
    return is_name(text, length, mechanism) ? (unsigned)percent : 0;
}
