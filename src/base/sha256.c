#include "base/sha256.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { LENGTH_BYTES = 8, FILE_CHUNK_BYTES = 16 * 1024 };

/* FIPS 180-4, 4.2.2: the first 32 bits of the fractional parts of the cube roots of the first 64
 * primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
    0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
    0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
    0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
    0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
    0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
    0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2};

static uint32_t rotate_right(uint32_t word, unsigned bits)
{
    return (word >> bits) | (word << (32 - bits));
}

static uint32_t load_big_endian(const uint8_t *bytes)
{
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

/* The letters are those of FIPS 180-4, 6.2.2. */
static void expand_schedule(uint32_t w[64], const uint8_t *block)
{
    for (unsigned t = 0; t < 16; t++)
        w[t] = load_big_endian(block + (size_t)4 * t);
    for (unsigned t = 16; t < 64; t++) {
        uint32_t sigma0 = rotate_right(w[t - 15], 7) ^ rotate_right(w[t - 15], 18) ^ w[t - 15] >> 3;
        uint32_t sigma1 = rotate_right(w[t - 2], 17) ^ rotate_right(w[t - 2], 19) ^ w[t - 2] >> 10;
        w[t] = w[t - 16] + sigma0 + w[t - 7] + sigma1;
    }
}

static void add_block(struct sha256 *hash, const uint8_t *block)
{
    uint32_t w[64];
    uint32_t v[8]; /* the working variables a to h */
    expand_schedule(w, block);
    memcpy(v, hash->state, sizeof v);
    for (unsigned t = 0; t < 64; t++) {
        uint32_t sum1 = rotate_right(v[4], 6) ^ rotate_right(v[4], 11) ^ rotate_right(v[4], 25);
        uint32_t choice = (v[4] & v[5]) ^ (~v[4] & v[6]);
        uint32_t temporary1 = v[7] + sum1 + choice + constants[t] + w[t];
        uint32_t sum0 = rotate_right(v[0], 2) ^ rotate_right(v[0], 13) ^ rotate_right(v[0], 22);
        uint32_t majority = (v[0] & v[1]) ^ (v[0] & v[2]) ^ (v[1] & v[2]);
        memmove(v + 1, v, 7 * sizeof v[0]);
        v[4] += temporary1;
        v[0] = temporary1 + sum0 + majority;
    }
    for (unsigned index = 0; index < 8; index++)
        hash->state[index] += v[index];
}

void sha256_start(struct sha256 *hash)
{
    *hash = (struct sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f,
                                      0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void sha256_add(struct sha256 *hash, const void *data, size_t bytes)
{
    const uint8_t *next = data;
    while (bytes > 0) {
        size_t filled = (size_t)(hash->total_bytes % SHA256_BLOCK_BYTES);
        size_t room = SHA256_BLOCK_BYTES - filled;
        size_t taken = bytes < room ? bytes : room;
        memcpy(hash->block + filled, next, taken);
        hash->total_bytes += taken;
        next += taken;
        bytes -= taken;
        if (filled + taken == SHA256_BLOCK_BYTES)
            add_block(hash, hash->block);
    }
}

/* FIPS 180-4, 5.1.1: one bit, zeros, and the length in bits as 64-bit big-endian number. */
static void add_padding(struct sha256 *hash)
{
    uint8_t padding[2 * SHA256_BLOCK_BYTES] = {0x80};
    uint64_t bits = hash->total_bytes * 8;
    size_t filled = (size_t)(hash->total_bytes % SHA256_BLOCK_BYTES);
    size_t end = filled + 1 + LENGTH_BYTES <= SHA256_BLOCK_BYTES ? SHA256_BLOCK_BYTES
                                                                 : 2 * SHA256_BLOCK_BYTES;
    size_t bytes = end - filled;
    for (unsigned index = 0; index < LENGTH_BYTES; index++)
        padding[bytes - 1 - index] = (uint8_t)(bits >> (8 * index));
    sha256_add(hash, padding, bytes);
}

char *sha256_finish(struct sha256 *hash, char text[SHA256_TEXT_BYTES])
{
    add_padding(hash);
    for (size_t index = 0; index < 8; index++)
        snprintf(text + 8 * index, 9, "%08x", (unsigned)hash->state[index]);
    return text;
}

int sha256_of_file(const char *path, char text[SHA256_TEXT_BYTES])
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -errno;
    struct sha256 hash;
    sha256_start(&hash);
    uint8_t chunk[FILE_CHUNK_BYTES];
    size_t bytes;
    while ((bytes = fread(chunk, 1, sizeof chunk, file)) > 0)
        sha256_add(&hash, chunk, bytes);
    int result = ferror(file) ? -EIO : 0;
    fclose(file);
    if (result == 0)
        sha256_finish(&hash, text);
    return result;
}
