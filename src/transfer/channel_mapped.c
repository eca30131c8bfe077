/*
 * POSIX shared memory and memfd: the ring of System V shared memory (ring_channel.h) in an object
 * of pages behind a descriptor, which both processes map. The object is made before the fork; what
 * differs is how a process comes by its descriptor. POSIX: by name (shm_open), which nobody can
 * guess, mode 0600, gone as soon as both have mapped the memory. memfd: there is no name, the
 * descriptor is inherited. Copies: as in a segment.
 */
#include "base/leftover.h"
#include "base/posix_object.h"
#include "base/units.h"
#include "transfer/mechanisms.h"
#include "transfer/ring_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { FOLDER_BYTES = 400, WAITS = 1U << WAIT_BLOCK | 1U << WAIT_SPIN | 1U << WAIT_HYBRID };

struct mapped_channel {
    struct ring_channel mapped;
    size_t bytes;
    int descriptor; /* of the object; -1 while this process has none */
    int folder_handle;
    int memory_handle;
    char name[POSIX_OBJECT_NAME_BYTES]; /* of POSIX shared memory */
};

static struct failure *failure_of(const struct mapped_channel *object)
{
    return object->mapped.channel.setup.failure;
}

/* ---- before the fork ---- */

/* The register must be on disk before there is a name that a killed run could leave behind: hence
 * the folder, in which nothing is made. */
static int note_name(struct mapped_channel *object)
{
    char folder[FOLDER_BYTES];
    int result = posix_object_choose_name(object->name);
    if (result < 0)
        return failure_set(failure_of(object), result, "choosing a name for shared memory");
    object->folder_handle = leftover_make_folder(folder, sizeof folder, failure_of(object));
    if (object->folder_handle < 0)
        return object->folder_handle;
    object->memory_handle = leftover_note_memory(object->name);
    if (object->memory_handle < 0)
        return failure_set(failure_of(object), object->memory_handle,
                           "noting shared memory for clean-up");
    return 0;
}

static int make_named(struct mapped_channel *object)
{
    int result = note_name(object);
    if (result < 0)
        return result;
    object->descriptor = shm_open(object->name, O_CREAT | O_EXCL | O_RDWR, POSIX_OBJECT_MODE);
    return object->descriptor >= 0
               ? 0
               : failure_set(failure_of(object), -errno, "making POSIX shared memory (/dev/shm)");
}

static int make_nameless(struct mapped_channel *object)
{
    object->descriptor = memfd_create("pipe-vs-shm", MFD_CLOEXEC);
    return object->descriptor >= 0 ? 0 : failure_set(failure_of(object), -errno, "making a memfd");
}

/* Gives the first `bytes` of the object memory: where there is none left it must show here, not as
 * SIGBUS at a touch. */
static int allocate(struct mapped_channel *object, size_t bytes)
{
    char size[UNITS_TEXT_BYTES];
    int error;
    do
        error = posix_fallocate(object->descriptor, 0, (off_t)bytes);
    while (error == EINTR);
    if (error == 0)
        return 0;
    return failure_set(failure_of(object), -error,
                       "making %s of shared memory (df -h /dev/shm shows the limit)",
                       units_format_bytes(object->bytes, size));
}

/* Its length, and memory for the page that the reader looks at; the writer adds the rest, so that
 * it lies where it would lie in a segment. */
static int size_object(struct mapped_channel *object)
{
    if (ftruncate(object->descriptor, (off_t)object->bytes) != 0)
        return failure_set(failure_of(object), -errno, "sizing shared memory");
    return allocate(object, sizeof(struct ring_shared));
}

static void close_descriptor(struct mapped_channel *object)
{
    if (object->descriptor >= 0)
        close(object->descriptor);
    object->descriptor = -1;
}

static void mapped_close(struct channel *channel)
{
    struct mapped_channel *object = (struct mapped_channel *)channel;
    if (object == NULL)
        return;
    ring_channel_finish(&object->mapped);
    if (object->mapped.memory != NULL)
        munmap(object->mapped.memory, object->bytes);
    close_descriptor(object);
    free(object);
}

