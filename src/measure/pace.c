#include "measure/pace.h"

#include "base/clock.h"

#include <math.h>
#include <stdint.h>

enum { TRIES = 5, CHAINS = 8, STEPS = 2000 };

/* Marsaglia's xorshift in several chains that do not wait for each other. */
static uint64_t work(uint64_t seed)
{
    uint64_t chains[CHAINS];
    uint64_t sum = 0;
    for (int chain = 0; chain < CHAINS; chain++)
        chains[chain] = seed + (uint64_t)chain;
    for (int step = 0; step < STEPS; step++) {
        for (int chain = 0; chain < CHAINS; chain++) {
            uint64_t x = chains[chain];
            x ^= x << 13;
            x ^= x >> 7;
            x ^= x << 17;
            chains[chain] = x;
        }
    }
    for (int chain = 0; chain < CHAINS; chain++)
        sum ^= chains[chain];
    return sum;
}

double pace_work_ns(void)
{
    double best_ns = HUGE_VAL;
    /* Nobody uses the sum, and no compiler may know it. */
    volatile uint64_t sum = 88172645463325252;
    for (int try = 0; try < TRIES; try++) {
        uint64_t started_ns = clock_now_ns();
        sum = work(sum);
        best_ns = fmin(best_ns, (double)(clock_now_ns() - started_ns));
    }
    return best_ns;
}
