#include "measure/ceiling.h"

#include "machine/memory.h"

#include "base/clock.h"
#include "base/random.h"
#include "measure/ceiling_sample.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct buffers {
    uint8_t *source;
    uint8_t *destination;
    size_t bytes;
};

/* Keeps the compiler from dropping or merging copies whose result nobody reads: as far as it
 * knows, the memory behind the pointer is read and changed here. */
static inline void use_memory(void *memory)
{
    __asm__ volatile("" : : "g"(memory) : "memory");
}

static void fill_source(struct buffers *buffers, uint64_t seed)
{
    struct random random = random_seeded(seed);
    for (size_t done = 0; done < buffers->bytes; done += sizeof(uint64_t)) {
        uint64_t word = random_next(&random);
        size_t left = buffers->bytes - done;
        memcpy(buffers->source + done, &word, left < sizeof word ? left : sizeof word);
    }
}

/* Makes every byte of the destination wrong, so that comparing it afterwards can fail. Also
 * touches every page of both buffers. */
static void spoil_destination(struct buffers *buffers)
{
    for (size_t index = 0; index < buffers->bytes; index++)
        buffers->destination[index] = (uint8_t)~buffers->source[index];
}

static void free_buffers(struct buffers *buffers)
{
    if (buffers->source != MAP_FAILED)
        munmap(buffers->source, buffers->bytes);
    if (buffers->destination != MAP_FAILED)
        munmap(buffers->destination, buffers->bytes);
}

static void *map_private(size_t bytes)
{
    return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
}

static int make_buffers(struct buffers *buffers, uint64_t size_bytes, struct failure *failure)
{
    if (2 * size_bytes > memory_available_bytes())
        return failure_say(failure, -ENOMEM,
                           "memcpy of %" PRIu64 " bytes needs two buffers of that size, more than "
                           "the memory that is available; try a smaller --size",
                           size_bytes);
    struct buffers made = {.bytes = (size_t)size_bytes};
    made.source = map_private(made.bytes);
    made.destination = map_private(made.bytes);
    if (made.source == MAP_FAILED || made.destination == MAP_FAILED) {
        int error = -errno;
        free_buffers(&made);
        return failure_set(failure, error, "mapping two buffers of %" PRIu64 " bytes", size_bytes);
    }
    *buffers = made;
    return 0;
}

/* Copies `count` times; returns how long it took. */
static uint64_t time_copies(struct buffers *buffers, uint64_t count)
{
    uint64_t start = clock_now_ns();
    for (uint64_t copy = 0; copy < count; copy++) {
        memcpy(buffers->destination, buffers->source, buffers->bytes);
        use_memory(buffers->destination);
    }
    return clock_now_ns() - start;
}

/* How many copies fill `seconds`, found by doubling until a tenth of that time is filled; these
 * copies are the warm-up too, and are counted in *warmup. */
static uint64_t calibrate(struct buffers *buffers, double seconds, uint64_t *warmup)
{
    double target_ns = seconds * (double)NANOSECONDS_PER_SECOND;
    uint64_t count = 1;
    uint64_t took_ns = time_copies(buffers, count);
    *warmup = count;
    while ((double)took_ns < target_ns / 10.0 && count < UINT64_MAX / 4) {
        count *= 2;
        took_ns = time_copies(buffers, count);
        *warmup += count;
    }
    double fitting = target_ns / ((double)(took_ns > 0 ? took_ns : 1) / (double)count);
    return fitting > 1.0 ? (uint64_t)fitting : 1;
}

static int check_request(const struct ceiling_request *request, struct failure *failure)
{
    if (request->size_bytes < CEILING_LEAST_BYTES || request->size_bytes > CEILING_MOST_BYTES)
        return failure_say(failure, -EINVAL,
                           "size %" PRIu64 " is not allowed; allowed: 1 B to 1 GiB",
                           request->size_bytes);
    if (!(request->seconds > 0.0) || !isfinite(request->seconds))
        return failure_say(failure, -EINVAL, "the time to measure must be above 0");
    return 0;
}

int ceiling_memcpy(const struct ceiling_request *request, struct sample *sample,
                   struct failure *failure)
{
    int result = check_request(request, failure);
    if (result < 0)
        return result;
    /* There is no reader; only the writer's CPU must be there. */
    const struct cpu_pair cpus = {request->cpus.writer, request->cpus.writer};
    result = ceiling_pin(&cpus, cpus.writer, failure);
    if (result < 0)
        return result;
    struct buffers buffers = {0};
    result = make_buffers(&buffers, request->size_bytes, failure);
    if (result < 0)
        return result;
    fill_source(&buffers, request->seed);
    spoil_destination(&buffers);

    struct sample measured = ceiling_empty_sample(request, "memcpy");
    measured.size_bytes = request->size_bytes;
    measured.writer_cpu = request->cpus.writer;
    measured.seed = request->seed;
    uint64_t count = calibrate(&buffers, request->seconds, &measured.warmup_messages);
    spoil_destination(&buffers);

    struct rusage before = ceiling_usage_now();
    measured.wall_ns = time_copies(&buffers, count);
    struct rusage after = ceiling_usage_now();

    measured.messages = count;
    measured.bytes = count * request->size_bytes;
    measured.user_copy_bytes = measured.bytes;
    ceiling_add_usage(&measured, CEILING_WRITER, &before, &after);
    measured.checksum_ok = memcmp(buffers.source, buffers.destination, buffers.bytes) == 0
                               ? CHECKSUM_OK
                               : CHECKSUM_WRONG;
    ceiling_add_rates(&measured);
    free_buffers(&buffers);
    *sample = measured;
    return 0;
}
