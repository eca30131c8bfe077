/*
 * A made-up bundle in a temporary folder, for tests of what reads bundles. A fixture is made by
 * fixture_begin, filled by fixture_row and fixture_write, and removed by fixture_end.
 */
#ifndef BUNDLE_FIXTURE_H
#define BUNDLE_FIXTURE_H

#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FIXTURE_HEADER                                                                             \
    "mechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmetric\tmedian\tci95_lo\t"       \
    "ci95_hi\tsamples\n"

#define FIXTURE_MANIFEST                                                                           \
    "{\"schema\":1,\"id\":\"made-up\",\"label\":null,\"argv\":[\"suite\"],\"seed\":1,"             \
    "\"rounds_done\":10,\"wall_s\":12.5,\"stopped_because\":\"rounds\",\"warnings\":[],"           \
    "\"plan\":{\"capacity_bytes\":65536,"                                                          \
    "\"placements\":[{\"placement\":\"cache\",\"writer_cpu\":2,\"reader_cpu\":3}]},"               \
    "\"machine\":{\"cpu_model\":\"Made Up CPU\",\"kernel_release\":\"6.1.0\"}}"

struct fixture {
    char folder[64];
    FILE *summary;
};

static inline void fixture_write(const struct fixture *fixture, const char *name, const char *text)
{
    char path[128];
    snprintf(path, sizeof path, "%s/%s", fixture->folder, name);
    FILE *stream = fopen(path, "w");
    if (stream == NULL || fputs(text, stream) == EOF || fclose(stream) != 0)
        abort();
}

static inline void fixture_begin(struct fixture *fixture)
{
    strcpy(fixture->folder, "/tmp/bundle-fixture-XXXXXX");
    if (mkdtemp(fixture->folder) == NULL)
        abort();
    fixture_write(fixture, "manifest.json", FIXTURE_MANIFEST);
    fixture_write(fixture, "summary.tsv", FIXTURE_HEADER);
}

/* A row of summary.tsv: the cell and metric, tab separated, then three numbers as text. */
static inline void fixture_row(const struct fixture *fixture, const char *cell, unsigned long size,
                               const char *metric, const char *numbers)
{
    char path[128];
    snprintf(path, sizeof path, "%s/summary.tsv", fixture->folder);
    FILE *stream = fopen(path, "a");
    if (stream == NULL)
        abort();
    for (const char *letter = cell; *letter != '\0'; letter++)
        fputc(*letter == ' ' ? '\t' : *letter, stream);
    fprintf(stream, "\t%lu\t%s\t", size, metric);
    for (const char *letter = numbers; *letter != '\0'; letter++)
        fputc(*letter == ' ' ? '\t' : *letter, stream);
    fputs("\t10\n", stream);
    if (fclose(stream) != 0)
        abort();
}

static inline void fixture_end(const struct fixture *fixture)
{
    DIR *folder = opendir(fixture->folder);
    struct dirent *entry;
    char path[384];
    while (folder != NULL && (entry = readdir(folder)) != NULL) {
        snprintf(path, sizeof path, "%s/%s", fixture->folder, entry->d_name);
        unlink(path);
    }
    if (folder != NULL)
        closedir(folder);
    rmdir(fixture->folder);
}

#endif
