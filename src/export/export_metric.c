#include "export/export_metric.h"

#include <string.h>

#define SECONDS_PER_NS 1e-9
#define BYTES_PER_KIB  1024.0

const struct export_metric export_metrics[] = {
    {"throughput_bytes_per_s", "bytes/s", EXPORT_BIGGER, "throughput", "bytes_per_second", 1.0,
     "Payload bytes that the reader consumed per second."},
    {"messages_per_s", "messages/s", EXPORT_BIGGER, "message_rate", "messages_per_second", 1.0,
     "Messages that the reader consumed per second."},
    {"latency_mean_ns", "ns", EXPORT_SMALLER, "latency_mean", "seconds", SECONDS_PER_NS,
     "Half of a round trip, the mean of a round."},
    {"latency_p50_ns", "ns", EXPORT_SMALLER, "latency_p50", "seconds", SECONDS_PER_NS,
     "Half of a round trip, the median of a round."},
    {"latency_p90_ns", "ns", EXPORT_SMALLER, "latency_p90", "seconds", SECONDS_PER_NS,
     "Half of a round trip, the quantile 0.9 of all rounds."},
    {"latency_p99_ns", "ns", EXPORT_SMALLER, "latency_p99", "seconds", SECONDS_PER_NS,
     "Half of a round trip, the quantile 0.99 of all rounds."},
    {"latency_p999_ns", "ns", EXPORT_SMALLER, "latency_p999", "seconds", SECONDS_PER_NS,
     "Half of a round trip, the quantile 0.999 of all rounds."},
    {"cpu_ns_per_kib", "ns/KiB", EXPORT_SMALLER, "cpu", "seconds_per_byte",
     SECONDS_PER_NS / BYTES_PER_KIB, "CPU time of both processes per byte of payload."},
    {"ratio_to_pipe", "x", EXPORT_BIGGER, "speed_to_pipe", "ratio", 1.0,
     "How many times as fast as the pipe in the same rounds; above 1 is faster."},
};

const size_t export_metrics_count = sizeof export_metrics / sizeof *export_metrics;

const struct export_metric *export_metric_find(const char *name)
{
    for (size_t index = 0; index < export_metrics_count; index++) {
        if (strcmp(export_metrics[index].name, name) == 0)
            return &export_metrics[index];
    }
    return NULL;
}
