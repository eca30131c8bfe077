/* The bundle: rows are whole or not there, and only a finished run has its final name. */
#include "conduct/bundle_writer.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

static const char id[] = "20261123T031452Z-test-cpu";
static const struct bundle_position first_row = {.round = 1, .order = 2, .at_s = 3.25};
static char out[] = "/tmp/bundle_test.XXXXXX";
static struct failure failure;
static struct histogram histogram;

static void remove_tree(const char *path)
{
    char command[PATH_MAX + 16];
    snprintf(command, sizeof command, "rm -rf '%s'", path);
    assert_int_equal(system(command), 0);
}

static int make_out(void **state)
{
    (void)state;
    failure = (struct failure){.error = 0};
    strcpy(out + sizeof out - 7, "XXXXXX");
    histogram_clear(&histogram);
    histogram_record(&histogram, 300);
    histogram_record(&histogram, 5);
    return mkdtemp(out) == NULL ? -1 : 0;
}

static int remove_out(void **state)
{
    (void)state;
    remove_tree(out);
    return 0;
}

static struct bundle create(void)
{
    struct bundle bundle;
    if (bundle_create(&bundle, out, id, &failure) < 0)
        fail_msg("%s", failure.text);
    return bundle;
}

static struct sample example_sample(void)
{
    struct sample sample = {.size_bytes = 4096, .latency_p99_ns = NAN};
    strcpy(sample.mechanism, "pipe");
    strcpy(sample.test, "latency");
    strcpy(sample.wait, "spin");
    strcpy(sample.copies, "own");
    strcpy(sample.touch, "full");
    strcpy(sample.placement, "cache");
    strcpy(sample.source, "file");
    strcpy(sample.sink, "use");
    strcpy(sample.working_set, "none");
    return sample;
}

static int append_example(struct bundle *bundle)
{
    struct sample sample = example_sample();
    return bundle_append_sample(bundle, first_row, &sample, &histogram, &failure);
}

/* The text of a file below the bundle's folder; the caller frees it. */
static char *read_text(const char *folder, const char *name)
{
    char path[PATH_MAX * 2];
    char *text = NULL;
    size_t room = 0;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    if (getdelim(&text, &room, '\0', stream) < 0 && text != NULL)
        text[0] = '\0';
    fclose(stream);
    return text;
}

static void assert_text(const struct bundle *bundle, const char *name, const char *expected)
{
    char *text = read_text(bundle->folder, name);
    assert_string_equal(text, expected);
    free(text);
}

static bool is_there(const char *folder, const char *name)
{
    char path[PATH_MAX * 2];
    struct stat info;
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return lstat(path, &info) == 0;
}

static size_t count_lines(const char *text)
{
    size_t lines = 0;
    for (; *text != '\0'; text++)
        lines += *text == '\n';
    return lines;
}

static const char latency_text[] = "round\torder\tround_trip_lower_ns\tround_trip_upper_ns\tcount\n"
                                   "1\t2\t5\t6\t1\n"
                                   "1\t2\t300\t302\t1\n";

static void rows_are_there_at_once(void **state)
{
    (void)state;
    struct bundle bundle = create();
    assert_int_equal(append_example(&bundle), 0);
    assert_text(&bundle, "latency.tsv", latency_text);
    char *samples = read_text(bundle.folder, "samples.tsv");
    assert_int_equal(count_lines(samples), 2);
    assert_int_equal(strncmp(samples, "round\torder\tat_s\tmechanism\ttest\t", 32), 0);
    assert_non_null(
        strstr(samples,
               "\n1\t2\t3.250\tpipe\tlatency\tspin\town\tfull\tcache\tfile\tuse\t0\tnone\t4096\t"));
    free(samples);
    bundle_keep(&bundle);
}

