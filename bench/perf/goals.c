#include "goals.h"

#include "transfer/mechanisms.h"

#define KIB UINT64_C(1024)
#define MIB (1024 * KIB)

/* The sides, for the rows below. */
#define OURS(mechanism_, test_, wait_, copies_, size)                                              \
    {                                                                                              \
        .kind = TRIAL_SESSION, .mechanism = &(mechanism_), .test = (test_), .wait = (wait_),       \
        .copies = (copies_), .size_bytes = (size)                                                  \
    }
#define BARE(loop_, size)                                                                          \
    {                                                                                              \
        .kind = TRIAL_BARE, .loop = &(loop_), .size_bytes = (size)                                 \
    }

/* 1: latency against the bounce of a line. */
#define SPINNING_LATENCY(label, size)                                                              \
    {                                                                                              \
        .number = 1, .name = "shm latency, spin, " label " / cache-line bounce",                   \
        .figure = FIGURE_TIME, .relation = AT_MOST, .bound = 1.10,                                 \
        .ours = OURS(channel_shm, TEST_LATENCY, WAIT_SPIN, COPIES_OWN, size),                      \
        .other = {.kind = TRIAL_BOUNCE, .size_bytes = 8},                                          \
    }

/* The same against a message that is not ours, and what that costs beside the bounce. */
#define BARE_LATENCY(use_, size)                                                                   \
    {                                                                                              \
        .kind = TRIAL_BARE, .loop = &bare_lines, .use = (use_), .size_bytes = (size)               \
    }
#define SPINNING_PART(name_, ours_, other_)                                                        \
    {                                                                                              \
        .number = 1, .name = name_, .figure = FIGURE_TIME, .relation = SHOWN, .ours = ours_,       \
        .other = other_,                                                                           \
    }

/* 3: own copies against two overlapping memcpy. */
#define OWN_COPIES(wait_, word, label, size)                                                       \
    {                                                                                              \
        .number = 3, .name = "shm stream, own, " word ", " label " / two overlapping memcpy",      \
        .figure = FIGURE_SPEED, .relation = AT_LEAST, .bound = 0.90,                               \
        .ours = OURS(channel_shm, TEST_THROUGHPUT, wait_, COPIES_OWN, size),                       \
        .other = BARE(bare_copies, size),                                                          \
    }

/* 4: in place against producing and consuming alone. Blocking is shown beside it: what sleeping
 * costs depends on the kernel. */
#define IN_PLACE(wait_, word, relation_, label, size)                                              \
    {                                                                                              \
        .number = 4, .name = "shm stream, in place, " word ", " label " / produce and consume",    \
        .figure = FIGURE_SPEED, .relation = (relation_), .bound = 0.95,                            \
        .ours = OURS(channel_shm, TEST_THROUGHPUT, wait_, COPIES_INPLACE, size),                   \
        .other = BARE(bare_ring, size),                                                            \
    }

/* 5: a file through shared memory against reading and using it in one process; and what is tried
 * to come nearer: more in flight, smaller pieces, own copies. */
#define RELAY(wait_, word, relation_)                                                              \
    {                                                                                              \
        .number = 5,                                                                               \
        .name = "relay file -> use, shm in place, " word ", 64 KiB / one read() loop",             \
        .figure = FIGURE_SPEED, .relation = (relation_), .bound = 0.95,                            \
        .ours = OURS(channel_shm, TEST_RELAY, wait_, COPIES_INPLACE, 64 * KIB),                    \
        .other = BARE(bare_file, 64 * KIB),                                                        \
    }
#define RELAY_WITH(label, copies_, size, in_flight)                                                \
    {                                                                                              \
        .number = 5, .name = "relay file -> use, shm, spin, " label " / one read() loop",          \
        .figure = FIGURE_SPEED, .relation = SHOWN,                                                 \
        .ours = {.kind = TRIAL_SESSION,                                                            \
                 .mechanism = &channel_shm,                                                        \
                 .test = TEST_RELAY,                                                               \
                 .wait = WAIT_SPIN,                                                                \
                 .copies = (copies_),                                                              \
                 .size_bytes = (size),                                                             \
                 .capacity_bytes = (in_flight)},                                                   \
        .other = BARE(bare_file, size),                                                            \
    }

/* 6: pipes against write() and read() on a pipe of the same kind; and what a name costs. */
#define BARE_STREAM(use_, size)                                                                    \
    {                                                                                              \
        .kind = TRIAL_BARE, .loop = &bare_pipe, .use = (use_), .size_bytes = (size)                \
    }
