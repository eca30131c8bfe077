#include "measure/sample.h"

#include "base/units.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define FIELD(name, type, meaning)                                                                 \
    {                                                                                              \
#name, type, offsetof(struct sample, name), meaning, NULL                                  \
    }

/* The same time, counted from another moment. */
#define LATENCY(name, which)                                                                       \
    {                                                                                              \
#name, SAMPLE_REAL, offsetof(struct sample, name),                                         \
            "half a round trip, closed loop: " which, "half of due to answered, at a rate: " which \
    }

const struct sample_field sample_fields[] = {
    FIELD(mechanism, SAMPLE_WORD, "what carries the bytes"),
    FIELD(test, SAMPLE_WORD, "latency: ping-pong; throughput, relay: one-way stream"),
    FIELD(wait, SAMPLE_WORD, "how both sides wait"),
    FIELD(copies, SAMPLE_WORD, "own: private buffer to private buffer; inplace: best of each"),
    FIELD(touch, SAMPLE_WORD, "what both sides do to the payload"),
    FIELD(placement, SAMPLE_WORD, "how the two CPUs were chosen"),
    FIELD(source, SAMPLE_WORD, "where the bytes come from"),
    FIELD(sink, SAMPLE_WORD, "where the bytes go"),
    FIELD(extra_copies, SAMPLE_UNSIGNED, "extra copies of every message by the reader"),
    FIELD(working_set, SAMPLE_WORD, "where the extra copies go: hot memory or cold"),
    FIELD(size_bytes, SAMPLE_UNSIGNED, "payload of one message"),
    FIELD(messages, SAMPLE_UNSIGNED, "messages; in a latency test round trips"),
    FIELD(bytes, SAMPLE_UNSIGNED, "payload moved, all directions"),
    FIELD(wall_ns, SAMPLE_UNSIGNED, "first message begun to last message consumed"),
    FIELD(writer_user_ns, SAMPLE_UNSIGNED, "CPU time of the writer in user space"),
    FIELD(writer_sys_ns, SAMPLE_UNSIGNED, "CPU time of the writer in the kernel"),
    FIELD(reader_user_ns, SAMPLE_UNSIGNED, "CPU time of the reader in user space"),
    FIELD(reader_sys_ns, SAMPLE_UNSIGNED, "CPU time of the reader in the kernel"),
    FIELD(voluntary_switches, SAMPLE_UNSIGNED, "context switches by waiting, both processes"),
    FIELD(involuntary_switches, SAMPLE_UNSIGNED, "context switches by preemption, both"),
    FIELD(minor_faults, SAMPLE_UNSIGNED, "page faults without input, both"),
    FIELD(major_faults, SAMPLE_UNSIGNED, "page faults with input, both"),
    FIELD(user_copy_bytes, SAMPLE_UNSIGNED, "bytes copied in user space, both"),
    FIELD(kernel_io_bytes, SAMPLE_REAL, "bytes that /proc/PID/io counted, both"),
    FIELD(link_copy_bytes, SAMPLE_REAL, "bytes that memcpy copied, counted at link level, both"),
    FIELD(capacity_bytes, SAMPLE_UNSIGNED, "bytes in flight that the mechanism allows"),
    FIELD(writer_cpu, SAMPLE_SIGNED, "CPU of the writer"),
    FIELD(reader_cpu, SAMPLE_SIGNED, "CPU of the reader"),
    FIELD(bounce_before_ns, SAMPLE_REAL, "a cache line from CPU to CPU, before the first message"),
    FIELD(bounce_after_ns, SAMPLE_REAL, "a cache line from CPU to CPU, after the last message"),
    FIELD(writer_work_ns, SAMPLE_REAL, "a fixed piece of work on the CPU of the writer"),
    FIELD(reader_work_ns, SAMPLE_REAL, "a fixed piece of work on the CPU of the reader"),
    FIELD(seed, SAMPLE_UNSIGNED, "seed of the payload"),
    FIELD(warmup_messages, SAMPLE_UNSIGNED, "messages before the clock started"),
    FIELD(clock_read_ns, SAMPLE_REAL, "cost of one clock reading, taken out of every latency"),
    FIELD(environment_bytes, SAMPLE_UNSIGNED, "environment of the measuring process"),
    FIELD(buffer_offset_bytes, SAMPLE_UNSIGNED, "of private buffers within their pages"),
    FIELD(rate_per_s, SAMPLE_REAL, "pings per second that were asked for; 0: closed loop"),
    FIELD(late_messages, SAMPLE_UNSIGNED, "pings due before the round trip before was done"),
    FIELD(first_ns_per_message, SAMPLE_REAL, "wall time per message or round trip, first batch"),
    FIELD(last_ns_per_message, SAMPLE_REAL, "wall time per message or round trip, last batch"),
    FIELD(checksum_ok, SAMPLE_CHECKSUM, "what arrived is what was sent"),
    FIELD(throughput_bytes_per_s, SAMPLE_REAL, "payload per second"),
    FIELD(messages_per_s, SAMPLE_REAL, "messages per second"),
    FIELD(cpu_ns_per_kib, SAMPLE_REAL, "CPU time of both processes per KiB of payload"),
    LATENCY(latency_mean_ns, "mean"),
    LATENCY(latency_p50_ns, "median"),
    LATENCY(latency_p90_ns, "90 of 100 are below"),
    LATENCY(latency_p99_ns, "99 of 100 are below"),
    LATENCY(latency_p999_ns, "999 of 1000 are below"),
    LATENCY(latency_max_ns, "the longest"),
    {NULL, SAMPLE_WORD, 0, NULL, NULL},
};