static void a_round_is_there_at_once(void **state)
{
    (void)state;
    struct bundle bundle = create();
    struct raw_round round = {.round = 3,
                              .at_s = 1.25,
                              .seconds = 0.5,
                              .samples = 7,
                              .online_cpus = 2.0,
                              .steal_ns = 1e7,
                              .other_busy_ns = -5e6,
                              .interrupts = 8.0,
                              .context_switches = 9.0,
                              .load_1min = 0.25,
                              .frequency_mean_hz = NAN,
                              .frequency_least_hz = NAN,
                              .throttles = NAN};
    assert_int_equal(bundle_append_round(&bundle, &round, &failure), 0);
    assert_text(&bundle, "rounds.tsv",
                "round\tat_s\tseconds\tsamples\tonline_cpus\tsteal_ns\tother_busy_ns\tinterrupts\t"
                "context_switches\tload_1min\tfrequency_mean_hz\tfrequency_least_hz\tthrottles\n"
                "3\t1.250\t0.500\t7\t2\t10000000\t-5000000\t8\t9\t0.25\tnan\tnan\tnan\n");
    bundle_keep(&bundle);
}

static void a_full_disk_takes_no_round(void **state)
{
    (void)state;
    struct bundle bundle = create();
    struct raw_round round = {.round = 1};
    close(bundle.rounds_fd);
    bundle.rounds_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_int_equal(bundle_append_round(&bundle, &round, &failure), -ENOSPC);
    assert_non_null(strstr(failure.text, "rounds.tsv"));
    bundle_keep(&bundle);
}

static void a_throughput_sample_has_no_histogram(void **state)
{
    (void)state;
    struct bundle bundle = create();
    struct sample sample = example_sample();
    assert_int_equal(bundle_append_sample(&bundle, first_row, &sample, NULL, &failure), 0);
    histogram_clear(&histogram);
    assert_int_equal(bundle_append_sample(&bundle, first_row, &sample, &histogram, &failure), 0);
    char *latency = read_text(bundle.folder, "latency.tsv");
    assert_int_equal(count_lines(latency), 1);
    free(latency);
    bundle_keep(&bundle);
}

static void errors_have_a_file_only_when_there_are_any(void **state)
{
    (void)state;
    struct bundle bundle = create();
    struct cell cell = {.mechanism = "shm",
                        .test = "latency",
                        .wait = "spin",
                        .copies = "own",
                        .touch = "full",
                        .placement = "cache",
                        .source = "zero",
                        .sink = "null",
                        .extra_copies = 2,
                        .working_set = "cold",
                        .size_bytes = 64};
    assert_false(is_there(bundle.folder, "errors.tsv"));
    assert_int_equal(bundle_append_error(&bundle, first_row, &cell, 69, "no\tmore\nroom", &failure),
                     0);
    assert_text(
        &bundle, "errors.tsv",
        "round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsource\tsink\t"
        "extra_copies\tworking_set\tsize_bytes\texit_code\tmessage\n"
        "1\t2\tshm\tlatency\tspin\town\tfull\tcache\tzero\tnull\t2\tcold\t64\t69\tno more room\n");
    bundle_keep(&bundle);
}

/* Every write to /dev/full fails with ENOSPC. */
static void a_full_disk_is_an_error_that_names_the_file(void **state)
{
    (void)state;
    struct bundle bundle = create();
    int full_fd = open("/dev/full", O_WRONLY | O_CLOEXEC);
    assert_true(full_fd >= 0);
    assert_true(dup2(full_fd, bundle.samples_fd) >= 0);
    assert_int_equal(append_example(&bundle), -ENOSPC);
    assert_non_null(strstr(failure.text, "samples.tsv"));
    /* The sample's histogram was written before; it is taken back. */
    assert_text(&bundle, "latency.tsv",
                "round\torder\tround_trip_lower_ns\tround_trip_upper_ns\tcount\n");
    close(full_fd);
    bundle_keep(&bundle);
}

/* A file size limit makes the kernel write a part of the row and refuse the rest, as a disk does
 * that fills up in the middle of it. */