#define STREAM(mechanism_, word, use_, label, size)                                                \
    {                                                                                              \
        .number = 6, .name = word " stream, block, " label " / write() and read()",                \
        .figure = FIGURE_SPEED, .relation = AT_LEAST, .bound = 0.99,                               \
        .ours = OURS(mechanism_, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, size),                   \
        .other = BARE_STREAM(use_, size),                                                          \
    }
#define NAMED_STREAM(what, use_)                                                                   \
    {                                                                                              \
        .number = 6, .name = "bare write() and read(), 64 B, " what, .figure = FIGURE_SPEED,       \
        .relation = SHOWN, .ours = BARE_STREAM(use_, 64), .other = BARE_STREAM(0, 64),             \
    }

/* 7: the same in both directions. */
#define PIPE_LATENCY(where, one)                                                                   \
    {                                                                                              \
        .number = 7, .name = "pipe latency, block, 64 B, " where " / bare ping-pong",              \
        .figure = FIGURE_TIME, .relation = AT_MOST, .bound = 1.01,                                 \
        .ours = {.kind = TRIAL_SESSION,                                                            \
                 .mechanism = &channel_pipe,                                                       \
                 .test = TEST_LATENCY,                                                             \
                 .wait = WAIT_BLOCK,                                                               \
                 .size_bytes = 64,                                                                 \
                 .one_cpu = (one)},                                                                \
        .other = {                                                                                 \
            .kind = TRIAL_BARE, .loop = &bare_ping_pong, .size_bytes = 64, .one_cpu = (one)},      \
    }

/* What reading the clock around every round trip costs, as a measured one is. */
#define BARE_PING_PONG(use_, one)                                                                  \
    {                                                                                              \
        .kind = TRIAL_BARE, .loop = &bare_ping_pong, .use = (use_), .size_bytes = 64,              \
        .one_cpu = (one)                                                                           \
    }
#define TIMED_PING_PONG(where, one)                                                                \
    {                                                                                              \
        .number = 7, .name = "bare ping-pong, 64 B, " where ", each round trip timed / not",       \
        .figure = FIGURE_TIME, .relation = SHOWN, .ours = BARE_PING_PONG(BARE_PIPE_TIMED, one),    \
        .other = BARE_PING_PONG(0, one),                                                           \
    }

/* 8: a pipe made faster step by step, all with 256 KiB in flight, only the edges of each message
 * touched: what the kernel's part is. */
#define PIPE_STEP(use_)                                                                            \
    {                                                                                              \
        .kind = TRIAL_BARE, .loop = &bare_spliced_pipe, .use = (use_), .touch = TOUCH_EDGES,       \
        .size_bytes = 256 * KIB, .capacity_bytes = 256 * KIB                                       \
    }
#define STEP(label, use_)                                                                          \
    {                                                                                              \
        .number = 8, .name = "bare pipe, 256 KiB, " label " / write() and read()",                 \
        .figure = FIGURE_SPEED, .relation = SHOWN, .ours = PIPE_STEP(use_), .other = PIPE_STEP(0), \
    }
#define LENT(wait_, touch_, copies_, mechanism_)                                                   \
    {                                                                                              \
        .kind = TRIAL_SESSION, .mechanism = &(mechanism_), .test = TEST_THROUGHPUT,                \
        .wait = (wait_), .copies = (copies_), .touch = (touch_), .size_bytes = 256 * KIB,          \
        .capacity_bytes = 256 * KIB                                                                \
    }

#define SLEEPS(label, size)                                                                        \
    {                                                                                              \
        .number = 10, .name = "shm stream, own, block, " label ": sleeps per message",             \
        .figure = FIGURE_SLEEPS, .relation = AT_MOST, .bound = 0.01,                               \
        .ours = OURS(channel_shm, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, size),                  \
    }

/* 12, of which the script measures the rest: what a sample takes before it can measure. */
#define START(mechanism_, word)                                                                    \
    {                                                                                              \
        .number = 12, .name = "start of a sample, " word ", fork to first message",                \
        .figure = FIGURE_START, .relation = AT_MOST, .bound = 3,                                   \
        .ours = OURS(mechanism_, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, 64),                     \
    }

