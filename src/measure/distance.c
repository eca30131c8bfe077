#include "measure/distance.h"

#include "base/clock.h"

#include <math.h>
#include <stdbool.h>

enum { BATCHES = 9, ROUND_TRIPS = 24, SPINS_PER_CHECK = 4096 };

#define PATIENCE_NS (5 * UINT64_C(1000000))
#define TURN_STOP   UINT64_MAX

/* Waits until the turn is no longer `old` and returns what it is then; TURN_STOP when that takes
 * too long. Acquire here and release in hand_over, though nothing else is passed: it is the
 * hand-over of data whose distance this is, as in ceiling_bounce.c. */
static uint64_t await_change(const struct distance *distance, uint64_t old)
{
    uint64_t started_ns = clock_now_ns();
    do {
        for (int spin = 0; spin < SPINS_PER_CHECK; spin++) {
            uint64_t now = atomic_load_explicit(&distance->turn, memory_order_acquire);
            if (now != old)
                return now;
        }
    } while (clock_now_ns() - started_ns < PATIENCE_NS);
    return TURN_STOP;
}

static void hand_over(struct distance *distance, uint64_t turn)
{
    atomic_store_explicit(&distance->turn, turn, memory_order_release);
}

/* Plays `round_trips` from *turn on. Returns whether all were answered. */
static bool play(struct distance *distance, uint64_t round_trips, uint64_t *turn)
{
    for (uint64_t done = 0; done < round_trips; done++) {
        uint64_t asked = *turn + 1;
        hand_over(distance, asked);
        *turn = await_change(distance, asked);
        if (*turn == TURN_STOP)
            return false;
    }
    return true;
}

static void sort(double *values, int count)
{
    for (int index = 1; index < count; index++) {
        double value = values[index];
        int place = index;
        for (; place > 0 && values[place - 1] > value; place--)
            values[place] = values[place - 1];
        values[place] = value;
    }
}

double distance_ask(struct distance *distance)
{
    double half_ns[BATCHES];
    uint64_t turn = 0;
    /* One batch before: the other side may still be on its way here. */
    bool answered = play(distance, ROUND_TRIPS, &turn);
    for (int batch = 0; batch < BATCHES && answered; batch++) {
        uint64_t started_ns = clock_now_ns();
        answered = play(distance, ROUND_TRIPS, &turn);
        half_ns[batch] = (double)(clock_now_ns() - started_ns) / (2.0 * ROUND_TRIPS);
    }
    hand_over(distance, TURN_STOP);
    if (!answered)
        return NAN;
    sort(half_ns, BATCHES);
    return half_ns[BATCHES / 2];
}

void distance_answer(struct distance *distance)
{
    uint64_t turn = 0;
    for (;;) {
        turn = await_change(distance, turn);
        if (turn == TURN_STOP)
            break;
        hand_over(distance, ++turn);
    }
    /* Who gives up says so: the other side shall not wait either. */
    hand_over(distance, TURN_STOP);
}
