/* Checksums of a bundle's files in its manifest. */
#include "results/seal.h"

#include "bundle_fixture.h"

#include <errno.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/stat.h>

#include <cmocka.h>

/* SHA-256 of "abc", the example that the standard publishes, and of nothing. */
#define OF_ABC     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define OF_NOTHING "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

static struct fixture fixture;
static struct failure failure;

static int start(void **state)
{
    (void)state;
    failure = (struct failure){0};
    fixture_begin(&fixture);
    fixture_write(&fixture, "samples.tsv", "abc");
    fixture_write(&fixture, "summary.tsv", "");
    return 0;
}

static int end(void **state)
{
    (void)state;
    fixture_end(&fixture);
    return 0;
}

static char *path_of(const char *name)
{
    static char path[160];
    snprintf(path, sizeof path, "%s/%s", fixture.folder, name);
    return path;
}

static char *manifest_text(void)
{
    static char text[4096];
    FILE *stream = fopen(path_of(SEAL_MANIFEST), "re");
    assert_non_null(stream);
    text[fread(text, 1, sizeof text - 1, stream)] = '\0';
    fclose(stream);
    return text;
}

#define MANIFEST                                                                                   \
    "{\n  \"schema\": 3,\n  \"id\": \"made up\",\n  \"wall_s\": 158.33685926199999,\n"             \
    "  \"seed\": 45426942280659,\n  \"label\": null,\n  \"budget\": 116.0"

/* Everything else stays byte for byte, number formats included. */
static void the_manifest_gets_a_checksum_per_file(void **state)
{
    (void)state;
    fixture_write(&fixture, SEAL_MANIFEST, MANIFEST "\n}\n");
    fixture_write(&fixture, "half.tsv.partial", "x");
    fixture_write(&fixture, "manifest.json.new", "x");
    fixture_write(&fixture, ".hidden", "x");
    assert_int_equal(symlink("samples.tsv", path_of("link.tsv")), 0);
    assert_int_equal(mkdir(path_of("folder"), 0700), 0);
    assert_int_equal(seal_write(fixture.folder, &failure), 0);
    const char *sealed = MANIFEST ",\n  \"files\": {\n    \"samples.tsv\": \"" OF_ABC
                                  "\",\n    \"summary.tsv\": \"" OF_NOTHING "\"\n  }\n}\n";
    assert_string_equal(manifest_text(), sealed);
    /* Once more changes nothing. */
    assert_int_equal(seal_write(fixture.folder, &failure), 0);
    assert_string_equal(manifest_text(), sealed);
    assert_int_equal(rmdir(path_of("folder")), 0);
}

static void files_that_went_go_from_the_list(void **state)
{
    (void)state;
    assert_int_equal(seal_write(fixture.folder, &failure), 0);
    assert_int_equal(unlink(path_of("summary.tsv")), 0);
    assert_int_equal(seal_write(fixture.folder, &failure), 0);
    assert_null(strstr(manifest_text(), "summary.tsv"));
}

/* Only what was written anew: the other change still shows. */
static void renewing_leaves_other_checksums_alone(void **state)
{
    (void)state;
    static const char *const written[] = {"summary.tsv", "gap.tsv", NULL};
    fixture_write(&fixture, "gap.tsv", "old");
    assert_int_equal(seal_write(fixture.folder, &failure), 0);
    fixture_write(&fixture, "samples.tsv", "abd");
    fixture_write(&fixture, "summary.tsv", "abc");
    assert_int_equal(unlink(path_of("gap.tsv")), 0);
    assert_int_equal(seal_renew(fixture.folder, written, &failure), 0);
    assert_non_null(strstr(manifest_text(), "\"samples.tsv\": \"" OF_ABC));
    assert_non_null(strstr(manifest_text(), "\"summary.tsv\": \"" OF_ABC));
    assert_null(strstr(manifest_text(), "gap.tsv"));
}

static void what_was_not_sealed_stays_so(void **state)
{
    (void)state;
    static const char *const written[] = {"summary.tsv", NULL};
    assert_int_equal(seal_renew(fixture.folder, written, &failure), 0);
    assert_null(strstr(manifest_text(), "files"));
}

static void what_is_no_bundle_is_refused(void **state)
{
    (void)state;
    assert_int_equal(seal_write("/tmp/there-is-no-such-bundle", &failure), -ENOENT);
    failure = (struct failure){0};
    fixture_write(&fixture, SEAL_MANIFEST, "[1]");
    assert_int_equal(seal_write(fixture.folder, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "not a JSON object"));
    assert_string_equal(manifest_text(), "[1]");
}

static void too_many_files_are_refused(void **state)
{
    (void)state;
    char name[32];
    for (int file = 0; file < SEAL_MOST_FILES; file++) {
        snprintf(name, sizeof name, "%d.tsv", file);
        fixture_write(&fixture, name, "");
    }
    assert_int_equal(seal_write(fixture.folder, &failure), -EINVAL);
    assert_non_null(strstr(failure.text, "more than 256 files"));
    assert_null(strstr(manifest_text(), "files"));
}

#define SEAL_TEST(name) cmocka_unit_test_setup_teardown(name, start, end)

int main(void)
{
    const struct CMUnitTest tests[] = {
        SEAL_TEST(the_manifest_gets_a_checksum_per_file),
        SEAL_TEST(files_that_went_go_from_the_list),
        SEAL_TEST(renewing_leaves_other_checksums_alone),
        SEAL_TEST(what_was_not_sealed_stays_so),
        SEAL_TEST(what_is_no_bundle_is_refused),
        SEAL_TEST(too_many_files_are_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
