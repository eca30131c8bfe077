/*
 * SHA-256 (FIPS 180-4), to name the very programs that were measured and to notice when a file of a
 * bundle was changed. A library for one hash is not worth a dependency, and the kernel's own
 * (AF_ALG) is not everywhere. Not meant for secrets.
 */
#ifndef SHA256_H
#define SHA256_H

#include <stddef.h>
#include <stdint.h>

#define SHA256_BLOCK_BYTES 64
#define SHA256_TEXT_BYTES  65 /* 64 hexadecimal digits and the end */

struct sha256 {
    uint32_t state[8];
    uint64_t total_bytes;
    uint8_t block[SHA256_BLOCK_BYTES];
};

void sha256_start(struct sha256 *hash);
void sha256_add(struct sha256 *hash, const void *data, size_t bytes);

/* Ends the hash, which must be started anew before its next use. Returns `text`. */
char *sha256_finish(struct sha256 *hash, char text[SHA256_TEXT_BYTES]);

/* The hash of a file's content. Returns 0 or -errno; `text` is set on success only. */
int sha256_of_file(const char *path, char text[SHA256_TEXT_BYTES]);

#endif
