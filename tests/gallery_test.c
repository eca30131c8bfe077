/* What a gallery takes of a bundle, which folders it takes, and where its links lead. */
#include "gallery/gallery_answer.h"
#include "gallery/gallery_charts.h"
#include "gallery/gallery_folder.h"
#include "gallery/gallery_page.h"

#include "bundle_fixture.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

#define MATCHED_SHM "shm throughput block own full cache"

static struct fixture fixture;

static void begin(const char *manifest)
{
    fixture_begin(&fixture);
    if (manifest != NULL)
        fixture_write(&fixture, "manifest.json", manifest);
}

static struct gallery_entry read_entry(void)
{
    struct gallery_entry entry;
    struct failure failure = {0};
    if (gallery_entry_read(fixture.folder, &entry, &failure) < 0)
        fail_msg("%s", failure.text);
    return entry;
}

static void test_facts(void **state)
{
    (void)state;
    begin("{\"schema\":1,\"id\":\"20260102T030405Z-cpu\",\"preset\":\"quick\",\"machine\":{"
          "\"cpu_model\":\"A\\u001b[2J CPU\",\"kernel_release\":\"6.18.44-fc\","
          "\"hypervisor\":\"none\",\"container\":\"docker\",\"hardware_threads\":4}}");
    fixture_row(&fixture, "shm throughput block own edges same", 64, "ratio_to_pipe", "2 1.5 2.5");
    fixture_write(&fixture, "report.md", "#\n");
    struct gallery_entry entry = read_entry();
    assert_string_equal(entry.id, "20260102T030405Z-cpu");
    assert_string_equal(entry.date, "2026-01-02 03:04");
    assert_string_equal(entry.cpu, "A[2J CPU");
    assert_string_equal(entry.kernel, "6.18.44-fc");
    assert_string_equal(entry.kernel_series, "6.18");
    assert_string_equal(entry.virtualisation, "bare metal, docker");
    assert_string_equal(entry.preset, "quick");
    assert_string_equal(entry.placement, "same, touch edges");
    assert_string_equal(entry.page, "report.md");
    assert_true(entry.hardware_threads == 4.0);
    gallery_entry_free(&entry);
    /* A link is no report. */
    char path[128];
    snprintf(path, sizeof path, "%s/report.html", fixture.folder);
    assert_int_equal(symlink("report.md", path), 0);
    entry = read_entry();
    assert_string_equal(entry.page, "report.md");
    gallery_entry_free(&entry);
    fixture_end(&fixture);
}

static void test_nothing_is_guessed(void **state)
{
    (void)state;
    begin("{\"schema\":1}");
    fixture_row(&fixture, "fifo latency spin own full far", 64, "latency_p50_ns", "2 1 3");
    struct gallery_entry entry = read_entry();
    assert_string_equal(entry.date, "");
    assert_string_equal(entry.virtualisation, "unknown");
    assert_string_equal(entry.page, "");
    assert_true(isnan(entry.ratio.median));
    assert_true(isnan(entry.copies_share.value));
    assert_int_equal(entry.claims, 0);
    for (size_t index = 0; index < GALLERY_FIGURES; index++)
        assert_int_equal(entry.lines[index].count, 0);
    assert_string_equal(gallery_outcome(&entry), "open");
    gallery_entry_free(&entry);
    fixture_end(&fixture);
}

static void assert_line(const struct gallery_entry *entry, enum gallery_figure figure, size_t count,
                        double first)
{
    assert_int_equal(entry->lines[figure].count, count);
    if (count > 0)
        assert_true(fabs(entry->lines[figure].points[0].value - first) < 1e-9);
}