static int create(const struct channel_operations *operations,
                  int (*make)(struct mapped_channel *object), const struct channel_setup *setup,
                  struct channel **channel)
{
    struct mapped_channel *object = calloc(1, sizeof *object);
    if (object == NULL)
        return failure_set(setup->failure, -ENOMEM, "making a %s channel", operations->name);
    channel_initialise(&object->mapped.channel, operations, setup);
    object->bytes = ring_channel_bytes(setup);
    object->descriptor = object->folder_handle = object->memory_handle = -1;
    int result = make(object);
    if (result == 0)
        result = size_object(object);
    if (result < 0) {
        mapped_close(&object->mapped.channel);
        return result;
    }
    *channel = &object->mapped.channel;
    return 0;
}

static int posix_shm_create(const struct channel_setup *setup, struct channel **channel)
{
    int result = create(&channel_posix_shm, make_named, setup, channel);
    /* Each process comes to it by its name. */
    if (result == 0)
        close_descriptor((struct mapped_channel *)*channel);
    return result;
}

static int memfd_create_channel(const struct channel_setup *setup, struct channel **channel)
{
    return create(&channel_memfd, make_nameless, setup, channel);
}

/* ---- opening ---- */

static int open_by_name(struct mapped_channel *object)
{
    if (object->descriptor >= 0 || object->name[0] == '\0')
        return 0;
    object->descriptor = shm_open(object->name, O_RDWR, 0);
    return object->descriptor >= 0
               ? 0
               : failure_set(failure_of(object), -errno, "opening POSIX shared memory by its name");
}

static int map(struct mapped_channel *object)
{
    void *memory =
        mmap(NULL, object->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, object->descriptor, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure_of(object), -errno, "mapping shared memory");
    object->mapped.memory = memory;
    return 0;
}

static int open_as_writer(struct mapped_channel *object)
{
    int result = allocate(object, object->bytes);
    if (result == 0)
        result = map(object);
    if (result == 0)
        result = ring_channel_prefault(&object->mapped, object->bytes);
    if (result < 0)
        return result;
    ring_channel_make(&object->mapped, object->bytes);
    return ring_channel_await_reader(&object->mapped);
}

static int open_as_reader(struct mapped_channel *object)
{
    struct wait_attempts attempts = {0};
    int result = map(object);
    /* Nothing but the first page has memory before the ring stands. */
    while (result == 0 && !ring_stands(object->mapped.memory))
        result = wait_a_moment(&object->mapped.channel.waiter, &attempts, -1);
    if (result == 0)
        result = ring_channel_prefault(&object->mapped, object->bytes);
    if (result < 0)
        return result;
    /* Both have mapped it: the name has done its work. */
    leftover_remove(object->memory_handle);
    leftover_remove(object->folder_handle);
    return ring_channel_attach(&object->mapped, object->bytes);
}

static int mapped_open(struct channel *channel, enum channel_role role)
{
    struct mapped_channel *object = (struct mapped_channel *)channel;
    channel->role = role;
    int result = open_by_name(object);
    if (result == 0)
        result = role == CHANNEL_WRITER ? open_as_writer(object) : open_as_reader(object);
    /* The mapping holds the object. */
    close_descriptor(object);
    return result;
}

const struct channel_operations channel_posix_shm = {
    .name = "posix_shm",
    .waits = WAITS,
    .loan_is_private = false,
    .transfers = true,
    .stages = RING_CHANNEL_STAGES,
    .create = posix_shm_create,
    .open = mapped_open,
    .reserve = ring_channel_reserve,
    .commit = ring_channel_commit,
    .acquire = ring_channel_acquire,
    .release = ring_channel_release,
    .close = mapped_close,
};

const struct channel_operations channel_memfd = {
    .name = "memfd",
    .waits = WAITS,
    .loan_is_private = false,
    .transfers = true,
    .stages = RING_CHANNEL_STAGES,
    .create = memfd_create_channel,
    .open = mapped_open,
    .reserve = ring_channel_reserve,
    .commit = ring_channel_commit,
    .acquire = ring_channel_acquire,
    .release = ring_channel_release,
    .close = mapped_close,
};
