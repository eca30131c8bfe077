/*
 * The hand-shake of wait.c, statement by statement: announce, look, sleep on one side; publish, look,
 * wake on the other. There are no time-outs here, so a lost wake-up is a dead-lock, which spin finds.
 * What a time-out or a signal does, an early return from a sleep, happens EARLY times, where it may.
 *
 * -DSEMOP: a sleeper takes one of a semaphore; a wake-up that is given late ends the next sleep.
 * Otherwise a futex: the kernel compares the word under its lock and goes to sleep in one step.
 *
 * Faults, to be found: -DLOOK_BEFORE_ANNOUNCE, -DFLAG_BEFORE_PUBLISH, -DACQUIRE_RELEASE (in place of
 * sequential consistency), -DFLAG_STORED_RELAXED, -DNO_COMPARE (a futex that would sleep whatever the
 * word holds).
 * No faults, as spin shows: -DWAKE_AT_AFTER_FLAG, -DFLAG_LOADED_RELAXED. With them a publisher can take
 * an older wake_at than the announcement's; but whoever asks to be woken at a position relies on it
 * being reached in any case, so an older one at most wakes too soon.
 */
#define POSITION(which) (3 * (which))
#define WAKE_AT(which)  (3 * (which) + 1)
#define SLEEPING(which) (3 * (which) + 2)

#ifdef ACQUIRE_RELEASE
#define STRONG_STORE RELEASE
#define STRONG_LOAD  ACQUIRE
#else
#define STRONG_STORE SEQ_CST
#define STRONG_LOAD  SEQ_CST
#endif

#ifdef FLAG_STORED_RELAXED
#define FLAG_STORE RELAXED
#else
#define FLAG_STORE STRONG_STORE
#endif

#ifndef EARLY
#define EARLY 1
#endif

bool asleep[PLACES];
byte tokens[PLACES];
byte early = EARLY;

/* wait_wake */
inline wake(me, which, flag)
{
    exchange(me, SLEEPING(which), 0, flag);
    if
    :: flag == 1 ->
        fence(me);
#ifdef SEMOP
        tokens[which]++
#else
        asleep[which] = false
#endif
    :: else
    fi
}

/* wait_publish */
inline publish(me, which, next, flag, wanted)
{
#ifdef FLAG_BEFORE_PUBLISH
    load(me, SLEEPING(which), STRONG_LOAD, flag);
    store(me, POSITION(which), next, STRONG_STORE);
#else
    store(me, POSITION(which), next, PUBLISH_STORE);
#ifdef FLAG_LOADED_RELAXED
    /* Then the load behind it may come first. */
    if
    :: load(me, WAKE_AT(which), RELAXED, wanted); load(me, SLEEPING(which), STRONG_LOAD, flag)
    :: load(me, SLEEPING(which), STRONG_LOAD, flag); load(me, WAKE_AT(which), RELAXED, wanted)
    fi;
#else
    load(me, SLEEPING(which), STRONG_LOAD, flag);
#endif
#endif
    if
    :: flag == 0
    :: else ->
#ifndef FLAG_LOADED_RELAXED
        load(me, WAKE_AT(which), RELAXED, wanted);
#endif
        if
        :: next >= wanted -> wake(me, which, flag)
        :: else
        fi
    fi;
    flag = 0;
    wanted = 0
}

/* sleep_on */
inline sleep_on(me, which)
{
    fence(me);
#ifdef SEMOP
    if
    :: d_step { tokens[which] > 0 -> tokens[which]-- }
    :: d_step { early > 0 -> early-- }
    fi
#else
    d_step {
        asleep[which] = false;
        if
#ifdef NO_COMPARE
        :: true -> asleep[which] = true
#else
        :: memory[SLEEPING(which)] == 1 -> asleep[which] = true
        :: else
#endif
        fi
    }
    if
    :: asleep[which] == false
    :: d_step { asleep[which] && early > 0 -> early--; asleep[which] = false }
    fi
#endif
}

/* wait_for_position with sleep_for_position in it; `least` is what it needs, `wanted` its wake_at. */
inline wait_for(me, which, least, wanted, seen, look)
{
    do
    :: load(me, POSITION(which), ACQUIRE, seen);
        if
        :: seen >= least -> break
        :: else ->
#ifdef LOOK_BEFORE_ANNOUNCE
            load(me, POSITION(which), STRONG_LOAD, look);
#endif
#ifdef WAKE_AT_AFTER_FLAG
            store(me, SLEEPING(which), 1, FLAG_STORE);
            store(me, WAKE_AT(which), wanted, RELAXED);
#else
            store(me, WAKE_AT(which), wanted, RELAXED);
            store(me, SLEEPING(which), 1, FLAG_STORE);
#endif
#ifndef LOOK_BEFORE_ANNOUNCE
            load(me, POSITION(which), STRONG_LOAD, look);
#endif
            if
            :: look < least -> sleep_on(me, which)
            :: else
            fi;
            look = 0;
            store(me, SLEEPING(which), 0, RELAXED)
        fi
    od
}
