#include "gallery/gallery_entry.h"

#include "document/report_text.h"
#include "report/report_cause_findings.h"
#include "report/report_machine.h"
#include "report/report_scope.h"

#include <ctype.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- facts ---- */

static void read_id(const struct bundle_data *bundle, struct gallery_entry *entry)
{
    const char *id = bundle_fact_text(bundle, "id", bundle->name);
    report_text_plain(id, entry->id, sizeof entry->id);
}

/* An id begins with its time: "20261124T214623Z-...". */
static void read_date(struct gallery_entry *entry)
{
    static const char form[] = "dddddddd-dddddd-";
    const char *id = entry->id;
    for (size_t index = 0; form[index] != '\0'; index++) {
        bool fits = form[index] == 'd' ? isdigit((unsigned char)id[index]) != 0
                                       : id[index] == (index == 8 ? 'T' : 'Z');
        if (!fits)
            return;
    }
    snprintf(entry->date, sizeof entry->date, "%.4s-%.2s-%.2s %.2s:%.2s", id, id + 4, id + 6,
             id + 9, id + 11);
}

/* Up to the second number: what changes behind it rarely changes figures. */
static void read_series(struct gallery_entry *entry)
{
    const char *kernel = entry->kernel;
    size_t length = strspn(kernel, "0123456789");
    if (length > 0 && kernel[length] == '.')
        length += 1 + strspn(kernel + length + 1, "0123456789");
    snprintf(entry->kernel_series, sizeof entry->kernel_series, "%.*s",
             (int)(length > 0 ? length : strlen(kernel)), kernel);
}

static void read_virtualisation(const struct bundle_data *bundle, struct gallery_entry *entry)
{
    const char *hypervisor = bundle_fact_text(bundle, "machine.hypervisor", "unknown");
    const char *container = bundle_fact_text(bundle, "machine.container", "none");
    char text[2 * GALLERY_TEXT_BYTES];
    snprintf(text, sizeof text, "%.60s%s%.60s",
             strcmp(hypervisor, "none") == 0 ? "bare metal" : hypervisor,
             strcmp(container, "none") == 0 ? "" : ", ",
             strcmp(container, "none") == 0 ? "" : container);
    report_text_plain(text, entry->virtualisation, sizeof entry->virtualisation);
}

static void read_facts(const struct report_scope *scope, struct gallery_entry *entry)
{
    struct report_machine machine = report_machine_of(scope->bundle);
    read_id(scope->bundle, entry);
    read_date(entry);
    report_text_plain(machine.cpu_model, entry->cpu, sizeof entry->cpu);
    report_text_plain(machine.kernel, entry->kernel, sizeof entry->kernel);
    read_series(entry);
    read_virtualisation(scope->bundle, entry);
    report_text_plain(bundle_fact_text(scope->bundle, "preset", "-"), entry->preset,
                      sizeof entry->preset);
    bool full = strcmp(scope->touch, "full") == 0;
    snprintf(entry->placement, sizeof entry->placement, "%s%s%s", scope->placement,
             full ? "" : ", touch ", full ? "" : scope->touch);
    entry->hardware_threads = bundle_fact_number(scope->bundle, "machine.hardware_threads");
}

/* ---- figures ---- */

static const struct figure_source {
    const char *mechanism;
    const char *test;
    const char *wait;
    const char *copies;
    const char *metric;
} sources[GALLERY_FIGURES] = {
    [GALLERY_RATIO_MATCHED] = {"shm", "throughput", "block", "own", "ratio_to_pipe"},
    [GALLERY_RATIO_BEST] = {"shm", "throughput", "spin", "inplace", "ratio_to_pipe"},
    [GALLERY_THROUGHPUT_PIPE] = {"pipe", "throughput", "block", "own", "throughput_bytes_per_s"},
    [GALLERY_THROUGHPUT_SHM] = {"shm", "throughput", "block", "own", "throughput_bytes_per_s"},
    [GALLERY_LATENCY_PIPE] = {"pipe", "latency", "block", "own", "latency_p50_ns"},
    [GALLERY_LATENCY_SHM] = {"shm", "latency", "block", "own", "latency_p50_ns"},
};

/* What the machine can do at best, which a figure is divided by: 1 for a ratio. NAN where the
 * bundle does not tell. */
