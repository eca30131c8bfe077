#include "base/random.h"

uint64_t random_next(struct random *random)
{
    uint64_t mixed = random->state += UINT64_C(0x9e3779b97f4a7c15);
    mixed = (mixed ^ (mixed >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    mixed = (mixed ^ (mixed >> 27)) * UINT64_C(0x94d049bb133111eb);
    return mixed ^ (mixed >> 31);
}

uint64_t random_below(struct random *random, uint64_t bound)
{
    /* Draws above the largest multiple of bound would favour small results: draw again. */
    uint64_t limit = UINT64_MAX - UINT64_MAX % bound;
    uint64_t draw;
    do
        draw = random_next(random);
    while (draw >= limit);
    return draw % bound;
}
