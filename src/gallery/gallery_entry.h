/*
 * What a gallery shows of one bundle: few facts, few figures and a line per chart, so that a
 * thousand bundles need no more memory than that. Figures come from summary.tsv, gap.tsv and
 * claims.tsv as reports take them. A bundle may come from a stranger: its texts are made plain
 * here, and are still untrusted (report_text.h). Draws nothing.
 */
#ifndef GALLERY_ENTRY_H
#define GALLERY_ENTRY_H

#include "base/failure.h"
#include "report/report_findings.h"
#include "results/evidence.h"

#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#define GALLERY_TEXT_BYTES 128

/* The payload size that the answer and the table are about: where one write fills a pipe of the
 * default capacity. */
#define GALLERY_SIZE_BYTES UINT64_C(65536)

/* What can be drawn of a bundle, all in its first placement and touch. */
enum gallery_figure {
    GALLERY_RATIO_MATCHED,   /* throughput, shm to the pipe: both block, payload in own buffers */
    GALLERY_RATIO_BEST,      /* the same at its best: both spin, payload used in place */
    GALLERY_THROUGHPUT_PIPE, /* over the bundle's own memcpy of the same size; matched */
    GALLERY_THROUGHPUT_SHM,
    GALLERY_LATENCY_PIPE, /* over the bundle's own bounce of a cache line; matched */
    GALLERY_LATENCY_SHM,
    GALLERY_FIGURES
};

struct gallery_point {
    uint64_t size_bytes;
    double value; /* GALLERY_LEAST to GALLERY_MOST: what lies beyond is no measurement */
};

#define GALLERY_LEAST 1e-6
#define GALLERY_MOST  1e9

/* Rising by size; `points` belongs to the entry, NULL when there are none. */
struct gallery_line {
    struct gallery_point *points;
    size_t count;
};

struct gallery_entry {
    char id[NAME_MAX + 1]; /* of the manifest, or else the folder's name */
    char folder[PATH_MAX]; /* without links */
    const char *page;      /* the file of it to open: report.html, report.md, or "" */
    char cpu[GALLERY_TEXT_BYTES];
    char kernel[GALLERY_TEXT_BYTES];
    char kernel_series[GALLERY_TEXT_BYTES]; /* "6.18" of "6.18.44-fc" */
    char virtualisation[GALLERY_TEXT_BYTES];
    char date[GALLERY_TEXT_BYTES]; /* "2026-11-24 21:46", UTC; "" when the id does not tell */
    char preset[GALLERY_TEXT_BYTES];
    char placement[GALLERY_TEXT_BYTES]; /* and its touch, when it is not `full` */
    double hardware_threads;            /* NAN: not known */
    struct estimate ratio;              /* GALLERY_RATIO_MATCHED at GALLERY_SIZE_BYTES */
    struct evidence_value copies_share; /* of the gap, at the size a report tells about */
    size_t claims;
    size_t claims_hold;
    struct gallery_line lines[GALLERY_FIGURES];
};

/* Reads the bundle in `folder`. Returns 0; -EINVAL when it is none or damaged; -ENOMEM; or another
 * -errno of opening, described. *entry is set on success only, and is released by
 * gallery_entry_free. */
int gallery_entry_read(const char *folder, struct gallery_entry *entry, struct failure *failure);
void gallery_entry_free(struct gallery_entry *entry);

#endif