static double divisor_of(const struct report_scope *scope, const struct figure_source *source,
                         uint64_t size_bytes)
{
    if (strcmp(source->metric, "ratio_to_pipe") == 0)
        return 1.0;
    bool latency = strcmp(source->test, "latency") == 0;
    struct bundle_cell cell =
        bundle_cell_of(FINDING_CEILING, latency ? "bounce" : "memcpy", FINDING_NONE, FINDING_NONE,
                       FINDING_NONE, scope->placement);
    if (latency) {
        struct bundle_sizes sizes = bundle_sizes_of(scope->bundle, &cell, source->metric);
        size_bytes = sizes.count > 0 ? sizes.bytes[0] : 0;
    }
    const struct estimate *ceiling = bundle_find(scope->bundle, &cell, size_bytes, source->metric);
    return ceiling != NULL && ceiling->median > 0.0 ? ceiling->median : NAN;
}

static int read_line(const struct report_scope *scope, const struct figure_source *source,
                     struct gallery_line *line)
{
    struct bundle_cell cell = bundle_cell_of(source->mechanism, source->test, source->wait,
                                             source->copies, scope->touch, scope->placement);
    struct bundle_sizes sizes = bundle_sizes_of(scope->bundle, &cell, source->metric);
    if (sizes.count == 0)
        return 0;
    line->points = calloc(sizes.count, sizeof *line->points);
    if (line->points == NULL)
        return -ENOMEM;
    for (size_t index = 0; index < sizes.count; index++) {
        uint64_t size_bytes = sizes.bytes[index];
        double value = bundle_find(scope->bundle, &cell, size_bytes, source->metric)->median /
                       divisor_of(scope, source, size_bytes);
        if (value >= GALLERY_LEAST && value <= GALLERY_MOST)
            line->points[line->count++] =
                (struct gallery_point){.size_bytes = size_bytes, .value = value};
    }
    return 0;
}

static void read_answer(const struct report_scope *scope, struct gallery_entry *entry)
{
    const struct figure_source *source = &sources[GALLERY_RATIO_MATCHED];
    struct bundle_cell cell = bundle_cell_of(source->mechanism, source->test, source->wait,
                                             source->copies, scope->touch, scope->placement);
    const struct estimate *ratio =
        bundle_find(scope->bundle, &cell, GALLERY_SIZE_BYTES, source->metric);
    entry->ratio = ratio != NULL ? *ratio : statistics_no_estimate();
    struct finding_gap gap = finding_gap_at(scope->evidence, scope->placement,
                                            finding_gap_size(scope->evidence, scope->placement));
    entry->copies_share = (struct evidence_value){NAN, NAN, NAN};
    if (finding_has_shares(&gap))
        entry->copies_share = gap.copies->share;
    struct finding_verdicts verdicts = finding_count_verdicts(scope->evidence);
    entry->claims = verdicts.claims;
    entry->claims_hold = verdicts.hold;
}

/* ---- all ---- */

static bool has_file(const char *folder, const char *name)
{
    char path[PATH_MAX];
    struct stat status;
    return snprintf(path, sizeof path, "%s/%s", folder, name) < (int)sizeof path &&
           lstat(path, &status) == 0 && S_ISREG(status.st_mode);
}

static int find_folder(const char *folder, struct gallery_entry *entry, struct failure *failure)
{
    static const char *const pages[] = {"report.html", "report.md"};
    if (realpath(folder, entry->folder) == NULL)
        return failure_set(failure, -errno, "%.160s", folder);
    entry->page = "";
    for (size_t index = 0; index < sizeof pages / sizeof *pages && *entry->page == '\0'; index++) {
        if (has_file(entry->folder, pages[index]))
            entry->page = pages[index];
    }
    return 0;
}

static int read_all(const struct report_scope *scope, struct gallery_entry *entry)
{
    int result = 0;
    read_facts(scope, entry);
    read_answer(scope, entry);
    for (size_t index = 0; index < GALLERY_FIGURES && result == 0; index++)
        result = read_line(scope, &sources[index], &entry->lines[index]);
    return result;
}

int gallery_entry_read(const char *folder, struct gallery_entry *entry, struct failure *failure)
{
    struct bundle_data bundle;
    struct evidence evidence;
    *entry = (struct gallery_entry){.page = ""};
    int result = find_folder(folder, entry, failure);
    if (result == 0)
        result = bundle_read(folder, &bundle, failure);
    if (result < 0)
        return result;
    result = evidence_read(folder, &evidence, failure);
    if (result == 0) {
        struct report_scope scope = report_scope_of(&bundle, &evidence, LANGUAGE_ENGLISH);
        result = read_all(&scope, entry);
        if (result < 0) {
            gallery_entry_free(entry);
            failure_set(failure, result, "%.160s", folder);
        }
        evidence_free(&evidence);
    }
    bundle_free(&bundle);
    return result;
}

void gallery_entry_free(struct gallery_entry *entry)
{
    for (size_t index = 0; index < GALLERY_FIGURES; index++)
        free(entry->lines[index].points);
    *entry = (struct gallery_entry){.page = ""};
}
