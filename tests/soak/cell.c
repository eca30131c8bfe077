#include "cell.h"

#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define SIZE_MOST          ((uint64_t)16 << 20)
#define RING_CAPACITY_MOST ((uint64_t)4 << 20)
/* What is asked for by number takes long cells, so that less of the time goes into starting them.
 */
#define LONG_SECONDS 1.5

enum {
    LINE_BYTES = 64,
    PIECE_BYTES = 16384,
    EXTRA_COPIES_MOST_HERE = 3,
    TIMEOUT_SECONDS = 60,
    RELAY_SIZE_LEAST = 512
};

/* ---- numbers ---- */

/* One in `chances`. */
static bool happens(struct random *random, uint64_t chances)
{
    return random_below(random, chances) == 0;
}

/* Between both, inclusive: every octave is as likely as the next. */
static double log_uniform(struct random *random, double least, double most)
{
    double part = (double)(random_next(random) >> 11) / (double)((uint64_t)1 << 53);
    return least * pow(most / least, part);
}

static uint64_t log_uniform_bytes(struct random *random, uint64_t least, uint64_t most)
{
    return (uint64_t)log_uniform(random, (double)least, (double)most + 0.999);
}

/* At, or one beside, something that the transfer has a boundary at. */
static uint64_t boundary_size(struct random *random, uint64_t capacity)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    const uint64_t boundaries[] = {
        1,           8,           LINE_BYTES,   2 * LINE_BYTES, page,     2 * page,
        3 * page,    PIECE_BYTES, capacity / 4, capacity / 2,   capacity, 2 * capacity,
        3 * capacity};
    uint64_t size = boundaries[random_below(random, sizeof boundaries / sizeof boundaries[0])] +
                    random_below(random, 3) - 1;
    return size < 1 ? 1 : size > SIZE_MOST ? SIZE_MOST : size;
}

static uint64_t any_size(struct random *random, uint64_t capacity)
{
    return happens(random, 2) ? boundary_size(random, capacity)
                              : log_uniform_bytes(random, 1, SIZE_MOST);
}

/* ---- parts of a cell ---- */

static void draw_sizes(struct session_setup *setup, struct random *random, uint64_t capacity_most,
                       enum wish wish)
{
    const uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
    uint64_t least = page;
    uint64_t most = capacity_most;
    if (wish == WISH_BYTES)
        least = 16 * page;
    else if (wish == WISH_MESSAGES)
        most = 16 * page;
    else if (wish == WISH_SLEEPS)
        most = page;
    uint64_t octaves = 0;
    while (least << (octaves + 1) <= most)
        octaves++;
    setup->capacity_bytes = least << random_below(random, octaves + 1);
    switch (wish) {
    case WISH_ANYTHING:
        setup->size_bytes = any_size(random, setup->capacity_bytes);
        break;
    case WISH_BYTES:
        setup->size_bytes = log_uniform_bytes(random, 4 * page, 256 * page);
        break;
    case WISH_MESSAGES:
        setup->size_bytes = log_uniform_bytes(random, 1, LINE_BYTES);
        break;
    case WISH_SLEEPS:
        setup->size_bytes = log_uniform_bytes(random, 1, page);
        break;
    }
}

static void draw_test(struct session_setup *setup, struct random *random, enum wish wish,
                      bool relays)
{
    setup->test = TEST_THROUGHPUT;
    if (wish == WISH_SLEEPS)
        setup->test = happens(random, 4) ? TEST_THROUGHPUT : TEST_LATENCY;
    if (wish != WISH_ANYTHING)
        return;
    uint64_t draw = random_below(random, relays ? 5 : 4);
    setup->test = draw < 2 ? TEST_THROUGHPUT : draw < 4 ? TEST_LATENCY : TEST_RELAY;
    if (setup->test == TEST_RELAY) {
        setup->source = SOURCE_FILE;
        /* To the end of the source both sides digest all bytes, wherever they go then. */
        setup->until_end = happens(random, 2);
        if (setup->until_end)
            setup->sink = happens(random, 2) ? SINK_FILE : SINK_NULL;
    } else if (setup->test == TEST_LATENCY && happens(random, 4)) {
        /* Pauses: the other side is deep asleep when the next ping comes. */
        setup->rate_per_s = floor(log_uniform(random, 100, 100000));
    } else if (setup->test == TEST_THROUGHPUT && happens(random, 4)) {
        /* A reader that is slower than its writer. */
        setup->extra_copies = 1 + random_below(random, EXTRA_COPIES_MOST_HERE);
        setup->working_set = WORKING_SET_HOT;
    }
}

