#include "compare/compare_verdict.h"

#include "results/statistics.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A compared cell and what it counts for. */
struct finding {
    const struct compared_cell *cell; /* whose mechanism is named */
    double factor;                    /* how many times faster that became; NAN: no difference */
};

/* A ratio, and the pipe's cell that it divides by. */
struct pipe_ratio {
    const struct compared_cell *pipe;
    const struct compared_cell *cell;
};

struct judge {
    const struct comparison *comparison;
    enum compare_kind kind;
    struct finding *findings; /* room for two per cell: its own, and its pipe's */
    size_t finding_count;
    struct pipe_ratio *ratios;
    size_t ratio_count;
};

static const struct difference *
difference_of(const struct judge *judge, const struct compared_cell *cell, enum compare_kind kind)
{
    return &judge->comparison->differences[kind][cell - judge->comparison->cells];
}

static void add_finding(struct judge *judge, const struct compared_cell *cell, double factor)
{
    judge->findings[judge->finding_count++] = (struct finding){.cell = cell, .factor = factor};
}

static double factor_if_differs(const struct difference *difference)
{
    return difference->differs ? difference->factor : NAN;
}

static bool is_decided(const struct judge *judge, const struct compared_cell *cell)
{
    return cell->has[judge->kind] && !compare_is_ceiling(compared_cell_key(cell)) &&
           !isnan(difference_of(judge, cell, judge->kind)->p_value);
}

/* --- The pipe, or the others? -------------------------------------------------------------------
 */

static double log_factor(const struct judge *judge, const struct compared_cell *cell,
                         enum compare_kind kind)
{
    return log(difference_of(judge, cell, kind)->factor);
}

/* What the ratios to one cell of the pipe say together. */
static bool is_pipe_to_name(const struct judge *judge, const struct pipe_ratio *ratios,
                            size_t count)
{
    double least = INFINITY;
    double most = -INFINITY;
    double others = 0.0;
    double pipe = log_factor(judge, ratios->pipe, COMPARE_ABSOLUTE);
    for (size_t index = 0; index < count; index++) {
        double moved = log_factor(judge, ratios[index].cell, COMPARE_RATIO);
        least = fmin(least, moved);
        most = fmax(most, moved);
        others = fmax(others, fabs(log_factor(judge, ratios[index].cell, COMPARE_ABSOLUTE)));
    }
    bool alike = least > 0.0 ? least >= most / 2.0 : most < 0.0 && most <= least / 2.0;
    bool opposite = (pipe < 0.0) == (least > 0.0);
    /* Written so that a NAN fails it. */
    return alike && opposite && fabs(pipe) > others && (count > 1 || others <= fabs(pipe) / 2.0);
}

/* How much faster the pipe became against the others: the reciprocal of what their ratios did. */
static double pipe_factor(const struct judge *judge, const struct pipe_ratio *ratios, size_t count)
{
    double sum = 0.0;
    for (size_t index = 0; index < count; index++)
        sum += log_factor(judge, ratios[index].cell, COMPARE_RATIO);
    return exp(-sum / (double)count);
}

static void judge_pipe(struct judge *judge, const struct pipe_ratio *ratios, size_t count)
{
    bool differs = false;
    for (size_t index = 0; index < count; index++)
        differs = differs || difference_of(judge, ratios[index].cell, COMPARE_RATIO)->differs;
    bool pipe = differs && is_pipe_to_name(judge, ratios, count);
    add_finding(judge, ratios->pipe, pipe ? pipe_factor(judge, ratios, count) : NAN);
    for (size_t index = 0; index < count; index++) {
        const struct compared_cell *cell = ratios[index].cell;
        add_finding(judge, cell,
                    pipe ? NAN : factor_if_differs(difference_of(judge, cell, COMPARE_RATIO)));
    }
}

static int compare_ratios(const void *left, const void *right)
{
    const struct pipe_ratio *a = left;
    const struct pipe_ratio *b = right;
    int order = (a->pipe > b->pipe) - (a->pipe < b->pipe);
    return order != 0 ? order : (a->cell > b->cell) - (a->cell < b->cell);
}

static void judge_ratios(struct judge *judge)
{
    const struct comparison *comparison = judge->comparison;
    for (size_t index = 0; index < comparison->cell_count; index++) {
        const struct compared_cell *cell = &comparison->cells[index];
        const struct compared_cell *pipe =
            is_decided(judge, cell) ? comparison_pipe_of(comparison, cell) : NULL;
        if (pipe != NULL)
            judge->ratios[judge->ratio_count++] = (struct pipe_ratio){.pipe = pipe, .cell = cell};
    }
    qsort(judge->ratios, judge->ratio_count, sizeof *judge->ratios, compare_ratios);
    size_t end;
    for (size_t first = 0; first < judge->ratio_count; first = end) {
        end = first + 1;
        while (end < judge->ratio_count && judge->ratios[end].pipe == judge->ratios[first].pipe)
            end++;
        judge_pipe(judge, &judge->ratios[first], end - first);
    }
}

static void judge_alone(struct judge *judge)
{
    for (size_t index = 0; index < judge->comparison->cell_count; index++) {
        const struct compared_cell *cell = &judge->comparison->cells[index];
        if (is_decided(judge, cell))
            add_finding(judge, cell, factor_if_differs(difference_of(judge, cell, judge->kind)));
    }
}

/* --- In sum -------------------------------------------------------------------------------------
 */