static void a_torn_row_is_taken_back(void **state)
{
    (void)state;
    struct bundle bundle = create();
    struct rlimit before;
    assert_int_equal(append_example(&bundle), 0);
    char *whole = read_text(bundle.folder, "samples.tsv");
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {.rlim_cur = strlen(whole) + 20, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int result = append_example(&bundle);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, -EFBIG);
    assert_non_null(strstr(failure.text, "samples.tsv"));
    assert_text(&bundle, "samples.tsv", whole);
    assert_text(&bundle, "latency.tsv", latency_text);
    /* With room again, the next row follows the last whole one. */
    assert_int_equal(append_example(&bundle), 0);
    char *longer = read_text(bundle.folder, "samples.tsv");
    assert_int_equal(count_lines(longer), 3);
    assert_int_equal(strncmp(longer, whole, strlen(whole)), 0);
    free(whole);
    free(longer);
    bundle_keep(&bundle);
}

static void a_finished_bundle_gets_its_name_and_the_link(void **state)
{
    (void)state;
    char target[64] = "";
    char latest[sizeof out + 16];
    struct bundle bundle = create();
    assert_true(is_there(out, "20261123T031452Z-test-cpu.partial"));
    assert_false(is_there(out, id));
    assert_false(is_there(out, "latest"));
    assert_int_equal(append_example(&bundle), 0);
    assert_int_equal(bundle_finish(&bundle, &failure), 0);
    assert_false(is_there(out, "20261123T031452Z-test-cpu.partial"));
    assert_true(is_there(out, "20261123T031452Z-test-cpu/samples.tsv"));
    assert_true(is_there(bundle.folder, "latency.tsv"));
    snprintf(latest, sizeof latest, "%s/latest", out);
    assert_true(readlink(latest, target, sizeof target - 1) > 0);
    assert_string_equal(target, id);
}

static void the_link_moves_to_the_newest(void **state)
{
    (void)state;
    char target[64] = "";
    char latest[sizeof out + 16];
    struct bundle bundle = create();
    assert_int_equal(bundle_finish(&bundle, &failure), 0);
    /* The same second once more: no bundle is replaced. */
    bundle = create();
    assert_string_equal(bundle.id, "20261123T031452Z-test-cpu-2");
    assert_int_equal(bundle_finish(&bundle, &failure), 0);
    snprintf(latest, sizeof latest, "%s/latest", out);
    assert_true(readlink(latest, target, sizeof target - 1) > 0);
    assert_string_equal(target, "20261123T031452Z-test-cpu-2");
    assert_true(is_there(out, id));
}

static void a_kept_bundle_stays_partial(void **state)
{
    (void)state;
    struct bundle bundle = create();
    assert_int_equal(append_example(&bundle), 0);
    bundle_keep(&bundle);
    assert_true(is_there(out, "20261123T031452Z-test-cpu.partial/samples.tsv"));
    assert_false(is_there(out, id));
    assert_false(is_there(out, "latest"));
}

static void a_discarded_bundle_leaves_nothing(void **state)
{
    (void)state;
    struct bundle bundle = create();
    bundle_discard(&bundle);
    assert_int_equal(rmdir(out), 0);
    assert_int_equal(mkdir(out, 0700), 0);
}

static void json_replaces_an_earlier_file(void **state)
{
    (void)state;
    struct bundle bundle = create();
    json_t *json = json_pack("{s:i}", "schema", 1);
    assert_int_equal(bundle_write_json(&bundle, "manifest.json", json, &failure), 0);
    json_object_set_new(json, "schema", json_integer(2));
    assert_int_equal(bundle_write_json(&bundle, "manifest.json", json, &failure), 0);
    assert_text(&bundle, "manifest.json", "{\n  \"schema\": 2\n}\n");
    assert_false(is_there(bundle.folder, "manifest.json.new"));
    json_decref(json);
    bundle_keep(&bundle);
}

