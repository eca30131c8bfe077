/*
 * How fast this CPU computes at a given moment: the time for a fixed piece of work that keeps its
 * execution units busy. A number for the record, not a result: when the other hardware thread of a
 * core is busy, which under a hypervisor may be a stranger's, everything on this one takes up to
 * twice as long, and no account of this machine tells. Knows no mechanism.
 */
#ifndef PACE_H
#define PACE_H

/* Nanoseconds for the piece of work, the best of a few tries, so that an interrupt does not count;
 * some ten microseconds each. Comparable between runs of the same program only. */
double pace_work_ns(void);

#endif
