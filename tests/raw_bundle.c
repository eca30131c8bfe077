#include "raw_bundle.h"

#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

int raw_bundle_make(struct raw_bundle *bundle)
{
    *bundle = (struct raw_bundle){.folder = "/tmp/raw_bundle.XXXXXX"};
    if (mkdtemp(bundle->folder) == NULL)
        return -1;
    bundle->samples = fopen(raw_bundle_path(bundle, "samples.tsv"), "we");
    if (bundle->samples == NULL)
        return -1;
    fputs("round\torder\t", bundle->samples);
    sample_print_tsv_header(bundle->samples);
    return 0;
}

int raw_bundle_remove(struct raw_bundle *bundle)
{
    raw_bundle_close(bundle);
    DIR *folder = opendir(bundle->folder);
    if (folder == NULL)
        return -1;
    for (struct dirent *entry = readdir(folder); entry != NULL; entry = readdir(folder)) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            remove(raw_bundle_path(bundle, entry->d_name));
    }
    closedir(folder);
    return rmdir(bundle->folder);
}

struct sample raw_bundle_sample(const char *mechanism, const char *test)
{
    struct sample sample = {.wait = "block",
                            .copies = "own",
                            .touch = "full",
                            .placement = "cache",
                            .source = "memory",
                            .sink = "use",
                            .working_set = "none",
                            .size_bytes = 4096,
                            .messages = 1000,
                            .checksum_ok = CHECKSUM_OK,
                            .kernel_io_bytes = NAN,
                            .link_copy_bytes = NAN,
                            .bounce_before_ns = NAN,
                            .bounce_after_ns = NAN,
                            .writer_work_ns = NAN,
                            .reader_work_ns = NAN,
                            .first_ns_per_message = NAN,
                            .last_ns_per_message = NAN,
                            .throughput_bytes_per_s = NAN,
                            .messages_per_s = NAN,
                            .cpu_ns_per_kib = NAN,
                            .latency_mean_ns = NAN,
                            .latency_p50_ns = NAN,
                            .latency_p90_ns = NAN,
                            .latency_p99_ns = NAN,
                            .latency_p999_ns = NAN,
                            .latency_max_ns = NAN};
    snprintf(sample.mechanism, sizeof sample.mechanism, "%s", mechanism);
    snprintf(sample.test, sizeof sample.test, "%s", test);
    return sample;
}

double raw_bundle_throughput(double ns_per_kib)
{
    return 1024.0 / (ns_per_kib * 1e-9);
}

void raw_bundle_add(struct raw_bundle *bundle, uint64_t round, const struct sample *sample)
{
    bundle->order++;
    fprintf(bundle->samples, "%" PRIu64 "\t%" PRIu64 "\t", round, bundle->order);
    sample_print_tsv(sample, bundle->samples);
}

void raw_bundle_close(struct raw_bundle *bundle)
{
    if (bundle->samples != NULL)
        fclose(bundle->samples);
    bundle->samples = NULL;
}

const char *raw_bundle_path(const struct raw_bundle *bundle, const char *name)
{
    static char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", bundle->folder, name);
    return path;
}

char *raw_bundle_text(const struct raw_bundle *bundle, const char *name)
{
    static char text[50000];
    FILE *stream = fopen(raw_bundle_path(bundle, name), "re");
    if (stream == NULL)
        fail_msg("no %s", name);
    size_t length = fread(text, 1, sizeof text - 1, stream);
    fclose(stream);
    assert_true(length < sizeof text - 1);
    text[length] = '\0';
    return text;
}

static void parse_numbers(char *text, double *numbers, size_t count)
{
    for (size_t index = 0; index < count; index++) {
        char *end;
        if (*text != '\t')
            fail_msg("%zu numbers, not %zu", index, count);
        numbers[index] = strtod(text + 1, &end);
        assert_true(end > text + 1);
        text = end;
    }
    assert_string_equal(text, "");
}

bool raw_bundle_row(const struct raw_bundle *bundle, const char *name, const char *key,
                    double *numbers, size_t count)
{
    bool found = false;
    char *place = NULL;
    for (char *line = strtok_r(raw_bundle_text(bundle, name), "\n", &place); line != NULL;
         line = strtok_r(NULL, "\n", &place)) {
        size_t length = strlen(key);
        if (strncmp(line, key, length) != 0 || line[length] != '\t')
            continue;
        if (found)
            fail_msg("%s twice", key);
        parse_numbers(line + length, numbers, count);
        found = true;
    }
    return found;
}

void assert_number(const char *what, double is, double should)
{
    bool same = isnan(should) ? isnan(is) : fabs(is - should) <= 1e-5;
    if (!same)
        fail_msg("%s is %.12g, not %.12g", what, is, should);
}
