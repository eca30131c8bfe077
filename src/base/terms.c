#include "base/terms.h"

#include <string.h>

const char *const test_names[] = {"latency", "throughput", "relay", NULL};
const char *const wait_names[] = {"block", "spin", "hybrid", "semop", NULL};
const char *const copies_names[] = {"own", "inplace", NULL};
const char *const touch_names[] = {"full", "write", "edges", NULL};
const char *const placement_names[] = {"cache", "same", "sibling", "far", "explicit", NULL};
const char *const source_names[] = {"memory", "file", "stdin", "zero", NULL};
const char *const sink_names[] = {"use", "file", "stdout", "null", NULL};
const char *const working_set_names[] = {"none", "hot", "cold", NULL};

int term_find(const char *const *names, const char *name)
{
    for (int index = 0; names[index] != NULL; index++) {
        if (strcmp(names[index], name) == 0)
            return index;
    }
    return -1;
}