const struct goal goals[] = {
    SPINNING_LATENCY("8 B", 8),
    SPINNING_LATENCY("64 B", 64),
    SPINNING_PART("shm latency, spin, 8 B / bare ping-pong of a data and a position line",
                  OURS(channel_shm, TEST_LATENCY, WAIT_SPIN, COPIES_OWN, 8),
                  BARE_LATENCY(BARE_LINES_PAUSE, 8)),
    SPINNING_PART("shm latency, spin, 64 B / bare ping-pong of a data and a position line",
                  OURS(channel_shm, TEST_LATENCY, WAIT_SPIN, COPIES_OWN, 64),
                  BARE_LATENCY(BARE_LINES_PAUSE, 64)),
    SPINNING_PART("bare ping-pong, 64 B, without pause / with", BARE_LATENCY(0, 64),
                  BARE_LATENCY(BARE_LINES_PAUSE, 64)),
    SPINNING_PART("bare ping-pong, 64 B, always the same data line / a ring",
                  BARE_LATENCY(BARE_LINES_PAUSE | BARE_LINES_FIXED, 64),
                  BARE_LATENCY(BARE_LINES_PAUSE, 64)),
    SPINNING_PART("bare ping-pong, 8 B in the line of the position / in another",
                  BARE_LATENCY(BARE_LINES_PAUSE | BARE_LINES_ONE, 8),
                  BARE_LATENCY(BARE_LINES_PAUSE, 8)),
    SPINNING_PART("bare ping-pong, 8 B in the line of the position, no pause / the same with pause",
                  BARE_LATENCY(BARE_LINES_ONE, 8),
                  BARE_LATENCY(BARE_LINES_PAUSE | BARE_LINES_ONE, 8)),

    {
        .number = 2,
        .name = "shm stream, in place, spin, 8 B / bare ring, same payload functions",
        .figure = FIGURE_SPEED,
        .relation = AT_LEAST,
        .bound = 0.95,
        .ours = OURS(channel_shm, TEST_THROUGHPUT, WAIT_SPIN, COPIES_INPLACE, 8),
        .other = BARE(bare_ring, 8),
    },
    {
        .number = 2,
        .name = "shm stream, in place, spin, 8 B / bare ring, payload work inline",
        .figure = FIGURE_SPEED,
        .relation = SHOWN,
        .ours = OURS(channel_shm, TEST_THROUGHPUT, WAIT_SPIN, COPIES_INPLACE, 8),
        .other = BARE(bare_word_ring, 8),
    },

    OWN_COPIES(WAIT_BLOCK, "block", "4 KiB", 4 * KIB),
    OWN_COPIES(WAIT_BLOCK, "block", "64 KiB", 64 * KIB),
    OWN_COPIES(WAIT_BLOCK, "block", "1 MiB", MIB),
    OWN_COPIES(WAIT_HYBRID, "hybrid", "4 KiB", 4 * KIB),
    OWN_COPIES(WAIT_HYBRID, "hybrid", "64 KiB", 64 * KIB),
    OWN_COPIES(WAIT_HYBRID, "hybrid", "1 MiB", MIB),

    IN_PLACE(WAIT_SPIN, "spin", AT_LEAST, "64 KiB", 64 * KIB),
    IN_PLACE(WAIT_SPIN, "spin", AT_LEAST, "256 KiB", 256 * KIB),
    IN_PLACE(WAIT_SPIN, "spin", AT_LEAST, "1 MiB", MIB),
    IN_PLACE(WAIT_SPIN, "spin", AT_LEAST, "4 MiB", 4 * MIB),
    IN_PLACE(WAIT_SPIN, "spin", AT_LEAST, "16 MiB", 16 * MIB),
    IN_PLACE(WAIT_BLOCK, "block", SHOWN, "64 KiB", 64 * KIB),
    IN_PLACE(WAIT_BLOCK, "block", SHOWN, "1 MiB", MIB),
    IN_PLACE(WAIT_BLOCK, "block", SHOWN, "16 MiB", 16 * MIB),

    RELAY(WAIT_SPIN, "spin", AT_LEAST),
    RELAY(WAIT_HYBRID, "hybrid", SHOWN),
    RELAY(WAIT_BLOCK, "block", SHOWN),
    RELAY_WITH("in place, 64 KiB, 1 MiB in flight", COPIES_INPLACE, 64 * KIB, MIB),
    RELAY_WITH("in place, 16 KiB", COPIES_INPLACE, 16 * KIB, 64 * KIB),
    RELAY_WITH("own, 64 KiB", COPIES_OWN, 64 * KIB, 64 * KIB),

    STREAM(channel_pipe, "pipe", 0, "64 B", 64),
    STREAM(channel_pipe, "pipe", 0, "4 KiB", 4 * KIB),
    STREAM(channel_pipe, "pipe", 0, "64 KiB", 64 * KIB),
    STREAM(channel_pipe, "pipe", 0, "1 MiB", MIB),
    STREAM(channel_fifo, "fifo", BARE_PIPE_NAMED, "64 B", 64),
    STREAM(channel_fifo, "fifo", BARE_PIPE_NAMED, "4 KiB", 4 * KIB),
    STREAM(channel_fifo, "fifo", BARE_PIPE_NAMED, "64 KiB", 64 * KIB),
    STREAM(channel_fifo, "fifo", BARE_PIPE_NAMED, "1 MiB", MIB),

    NAMED_STREAM("a FIFO / a pipe", BARE_PIPE_NAMED),
    NAMED_STREAM("a FIFO opened with O_NOATIME / a pipe", BARE_PIPE_NAMED | BARE_PIPE_NO_ATIME),

    PIPE_LATENCY("two CPUs", false),
    PIPE_LATENCY("one CPU", true),
    TIMED_PING_PONG("two CPUs", false),
    TIMED_PING_PONG("one CPU", true),

    STEP("vmsplice() and read()", BARE_PIPE_VMSPLICE),
    STEP("vmsplice() and read(), huge pages", BARE_PIPE_VMSPLICE | BARE_PIPE_HUGE_PAGES),
    STEP("vmsplice() and read(), huge pages, spin",
         BARE_PIPE_VMSPLICE | BARE_PIPE_HUGE_PAGES | BARE_PIPE_SPIN),
    STEP("vmsplice() and splice() to /dev/null (payload never read)",
         BARE_PIPE_VMSPLICE | BARE_PIPE_SPLICE_AWAY),
    STEP("the same, huge pages (payload never read)",
         BARE_PIPE_VMSPLICE | BARE_PIPE_SPLICE_AWAY | BARE_PIPE_HUGE_PAGES),
    STEP("the same, huge pages, spin (payload never read)",
         BARE_PIPE_VMSPLICE | BARE_PIPE_SPLICE_AWAY | BARE_PIPE_HUGE_PAGES | BARE_PIPE_SPIN),
    {
        .number = 8,
        .name = "our vmsplice, 256 KiB, spin, edges touched / bare vmsplice() and read(), spin",
        .figure = FIGURE_SPEED,
        .relation = SHOWN,
        .ours = LENT(WAIT_SPIN, TOUCH_EDGES, COPIES_OWN, channel_vmsplice),
        .other = PIPE_STEP(BARE_PIPE_VMSPLICE | BARE_PIPE_SPIN),
    },
    {
        .number = 8,
        .name = "our vmsplice, 256 KiB, spin / our pipe, block; every byte touched",
        .figure = FIGURE_SPEED,
        .relation = SHOWN,
        .ours = LENT(WAIT_SPIN, TOUCH_FULL, COPIES_OWN, channel_vmsplice),
        .other = LENT(WAIT_BLOCK, TOUCH_FULL, COPIES_OWN, channel_pipe),
    },

    {
        .number = 9,
        .name = "null, 64 B: time per message less producing alone",
        .figure = FIGURE_DIFFERENCE,
        .relation = AT_MOST,
        .bound = 5,
        .ours = OURS(channel_null, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, 64),
        .other = BARE(bare_payload, 64),
    },
    {
        .number = 9,
        .name = "null, 8 B, edges touched: time per message",
        .figure = FIGURE_OURS,
        .relation = AT_MOST,
        .bound = 5,
        .ours = {.kind = TRIAL_SESSION,
                 .mechanism = &channel_null,
                 .test = TEST_THROUGHPUT,
                 .touch = TOUCH_EDGES,
                 .size_bytes = 8},
    },
    {
        .number = 9,
        .name = "null, 64 B, every byte touched: time per message",
        .figure = FIGURE_OURS,
        .relation = SHOWN,
        .ours = OURS(channel_null, TEST_THROUGHPUT, WAIT_BLOCK, COPIES_OWN, 64),
    },

    SLEEPS("64 B", 64),
    SLEEPS("4 KiB", 4 * KIB),

    START(channel_pipe, "pipe"),
    START(channel_fifo, "fifo"),
    START(channel_shm, "shm"),
};

const size_t goals_count = sizeof goals / sizeof goals[0];
