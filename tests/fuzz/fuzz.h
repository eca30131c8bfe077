/*
 * What the fuzz targets share: a bundle's folder in memory, and promises of the library as
 * conditions that end the target when they are broken. A target is a file NAME_fuzz.c with the
 * function LLVMFuzzerTestOneInput of libFuzzer; `make fuzz` builds and runs them.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include "base/failure.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Ends the target, so that libFuzzer keeps the input, unless the condition holds. */
#define fuzz_require(condition)                                                                    \
    do {                                                                                           \
        if (!(condition))                                                                          \
            fuzz_broken(__FILE__, __LINE__, #condition);                                           \
    } while (0)

_Noreturn void fuzz_broken(const char *file, int line, const char *what);

/* The input, of which a target takes the first byte to choose what to try. */
struct fuzz_input {
    const uint8_t *bytes;
    size_t count;
};

/* The next byte, or 0 at the end. */
uint8_t fuzz_take_byte(struct fuzz_input *input);

/* The part up to `separator`, which is taken, too, or to the end. */
struct fuzz_input fuzz_take_part(struct fuzz_input *input, uint8_t separator);

/* The input as a text, up to its first NUL; the caller frees it. */
char *fuzz_text(const struct fuzz_input *input);

/* A folder of this process, below TMPDIR; removed with its files when the process exits. */
const char *fuzz_folder(void);

/* Writes a file of that folder, and removes one. */
void fuzz_write(const char *name, const struct fuzz_input *content);
void fuzz_write_text(const char *name, const char *content);
void fuzz_remove(const char *name);

/* A failure is one line that any terminal can show, and as negative as what was returned. */
void fuzz_require_failure(int result, const struct failure *failure);

/* Nothing in the text moves a cursor or turns the direction of writing: UTF-8 without control
 * characters but, where `lines`, newlines and tabs. */
void fuzz_require_printable(const char *text, size_t bytes, bool lines);

#endif
