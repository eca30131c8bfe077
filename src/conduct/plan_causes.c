#include "conduct/plan_causes.h"

#include "conduct/plan_cells.h"

#include <stdio.h>
#include <string.h>

/* How many extra copies the padded control goes up to: as many as the article's pipe makes. Of few
 * causes only the ends of the line are measured. */
enum { EXTRA_COPIES = 4 };

static bool is_wanted(const struct plan_request *request, uint64_t extra_copies)
{
    return request->causes == CAUSES_ALL || extra_copies == 1 || extra_copies == EXTRA_COPIES;
}

/* One way through the article's workflow. The comment says how often each byte is copied. */
struct relay_row {
    const char *mechanism;
    enum copies copies;
    enum source_kind source;
    enum sink_kind sink;
    uint64_t extra_copies;
    enum working_set working_set;
    bool every_size; /* else at the reference size only */
};

static const struct relay_row relay_rows[] = {
    /* 4: the article's pipe */
    {"pipe", COPIES_OWN, SOURCE_FILE, SINK_FILE, 0, WORKING_SET_NONE, true},
    /* 3 */
    {"pipe", COPIES_OWN, SOURCE_FILE, SINK_USE, 0, WORKING_SET_NONE, true},
    /* 2: the pipe with one copy less */
    {PLAN_FEWER_COPIES, COPIES_OWN, SOURCE_FILE, SINK_USE, 0, WORKING_SET_NONE, true},
    /* 4, 3, 2 and 1: the last is the article's shared memory */
    {"shm", COPIES_OWN, SOURCE_FILE, SINK_FILE, 0, WORKING_SET_NONE, true},
    {"shm", COPIES_OWN, SOURCE_FILE, SINK_USE, 0, WORKING_SET_NONE, true},
    {"shm", COPIES_INPLACE, SOURCE_FILE, SINK_USE, 1, WORKING_SET_HOT, true},
    {"shm", COPIES_INPLACE, SOURCE_FILE, SINK_USE, 0, WORKING_SET_NONE, true},
    /* 2: shared memory between the ends of the article's pipe */
    {"shm", COPIES_INPLACE, SOURCE_FILE, SINK_FILE, 0, WORKING_SET_NONE, false},
    /* 3 */
    {PLAN_FEWER_COPIES, COPIES_OWN, SOURCE_FILE, SINK_FILE, 0, WORKING_SET_NONE, false},
    /* 4 */
    {"fifo", COPIES_OWN, SOURCE_FILE, SINK_FILE, 0, WORKING_SET_NONE, false},
};

/* The pipe with fewer copies is there for the sake of the pipe. */
static const struct capability *find_capability(const struct plan_request *request,
                                                const struct capability *capabilities, size_t count,
                                                const char *mechanism)
{
    bool wanted = mechanism_list_has(&request->mechanisms, mechanism) ||
                  (strcmp(mechanism, PLAN_FEWER_COPIES) == 0 &&
                   mechanism_list_has(&request->mechanisms, "pipe"));
    for (size_t index = 0; wanted && index < count; index++) {
        if (strcmp(capabilities[index].mechanism, mechanism) == 0)
            return &capabilities[index];
    }
    return NULL;
}

static bool has_wait(const struct plan_request *request, const struct capability *capability,
                     int wait, bool spin)
{
    return word_set_has(request->waits, wait) && word_set_has(capability->waits, wait) &&
           (wait != WAIT_SPIN || spin);
}

/* The sizes of relays: their own, or those of the other cells. */
static const struct size_list *relay_sizes(const struct plan_request *request)
{
    return request->relay_sizes.count > 0 ? &request->relay_sizes : &request->sizes;
}

static int add_relay_sizes(const struct plan_request *request, const struct relay_row *row,
                           struct cell *cell, struct plan *plan)
{
    const struct size_list *sizes = relay_sizes(request);
    uint64_t reference_bytes = plan_reference_size(sizes);
    int result = 0;
    for (size_t index = 0; index < sizes->count && result == 0; index++) {
        cell->size_bytes = sizes->bytes[index];
        if (!row->every_size && cell->size_bytes != reference_bytes)
            continue;
        if (request->input != NULL && cell->size_bytes > request->input_bytes)
            result = plan_add_skip(plan, "--input is shorter than one message", 1);
        else
            result = plan_add_cell(plan, cell);
    }
    return result;
}

