#include "results/difference.h"

#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of the standard normal distribution: 2.5 % lie beyond it. */
#define NORMAL_975 1.959963984540054

enum {
    EXACT_EACH = DIFFERENCE_EXACT_ROUNDS / 2,
    /* Values that U can have: 0 to the product of the counts. */
    EXACT_VALUES = EXACT_EACH * EXACT_EACH + 1
};

/* Logarithms of both sides, each rising. */
struct pair_of_samples {
    const double *before;
    const double *after;
    size_t before_count;
    size_t after_count;
};

struct difference difference_none(void)
{
    return (struct difference){.factor = NAN, .ci95_lo = NAN, .ci95_hi = NAN, .p_value = NAN};
}

/* --- The exact distribution of U ----------------------------------------------------------------
 */

static bool is_exact(size_t before_count, size_t after_count)
{
    return before_count + after_count <= DIFFERENCE_EXACT_ROUNDS;
}

/*
 * ways[u]: in how many of the orders of n + m different values u pairs have the first side above.
 * The coefficients of the Gaussian binomial, the product of (1 - q^(m + i)) / (1 - q^i) for i = 1
 * to n. At most 40 values have 1.4e11 orders, so doubles hold every count exactly.
 */
static double count_orders(size_t n, size_t m, double ways[EXACT_VALUES])
{
    size_t most = n * m;
    double orders = 0.0;
    memset(ways, 0, EXACT_VALUES * sizeof *ways);
    ways[0] = 1.0;
    for (size_t i = 1; i <= n; i++) {
        for (size_t u = most + 1; u-- > m + i;)
            ways[u] -= ways[u - m - i];
        for (size_t u = i; u <= most; u++)
            ways[u] += ways[u - i];
    }
    for (size_t u = 0; u <= most; u++)
        orders += ways[u];
    return orders;
}

/* The standard deviation of U without ties. */
static double spread(double n, double m)
{
    return sqrt(n * m * (n + m + 1.0) / 12.0);
}

/* The largest c for which fewer than c pairs on one side have a probability of at most 2.5 %. The
 * interval runs from the c-th pair to the c-th last; 0: none is so improbable. */
static uint64_t interval_rank(size_t n, size_t m)
{
    double ways[EXACT_VALUES];
    double middle = (double)n * (double)m / 2.0;
    if (!is_exact(n, m))
        return (uint64_t)fmax(0.0, floor(middle - NORMAL_975 * spread((double)n, (double)m)));
    double orders = count_orders(n, m, ways);
    double below = 0.0;
    uint64_t rank = 0;
    while ((double)rank < middle && (below + ways[rank]) / orders <= 0.025)
        below += ways[rank++];
    return rank;
}

/* --- Ranks of the quotients ---------------------------------------------------------------------
 */

/* Doubles as whole numbers in the same order, so that a bisection ends exactly. */
static uint64_t order_of(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return bits >> 63 ? ~bits : bits | UINT64_C(1) << 63;
}

