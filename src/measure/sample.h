/*
 * One sample: what one fresh pair of processes measured of one cell, once. The field table is the
 * only place that knows names, units and types; text, TSV, JSON and the columns of samples.tsv
 * are all made from it. Time values are nanoseconds, sizes are bytes (or the name says so).
 */
#ifndef SAMPLE_H
#define SAMPLE_H

#include "base/failure.h"
#include "base/terms.h"

#include <stdint.h>
#include <stdio.h>

#define SAMPLE_WORD_BYTES 24

enum checksum_state { CHECKSUM_WRONG, CHECKSUM_OK, CHECKSUM_NOT_APPLICABLE };

struct sample {
    /* The cell. */
    char mechanism[SAMPLE_WORD_BYTES];
    char test[SAMPLE_WORD_BYTES];
    char wait[SAMPLE_WORD_BYTES];
    char copies[SAMPLE_WORD_BYTES];
    char touch[SAMPLE_WORD_BYTES];
    char placement[SAMPLE_WORD_BYTES];
    char source[SAMPLE_WORD_BYTES];
    char sink[SAMPLE_WORD_BYTES];
    uint64_t extra_copies; /* of every message, by the reader: the padded control */
    char working_set[SAMPLE_WORD_BYTES];
    uint64_t size_bytes;
    /* What was done. */
    uint64_t messages; /* one-way messages; round trips in a latency test */
    uint64_t bytes;    /* payload moved in all directions */
    uint64_t wall_ns;
    /* What it took. */
    uint64_t writer_user_ns;
    uint64_t writer_sys_ns;
    uint64_t reader_user_ns;
    uint64_t reader_sys_ns;
    uint64_t voluntary_switches; /* of both processes, as the rest below */
    uint64_t involuntary_switches;
    uint64_t minor_faults;
    uint64_t major_faults;
    uint64_t user_copy_bytes; /* bytes copied by user-space copies, as counted by copy.h */
    /* The witnesses' counts over both processes; NAN where there is no such witness. */
    double kernel_io_bytes; /* passed to system calls that move bytes, see measure/kernel_io.h */
    double link_copy_bytes; /* passed to memcpy, counted at link level in an audit build */
    /* How it was set up. */
    uint64_t capacity_bytes; /* bytes in flight that the mechanism allowed, as read back */
    int64_t writer_cpu;
    int64_t reader_cpu;
    double bounce_before_ns; /* see distance.h, before the first message and after the last; NAN */
    double bounce_after_ns;  /* on one CPU and where nobody answered */
    double writer_work_ns;   /* see pace.h, the slower of before and after; NAN where it was not */
    double reader_work_ns;   /* measured */
    uint64_t seed;
    uint64_t warmup_messages;
    double clock_read_ns;       /* cost of one clock reading, already taken out of every latency */
    uint64_t environment_bytes; /* of the measuring process, see base/environment.h */
    uint64_t buffer_offset_bytes; /* of the private buffers of both sides within their pages */
    double rate_per_s;            /* of the pings of a latency test; 0: closed loop */
    uint64_t late_messages;       /* pings that were due before the round trip before was done */
    /* Wall time per counted message (round trip) of the first and the last measured batch: whether
     * the sample was in a steady state. NAN when there was one batch only. */
    double first_ns_per_message;
    double last_ns_per_message;
    enum checksum_state checksum_ok;
    /* Results; NAN where the test does not have them or the samples do not carry them. */
    double throughput_bytes_per_s;
    double messages_per_s;
    double cpu_ns_per_kib; /* CPU time of both processes per KiB of payload */
    /* Half a round trip, closed loop; with a rate half of the time from when the ping was due. */
    double latency_mean_ns;
    double latency_p50_ns;
    double latency_p90_ns;
    double latency_p99_ns;
    double latency_p999_ns;
    double latency_max_ns;
};

enum sample_field_type {
    SAMPLE_WORD,     /* char[SAMPLE_WORD_BYTES] */
    SAMPLE_UNSIGNED, /* uint64_t */
    SAMPLE_SIGNED,   /* int64_t */
    SAMPLE_REAL,     /* double; NAN is "nan" in TSV, null in JSON */
    SAMPLE_CHECKSUM  /* enum checksum_state: 0, 1 or "nan"/null */
};

struct sample_field {
    const char *name;
    enum sample_field_type type;
    size_t offset;
    const char *meaning;         /* for the text form and the documentation */
    const char *meaning_at_rate; /* where it differs when rate_per_s is not 0; else NULL */
};

/* Ended by a field without name. */
extern const struct sample_field sample_fields[];

/* One header row and one data row, tab separated, each ended by a newline. */
void sample_print_tsv_header(FILE *stream);
void sample_print_tsv(const struct sample *sample, FILE *stream);

/* For people: one aligned line per field that has a value, with what it means. */
void sample_print_text(const struct sample *sample, FILE *stream);

/* A field's value as text (TSV form) into `text`. */
void sample_format_field(const struct sample *sample, const struct sample_field *field, char *text,
                         size_t text_bytes);

/* Reads a field's TSV text. Returns 0, or -EINVAL when it is not a value of the field's type. */
int sample_parse_field(struct sample *sample, const struct sample_field *field, const char *text);

#endif
