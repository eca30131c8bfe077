/*
 * In which state of the machine a sample was measured, by what the sample itself recorded outside
 * of everything timed: how far apart its two CPUs were (bounce_before_ns, bounce_after_ns) and how
 * fast they computed (writer_work_ns, reader_work_ns). A hypervisor moves virtual CPUs onto the
 * threads of one core, or shares a core with a stranger, for seconds or minutes; then the same
 * placement word stands for another machine, and figures change manifold. Samples are compared with
 * their like: those of the state that most samples of their placement were in. The others are
 * marked, stay in samples.tsv and are told of (noise.h); no figure counts them. Whether one is
 * marked depends on its state alone, never on its result.
 *
 * That is done where enough is left: MACHINE_LEAST_ROUNDS counted samples for each cell of the
 * placement on average. A shorter run counts all of its samples, whatever state they were measured
 * in; its intervals are as wide as that makes them.
 *
 * A sample is in a state when its distances lie within MACHINE_DISTANCE_FACTOR and its paces within
 * MACHINE_WORK_FACTOR of the state's; what it does not know is no objection. Without those columns,
 * as in older bundles, all samples are alike.
 */
#ifndef MACHINE_STATE_H
#define MACHINE_STATE_H

#include "results/raw_samples.h"

#include <stdbool.h>
#include <stddef.h>

/* On the machine where this was found, distances are 70 or 220 ns and wander by a sixth. */
#define MACHINE_DISTANCE_FACTOR 1.5
/* A calm CPU wanders by one per cent there; a neighbour on the core costs 5 to 50 %. */
#define MACHINE_WORK_FACTOR 1.05

/* Two more than an interval needs, so that few cells lose theirs. */
#define MACHINE_LEAST_ROUNDS 8.0
/* With less than this share of a run's samples its rounds are no longer pairs. */
#define MACHINE_COMMON_SHARE 0.2

/* Two runs whose shares of every state differ by no more than this are mixed alike. */
#define MACHINE_ALIKE_SHARE 0.1

/* What a sample tells of its state; NAN: nothing. */
struct machine_look {
    double bounce_before_ns;
    double bounce_after_ns;
    double work_ns; /* of the slower side */
};

/* Of the ceiling that measures the distance it is the distance. */
struct machine_look machine_look_of(const struct sample *sample);

/* NAN: not known, and no objection. */
struct machine_state {
    double bounce_ns;
    double work_ns;
};

bool machine_state_holds(const struct machine_state *state, const struct machine_look *look);

/* The state that most of looks[0 .. count) were in, in any order, of `cells` cells; NANs, which
 * hold every sample, when none tells or too few would be left. */
struct machine_state machine_state_of_most(const struct machine_look *looks, size_t count,
                                           size_t cells);

/* Sets `elsewhere` of every sample, each placement by itself. Returns 0 or -ENOMEM. */
int machine_state_mark(struct raw_samples *raw);

/*
 * The same for two runs that are compared. Of one machine: each placement by the state that both
 * have most of, as the smaller of the two shares, which must be MACHINE_COMMON_SHARE at least.
 * Where that leaves fewer rounds than MACHINE_LEAST_ROUNDS, two runs that are mixed alike are
 * compared with all of their samples; of others the few rounds alone count, for the rest would
 * compare two states and not two builds. Where there is no such state no sample of the placement
 * counts, and *apart counts it. Of two machines: each keeps its own. Which run comes first changes
 * nothing. Returns 0 or -ENOMEM.
 */
int machine_state_mark_common(struct raw_samples *one, struct raw_samples *other, bool same_machine,
                              size_t *apart);

#endif
