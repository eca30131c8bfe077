#include "base/ink.h"

/* Of the eight colours that every theme makes readable on its own background. */
static const char *const begin[INKS] = {
    [INK_PLAIN] = "",       [INK_STRONG] = "\033[1m", [INK_GOOD] = "\033[32m",
    [INK_BAD] = "\033[31m", [INK_DOUBT] = "\033[33m", [INK_UNKNOWN] = "\033[2m",
};

const char *ink_begin(bool colour, enum ink ink)
{
    return colour ? begin[ink] : "";
}

const char *ink_end(bool colour, enum ink ink)
{
    return colour && ink != INK_PLAIN ? "\033[0m" : "";
}