/* Two sides that spin on one CPU burn a time slice for every hand-over: they get two. Whoever
 * sleeps is often given one: there a side sleeps for certain when the other one is to go on, and on
 * a busy machine nothing has to wait until two CPUs are free at once. */
static struct cpu_pair draw_cpus(struct random *random, const struct cell_limits *limits,
                                 enum wait_kind wait, enum wish wish)
{
    size_t writer = (size_t)random_below(random, limits->cpus_count);
    size_t reader = (size_t)random_below(random, limits->cpus_count);
    if (wait == WAIT_SPIN && writer == reader)
        reader = (writer + 1) % limits->cpus_count;
    else if (wait != WAIT_SPIN && wish != WISH_ANYTHING && happens(random, 2))
        reader = writer;
    return (struct cpu_pair){limits->cpus[writer], limits->cpus[reader]};
}

struct session_setup cell_draw(struct random *random, const struct slot *slot,
                               const struct cell_limits *limits, enum wish wish, bool relays)
{
    struct session_setup setup = {
        .operations = slot->operations,
        .wait = slot->wait,
        .copies = slot->copies,
        .touch = TOUCH_FULL,
        .placement = PLACEMENT_EXPLICIT,
        .source = SOURCE_MEMORY,
        .sink = SINK_USE,
        .working_set = WORKING_SET_NONE,
        .timeout_seconds = TIMEOUT_SECONDS,
        .seed = random_next(random),
    };
    uint64_t offsets = SESSION_OFFSET_MAXIMUM / SESSION_OFFSET_STEP + 1;
    setup.buffer_offset_bytes = SESSION_OFFSET_STEP * random_below(random, offsets);
    setup.seconds =
        wish == WISH_ANYTHING ? round(log_uniform(random, 10, 200)) / 1000.0 : LONG_SECONDS;
    setup.cpus = draw_cpus(random, limits, slot->wait, wish);
    draw_test(&setup, random, wish, relays);
    draw_sizes(&setup, random, slot->by_position ? RING_CAPACITY_MOST : limits->pipe_capacity_bytes,
               wish);
    /* A relay to the end ends with the file, however long that takes with messages of a byte. */
    if (setup.until_end && setup.size_bytes < RELAY_SIZE_LEAST)
        setup.size_bytes += RELAY_SIZE_LEAST;
    return setup;
}

/* ---- the command ---- */

/* Appends to the text as far as there is room. */
__attribute__((format(printf, 2, 3))) static void append(char *text, const char *format, ...)
{
    size_t length = strlen(text);
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(text + length, CELL_COMMAND_BYTES - length, format, arguments);
    va_end(arguments);
}

char *cell_command(const struct session_setup *setup, const char *folder, char *text)
{
    *text = '\0';
    append(text, "%s%s %s --size %" PRIu64 " --wait %s --copies %s --cpus %d,%d", folder,
           setup->operations->name, test_names[setup->test], setup->size_bytes,
           wait_names[setup->wait], copies_names[setup->copies], setup->cpus.writer,
           setup->cpus.reader);
    append(text, " --capacity %" PRIu64 " --buffer-offset %" PRIu64 " --seed %" PRIu64,
           setup->capacity_bytes, setup->buffer_offset_bytes, setup->seed);
    if (setup->test == TEST_RELAY)
        append(text, " --source %s --sink %s", source_names[setup->source],
               sink_names[setup->sink]);
    if (!setup->until_end)
        append(text, " --seconds %g", setup->seconds);
    if (setup->rate_per_s > 0.0)
        append(text, " --rate %.0f", setup->rate_per_s);
    if (setup->extra_copies > 0)
        append(text, " --extra-copies %" PRIu64 " --working-set %s", setup->extra_copies,
               working_set_names[setup->working_set]);
    append(text, " --timeout %g", setup->timeout_seconds);
    return text;
}
