/* The files price.tsv and gap.tsv of a bundle: written, replaced, removed. */
#include "results/cause.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "raw_bundle.h"

static struct raw_bundle bundle;
static struct failure failure;

static int make(void **state)
{
    (void)state;
    failure = (struct failure){0};
    return raw_bundle_make(&bundle);
}

static int clean(void **state)
{
    (void)state;
    return raw_bundle_remove(&bundle);
}

static void add_padded(uint64_t round, uint64_t extra_copies)
{
    struct sample sample = raw_bundle_sample("shm", "throughput");
    snprintf(sample.copies, sizeof sample.copies, "inplace");
    snprintf(sample.working_set, sizeof sample.working_set, extra_copies == 0 ? "none" : "hot");
    sample.extra_copies = extra_copies;
    sample.throughput_bytes_per_s =
        raw_bundle_throughput((double)(10 + (3 + round % 3) * extra_copies));
    raw_bundle_add(&bundle, round, &sample);
}

static void add_relay(uint64_t round, const char *mechanism)
{
    struct sample sample = raw_bundle_sample(mechanism, "relay");
    snprintf(sample.source, sizeof sample.source, "file");
    sample.throughput_bytes_per_s = raw_bundle_throughput(100.0 + (double)(round % 4));
    raw_bundle_add(&bundle, round, &sample);
}

static void add_both(void)
{
    for (uint64_t round = 1; round <= 8; round++) {
        for (uint64_t extra = 0; extra <= 4; extra++)
            add_padded(round, extra);
        add_relay(round, "pipe");
        add_relay(round, "shm");
    }
}

static void put(const char *name, const char *text)
{
    FILE *stream = fopen(raw_bundle_path(&bundle, name), "we");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static bool exists(const char *name)
{
    struct stat status;
    return lstat(raw_bundle_path(&bundle, name), &status) == 0;
}

static void write_cause(uint64_t seed)
{
    raw_bundle_close(&bundle);
    if (cause_write(bundle.folder, seed, &failure) != 0)
        fail_msg("cause_write: %s", failure.text);
    assert_false(exists("price.tsv.partial"));
    assert_false(exists("gap.tsv.partial"));
}

static void both_files_are_written(void **state)
{
    (void)state;
    add_both();
    write_cause(1);
    assert_non_null(strstr(raw_bundle_text(&bundle, "price.tsv"), "\nblock\thot\t"));
    assert_non_null(strstr(raw_bundle_text(&bundle, "gap.tsv"), "\ncache\t4096\tfrom\t"));
}

static void padded_cells_alone_make_no_gap(void **state)
{
    (void)state;
    add_padded(1, 1);
    put("gap.tsv", "of another run\n");
    write_cause(1);
    assert_true(exists("price.tsv"));
    assert_false(exists("gap.tsv"));
}

static void relays_alone_make_no_price(void **state)
{
    (void)state;
    add_relay(1, "pipe");
    put("price.tsv", "of another run\n");
    write_cause(1);
    assert_false(exists("price.tsv"));
    assert_true(exists("gap.tsv"));
}

/* k = 0 is in every bundle; without extra copies beside it there is nothing to fit. */
static void a_bundle_with_neither_has_no_files(void **state)
{
    (void)state;
    add_padded(1, 0);
    write_cause(1);
    assert_false(exists("price.tsv"));
    assert_false(exists("gap.tsv"));
}

static void a_run_without_rows_has_no_files(void **state)
{
    (void)state;
    put("price.tsv", "older\n");
    put("gap.tsv", "older\n");
    write_cause(1);
    assert_false(exists("price.tsv"));
    assert_false(exists("gap.tsv"));
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    (void)state;
    add_both();
    write_cause(7);
    char *price = strdup(raw_bundle_text(&bundle, "price.tsv"));
    char *gap = strdup(raw_bundle_text(&bundle, "gap.tsv"));
    assert_non_null(price);
    assert_non_null(gap);
    write_cause(8);
    write_cause(7);
    assert_string_equal(raw_bundle_text(&bundle, "price.tsv"), price);
    assert_string_equal(raw_bundle_text(&bundle, "gap.tsv"), gap);
    free(price);
    free(gap);
}

static void damaged_rows_change_nothing(void **state)
{
    (void)state;
    add_both();
    fputs("9\t1\tshm", bundle.samples);
    raw_bundle_close(&bundle);
    put("price.tsv", "older price\n");
    put("gap.tsv", "older gap\n");
    assert_int_equal(cause_write(bundle.folder, 1, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "samples.tsv: row 58 is cut off"));
    assert_string_equal(raw_bundle_text(&bundle, "price.tsv"), "older price\n");
    assert_string_equal(raw_bundle_text(&bundle, "gap.tsv"), "older gap\n");
}

static void a_link_under_the_temporary_name_is_not_followed(void **state)
{
    (void)state;
    put("elsewhere", "mine\n");
    assert_int_equal(symlink("elsewhere", raw_bundle_path(&bundle, "gap.tsv.partial")), 0);
    add_both();
    write_cause(1);
    assert_string_equal(raw_bundle_text(&bundle, "elsewhere"), "mine\n");
    assert_non_null(strstr(raw_bundle_text(&bundle, "gap.tsv"), "\tfrom\t"));
}

static void a_file_that_cannot_be_replaced(void **state)
{
    (void)state;
    add_both();
    raw_bundle_close(&bundle);
    assert_int_equal(mkdir(raw_bundle_path(&bundle, "gap.tsv"), 0700), 0);
    assert_int_equal(cause_write(bundle.folder, 1, &failure), -EISDIR);
    assert_non_null(strstr(failure.text, "gap.tsv: Is a directory"));
    assert_false(exists("gap.tsv.partial"));
}

static void a_folder_that_is_no_bundle(void **state)
{
    (void)state;
    raw_bundle_close(&bundle);
    assert_int_equal(unlink(raw_bundle_path(&bundle, "samples.tsv")), 0);
    assert_int_equal(cause_write(bundle.folder, 1, &failure), -ENOENT);
    assert_non_null(strstr(failure.text, "samples.tsv: No such file or directory"));
}

#define CAUSE_TEST(test) cmocka_unit_test_setup_teardown(test, make, clean)

int main(void)
{
    const struct CMUnitTest tests[] = {
        CAUSE_TEST(both_files_are_written),
        CAUSE_TEST(padded_cells_alone_make_no_gap),
        CAUSE_TEST(relays_alone_make_no_price),
        CAUSE_TEST(a_bundle_with_neither_has_no_files),
        CAUSE_TEST(a_run_without_rows_has_no_files),
        CAUSE_TEST(the_same_seed_gives_the_same_bytes),
        CAUSE_TEST(damaged_rows_change_nothing),
        CAUSE_TEST(a_link_under_the_temporary_name_is_not_followed),
        CAUSE_TEST(a_file_that_cannot_be_replaced),
        CAUSE_TEST(a_folder_that_is_no_bundle),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
