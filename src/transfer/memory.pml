/*
 * Shared memory as processors keep it, for the models of the hand-shake (wait.pml) and of the ring
 * (ring.pml): what a process stores goes into a buffer of its own, which it reads from, too, and
 * reaches the memory that all see some time later.
 *
 * -DTSO: in the order of the stores (x86). Otherwise in any order that keeps two stores to one place
 * apart and lets a release be passed by nothing that comes before it, but by what comes after (arm64).
 * Sequentially consistent are, as both processors do it: a store that nothing goes on from until it
 * is seen (TSO), or a load that waits for all such stores before it (arm64: stlr, ldar).
 * Loads are taken in order here; where a model lets two of them change places it says so itself.
 */
#define RELAXED 0
#define RELEASE 1
#define ACQUIRE 1
#define SEQ_CST 2

#define ENTRIES 4

typedef buffer {
    byte length;
    byte strong;              /* how many entries are sequentially consistent */
    byte place[ENTRIES];
    byte value[ENTRIES];
    byte order[ENTRIES];
    byte pending[LOCATIONS];  /* entries for each place */
};

byte memory[LOCATIONS];
buffer buffers[2];
hidden byte at; /* used within one step only */

/* As a system call is: all that was stored is seen. */
inline fence(me)
{
    buffers[me].length == 0
}

inline store(me, where, new, how)
{
    d_step {
        buffers[me].length < ENTRIES ->
        at = buffers[me].length;
        buffers[me].place[at] = where;
        buffers[me].value[at] = new;
        buffers[me].order[at] = how;
        buffers[me].pending[where]++;
        buffers[me].length++;
        if
        :: how == SEQ_CST -> buffers[me].strong++
        :: else
        fi
    }
#ifdef TSO
    if
    :: how == SEQ_CST -> fence(me)
    :: else
    fi
#endif
}

inline load(me, where, how, into)
{
    d_step {
        (how != SEQ_CST || buffers[me].strong == 0) ->
        into = memory[where];
        at = 0;
        do
        :: at < buffers[me].length ->
            if
            :: buffers[me].place[at] == where -> into = buffers[me].value[at]
            :: else
            fi;
            at++
        :: else -> break
        od
    }
}

/* Relaxed; on x86 every such instruction is a fence as well. */
inline exchange(me, where, new, old)
{
    d_step {
#ifdef TSO
        buffers[me].length == 0 ->
#else
        buffers[me].pending[where] == 0 ->
#endif
        old = memory[where];
        memory[where] = new
    }
}

/* The entry reaches the memory; those behind it move up. */
#define REACH(me, entry)                                                                  \
    memory[buffers[me].place[entry]] = buffers[me].value[entry];                          \
    buffers[me].pending[buffers[me].place[entry]]--;                                      \
    if                                                                                    \
    :: buffers[me].order[entry] == SEQ_CST -> buffers[me].strong--                        \
    :: else                                                                               \
    fi;                                                                                   \
    buffers[me].length--;                                                                 \
    at = entry;                                                                           \
    do                                                                                    \
    :: at < buffers[me].length ->                                                         \
        buffers[me].place[at] = buffers[me].place[at + 1];                                \
        buffers[me].value[at] = buffers[me].value[at + 1];                                \
        buffers[me].order[at] = buffers[me].order[at + 1];                                \
        at++                                                                              \
    :: else -> break                                                                      \
    od;                                                                                   \
    buffers[me].place[at] = 0;                                                            \
    buffers[me].value[at] = 0;                                                            \
    buffers[me].order[at] = 0

#define OTHER_PLACE(me, entry, before) (buffers[me].place[entry] != buffers[me].place[before])
#define MAY_PASS(me, entry) (buffers[me].length > entry && buffers[me].order[entry] == RELAXED)

proctype drain(byte me)
{
end:
    do
    :: d_step { buffers[me].length > 0 -> REACH(me, 0) }
#ifndef TSO
    :: d_step { MAY_PASS(me, 1) && OTHER_PLACE(me, 1, 0) -> REACH(me, 1) }
    :: d_step {
            MAY_PASS(me, 2) && OTHER_PLACE(me, 2, 0) && OTHER_PLACE(me, 2, 1) -> REACH(me, 2)
        }
    :: d_step {
            MAY_PASS(me, 3) && OTHER_PLACE(me, 3, 0) && OTHER_PLACE(me, 3, 1) &&
                OTHER_PLACE(me, 3, 2) -> REACH(me, 3)
        }
#endif
    od
}
