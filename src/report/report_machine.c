#include "report/report_machine.h"

#include "text/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

struct report_machine report_machine_of(const struct bundle_data *bundle)
{
    return (struct report_machine){
        .cpu_model = bundle_fact_text(bundle, "machine.cpu_model", "unknown CPU"),
        .kernel = bundle_fact_text(bundle, "machine.kernel_release", "unknown kernel"),
        .hypervisor = bundle_fact_text(bundle, "machine.hypervisor", ""),
        .label = bundle_fact_text(bundle, "label", ""),
        .stopped_because = bundle_fact_text(bundle, "stopped_because", ""),
        .l1d_bytes = bundle_fact_number(bundle, "machine.l1d_cache_bytes"),
        .l2_bytes = bundle_fact_number(bundle, "machine.l2_cache_bytes"),
        .l3_bytes = bundle_fact_number(bundle, "machine.l3_cache_bytes"),
        .capacity_bytes = bundle_fact_number(bundle, "plan.capacity_bytes"),
        .rounds = bundle_fact_number(bundle, "rounds_done"),
        .seconds = bundle_fact_number(bundle, "wall_s"),
    };
}

char *report_machine_describe(const struct report_machine *machine, enum language language,
                              char *text)
{
    int used = snprintf(text, REPORT_MACHINE_TEXT_BYTES, "%.80s", machine->cpu_model);
    if (*machine->hypervisor != '\0' && strcmp(machine->hypervisor, "none") != 0)
        used += snprintf(text + used, REPORT_MACHINE_TEXT_BYTES - (size_t)used,
                         text_in(language, " (%.24s guest)"), machine->hypervisor);
    snprintf(text + used, REPORT_MACHINE_TEXT_BYTES - (size_t)used,
             text_in(language, ", Linux %.60s"), machine->kernel);
    return text;
}

/* The CPUs of a placement as the plan recorded them; NULL where it did not. */
static const json_t *find_cpus(const struct bundle_data *bundle, const char *placement)
{
    const json_t *placements = bundle_fact(bundle, "plan.placements");
    size_t index;
    json_t *entry;
    json_array_foreach(placements, index, entry)
    {
        const char *word = json_string_value(json_object_get(entry, "placement"));
        if (word != NULL && strcmp(word, placement) == 0)
            return entry;
    }
    return NULL;
}

char *report_machine_describe_placement(const struct bundle_data *bundle, const char *placement,
                                        enum language language, char *text)
{
    const json_t *entry = find_cpus(bundle, placement);
    const json_t *writer = json_object_get(entry, "writer_cpu");
    const json_t *reader = json_object_get(entry, "reader_cpu");
    if (!json_is_integer(writer) || !json_is_integer(reader))
        snprintf(text, REPORT_MACHINE_TEXT_BYTES, text_in(language, "placement %s"), placement);
    else
        snprintf(text, REPORT_MACHINE_TEXT_BYTES,
                 text_in(language, "placement %s: CPUs %lld and %lld"), placement,
                 (long long)json_integer_value(writer), (long long)json_integer_value(reader));
    return text;
}
