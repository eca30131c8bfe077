/*
 * The judges behind the table of claims: each turns one observation into a verdict, by the rule
 * that stands here, and into evidence. Pure: the same observation, the same finding.
 */
#ifndef JUDGES_H
#define JUDGES_H

#include "claims/claim.h"

typedef void claim_judge(const union observation *observation, struct finding *finding);

/* ---- the API: judge_keys.c, judge_segments.c, judge_life.c, judge_talk.c ---- */

/* Holds when all three keys are one, else it doesn't. */
claim_judge judge_same_key;

/* Holds when both recreations changed the key; in part when one did; else it doesn't. */
claim_judge judge_recreated_key;

/* One collision refutes uniqueness. Without one, of the few looked for, nothing is proved:
 * unresolved. */
claim_judge judge_unique_key;

/* Holds when ftok takes every path; in part when it takes files and folders, but no path at which
 * there is nothing; else it doesn't. */
claim_judge judge_any_path;

/* Doesn't hold when the permissions always were the mode bits asked for. Else holds when other ids
 * gave other permissions at equal mode bits, and in part when other mode bits did so, too, under
 * one id. Unresolved with fewer than two ids or two modes, and when the permissions followed
 * neither. */
claim_judge judge_permissions;

/* Holds when the second call gave the first one's id and the data was still there; in part when the
 * data was not; else it doesn't. */
claim_judge judge_existing;

/* Holds with EEXIST, in part with another error, and doesn't when the call succeeded. */
claim_judge judge_exclusive;

/* The roles differ when id and key are different numbers and a segment made anew under the same key
 * got another id. Holds when, beyond that, a bare id is worth nothing in another process, as with a
 * file descriptor; in part when it is; else it doesn't. */
claim_judge judge_key_and_id;

/* Holds when both are one number, else it doesn't. */
claim_judge judge_recorded_key;

/* Holds when every call returned what the article says, else it doesn't. */
claim_judge judge_return_values;

/* Memory comes in whole pages when the last page can be used to its end and no further. Holds when
 * the recorded size is rounded up as well, in part when it is not; doesn't when the memory ends
 * within a page. Unresolved when the page behind can be used, too: then its end was not found. */
claim_judge judge_size;

/* Holds when the segment, with its data, outlived its maker and the pipe's data did not outlive its
 * processes; in part when one of the two is so; else it doesn't. Unresolved when nothing was in the
 * pipe before. */
claim_judge judge_outlives;

/* Unresolved when a tool is missing. Holds when ipcs lists the segment and ipcrm removes it; in
 * part with one of them; else it doesn't. */
claim_judge judge_ipcs;

/* Holds with 0 1 2 1 0; in part when the segment was gone with the last detach, as some kernels are
 * told to do; else it doesn't. */
claim_judge judge_attach_count;

/* Holds when size and flags 0 find the segment and its data, and so does the same size; in part
 * when only the same size finds it; else it doesn't. */
claim_judge judge_client;

/* Doesn't hold unless IPC_STAT says what is so, IPC_SET sets the mode, and after IPC_RMID the
 * segment is gone. Holds when IPC_SET took over the size as well, in part when it did not. */
claim_judge judge_control;

/* Holds when both can talk on after IPC_RMID and the segment is gone with the last detach; in part
 * when it works on but does not go; else it doesn't. */
claim_judge judge_removed;

/* Holds when, after IPC_RMID, the segment is there (marked) with two and with one attached and gone
 * with none; in part when it is there with two but not as long as it should; else it doesn't. */
claim_judge judge_removal_waits;

/* Holds when the pipe's reader slept until something was written, and the segment's reader did not
 * wait; in part when one of the two is so; else it doesn't. */
claim_judge judge_reader_waits;

/* Holds when the other process was let in and its addition was lost; in part when it was let in but
 * nothing was lost; else it doesn't. */
claim_judge judge_exclusion;

/* Doesn't hold when a write was not seen within the limit. Holds when all were, and a byte changed
 * after it was handed over showed its new value in the segment and its old one in the pipe; else in
 * part. The delay is evidence, not a criterion: "at once" has no number. */
claim_judge judge_seen_at_once;

/* ---- measurements: judge_bundle.c ---- */

/*
 * Four against one. A path is witnessed when its row agrees with its witnesses and at least one of
 * them could count all of its copies: the kernel's accounting with the memcpys, or the mutation
 * probes. Numbers are equal within 0.1 %.
 *
 * Unresolved when a path is missing, not witnessed, or disagrees. Does not hold when the pipe from
 * file to file is not witnessed with 4 copies, or shm from file to use not with 1. Holds when, in
 * addition, the pipe makes four times as many copies as shm between EQUAL ends (file to file, and
 * file to use); in part when it does not: then 4 against 1 comes from comparing different ends.
 */
claim_judge judge_four_against_one;

/*
 * Shared memory is faster. Over all cells of shm with a ratio to the pipe (test, wait, copies,
 * placement, size; every byte touched): an interval above 1 says faster, below 1 slower, one that
 * contains 1 says nothing. Holds when all say faster; does not hold when none does and some say
 * slower; in part when some but not all say faster; else unresolved.
 */
claim_judge judge_speed;

/*
 * Shared memory is the fastest. Each cell of shm is set against all other mechanisms of the same
 * cell, by their ratios to the pipe: it wins when its interval lies above all others', and loses
 * when another's lies above its own. A superlative is refuted by what is faster: does not hold when
 * more cells lose than chance explains, which is one in forty (what intervals of 95 % leave to that
 * side) and one alone. It is never simply confirmed, because the mechanisms that were not measured
 * (sockets, message queues, ...) could be faster: at best it holds in part. Unresolved when no cell
 * wins and no more lose than that.
 */
claim_judge judge_fastest;

/*
 * It is so because of the copies. At each size with a resolved gap (its interval above 0: a cause
 * can only be asked for where there is an effect) the share of the factor `copies` is set against a
 * half: what explains less than half is not the cause, but one among others. Holds when the
 * intervals of all these shares lie above a half. Does not hold when none does and some lie below.
 * In part when some but not all lie above. Unresolved when no interval excludes a half.
 */
claim_judge judge_cause;

#endif
