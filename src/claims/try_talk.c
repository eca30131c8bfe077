/* Tries of two processes that talk: who waits for whom, and how soon a write is seen. */
#include "base/clock.h"
#include "claims/scene.h"
#include "claims/tries.h"

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    ASLEEP_LOOKS = 20, /* in a row, so that a passing wait inside the kernel is not taken for it */
    LOOK_MS = 5,
    MOST_LOOKS = HELPER_LIMIT_MS / LOOK_MS,
    SEGMENT_LOOKS = 5, /* the article's reader looks five times as often as its writer writes */
    LETTER = 'a',
    LOOKS_BETWEEN_YIELDS = 256
};

/* ---- a fast reader and a slow writer ---- */

/* Looks at a reader of an empty pipe, in which nobody writes, until it has slept for a while or
 * answered. */
static int look_at_reader(const struct scene *scene, struct reader_waits_observation *seen,
                          struct failure *failure)
{
    int asleep = 0;
    for (int looks = 0; looks < MOST_LOOKS && asleep < ASLEEP_LOOKS; looks++) {
        int64_t answer;
        int result = helper_await(&scene->helper, LOOK_MS, &answer, failure);
        if (result == 0) {
            seen->pipe_early = true;
            seen->pipe_byte = (int)answer;
            return 0;
        }
        if (result != -EAGAIN)
            return result;
        asleep = helper_sleeps(&scene->helper) ? asleep + 1 : 0;
    }
    seen->pipe_slept = asleep >= ASLEEP_LOOKS;
    return 0;
}

static int try_pipe_reader(struct scene *scene, struct reader_waits_observation *seen,
                           struct failure *failure)
{
    int64_t answer = 0;
    const char letter = LETTER;
    /* The first answer says that the reader is about to read. */
    int result = scene_ask(scene, SCENE_READ_PIPE, 0, &answer, failure);
    if (result == 0)
        result = look_at_reader(scene, seen, failure);
    if (result < 0 || seen->pipe_early)
        return result;
    if (write(scene->pipe_write, &letter, 1) != 1)
        return failure_set(failure, -errno, "writing into the pipe");
    result = helper_await(&scene->helper, HELPER_LIMIT_MS, &answer, failure);
    if (result == -EAGAIN)
        return failure_say(failure, -ETIMEDOUT, "the pipe's reader got nothing within %d s",
                           HELPER_LIMIT_MS / 1000);
    seen->pipe_byte = (int)answer;
    return result;
}

static int try_segment_reader(struct scene *scene, struct reader_waits_observation *seen,
                              struct failure *failure)
{
    int64_t byte = 0;
    int result = 0;
    /* Nothing is written until all these have answered: an answer cannot have waited for it. */
    for (; seen->segment_looks < SEGMENT_LOOKS && result == 0; seen->segment_looks++) {
        result = scene_ask(scene, SCENE_PEEK, 0, &byte, failure);
        seen->segment_answers += result == 0;
        seen->segment_byte_unwritten = (int)byte;
    }
    if (result < 0)
        return result;
    *(volatile char *)scene->memory = LETTER;
    result = scene_ask(scene, SCENE_PEEK, 0, &byte, failure);
    seen->segment_byte = (int)byte;
    return result;
}

int try_reader_waits(const struct claim_input *input, union observation *observation,
                     struct failure *failure)
{
    (void)input;
    struct reader_waits_observation *seen = &observation->reader_waits;
    struct scene scene;
    seen->pipe_byte_written = LETTER;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_pipe(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_ATTACH, scene.board->segment_id, NULL, failure);
    if (result == 0)
        result = try_segment_reader(&scene, seen, failure);
    if (result == 0)
        result = try_pipe_reader(&scene, seen, failure);
    scene_end(&scene);
    return result;
}

/* ---- two that change the same number ---- */

int try_exclusion(const struct claim_input *input, union observation *observation,
                  struct failure *failure)
{
    (void)input;
    enum { START = 5 };
    struct exclusion_observation *seen = &observation->exclusion;
    struct scene scene;
    int64_t theirs = 0;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_ATTACH, scene.board->segment_id, NULL, failure);
    if (result == 0) {
        volatile unsigned char *number = (volatile unsigned char *)scene.memory;
        *number = START;
        seen->start = START;
        int ours = *number;
        seen->let_in = scene_ask(&scene, SCENE_PEEK, 0, &theirs, NULL) == 0 &&
                       scene_ask(&scene, SCENE_POKE, theirs + 1, NULL, NULL) == 0 &&
                       *number == START + 1;
        *number = (unsigned char)(ours + 1);
        seen->end = *number;
    }
    scene_end(&scene);
    return result;
}

