/* Facts of memory: how much, in which pages, on which nodes. */
#include "machine/manifest_fact.h"

#include <unistd.h>

#define THP "/sys/kernel/mm/transparent_hugepage"

static json_t *read_page_bytes(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    (void)reason;
    return json_integer(sysconf(_SC_PAGESIZE));
}

const struct fact manifest_memory_facts[] = {
    {.name = "memory_total_bytes",
     .read = fact_read_field_number,
     .source = "/proc/meminfo",
     .key = "MemTotal",
     .unit = 1024},
    {.name = "swap_total_bytes",
     .read = fact_read_field_number,
     .source = "/proc/meminfo",
     .key = "SwapTotal",
     .unit = 1024},
    {.name = "page_bytes", .read = read_page_bytes},
    {.name = "transparent_huge_pages", .read = fact_read_choice, .source = THP "/enabled"},
    {.name = "transparent_huge_pages_defrag", .read = fact_read_choice, .source = THP "/defrag"},
    {.name = "transparent_huge_pages_shmem",
     .read = fact_read_choice,
     .source = THP "/shmem_enabled"},
    {.name = "transparent_huge_page_bytes",
     .read = fact_read_number,
     .source = THP "/hpage_pmd_size"},
    {.name = "huge_pages_reserved",
     .read = fact_read_field_number,
     .source = "/proc/meminfo",
     .key = "HugePages_Total"},
    {.name = "huge_page_bytes",
     .read = fact_read_field_number,
     .source = "/proc/meminfo",
     .key = "Hugepagesize",
     .unit = 1024},
    {.name = "memory_nodes", .read = fact_read_text, .source = "/sys/devices/system/node/online"},
    {.name = "memory_node_balancing",
     .read = fact_read_number,
     .source = "/proc/sys/kernel/numa_balancing"},
    {.name = "same_page_merging", .read = fact_read_flag, .source = "/sys/kernel/mm/ksm/run"},
    {.name = "overcommit_memory",
     .read = fact_read_number,
     .source = "/proc/sys/vm/overcommit_memory"},
    {0},
};
