/*
 * What may disturb a measurement on this machine at one moment: counters since boot, whose
 * difference over a while says what else went on, and states. Reads files only and judges nothing.
 *
 * Read under a root ("" for the machine itself), so that tests can show a made-up machine. What
 * cannot be read is NAN or an empty text, never a guess: virtual machines as a rule tell neither
 * frequencies nor throttling.
 */
#ifndef DISTURBANCE_H
#define DISTURBANCE_H

#include <stddef.h>

#define DISTURBANCE_GOVERNOR_BYTES 128

struct disturbance {
    /* Since boot, over all CPUs, from /proc/stat. Times are counted in ticks of the kernel's user
     * interface, 10 ms as a rule. */
    double steal_ns; /* a CPU wanted to run and the hypervisor ran another */
    double busy_ns;  /* user, nice, system and interrupts; what guests use is within user */
    double interrupts;
    double context_switches;
    /* Since boot: thermal events, summed over CPUs. One of a package counts once for each of its
     * CPUs, so whether the sum grew says more than by how much. */
    double throttles;
    /* Now. */
    double online_cpus;
    double load_1min;
    double frequency_mean_hz; /* over the CPUs that tell one */
    double frequency_least_hz;
    char
        governors[DISTURBANCE_GOVERNOR_BYTES]; /* the different ones, joined by ", "; "": unknown */
};

/* Reads all of it; takes some 0.1 ms per CPU, and no locks. Has no errors: see above. */
void disturbance_read(const char *root, struct disturbance *disturbance);

#endif