static void test_figures(void **state)
{
    (void)state;
    begin(NULL);
    fixture_row(&fixture, "ceiling bounce none none none cache", 8, "latency_p50_ns", "50 40 60");
    fixture_row(&fixture, "ceiling memcpy none none none cache", 64, "throughput_bytes_per_s",
                "4e9 nan nan");
    fixture_row(&fixture, MATCHED_SHM, 64, "throughput_bytes_per_s", "1e9 nan nan");
    /* No memcpy of that size: no part of it. */
    fixture_row(&fixture, MATCHED_SHM, 65536, "throughput_bytes_per_s", "2e9 nan nan");
    fixture_row(&fixture, MATCHED_SHM, 64, "ratio_to_pipe", "3 2 4");
    fixture_row(&fixture, MATCHED_SHM, 65536, "ratio_to_pipe", "0.5 0.4 0.6");
    fixture_row(&fixture, "shm throughput spin inplace full cache", 64, "ratio_to_pipe", "9 8 10");
    fixture_row(&fixture, "pipe latency block own full cache", 64, "latency_p50_ns", "500 4 600");
    fixture_row(&fixture, "shm latency block own full cache", 64, "latency_p50_ns", "1e300 4 600");
    struct gallery_entry entry = read_entry();
    assert_line(&entry, GALLERY_RATIO_MATCHED, 2, 3.0);
    assert_int_equal(entry.lines[GALLERY_RATIO_MATCHED].points[1].size_bytes, 65536);
    assert_line(&entry, GALLERY_RATIO_BEST, 1, 9.0);
    assert_line(&entry, GALLERY_THROUGHPUT_SHM, 1, 0.25);
    assert_line(&entry, GALLERY_THROUGHPUT_PIPE, 0, NAN);
    assert_line(&entry, GALLERY_LATENCY_PIPE, 1, 10.0);
    assert_line(&entry, GALLERY_LATENCY_SHM, 0, NAN); /* no measurement */
    assert_true(entry.ratio.median == 0.5);
    assert_string_equal(gallery_outcome(&entry), "slower");
    gallery_entry_free(&entry);
    fixture_end(&fixture);
}

/* ---- many ---- */

static struct gallery_entry entry_of(const char *id, const char *cpu, double ratio, double lo,
                                     double hi)
{
    struct gallery_entry entry = {
        .page = "", .ratio = {ratio, lo, hi, 10}, .copies_share = {NAN, NAN, NAN}};
    snprintf(entry.id, sizeof entry.id, "%s", id);
    snprintf(entry.cpu, sizeof entry.cpu, "%s", cpu);
    entry.hardware_threads = NAN;
    return entry;
}

static void test_summary(void **state)
{
    (void)state;
    struct gallery_entry entries[] = {
        entry_of("e", "B", 2.0, 1.5, 2.5), entry_of("d", "A", 0.5, 0.4, 0.6),
        entry_of("c", "A", 4.0, 3.0, 5.0), entry_of("b", "B", 1.0, 0.9, 1.1),
        entry_of("a", "A", NAN, NAN, NAN),
    };
    entries[0].copies_share = (struct evidence_value){0.3, 0.2, 0.4};
    entries[1].copies_share = (struct evidence_value){0.1, 0.05, 0.15};
    entries[2].copies_share = (struct evidence_value){0.9, 0.1, 1.5}; /* too wide to tell */
    entries[2].hardware_threads = 8.0;
    struct gallery_collection collection = {.entries = entries, .count = 5};
    struct gallery_summary summary;
    assert_int_equal(gallery_summarise(&collection, &summary), 0);
    assert_int_equal(summary.machines, 3);
    assert_int_equal(summary.faster, 2);
    assert_int_equal(summary.slower, 1);
    assert_int_equal(summary.open, 1);
    assert_int_equal(summary.without, 1);
    assert_int_equal(summary.ratio.count, 4);
    assert_true(summary.ratio.least == 0.5 && summary.ratio.most == 4.0);
    assert_true(summary.ratio.median == 1.5);
    assert_int_equal(summary.copies_share.count, 2);
    assert_true(summary.copies_share.least == 0.1 && summary.copies_share.most == 0.3);
    collection.count = 0;
    assert_int_equal(gallery_summarise(&collection, &summary), 0);
    assert_true(isnan(summary.ratio.median) && summary.machines == 0);
}

