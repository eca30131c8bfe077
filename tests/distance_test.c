/* The distance of two CPUs: it is answered, by whoever takes part, and nobody waits for ever. */
#include "measure/distance.h"

#include <math.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void *answer(void *argument)
{
    distance_answer(argument);
    return NULL;
}

static void *answer_late(void *argument)
{
    const struct timespec a_while = {.tv_sec = 0, .tv_nsec = 1000000};
    nanosleep(&a_while, NULL);
    return answer(argument);
}

static void *ask(void *argument)
{
    distance_ask(argument);
    return NULL;
}

static void asking_is_answered(void **state)
{
    (void)state;
    void *(*const answerers[])(void *) = {answer, answer_late};
    for (size_t index = 0; index < sizeof answerers / sizeof *answerers; index++) {
        double half_ns = NAN;
        /* Two threads on one busy CPU may miss each other. */
        for (int try = 0; try < 20 && isnan(half_ns); try++) {
            struct distance distance = {.turn = 0};
            pthread_t other;
            assert_int_equal(pthread_create(&other, NULL, answerers[index], &distance), 0);
            half_ns = distance_ask(&distance);
            assert_int_equal(pthread_join(other, NULL), 0);
        }
        assert_true(half_ns > 0.0);
    }
}

static void nobody_is_waited_for_in_vain(void **state)
{
    (void)state;
    struct distance distance = {.turn = 0};
    assert_true(isnan(distance_ask(&distance)));
    distance_answer(&(struct distance){.turn = 0});
}

/* Who comes when the other has given up leaves at once, and the answer is no number. */
static void a_given_up_game_stays_so(void **state)
{
    (void)state;
    struct distance distance = {.turn = 0};
    pthread_t other;
    distance_answer(&distance);
    assert_int_equal(pthread_create(&other, NULL, ask, &distance), 0);
    assert_int_equal(pthread_join(other, NULL), 0);
    assert_true(isnan(distance_ask(&distance)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asking_is_answered),
        cmocka_unit_test(nobody_is_waited_for_in_vain),
        cmocka_unit_test(a_given_up_game_stays_so),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
