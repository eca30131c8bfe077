#include "base/clock.h"

#include <stdlib.h>

enum { BATCHES = 15, READS_PER_BATCH = 500 };

static int compare_costs(const void *left, const void *right)
{
    double a = *(const double *)left;
    double b = *(const double *)right;
    return (a > b) - (a < b);
}

double clock_measure_read_cost_ns(void)
{
    double costs[BATCHES];
    for (int batch = 0; batch < BATCHES; batch++) {
        uint64_t start = clock_now_ns();
        uint64_t last = start;
        for (int read = 0; read < READS_PER_BATCH; read++)
            last = clock_now_ns();
        costs[batch] = (double)(last - start) / READS_PER_BATCH;
    }
    qsort(costs, BATCHES, sizeof costs[0], compare_costs);
    return costs[BATCHES / 2];
}