int plan_add_relays(const struct plan_request *request, const struct capability *capabilities,
                    size_t capabilities_count, const struct plan_placement *placement, bool spin,
                    struct plan *plan)
{
    if (!word_set_has(request->tests, TEST_RELAY))
        return 0;
    int result = 0;
    for (size_t index = 0; index < sizeof relay_rows / sizeof *relay_rows; index++) {
        const struct relay_row *row = &relay_rows[index];
        const struct capability *capability =
            find_capability(request, capabilities, capabilities_count, row->mechanism);
        /* What stands at one size only is no part of the gap. */
        if (!row->every_size && request->causes == CAUSES_FEW)
            continue;
        if (capability == NULL || !word_set_has(capability->tests, TEST_RELAY) ||
            !word_set_has(request->copies, (int)row->copies))
            continue;
        for (int wait = 0; wait < WAIT_KIND_COUNT && result == 0; wait++) {
            if (!has_wait(request, capability, wait, spin))
                continue;
            /* A relay moves whole messages, whatever the other cells touch. */
            struct cell cell =
                plan_cell_of(row->mechanism, TEST_RELAY, wait, row->copies, TOUCH_FULL, placement);
            plan_set_path(&cell, row->source, row->sink, row->extra_copies, row->working_set);
            result = add_relay_sizes(request, row, &cell, plan);
        }
    }
    return result;
}

/* Sizes at which a copy is priced: well within the first-level cache, the reference size, and
 * beyond what the caches near a core hold. */
static bool is_priced(uint64_t size_bytes)
{
    return size_bytes == UINT64_C(4) << 10 || size_bytes == UINT64_C(64) << 10 ||
           size_bytes == UINT64_C(1) << 20;
}

static int add_extra_sizes(const struct plan_request *request, int wait, enum working_set set,
                           const struct plan_placement *placement, struct plan *plan)
{
    int result = 0;
    for (size_t index = 0; index < request->sizes.count; index++) {
        uint64_t size_bytes = request->sizes.bytes[index];
        bool priced = is_priced(size_bytes) && (set != WORKING_SET_COLD ||
                                                size_bytes == plan_reference_size(&request->sizes));
        if (!priced || !size_list_has(relay_sizes(request), size_bytes))
            continue;
        for (uint64_t extra = 1; extra <= EXTRA_COPIES && result == 0; extra++) {
            if (!is_wanted(request, extra))
                continue;
            struct cell cell = plan_cell_of("shm", TEST_THROUGHPUT, wait, COPIES_INPLACE,
                                            request->touch, placement);
            plan_set_path(&cell, SOURCE_MEMORY, SINK_USE, extra, set);
            cell.size_bytes = size_bytes;
            result = plan_add_cell(plan, &cell);
        }
    }
    return result;
}

int plan_add_extra_copies(const struct plan_request *request, const struct capability *capabilities,
                          size_t capabilities_count, const struct plan_placement *placement,
                          bool spin, struct plan *plan)
{
    const struct capability *shm =
        find_capability(request, capabilities, capabilities_count, "shm");
    bool first = true;
    int result = 0;
    if (shm == NULL || !word_set_has(request->tests, TEST_RELAY) ||
        !word_set_has(request->tests, TEST_THROUGHPUT) ||
        !word_set_has(request->copies, COPIES_INPLACE))
        return 0;
    for (int wait = 0; wait < WAIT_KIND_COUNT && result == 0; wait++) {
        if (!has_wait(request, shm, wait, spin) || (!first && request->causes == CAUSES_FEW))
            continue;
        result = add_extra_sizes(request, wait, WORKING_SET_HOT, placement, plan);
        /* Cold copies take long to set up, and cost the same however the sides wait: so they are
         * priced once, at the reference size. */
        if (result == 0 && first && request->causes == CAUSES_ALL)
            result = add_extra_sizes(request, wait, WORKING_SET_COLD, placement, plan);
        first = false;
    }
    return result;
}
