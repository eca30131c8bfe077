#include "machine/cpu.h"

#include "base/units.h"

#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    NUMBER_TEXT_BYTES = 8,   /* a CPU number has at most six digits, then there is the comma */
    FIRST_GUESS_CPUS = 1024, /* what one cpu_set_t holds */
    MOST_CPUS = 1 << 20,     /* far above any kernel's NR_CPUS: where asking stops */
    ALLOWED_LIST_BYTES = 128
};

/* Reads the digits at *text as one CPU number and moves *text behind them. */
static int parse_cpu(const char **text, int *cpu)
{
    char digits[NUMBER_TEXT_BYTES] = "";
    size_t length = strspn(*text, "0123456789");
    if (length == 0 || length >= sizeof digits)
        return -EINVAL;
    memcpy(digits, *text, length);
    uint64_t number;
    if (units_parse_count(digits, &number) != 0 || number >= MOST_CPUS)
        return -EINVAL;
    *cpu = (int)number;
    *text += length;
    return 0;
}

int cpu_parse_pair(const char *text, void *pair)
{
    struct cpu_pair parsed;
    if (parse_cpu(&text, &parsed.writer) != 0 || *text != ',')
        return -EINVAL;
    text++;
    if (parse_cpu(&text, &parsed.reader) != 0 || *text != '\0')
        return -EINVAL;
    memcpy(pair, &parsed, sizeof parsed);
    return 0;
}

void cpu_print_pair(const void *pair, char *text, size_t text_bytes)
{
    struct cpu_pair cpus;
    memcpy(&cpus, pair, sizeof cpus);
    if (cpus.writer < 0 || cpus.reader < 0)
        snprintf(text, text_bytes, "%s", "");
    else
        snprintf(text, text_bytes, "%d,%d", cpus.writer, cpus.reader);
}

/* The affinity mask, in a set as large as this kernel needs: it refuses smaller ones. */
static int load_affinity(cpu_set_t **set, int *set_cpus)
{
    for (int cpus = FIRST_GUESS_CPUS; cpus <= MOST_CPUS; cpus *= 2) {
        cpu_set_t *guess = CPU_ALLOC((size_t)cpus);
        if (guess == NULL)
            return -ENOMEM;
        size_t bytes = CPU_ALLOC_SIZE((size_t)cpus);
        CPU_ZERO_S(bytes, guess);
        if (sched_getaffinity(0, bytes, guess) == 0) {
            *set = guess;
            *set_cpus = cpus;
            return 0;
        }
        int error = -errno;
        CPU_FREE(guess);
        if (error != -EINVAL)
            return error;
    }
    return -EINVAL;
}

int cpu_list_allowed(int **cpus, size_t *count)
{
    cpu_set_t *set = NULL;
    int set_cpus = 0;
    int result = load_affinity(&set, &set_cpus);
    if (result < 0)
        return result;
    size_t bytes = CPU_ALLOC_SIZE((size_t)set_cpus);
    int *list = calloc((size_t)CPU_COUNT_S(bytes, set), sizeof *list);
    if (list == NULL) {
        CPU_FREE(set);
        return -ENOMEM;
    }
    size_t found = 0;
    for (int cpu = 0; cpu < set_cpus; cpu++) {
        if (CPU_ISSET_S((size_t)cpu, bytes, set))
            list[found++] = cpu;
    }
    CPU_FREE(set);
    *cpus = list;
    *count = found;
    return 0;
}

char *cpu_format_list(const int *cpus, size_t count, char *text, size_t text_bytes)
{
    size_t used = 0;
    text[0] = '\0';
    for (size_t first = 0, last; first < count; first = last + 1) {
        for (last = first; last + 1 < count && cpus[last + 1] == cpus[last] + 1;)
            last++;
        char range[32];
        const char *comma = first > 0 ? "," : "";
        if (last == first)
            snprintf(range, sizeof range, "%s%d", comma, cpus[first]);
        else
            snprintf(range, sizeof range, "%s%d-%d", comma, cpus[first], cpus[last]);
        if (used + strlen(range) + sizeof "..." > text_bytes) {
            snprintf(text + used, text_bytes - used, "...");
            break;
        }
        used += (size_t)snprintf(text + used, text_bytes - used, "%s", range);
    }
    return text;
}

static bool list_has(const int *cpus, size_t count, int cpu)
{
    for (size_t index = 0; index < count; index++) {
        if (cpus[index] == cpu)
            return true;
    }
    return false;
}

int cpu_check_pair(const struct cpu_pair *pair, struct failure *failure)
{
    int *cpus;
    size_t count;
    int result = cpu_list_allowed(&cpus, &count);
    if (result < 0)
        return failure_set(failure, result, "asking which CPUs this process may use");
    const int wanted[] = {pair->writer, pair->reader};
    for (size_t index = 0; index < 2 && result == 0; index++) {
        if (list_has(cpus, count, wanted[index]))
            continue;
        char allowed[ALLOWED_LIST_BYTES];
        cpu_format_list(cpus, count, allowed, sizeof allowed);
        result = failure_say(failure, -ENODEV,
                             "CPU %d is not there, or this process may not use it; allowed: %s",
                             wanted[index], allowed);
    }
    free(cpus);
    return result;
}

int cpu_pin(int cpu)
{
    if (cpu < 0 || cpu >= MOST_CPUS)
        return -EINVAL;
    cpu_set_t *set = CPU_ALLOC((size_t)cpu + 1);
    if (set == NULL)
        return -ENOMEM;
    size_t bytes = CPU_ALLOC_SIZE((size_t)cpu + 1);
    CPU_ZERO_S(bytes, set);
    CPU_SET_S((size_t)cpu, bytes, set);
    int result = sched_setaffinity(0, bytes, set) == 0 ? 0 : -errno;
    CPU_FREE(set);
    return result;
}
