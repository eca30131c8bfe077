/*
 * Preloaded into a program, this stops it between the dynamic loader and main, until a tracer has
 * attached and lets it go on: faults that are injected from there on meet the program's own system
 * calls, counted from its first one, and not those of the loader. Programs that it starts itself
 * are not held.
 */
#include <signal.h>
#include <stdlib.h>

__attribute__((constructor)) static void hold(void)
{
    if (getenv("HOLD_BEFORE_MAIN") == NULL)
        return;
    unsetenv("HOLD_BEFORE_MAIN");
    unsetenv("LD_PRELOAD");
    raise(SIGSTOP);
}
