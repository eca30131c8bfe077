/*
 * A model of the ring (ring.h, ring.c) on top of the hand-shake, for spin: `make model`. The producer
 * writes bytes that are numbered into the data, hands them over and finishes; the consumer must find
 * each of them in its turn. With the memory of memory.pml, in which data can come later than the
 * position that stands for it, unless the orders of wait.h keep it.
 *
 * -DLOANS: messages of LOAN bytes, the last one shorter, in a ring that they do not divide: its last
 * byte is skipped by both. Otherwise a stream of bytes in pieces of any size up to PIECE.
 *
 * Faults, to be found, beside those of the hand-shake: -DRELEASE_BEFORE_READ, -DPUBLISH_RELAXED,
 * -DREAD_BEFORE_POSITION (the data loaded before the position was: what a relaxed load allows),
 * -DSKIP_FORGOTTEN (by the consumer), -DROOM_FOR_ONE_MORE (a producer that counts a byte too many),
 * -DFINISH_WITHOUT_WAKING.
 */
#ifdef LOANS
#define CAPACITY 5
#define LOAN     2
#define LEAST    LOAN
#define PIECE    LOAN
#define TOTAL    7
#else
#define CAPACITY 4
#define LEAST    1
#define PIECE    2
#define TOTAL    7
#endif
#ifdef ROOM_FOR_ONE_MORE
#define ROOM (CAPACITY + 1)
#else
#define ROOM CAPACITY
#endif
/* How much a waiting producer wants to be free: more than it needs. (A quarter, in ring.c.) */
#define COMFORTABLE (CAPACITY / 2)

#define FINISHED  128 /* the highest bit of a position */
#define PLACES    2
#define PUBLISHED 0
#define RELEASED  1
#define DATA      6
#define LOCATIONS (DATA + CAPACITY)

#ifdef PUBLISH_RELAXED
#define PUBLISH_STORE RELAXED
#else
#define PUBLISH_STORE STRONG_STORE
#endif

#include "memory.pml"
#include "handshake.pml"

/* place_loan */
inline place_loan(offset, gap, start)
{
    d_step {
        if
        :: CAPACITY - offset >= LEAST -> gap = 0; start = offset
        :: else -> gap = CAPACITY - offset; start = 0
        fi
    }
}

#define MINIMUM(a, b) ((a) < (b) -> (a) : (b))
#define MAXIMUM(a, b) ((a) > (b) -> (a) : (b))

proctype producer()
{
    byte position, peer, offset; /* of struct ring_end */
    byte gap, start, size, most, done, sent;
    byte seen, look, flag, wanted, needed, enough, comfortable;
    do
    :: sent == TOTAL -> break
    :: else ->
        /* ring_reserve */
        place_loan(offset, gap, start);
        needed = gap + LEAST;
        if
        :: ROOM - (position - peer) < needed ->
            enough = position + needed - CAPACITY;
            comfortable = position + MAXIMUM(needed, COMFORTABLE) - CAPACITY;
            wait_for(0, RELEASED, enough, comfortable, seen, look);
            peer = seen;
            d_step {
                seen = 0;
                enough = 0;
                comfortable = 0
            }
        :: else
        fi;
#ifdef LOANS
        most = MINIMUM(PIECE, TOTAL - sent);
#else
        if
        :: most = 1
        :: TOTAL - sent > 1 -> most = PIECE
        fi;
#endif
        d_step {
            size = ROOM - (position - peer) - gap;
            size = MINIMUM(size, CAPACITY - start);
            size = MINIMUM(size, most);
            most = 0;
            needed = 0
        }
        /* what is written into the loan */
        do
        :: done == size -> break
        :: else ->
            store(0, DATA + start + done, sent + done + 1, RELAXED);
            done++
        od;
        /* ring_commit */
        offset = start + size;
        d_step {
            position = position + gap + size;
            sent = sent + size;
            start = 0;
            gap = 0;
            size = 0;
            done = 0
        }
        publish(0, PUBLISHED, position, flag, wanted)
    od;
    /* ring_finish */
#ifdef FINISH_WITHOUT_WAKING
    store(0, POSITION(PUBLISHED), position | FINISHED, STRONG_STORE)
#else
    publish(0, PUBLISHED, position | FINISHED, flag, wanted)
#endif
}

/* The bytes of the view must be those that come next. */
inline read_view(start, size, got, done, value)
{
    do
    :: done == size -> break
    :: else ->
        load(1, DATA + start + done, RELAXED, value);
        assert(value == got + done + 1);
        done++
    od;
    value = 0;
    done = 0
}

proctype consumer()
{
    byte position, peer, offset;
    byte gap, start, size, most, done, got;
    byte seen, look, flag, wanted, value;
    bool finished;
#ifdef READ_BEFORE_POSITION
    byte early_value;
#endif
    do
    :: /* ring_acquire */
        place_loan(offset, gap, start);
#ifdef SKIP_FORGOTTEN
        gap = 0;
#endif
#ifdef READ_BEFORE_POSITION
        load(1, DATA + start, RELAXED, early_value);
#endif
        if
        :: peer < position + gap + LEAST && !finished ->
            wait_for(1, PUBLISHED, position + gap + LEAST, position + gap + LEAST, seen, look);
            finished = ((seen & FINISHED) != 0);
            d_step {
                peer = (seen & (FINISHED - 1));
                seen = 0
            }
        :: else
        fi;
        if
        :: finished && peer - position <= gap -> break
        :: else
        fi;
#ifdef LOANS
        most = PIECE;
#else
        if
        :: most = 1
        :: most = PIECE
        fi;
#endif
        d_step {
            size = peer - position - gap;
            size = MINIMUM(size, CAPACITY - start);
            size = MINIMUM(size, most);
            most = 0
        }
#ifdef READ_BEFORE_POSITION
        assert(early_value == got + 1);
        early_value = 0;
#endif
#ifndef RELEASE_BEFORE_READ
        read_view(start, size, got, done, value);
#endif
        /* ring_release */
        offset = start + size;
        d_step {
            position = position + gap + size;
            gap = 0
        }
        publish(1, RELEASED, position, flag, wanted);
#ifdef RELEASE_BEFORE_READ
        read_view(start, size, got, done, value);
#endif
        d_step {
            got = got + size;
            size = 0;
            start = 0
        }
    od;
    assert(got == TOTAL)
}

init
{
    atomic {
        run producer();
        run consumer();
        run drain(0);
        run drain(1)
    }
}