/* ---- how soon a write is seen ---- */

static int compare_delays(const void *left, const void *right)
{
    uint64_t one = *(const uint64_t *)left;
    uint64_t other = *(const uint64_t *)right;
    return (one > other) - (one < other);
}

/* Writes, and waits until the other process says that it has seen it: false after the limit. */
static bool write_and_await(struct scene_bell *bell, uint64_t number)
{
    uint64_t now = clock_now_ns();
    uint64_t limit = now + HELPER_LIMIT_MS * UINT64_C(1000000);
    atomic_store_explicit(&bell->rung_at_ns, now, memory_order_relaxed);
    /* release: whoever sees the number sees the time, too. */
    atomic_store_explicit(&bell->rung, number, memory_order_release);
    /* acquire: pairs with the release of the other process, which has written the delay. */
    for (unsigned looks = 1; atomic_load_explicit(&bell->seen, memory_order_acquire) != number;
         looks++) {
        if (looks % LOOKS_BETWEEN_YIELDS != 0)
            continue;
        if (clock_now_ns() > limit)
            return false;
        sched_yield(); /* both processes may have to share one CPU */
    }
    return true;
}

static int try_delays(struct scene *scene, struct seen_at_once_observation *seen,
                      struct failure *failure)
{
    struct scene_bell *bell = (struct scene_bell *)(void *)scene->memory;
    int64_t answer;
    scene->board->writer_cpu = sched_getcpu();
    seen->writes = SCENE_WATCH_WRITES;
    seen->median_delay_ns = NAN;
    seen->longest_delay_ns = NAN;
    int result =
        helper_send(&scene->helper, SCENE_WATCH_WRITES_COMING, SCENE_WATCH_WRITES, failure);
    if (result < 0)
        return result;
    while (seen->seen < seen->writes && write_and_await(bell, seen->seen + 1))
        seen->seen++;
    if (seen->seen < seen->writes)
        return 0;
    result = helper_await(&scene->helper, HELPER_LIMIT_MS, &answer, failure);
    if (result < 0)
        return failure_say(failure, -ETIMEDOUT, "the second process did not answer");
    uint64_t *delays = scene->board->delays_ns;
    qsort(delays, seen->seen, sizeof *delays, compare_delays);
    seen->median_delay_ns = (double)delays[seen->seen / 2];
    seen->longest_delay_ns = (double)delays[seen->seen - 1];
    return 0;
}

/* Hands a byte over, then changes it where it was written from. What the reader sees tells whether
 * there was a copy of it in between. */
static int try_change_after_handing_over(struct scene *scene, struct seen_at_once_observation *seen,
                                         struct failure *failure)
{
    enum { OFFSET = 256 }; /* away from the bell */
    volatile char *shared = scene->memory + OFFSET;
    char private = LETTER;
    int64_t byte = 0;
    seen->before = LETTER;
    seen->after = LETTER + 1;
    if (write(scene->pipe_write, &private, 1) != 1)
        return failure_set(failure, -errno, "writing into the pipe");
    private = LETTER + 1;
    int result = scene_ask(scene, SCENE_READ_PIPE, 0, &byte, failure);
    if (result == 0)
        result = helper_await(&scene->helper, HELPER_LIMIT_MS, &byte, failure);
    if (result < 0)
        return failure_say(failure, result == -EAGAIN ? -ETIMEDOUT : result,
                           "the pipe's reader got nothing");
    seen->pipe_showed = (int)byte;
    *shared = LETTER;
    result = scene_ask(scene, SCENE_PEEK, OFFSET, &byte, failure);
    if (result == 0 && byte != LETTER)
        return failure_say(failure, -EPROTO, "the second process does not see our segment");
    *shared = private;
    if (result == 0)
        result = scene_ask(scene, SCENE_PEEK, OFFSET, &byte, failure);
    seen->segment_showed = (int)byte;
    return result;
}

int try_seen_at_once(const struct claim_input *input, union observation *observation,
                     struct failure *failure)
{
    (void)input;
    struct seen_at_once_observation *seen = &observation->seen_at_once;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_pipe(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_ATTACH, scene.board->segment_id, NULL, failure);
    if (result == 0)
        result = try_change_after_handing_over(&scene, seen, failure);
    if (result == 0)
        result = try_delays(&scene, seen, failure);
    scene_end(&scene);
    return result;
}
