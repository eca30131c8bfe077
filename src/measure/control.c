#include "measure/control.h"

#include "base/clock.h"

#include <errno.h>
#include <sys/mman.h>

int control_make(struct control **control, struct failure *failure)
{
    void *memory = mmap(NULL, sizeof **control, PROT_READ | PROT_WRITE,
                        MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "allocating the control page");
    *control = memory;
    return 0;
}

void control_free(struct control *control)
{
    if (control != NULL)
        munmap(control, sizeof *control);
}

void control_step(struct control *control, const struct waiter *waiter, unsigned party)
{
    struct wait_place *place = &control->steps[party];
    /* relaxed: only this party writes it. */
    uint64_t step = atomic_load_explicit(&place->position, memory_order_relaxed);
    wait_publish(waiter, place, step + 1);
}

int control_await(struct control *control, const struct waiter *waiter, unsigned party,
                  uint64_t step)
{
    uint64_t seen;
    return wait_for_position(waiter, &control->steps[party], step, step, &seen);
}

uint64_t control_batch_ns(const struct control *control, bool until_both)
{
    const struct side_report *writer = &control->reports[SIDE_WRITER];
    uint64_t finished_ns = control->reports[SIDE_READER].batch_finished_ns;
    if (until_both && writer->batch_finished_ns > finished_ns)
        finished_ns = writer->batch_finished_ns;
    return finished_ns - writer->batch_started_ns;
}

static uint64_t nanoseconds(const struct timeval *time)
{
    return (uint64_t)time->tv_sec * NANOSECONDS_PER_SECOND + (uint64_t)time->tv_usec * 1000;
}

struct usage usage_now(void)
{
    struct rusage resources;
    getrusage(RUSAGE_SELF, &resources);
    return (struct usage){.user_ns = nanoseconds(&resources.ru_utime),
                          .sys_ns = nanoseconds(&resources.ru_stime),
                          .voluntary_switches = (uint64_t)resources.ru_nvcsw,
                          .involuntary_switches = (uint64_t)resources.ru_nivcsw,
                          .minor_faults = (uint64_t)resources.ru_minflt,
                          .major_faults = (uint64_t)resources.ru_majflt};
}

void usage_add_between(struct usage *sum, const struct usage *before, const struct usage *after)
{
    sum->user_ns += after->user_ns - before->user_ns;
    sum->sys_ns += after->sys_ns - before->sys_ns;
    sum->voluntary_switches += after->voluntary_switches - before->voluntary_switches;
    sum->involuntary_switches += after->involuntary_switches - before->involuntary_switches;
    sum->minor_faults += after->minor_faults - before->minor_faults;
    sum->major_faults += after->major_faults - before->major_faults;
}