static const void *field_value(const struct sample *sample, const struct sample_field *field)
{
    return (const char *)sample + field->offset;
}

void sample_format_field(const struct sample *sample, const struct sample_field *field, char *text,
                         size_t text_bytes)
{
    const void *value = field_value(sample, field);
    double real;
    enum checksum_state state;
    switch (field->type) {
    case SAMPLE_WORD:
        snprintf(text, text_bytes, "%s", (const char *)value);
        break;
    case SAMPLE_UNSIGNED:
        snprintf(text, text_bytes, "%" PRIu64, *(const uint64_t *)value);
        break;
    case SAMPLE_SIGNED:
        snprintf(text, text_bytes, "%" PRId64, *(const int64_t *)value);
        break;
    case SAMPLE_REAL:
        real = *(const double *)value;
        if (isnan(real))
            snprintf(text, text_bytes, "nan");
        else
            snprintf(text, text_bytes, "%.9g", real);
        break;
    case SAMPLE_CHECKSUM:
        state = *(const enum checksum_state *)value;
        snprintf(text, text_bytes, "%s",
                 state == CHECKSUM_OK      ? "1"
                 : state == CHECKSUM_WRONG ? "0"
                                           : "nan");
        break;
    }
}

static int parse_real(const char *text, double *real)
{
    if (strcmp(text, "nan") == 0) {
        *real = NAN;
        return 0;
    }
    /* Only plain decimal numbers: strtod would also take "inf", "0x1p3" and spaces. */
    if (text[strspn(text, "0123456789.+-e")] != '\0' || *text == '\0')
        return -EINVAL;
    char *end;
    errno = 0;
    double value = strtod(text, &end);
    if (*end != '\0' || errno != 0 || !isfinite(value))
        return -EINVAL;
    *real = value;
    return 0;
}

int sample_parse_field(struct sample *sample, const struct sample_field *field, const char *text)
{
    void *value = (char *)sample + field->offset;
    uint64_t magnitude;
    int result;
    switch (field->type) {
    case SAMPLE_WORD:
        if (*text == '\0' || strlen(text) >= SAMPLE_WORD_BYTES)
            return -EINVAL;
        memset(value, 0, SAMPLE_WORD_BYTES);
        memcpy(value, text, strlen(text));
        return 0;
    case SAMPLE_UNSIGNED:
        return units_parse_count(text, value) == 0 ? 0 : -EINVAL;
    case SAMPLE_SIGNED:
        result = units_parse_count(*text == '-' ? text + 1 : text, &magnitude);
        if (result < 0 || magnitude > INT64_MAX)
            return -EINVAL;
        *(int64_t *)value = *text == '-' ? -(int64_t)magnitude : (int64_t)magnitude;
        return 0;
    case SAMPLE_REAL:
        return parse_real(text, value);
    case SAMPLE_CHECKSUM:
        if (strcmp(text, "nan") == 0)
            *(enum checksum_state *)value = CHECKSUM_NOT_APPLICABLE;
        else if (strcmp(text, "0") == 0 || strcmp(text, "1") == 0)
            *(enum checksum_state *)value = *text == '1' ? CHECKSUM_OK : CHECKSUM_WRONG;
        else
            return -EINVAL;
        return 0;
    }
    return -EINVAL;
}

void sample_print_tsv_header(FILE *stream)
{
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++)
        fprintf(stream, "%s%s", field == sample_fields ? "" : "\t", field->name);
    fputc('\n', stream);
}

void sample_print_tsv(const struct sample *sample, FILE *stream)
{
    char text[64];
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        sample_format_field(sample, field, text, sizeof text);
        fprintf(stream, "%s%s", field == sample_fields ? "" : "\t", text);
    }
    fputc('\n', stream);
}

static const char *meaning_in(const struct sample *sample, const struct sample_field *field)
{
    bool at_rate = sample->rate_per_s > 0.0 && field->meaning_at_rate != NULL;
    return at_rate ? field->meaning_at_rate : field->meaning;
}

void sample_print_text(const struct sample *sample, FILE *stream)
{
    char text[64];
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        sample_format_field(sample, field, text, sizeof text);
        if (strcmp(text, "nan") != 0)
            fprintf(stream, "%-24s %16s  %s\n", field->name, text, meaning_in(sample, field));
    }
}
