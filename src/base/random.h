/*
 * Pseudo-random numbers that are the same for the same seed on every machine: the order of
 * samples and the bootstrap draw from here. Not for secrets.
 * The generator is SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
 * generators", OOPSLA 2014); its constants are from that paper.
 */
#ifndef RANDOM_H
#define RANDOM_H

#include <stdint.h>

struct random {
    uint64_t state;
};

static inline struct random random_seeded(uint64_t seed)
{
    return (struct random){.state = seed};
}

/* 64 bits, each equally likely. */
uint64_t random_next(struct random *random);

/* A whole number in [0, bound), each equally likely; `bound` must not be 0. */
uint64_t random_below(struct random *random, uint64_t bound);

#endif
