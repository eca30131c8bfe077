#include "doctor.h"

#include "transfer/payload.h"

#include <string.h>

const char *const doctoring_names[] = {"nothing", "lose",   "drop", "double",
                                       "swap",    "blocks", "flip", NULL};

enum { BLOCK_BYTES = 64 };

static struct doctor *doctor_of(const struct channel *channel)
{
    return (struct doctor *)channel->operations;
}

/* ---- what is done to the bytes ---- */

static void become(const struct doctor *doctor, void *bytes, uint64_t message)
{
    struct payload_digest unused = {0};
    payload_fill(bytes, doctor->size, doctor->seed, message, &unused);
}

/* The first block and the last that does not overlap it: the distance matters to a digest. */
static void swap_blocks(unsigned char *bytes, size_t size)
{
    unsigned char kept[BLOCK_BYTES];
    if (size < 2 * BLOCK_BYTES) {
        bytes[0] ^= 0x81;
        return;
    }
    unsigned char *last = bytes + (size / BLOCK_BYTES - 1) * BLOCK_BYTES;
    memcpy(kept, bytes, BLOCK_BYTES);
    memcpy(bytes, last, BLOCK_BYTES);
    memcpy(last, kept, BLOCK_BYTES);
}

/* Changes message `message` as the doctoring says. */
static void spoil(const struct doctor *doctor, void *bytes, uint64_t message)
{
    const uint64_t at = doctor->at_message;
    switch (doctor->doctoring) {
    case DOCTOR_DROP:
        if (message >= at)
            become(doctor, bytes, message + 1);
        break;
    case DOCTOR_DOUBLE:
        if (message == at + 1)
            become(doctor, bytes, at);
        break;
    case DOCTOR_SWAP:
        if (message == at || message == at + 1)
            become(doctor, bytes, message == at ? at + 1 : at);
        break;
    case DOCTOR_BLOCKS:
        if (message == at)
            swap_blocks(bytes, doctor->size);
        break;
    case DOCTOR_FLIP:
        if (message == at)
            ((unsigned char *)bytes)[doctor->size / 2] ^= 0x10;
        break;
    case DOCTOR_NOTHING:
    case DOCTOR_LOSE:
    case DOCTORING_COUNT:
        break;
    }
}

/* Counts a message that is about to be handed over, and spoils it. Returns whether it is to be
 * handed over at all. */
static bool treat(struct doctor *doctor, void *bytes)
{
    uint64_t message = doctor->messages++;
    if (!doctor->is_writer)
        return true;
    spoil(doctor, bytes, message);
    return doctor->doctoring != DOCTOR_LOSE || message != doctor->at_message;
}

/* ---- the operations ---- */

static int doctor_open(struct channel *channel, enum channel_role role)
{
    struct doctor *doctor = doctor_of(channel);
    if (!doctor->knows_side) {
        doctor->knows_side = true;
        doctor->is_writer = role == CHANNEL_WRITER;
    }
    return doctor->original->open(channel, role);
}

static int doctor_reserve(struct channel *channel, size_t least, size_t most, void **space,
                          size_t *size)
{
    struct doctor *doctor = doctor_of(channel);
    int result = doctor->original->reserve(channel, least, most, space, size);
    if (result == 0)
        doctor->loan = *space;
    return result;
}

static int doctor_commit(struct channel *channel, size_t size)
{
    struct doctor *doctor = doctor_of(channel);
    return treat(doctor, doctor->loan) ? doctor->original->commit(channel, size) : 0;
}

static int doctor_send(struct channel *channel, const void *buffer, size_t size)
{
    struct doctor *doctor = doctor_of(channel);
    /* The buffer is the loop's, which fills it anew for every message. */
    if (!treat(doctor, (void *)buffer))
        return 0;
    /* By way of the original table, where it may go through loans that are no whole messages. */
    channel->operations = doctor->original;
    int result = channel_send(channel, buffer, size);
    channel->operations = &doctor->operations;
    return result;
}

void doctor_make(struct doctor *doctor, const struct channel_operations *original,
                 enum doctoring doctoring, uint64_t seed, size_t size, uint64_t at_message)
{
    *doctor = (struct doctor){.operations = *original,
                              .original = original,
                              .doctoring = doctoring,
                              .seed = seed,
                              .at_message = at_message,
                              .size = size};
    doctor->operations.open = doctor_open;
    doctor->operations.reserve = doctor_reserve;
    doctor->operations.commit = doctor_commit;
    /* A mechanism that lends private memory and has no send is asked for loans in both modes. */
    if (original->send != NULL || !original->loan_is_private)
        doctor->operations.send = doctor_send;
}
