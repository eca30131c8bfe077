#include "slot.h"

#include "base/units.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* Whether our own wake-ups are what it waits for; the others' are the kernel's. */
static bool waits_by_position(const struct channel_operations *operations)
{
    return !operations->loan_is_private || operations == &channel_process_vm_readv;
}

size_t slots_make(struct slot *slots)
{
    size_t count = 0;
    for (size_t index = 0; index < mechanisms_count; index++) {
        for (int wait = 0; wait < WAIT_KIND_COUNT; wait++) {
            const struct channel_operations *operations = mechanisms[index];
            if (!operations->transfers || !channel_can_wait(operations, (enum wait_kind)wait))
                continue;
            for (int copies = 0; copies < COPIES_COUNT; copies++)
                slots[count++] = (struct slot){.operations = operations,
                                               .wait = (enum wait_kind)wait,
                                               .copies = (enum copies)copies,
                                               .by_position = waits_by_position(operations)};
        }
    }
    return count;
}

void slot_add(struct slot *slot, const struct sample *sample, const struct wait_counts *waits,
              double seconds)
{
    uint64_t ways = strcmp(sample->test, test_names[TEST_LATENCY]) == 0 ? 2 : 1;
    slot->messages += ways * (sample->messages + sample->warmup_messages);
    slot->bytes += sample->bytes + ways * sample->warmup_messages * sample->size_bytes;
    slot->switches += sample->voluntary_switches;
    slot->seconds += seconds;
    wait_counts_add(&slot->waits, waits);
}

struct slot slots_sum(const struct slot *slots, size_t count)
{
    struct slot sum = {0};
    for (size_t index = 0; index < count; index++) {
        sum.cells += slots[index].cells;
        sum.errors += slots[index].errors;
        sum.messages += slots[index].messages;
        sum.bytes += slots[index].bytes;
        sum.switches += slots[index].switches;
        sum.seconds += slots[index].seconds;
        wait_counts_add(&sum.waits, &slots[index].waits);
    }
    return sum;
}

/* ---- for people ---- */

static void print_row(const char *mechanism, const char *wait, const char *copies,
                      const struct slot *slot, bool counted, FILE *stream)
{
    char bytes[UNITS_TEXT_BYTES];
    char longest[UNITS_TEXT_BYTES];
    fprintf(stream, "%-16s  %-6s  %-7s  %6" PRIu64 "  %13" PRIu64 "  %10s  %12" PRIu64, mechanism,
            wait, copies, slot->cells, slot->messages, units_format_bytes(slot->bytes, bytes),
            slot->switches);
    if (counted)
        fprintf(stream, "  %11" PRIu64 "  %5" PRIu64 "  %5" PRIu64 "  %9s", slot->waits.sleeps,
                slot->waits.late, slot->waits.lost,
                units_format_nanoseconds((double)slot->waits.longest_ns, longest));
    else
        fprintf(stream, "  %11s  %5s  %5s  %9s", "-", "-", "-", "-");
    fprintf(stream, "  %6" PRIu64 "%s\n", slot->errors,
            slot->refused ? "  (not on this machine)" : "");
}

void slots_print(const struct slot *slots, size_t count, FILE *stream)
{
    fprintf(stream, "%-16s  %-6s  %-7s  %6s  %13s  %10s  %12s  %11s  %5s  %5s  %9s  %6s\n",
            "mechanism", "wait", "copies", "cells", "messages", "verified", "switches", "sleeps",
            "late", "lost", "longest", "errors");
    for (size_t index = 0; index < count; index++)
        print_row(slots[index].operations->name, wait_names[slots[index].wait],
                  copies_names[slots[index].copies], &slots[index], slots[index].by_position,
                  stream);
    struct slot sum = slots_sum(slots, count);
    print_row("all", "", "", &sum, true, stream);
}

/* ---- for programs ---- */

static void write_rows(const struct slot *slots, size_t count, FILE *stream)
{
    fputs("mechanism\twait\tcopies\tcells\tmessages\tverified_bytes\tvoluntary_switches\tsleeps\t"
          "timeouts\tlate_wake_ups\tlost_wake_ups\tlongest_wait_ns\terrors\n",
          stream);
    for (const struct slot *slot = slots; slot < slots + count; slot++) {
        fprintf(stream, "%s\t%s\t%s\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64,
                slot->operations->name, wait_names[slot->wait], copies_names[slot->copies],
                slot->cells, slot->messages, slot->bytes, slot->switches);
        if (slot->by_position)
            fprintf(stream, "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64 "\t%" PRIu64,
                    slot->waits.sleeps, slot->waits.timeouts, slot->waits.late, slot->waits.lost,
                    slot->waits.longest_ns);
        else
            fputs("\tnan\tnan\tnan\tnan\tnan", stream);
        fprintf(stream, "\t%" PRIu64 "\n", slot->errors);
    }
}

int slots_write_tsv(const struct slot *slots, size_t count, const char *path,
                    struct failure *failure)
{
    FILE *stream = fopen(path, "we");
    if (stream == NULL)
        return failure_set(failure, -errno, "--report %.120s", path);
    write_rows(slots, count, stream);
    bool failed = ferror(stream) != 0;
    if (fclose(stream) != 0 || failed)
        return failure_set(failure, errno != 0 ? -errno : -EIO, "--report %.120s", path);
    return 0;
}