/* By mechanism, then rising by factor; what does not differ comes last. */
static int compare_findings(const void *left, const void *right)
{
    const struct finding *a = left;
    const struct finding *b = right;
    int order =
        strcmp(compared_cell_key(a->cell)->mechanism, compared_cell_key(b->cell)->mechanism);
    if (order != 0)
        return order;
    if (isnan(a->factor) || isnan(b->factor))
        return isnan(a->factor) - isnan(b->factor);
    return (a->factor > b->factor) - (a->factor < b->factor);
}

/* The median of how the absolute figures of some findings moved, or those of their pipes. */
static double median_absolute(const struct judge *judge, const struct finding *findings,
                              size_t count, bool of_pipe, double *factors)
{
    size_t known = 0;
    for (size_t index = 0; index < count; index++) {
        const struct compared_cell *cell = findings[index].cell;
        if (of_pipe)
            cell = comparison_pipe_of(judge->comparison, cell);
        double factor = cell != NULL ? difference_of(judge, cell, COMPARE_ABSOLUTE)->factor : NAN;
        if (!isnan(factor))
            factors[known++] = factor;
    }
    statistics_sort(factors, known);
    return statistics_median(factors, known);
}

static void sum_up(const struct judge *judge, const struct finding *findings, size_t count,
                   double *factors, struct mechanism_verdict *mechanism)
{
    const char *name = compared_cell_key(findings->cell)->mechanism;
    *mechanism = (struct mechanism_verdict){.cells = count,
                                            .median = NAN,
                                            .least = NAN,
                                            .most = NAN,
                                            .own_absolute = NAN,
                                            .pipe_absolute = NAN};
    memcpy(mechanism->mechanism, name, sizeof mechanism->mechanism);
    while (mechanism->differ < count && !isnan(findings[mechanism->differ].factor)) {
        factors[mechanism->differ] = findings[mechanism->differ].factor;
        mechanism->slower += findings[mechanism->differ].factor < 1.0;
        mechanism->differ++;
    }
    if (mechanism->differ == 0)
        return;
    mechanism->median = statistics_median(factors, mechanism->differ);
    mechanism->least = factors[0];
    mechanism->most = factors[mechanism->differ - 1];
    if (judge->kind != COMPARE_RATIO || strcmp(name, "pipe") == 0)
        return;
    mechanism->own_absolute = median_absolute(judge, findings, mechanism->differ, false, factors);
    mechanism->pipe_absolute = median_absolute(judge, findings, mechanism->differ, true, factors);
}

/* What differs in most of its cells first: the comparison is without divisions. */
static int compare_mechanisms(const void *left, const void *right)
{
    const struct mechanism_verdict *a = left;
    const struct mechanism_verdict *b = right;
    uint64_t mine = (uint64_t)a->differ * b->cells;
    uint64_t its = (uint64_t)b->differ * a->cells;
    return mine != its ? (mine < its) - (mine > its) : strcmp(a->mechanism, b->mechanism);
}

static void sum_up_all(const struct judge *judge, double *factors, struct compare_verdict *verdict)
{
    size_t end;
    qsort(judge->findings, judge->finding_count, sizeof *judge->findings, compare_findings);
    for (size_t first = 0; first < judge->finding_count; first = end) {
        const char *name = compared_cell_key(judge->findings[first].cell)->mechanism;
        end = first + 1;
        while (end < judge->finding_count &&
               strcmp(compared_cell_key(judge->findings[end].cell)->mechanism, name) == 0)
            end++;
        sum_up(judge, &judge->findings[first], end - first, factors,
               &verdict->mechanisms[verdict->mechanism_count++]);
    }
    qsort(verdict->mechanisms, verdict->mechanism_count, sizeof *verdict->mechanisms,
          compare_mechanisms);
}

static void count_cells(const struct judge *judge, struct compare_verdict *verdict)
{
    for (size_t index = 0; index < judge->comparison->cell_count; index++) {
        const struct compared_cell *cell = &judge->comparison->cells[index];
        if (!is_decided(judge, cell))
            continue;
        verdict->cells++;
        verdict->differ += difference_of(judge, cell, judge->kind)->differs;
    }
}

int compare_verdict_make(const struct comparison *comparison, enum compare_kind kind,
                         struct compare_verdict *verdict)
{
    size_t room = 2 * comparison->cell_count + 1;
    struct judge judge = {.comparison = comparison, .kind = kind};
    struct compare_verdict made = {.kind = kind};
    double *factors = calloc(room, sizeof *factors);
    judge.findings = calloc(room, sizeof *judge.findings);
    judge.ratios = calloc(room, sizeof *judge.ratios);
    made.mechanisms = calloc(room, sizeof *made.mechanisms);
    int result = 0;
    if (factors == NULL || judge.findings == NULL || judge.ratios == NULL ||
        made.mechanisms == NULL) {
        free(made.mechanisms);
        result = -ENOMEM;
    } else {
        if (kind == COMPARE_RATIO)
            judge_ratios(&judge);
        else
            judge_alone(&judge);
        count_cells(&judge, &made);
        sum_up_all(&judge, factors, &made);
        *verdict = made;
    }
    free(factors);
    free(judge.findings);
    free(judge.ratios);
    return result;
}

void compare_verdict_free(struct compare_verdict *verdict)
{
    free(verdict->mechanisms);
    *verdict = (struct compare_verdict){.mechanisms = NULL};
}
