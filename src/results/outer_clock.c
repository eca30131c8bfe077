#include "results/outer_clock.h"

#include <math.h>

#define OUTER "marginal_ns_per_message"
#define INNER "inner_marginal_ns_per_message"

static double whole_run_ns(const struct bundle_data *bundle, const char *clock,
                           const char *mechanism)
{
    const json_t *costs = json_object_get(bundle->outer_clock, clock);
    double nanoseconds = json_number_value(json_object_get(costs, mechanism));
    return nanoseconds > 0.0 ? nanoseconds : NAN;
}

bool outer_clock_has_inner(const struct bundle_data *bundle)
{
    return json_object_size(json_object_get(bundle->outer_clock, INNER)) > 0;
}

struct bundle_cell outer_clock_cell(const struct bundle_data *bundle, const char *mechanism,
                                    const char *placement)
{
    bool relay = outer_clock_has_inner(bundle);
    struct bundle_cell cell = bundle_cell_of(mechanism, relay ? "relay" : "throughput", "block",
                                             "own", "full", placement);
    if (!relay)
        return cell;
    cell = bundle_cell_with(&cell, BUNDLE_SOURCE, "file");
    return bundle_cell_with(&cell, BUNDLE_SINK, "file");
}

double outer_clock_outer_ns(const struct bundle_data *bundle, const char *mechanism)
{
    return whole_run_ns(bundle, OUTER, mechanism);
}

double outer_clock_inner_ns(const struct bundle_data *bundle, const char *mechanism,
                            const char *placement)
{
    if (outer_clock_has_inner(bundle))
        return whole_run_ns(bundle, INNER, mechanism);
    struct bundle_cell cell = outer_clock_cell(bundle, mechanism, placement);
    const struct estimate *rate =
        bundle_find(bundle, &cell, OUTER_CLOCK_SIZE_BYTES, "messages_per_s");
    return rate != NULL && rate->median > 0.0 ? 1e9 / rate->median : NAN;
}