static void test_settling(void **state)
{
    (void)state;
    struct gallery_collection collection = {.count = 5};
    collection.entries = calloc(5, sizeof *collection.entries);
    assert_non_null(collection.entries);
    collection.entries[0] = entry_of("b", "first", 1, 1, 1);
    collection.entries[1] = entry_of("c", "x", 1, 1, 1);
    collection.entries[2] = entry_of("b", "second", 1, 1, 1);
    collection.entries[3] = entry_of("a", "x", 1, 1, 1);
    collection.entries[4] = entry_of("b", "third", 1, 1, 1);
    collection.entries[2].lines[0].points = calloc(1, sizeof(struct gallery_point));
    assert_int_equal(gallery_settle(&collection, NULL), 0);
    assert_int_equal(collection.count, 3);
    assert_int_equal(collection.duplicates, 2);
    assert_string_equal(collection.entries[0].id, "c");
    assert_string_equal(collection.entries[1].cpu, "first");
    assert_string_equal(collection.entries[2].id, "a");
    gallery_collection_free(&collection);
    assert_int_equal(gallery_settle(&collection, NULL), 0);
}

/* ---- the folder ---- */

static void assert_link(const char *from, const char *to, const char *page, const char *wanted)
{
    char link[256];
    assert_int_equal(gallery_folder_link(from, to, page, link, sizeof link), 0);
    assert_string_equal(link, wanted);
}

static void test_links(void **state)
{
    (void)state;
    char link[8];
    assert_link("/r/gallery", "/r/one", "report.html", "../one/report.html");
    assert_link("/r/gallery", "/other/x/one", "report.md", "../../other/x/one/report.md");
    assert_link("/r", "/r/one", "report.md", "one/report.md");
    assert_link("/r/one", "/r", "", "..");
    assert_link("/r/one", "/r/one", "", ".");
    assert_link("/r/on", "/r/one", "", "../one");
    assert_link("/", "/one", "", "one");
    assert_link("/a", "/a b\"<&?#%\xc3\xa9:x", "", "../a%20b%22%3C%26%3F%23%25%C3%A9%3Ax");
    assert_int_equal(gallery_folder_link("/r/a", "/r/longer", "x", link, sizeof link),
                     -ENAMETOOLONG);
}

static void test_folder(void **state)
{
    (void)state;
    struct failure failure = {0};
    char folder[128];
    char page[160];
    bool made;
    begin(NULL);
    assert_int_equal(gallery_folder_prepare(fixture.folder, &made, &failure), -EEXIST);
    assert_non_null(strstr(failure.text, "neither empty nor a gallery"));
    snprintf(folder, sizeof folder, "%s/new", fixture.folder);
    assert_int_equal(gallery_folder_prepare(folder, &made, NULL), 0);
    assert_true(made);
    assert_int_equal(gallery_folder_prepare(folder, &made, NULL), 0);
    assert_false(made);
    assert_false(gallery_folder_is_gallery(folder));
    /* One that talks of a gallery is none; ours is. */
    snprintf(page, sizeof page, "%s/index.html", folder);
    FILE *stream = fopen(page, "w");
    assert_non_null(stream);
    fputs("<p>pipe-vs-shm gallery</p>\n", stream);
    fclose(stream);
    assert_false(gallery_folder_is_gallery(folder));
    assert_int_equal(gallery_folder_prepare(folder, &made, NULL), -EEXIST);
    struct gallery_collection collection = {.count = 0};
    struct gallery_summary summary;
    gallery_summarise(&collection, &summary);
    const struct gallery_content content = {
        .collection = &collection, .summary = &summary, .folder = folder};
    stream = fopen(page, "w");
    assert_non_null(stream);
    assert_int_equal(gallery_page_write(&content, stream), 0);
    fclose(stream);
    assert_true(gallery_folder_is_gallery(folder));
    assert_int_equal(gallery_folder_prepare(folder, &made, NULL), 0);
    assert_int_equal(gallery_folder_prepare(page, &made, NULL), -EEXIST);
    unlink(page);
    rmdir(folder);
    fixture_end(&fixture);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_facts),    cmocka_unit_test(test_nothing_is_guessed),
        cmocka_unit_test(test_figures),  cmocka_unit_test(test_summary),
        cmocka_unit_test(test_settling), cmocka_unit_test(test_links),
        cmocka_unit_test(test_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
