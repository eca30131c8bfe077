#include "fuzz.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MOST_FILES = 32 };

static struct {
    char path[PATH_MAX / 2];
    const char *names[MOST_FILES]; /* of the files that were ever written */
} folder;

_Noreturn void fuzz_broken(const char *file, int line, const char *what)
{
    fprintf(stderr, "%s:%d: broken promise: %s\n", file, line, what);
    abort();
}

/* ---- the input ---- */

uint8_t fuzz_take_byte(struct fuzz_input *input)
{
    if (input->count == 0)
        return 0;
    input->count--;
    return *input->bytes++;
}

struct fuzz_input fuzz_take_part(struct fuzz_input *input, uint8_t separator)
{
    struct fuzz_input part = {.bytes = input->bytes};
    const uint8_t *end = input->count > 0 ? memchr(input->bytes, separator, input->count) : NULL;
    part.count = end != NULL ? (size_t)(end - input->bytes) : input->count;
    size_t taken = part.count + (end != NULL ? 1 : 0);
    if (taken > 0)
        input->bytes += taken;
    input->count -= taken;
    return part;
}

char *fuzz_text(const struct fuzz_input *input)
{
    char *text = malloc(input->count + 1);
    fuzz_require(text != NULL);
    if (input->count > 0)
        memcpy(text, input->bytes, input->count);
    text[input->count] = '\0';
    return text;
}

/* ---- the folder ---- */

static void remove_folder(void)
{
    for (size_t index = 0; index < MOST_FILES && folder.names[index] != NULL; index++)
        fuzz_remove(folder.names[index]);
    rmdir(folder.path);
}

const char *fuzz_folder(void)
{
    const char *parent = getenv("TMPDIR");
    if (folder.path[0] == '\0') {
        snprintf(folder.path, sizeof folder.path, "%s/pipe-vs-shm-fuzz-XXXXXX",
                 parent != NULL ? parent : "/tmp");
        fuzz_require(mkdtemp(folder.path) != NULL);
        atexit(remove_folder);
    }
    return folder.path;
}

static void remember(const char *name)
{
    size_t index = 0;
    while (index < MOST_FILES && folder.names[index] != NULL &&
           strcmp(folder.names[index], name) != 0)
        index++;
    fuzz_require(index < MOST_FILES);
    folder.names[index] = name;
}

static void make_path(char path[static PATH_MAX], const char *name)
{
    snprintf(path, PATH_MAX, "%s/%s", fuzz_folder(), name);
}

void fuzz_write(const char *name, const struct fuzz_input *content)
{
    char path[PATH_MAX];
    make_path(path, name);
    remember(name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    fuzz_require(file >= 0);
    fuzz_require(content->count == 0 ||
                 write(file, content->bytes, content->count) == (ssize_t)content->count);
    close(file);
}

void fuzz_write_text(const char *name, const char *content)
{
    fuzz_write(name, &(struct fuzz_input){(const uint8_t *)content, strlen(content)});
}

void fuzz_remove(const char *name)
{
    char path[PATH_MAX];
    make_path(path, name);
    unlink(path);
}

/* ---- promises ---- */

/* The length of the UTF-8 character at `byte`, of at most `most` bytes, in *character; 0: none.
 * Written apart from the library, which must not be its own judge. */
static size_t read_character(const unsigned char *byte, size_t most, uint32_t *character)
{
    static const struct {
        unsigned char mask;
        unsigned char lead;
        uint32_t least;
    } forms[] = {{0x80, 0, 0}, {0xe0, 0xc0, 0x80}, {0xf0, 0xe0, 0x800}, {0xf8, 0xf0, 0x10000}};
    for (size_t more = 0; more < 4 && more < most; more++) {
        if ((byte[0] & forms[more].mask) != forms[more].lead)
            continue;
        uint32_t value = byte[0] & (unsigned)~forms[more].mask & 0xffU;
        for (size_t index = 1; index <= more; index++) {
            if ((byte[index] & 0xc0) != 0x80)
                return 0;
            value = value << 6 | (byte[index] & 0x3fU);
        }
        *character = value;
        bool surrogate = value >= 0xd800 && value < 0xe000;
        return value >= forms[more].least && value <= 0x10ffff && !surrogate ? more + 1 : 0;
    }
    return 0;
}

static bool is_harmless(uint32_t character, bool lines)
{
    if (character < 0x20)
        return lines && (character == '\n' || character == '\t');
    bool control = character >= 0x7f && character < 0xa0;
    bool direction = (character >= 0x202a && character <= 0x202e) ||
                     (character >= 0x2066 && character <= 0x2069) || character == 0x200e ||
                     character == 0x200f || character == 0x61c;
    return !control && !direction;
}

void fuzz_require_printable(const char *text, size_t bytes, bool lines)
{
    for (size_t at = 0; at < bytes;) {
        uint32_t character = 0;
        size_t length = read_character((const unsigned char *)text + at, bytes - at, &character);
        fuzz_require(length > 0);
        fuzz_require(is_harmless(character, lines));
        at += length;
    }
}

void fuzz_require_failure(int result, const struct failure *failure)
{
    fuzz_require(result < 0);
    fuzz_require(failure->error < 0);
    fuzz_require(failure->text[0] != '\0');
    fuzz_require_printable(failure->text, strlen(failure->text), false);
}
