#include "measure/ceiling_sample.h"

#include "base/clock.h"
#include "base/environment.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>

static void set_word(char word[SAMPLE_WORD_BYTES], const char *text)
{
    snprintf(word, SAMPLE_WORD_BYTES, "%s", text);
}

struct sample ceiling_empty_sample(const struct ceiling_request *request, const char *test)
{
    struct sample sample = {
        .writer_cpu = -1,
        .reader_cpu = -1,
        .bounce_before_ns = NAN,
        .bounce_after_ns = NAN,
        .writer_work_ns = NAN,
        .reader_work_ns = NAN,
        .clock_read_ns = NAN,
        .environment_bytes = environment_bytes(),
        .first_ns_per_message = NAN,
        .last_ns_per_message = NAN,
        .checksum_ok = CHECKSUM_NOT_APPLICABLE,
        .throughput_bytes_per_s = NAN,
        .messages_per_s = NAN,
        .cpu_ns_per_kib = NAN,
        .latency_mean_ns = NAN,
        .latency_p50_ns = NAN,
        .latency_p90_ns = NAN,
        .latency_p99_ns = NAN,
        .latency_p999_ns = NAN,
        .latency_max_ns = NAN,
    };
    set_word(sample.mechanism, "ceiling");
    set_word(sample.test, test);
    set_word(sample.wait, "none");
    set_word(sample.copies, "none");
    set_word(sample.touch, "none");
    set_word(sample.placement, placement_names[request->placement]);
    set_word(sample.source, source_names[SOURCE_MEMORY]);
    set_word(sample.sink, sink_names[SINK_USE]);
    set_word(sample.working_set, working_set_names[WORKING_SET_NONE]);
    sample.kernel_io_bytes = NAN;
    sample.link_copy_bytes = NAN;
    return sample;
}

int ceiling_pin(const struct cpu_pair *cpus, int cpu, struct failure *failure)
{
    int result = cpu_check_pair(cpus, failure);
    if (result < 0)
        return result;
    result = cpu_pin(cpu);
    return result == 0 ? 0 : failure_set(failure, result, "pinning to CPU %d", cpu);
}

struct rusage ceiling_usage_now(void)
{
    struct rusage usage = {0};
    getrusage(RUSAGE_SELF, &usage);
    return usage;
}

static uint64_t nanoseconds_between(struct timeval before, struct timeval after)
{
    int64_t microseconds = ((int64_t)after.tv_sec - (int64_t)before.tv_sec) * 1000000 +
                           ((int64_t)after.tv_usec - (int64_t)before.tv_usec);
    return microseconds > 0 ? (uint64_t)microseconds * 1000 : 0;
}

static uint64_t growth(long before, long after)
{
    return after > before ? (uint64_t)(after - before) : 0;
}

void ceiling_add_usage(struct sample *sample, enum ceiling_side side, const struct rusage *before,
                       const struct rusage *after)
{
    uint64_t user_ns = nanoseconds_between(before->ru_utime, after->ru_utime);
    uint64_t sys_ns = nanoseconds_between(before->ru_stime, after->ru_stime);
    if (side == CEILING_WRITER) {
        sample->writer_user_ns += user_ns;
        sample->writer_sys_ns += sys_ns;
    } else {
        sample->reader_user_ns += user_ns;
        sample->reader_sys_ns += sys_ns;
    }
    sample->voluntary_switches += growth(before->ru_nvcsw, after->ru_nvcsw);
    sample->involuntary_switches += growth(before->ru_nivcsw, after->ru_nivcsw);
    sample->minor_faults += growth(before->ru_minflt, after->ru_minflt);
    sample->major_faults += growth(before->ru_majflt, after->ru_majflt);
}

void ceiling_add_rates(struct sample *sample)
{
    double seconds = (double)sample->wall_ns / (double)NANOSECONDS_PER_SECOND;
    uint64_t cpu_ns = sample->writer_user_ns + sample->writer_sys_ns + sample->reader_user_ns +
                      sample->reader_sys_ns;
    if (seconds > 0.0) {
        sample->throughput_bytes_per_s = (double)sample->bytes / seconds;
        sample->messages_per_s = (double)sample->messages / seconds;
    }
    if (sample->bytes > 0)
        sample->cpu_ns_per_kib = (double)cpu_ns / ((double)sample->bytes / 1024.0);
}
