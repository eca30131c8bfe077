/*
 * A model of the hand-shake alone (wait.h, wait.c), for spin: `make model`. Two processes, either in
 * turns, each waiting for the other (a ping-pong), or one publishing while the other waits, for the
 * next position or, asking to be woken no sooner, for the one behind it (a stream).
 */
#define PLACES    2
#define LOCATIONS 6
#define ROUNDS    3

#define PUBLISH_STORE STRONG_STORE

#include "memory.pml"
#include "handshake.pml"

bool takes_turns;

proctype first()
{
    byte round = 1, seen, look, flag, wanted;
    do
    :: round > ROUNDS -> break
    :: else ->
        publish(0, 0, round, flag, wanted);
        if
        :: takes_turns -> wait_for(0, 1, round, round, seen, look); seen = 0
        :: else
        fi;
        round++
    od
}

proctype second()
{
    byte round = 1, seen, look, flag, wanted, wake_at;
    do
    :: round > ROUNDS -> break
    :: else ->
        wake_at = round;
        if
        :: !takes_turns && round < ROUNDS -> wake_at = round + 1
        :: true
        fi;
        wait_for(1, 0, round, wake_at, seen, look);
        wake_at = 0;
        if
        :: takes_turns -> publish(1, 1, round, flag, wanted); round++
        :: else -> round = seen + 1
        fi;
        seen = 0
    od
}

init
{
    atomic {
        if
        :: takes_turns = true
        :: takes_turns = false
        fi;
        run first();
        run second();
        run drain(0);
        run drain(1)
    }
}