static double value_of(uint64_t order)
{
    uint64_t bits = order >> 63 ? order & ~(UINT64_C(1) << 63) : ~order;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* How many after - before are at most `limit`; with both sides rising, in one pass. */
static uint64_t count_up_to(const struct pair_of_samples *samples, double limit)
{
    uint64_t found = 0;
    size_t after = 0;
    for (size_t before = 0; before < samples->before_count; before++) {
        while (after < samples->after_count &&
               samples->after[after] - samples->before[before] <= limit)
            after++;
        found += after;
    }
    return found;
}

/* The `rank`-th smallest after - before, from 1. There may be 10^12 of them: they are counted, not
 * listed. */
static double shift_at_rank(const struct pair_of_samples *samples, uint64_t rank)
{
    uint64_t low = order_of(samples->after[0] - samples->before[samples->before_count - 1]);
    uint64_t high = order_of(samples->after[samples->after_count - 1] - samples->before[0]);
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (count_up_to(samples, value_of(middle)) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return value_of(low);
}

static double median_shift(const struct pair_of_samples *samples)
{
    uint64_t pairs = (uint64_t)samples->before_count * samples->after_count;
    double upper = shift_at_rank(samples, pairs / 2 + 1);
    return pairs % 2 == 1 ? upper : (shift_at_rank(samples, pairs / 2) + upper) / 2.0;
}

/* --- The test -----------------------------------------------------------------------------------
 */

/* Pairs in which the value after is above the one before, equal ones counting half; and the sum of
 * t^3 - t over all groups of t equal values. */
static double count_above(const struct pair_of_samples *samples, double *ties)
{
    size_t before = 0;
    size_t after = 0;
    double above = 0.0;
    *ties = 0.0;
    while (before < samples->before_count || after < samples->after_count) {
        bool from_after =
            before == samples->before_count ||
            (after < samples->after_count && samples->after[after] < samples->before[before]);
        double value = from_after ? samples->after[after] : samples->before[before];
        size_t first_before = before;
        size_t first_after = after;
        while (before < samples->before_count && !(samples->before[before] > value))
            before++;
        while (after < samples->after_count && !(samples->after[after] > value))
            after++;
        double mine = (double)(after - first_after);
        double its = (double)(before - first_before);
        above += mine * ((double)first_before + its / 2.0);
        *ties += pow(mine + its, 3.0) - (mine + its);
    }
    return above;
}

static double exact_p_value(size_t n, size_t m, double u)
{
    double ways[EXACT_VALUES];
    double orders = count_orders(n, m, ways);
    double least = fmin(u, (double)n * (double)m - u);
    double below = 0.0;
    for (size_t value = 0; (double)value <= least; value++)
        below += ways[value];
    return fmin(1.0, 2.0 * below / orders);
}

static double normal_p_value(double n, double m, double u, double ties)
{
    double all = n + m;
    double variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if (!(variance > 0.0))
        return 1.0; /* all values are equal */
    double distance = fmax(0.0, fabs(u - n * m / 2.0) - 0.5);
    return erfc(distance / sqrt(2.0 * variance));
}

static double rank_sum_p_value(const struct pair_of_samples *samples)
{
    double ties;
    double u = count_above(samples, &ties);
    size_t n = samples->before_count;
    size_t m = samples->after_count;
    if (is_exact(n, m) && ties <= 0.0)
        return exact_p_value(n, m, u);
    return normal_p_value((double)n, (double)m, u, ties);
}

/* --- The interface ------------------------------------------------------------------------------
 */

/* The logarithms of what was measured, rising. */
static size_t take_logs(const double *values, size_t count, double *logs)
{
    size_t taken = 0;
    for (size_t index = 0; index < count; index++) {
        if (isfinite(values[index]) && values[index] > 0.0)
            logs[taken++] = log(values[index]);
    }
    statistics_sort(logs, taken);
    return taken;
}

static void estimate_shift(const struct pair_of_samples *samples, struct difference *difference)
{
    size_t n = samples->before_count;
    size_t m = samples->after_count;
    if (n < STATISTICS_LEAST_SAMPLES || m < STATISTICS_LEAST_SAMPLES)
        return;
    uint64_t rank = interval_rank(n, m);
    difference->factor = exp(median_shift(samples));
    difference->p_value = rank_sum_p_value(samples);
    if (rank > 0) {
        difference->ci95_lo = exp(shift_at_rank(samples, rank));
        difference->ci95_hi = exp(shift_at_rank(samples, (uint64_t)n * m + 1 - rank));
    }
}

int difference_estimate(const double *before, size_t before_count, const double *after,
                        size_t after_count, uint64_t seed, struct difference *difference)
{
    (void)seed;
    double *logs = calloc(before_count + after_count + 1, sizeof *logs);
    if (logs == NULL)
        return -ENOMEM;
    struct difference found = difference_none();
    found.before_rounds = take_logs(before, before_count, logs);
    found.after_rounds = take_logs(after, after_count, logs + before_count);
    const struct pair_of_samples samples = {.before = logs,
                                            .after = logs + before_count,
                                            .before_count = found.before_rounds,
                                            .after_count = found.after_rounds};
    estimate_shift(&samples, &found);
    free(logs);
    *difference = found;
    return 0;
}

static size_t count_at_most(const struct difference *differences, size_t count, double limit)
{
    size_t found = 0;
    for (size_t index = 0; index < count; index++)
        found += differences[index].p_value <= limit; /* NAN is not */
    return found;
}

/* The largest k for which k of the p-values are at most k / tested of the rate. It is reached from
 * above: if at most k can differ, then only those below k's limit, which may be fewer. */
void difference_decide(struct difference *differences, size_t count)
{
    size_t tested = count_at_most(differences, count, 1.0);
    size_t possible = tested + 1;
    size_t found = tested;
    double limit = 0.0;
    while (found < possible) {
        possible = found;
        limit = tested > 0 ? DIFFERENCE_RATE * (double)possible / (double)tested : 0.0;
        found = count_at_most(differences, count, limit);
    }
    for (size_t index = 0; index < count; index++)
        differences[index].differs = found > 0 && differences[index].p_value <= limit;
}

double difference_least_p_value(size_t before_rounds, size_t after_rounds)
{
    if (before_rounds < STATISTICS_LEAST_SAMPLES || after_rounds < STATISTICS_LEAST_SAMPLES)
        return 1.0;
    if (is_exact(before_rounds, after_rounds))
        return exact_p_value(before_rounds, after_rounds, 0.0);
    return normal_p_value((double)before_rounds, (double)after_rounds, 0.0, 0.0);
}

size_t difference_least_number(size_t count, double least_p_value)
{
    double number = ceil(least_p_value * (double)count / DIFFERENCE_RATE - 1e-9);
    return number > 1.0 ? (size_t)number : 1;
}
