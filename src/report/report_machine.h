/*
 * The few facts of a manifest that charts and tables name: which machine, which CPUs, how many
 * rounds. The one place that knows under which names the manifest keeps them; a fact that the
 * manifest does not have is an empty text or NAN, never a guess. All texts are untrusted (see
 * report_text.h).
 */
#ifndef REPORT_MACHINE_H
#define REPORT_MACHINE_H

#include "results/bundle_reader.h"
#include "text/language.h"

#define REPORT_MACHINE_TEXT_BYTES 400

struct report_machine {
    const char *cpu_model; /* the bundle owns the texts */
    const char *kernel;
    const char *hypervisor; /* "" on bare metal or where unknown */
    const char *label;
    const char *stopped_because;
    double l1d_bytes;
    double l2_bytes;
    double l3_bytes;
    double capacity_bytes;
    double rounds;
    double seconds; /* of the whole run */
};

struct report_machine report_machine_of(const struct bundle_data *bundle);

/* "AMD EPYC (kvm guest), Linux 6.18" into `text` (REPORT_MACHINE_TEXT_BYTES); returns it. */
char *report_machine_describe(const struct report_machine *machine, enum language language,
                              char *text);

/* "placement cache: CPU 0 writes, CPU 1 reads", or without CPUs where the manifest does not tell.
 */
char *report_machine_describe_placement(const struct bundle_data *bundle, const char *placement,
                                        enum language language, char *text);

#endif
