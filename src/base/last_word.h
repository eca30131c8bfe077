/*
 * A result and the exit code of an interruption exclude each other: who reads a whole result from a
 * program that says 130 would not know which of them to believe.
 */
#ifndef LAST_WORD_H
#define LAST_WORD_H

#include <stdio.h>

/*
 * To be called when all is done but the telling, and all is removed that must not stay. From here
 * on the signals of leftover_signals() wait, for ever: the program has its result and ends with it.
 * Blocks until `stream` takes something, and is still interrupted while it does; so what is told
 * has to be short, for its last part may have to wait for a slow reader.
 */
void last_word(FILE *stream);

#endif