static void json_that_cannot_be_written_leaves_the_old(void **state)
{
    (void)state;
    struct bundle bundle = create();
    char path[PATH_MAX + 32];
    json_t *json = json_pack("{s:i}", "schema", 1);
    assert_int_equal(bundle_write_json(&bundle, "manifest.json", json, &failure), 0);
    snprintf(path, sizeof path, "%s/manifest.json.new", bundle.folder);
    assert_int_equal(mkdir(path, 0700), 0);
    json_object_set_new(json, "schema", json_integer(2));
    assert_int_equal(bundle_write_json(&bundle, "manifest.json", json, &failure), -EISDIR);
    assert_non_null(strstr(failure.text, "manifest.json"));
    assert_text(&bundle, "manifest.json", "{\n  \"schema\": 1\n}\n");
    rmdir(path);
    json_decref(json);
    bundle_keep(&bundle);
}

/* The folder of a run that is gone on with may have come from a stranger. */
static void json_is_not_written_through_a_link(void **state)
{
    (void)state;
    struct bundle bundle = create();
    char path[PATH_MAX + 32];
    json_t *json = json_pack("{s:i}", "schema", 2);
    assert_int_equal(bundle_write_text(&bundle, "victim", "mine", &failure), 0);
    snprintf(path, sizeof path, "%s/manifest.json.new", bundle.folder);
    assert_int_equal(symlink("victim", path), 0);
    assert_int_equal(bundle_write_json(&bundle, "manifest.json", json, &failure), 0);
    assert_text(&bundle, "manifest.json", "{\n  \"schema\": 2\n}\n");
    assert_text(&bundle, "victim", "mine");
    json_decref(json);
    bundle_keep(&bundle);
}

static void a_folder_that_cannot_be_made_is_refused(void **state)
{
    (void)state;
    struct bundle bundle;
    assert_int_equal(bundle_create(&bundle, "/dev/null", id, &failure), -ENOTDIR);
    assert_non_null(strstr(failure.text, "--out"));
    assert_non_null(strstr(failure.text, "/dev/null"));
    failure = (struct failure){.error = 0};
    assert_true(bundle_create(&bundle, "/proc/nothing/here", id, &failure) < 0);
    assert_non_null(strstr(failure.text, "/proc/nothing/here"));
    failure = (struct failure){.error = 0};
    assert_true(bundle_create(&bundle, "", id, &failure) < 0);
}

static void missing_parents_are_made(void **state)
{
    (void)state;
    struct bundle bundle;
    char deep[sizeof out + 32];
    snprintf(deep, sizeof deep, "%s/a/b//c/", out);
    assert_int_equal(bundle_create(&bundle, deep, id, &failure), 0);
    assert_int_equal(bundle_finish(&bundle, &failure), 0);
    assert_true(is_there(out, "a/b/c/20261123T031452Z-test-cpu/samples.tsv"));
}

static void the_id_is_the_time_and_the_slug(void **state)
{
    (void)state;
    char made[BUNDLE_ID_BYTES];
    bundle_make_id((time_t)0, "amd-epyc", made);
    assert_string_equal(made, "19700101T000000Z-amd-epyc");
    bundle_make_id((time_t)1000000000, "", made);
    assert_string_equal(made, "20010909T014640Z");
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, make_out, remove_out)

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(rows_are_there_at_once),
        IN_FOLDER(a_round_is_there_at_once),
        IN_FOLDER(a_full_disk_takes_no_round),
        IN_FOLDER(a_throughput_sample_has_no_histogram),
        IN_FOLDER(errors_have_a_file_only_when_there_are_any),
        IN_FOLDER(a_full_disk_is_an_error_that_names_the_file),
        IN_FOLDER(a_torn_row_is_taken_back),
        IN_FOLDER(a_finished_bundle_gets_its_name_and_the_link),
        IN_FOLDER(the_link_moves_to_the_newest),
        IN_FOLDER(a_kept_bundle_stays_partial),
        IN_FOLDER(a_discarded_bundle_leaves_nothing),
        IN_FOLDER(json_replaces_an_earlier_file),
        IN_FOLDER(json_that_cannot_be_written_leaves_the_old),
        IN_FOLDER(json_is_not_written_through_a_link),
        IN_FOLDER(a_folder_that_cannot_be_made_is_refused),
        IN_FOLDER(missing_parents_are_made),
        IN_FOLDER(the_id_is_the_time_and_the_slug),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
