/*
 * Whole runs, with programs that answer at once: what a run leaves behind when it ends well, when
 * samples fail, when it is interrupted, and when it cannot begin. Runs in the project's folder.
 */
#include "conduct/conductor.h"

#include "results/precision.h"
#include "results/raw_rounds.h"

#include "conduct/plan.h"
#include "measure/sample_json.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

/* pipe and shm: 2 tests x 2 modes x 2 sizes each; as many of the floor; memcpy per size. */
enum { CELLS = 3 * 8 + 2 };

static const char fixture[] = "tests/fixtures/matched-program";
static char folder[] = "/tmp/conductor_test.XXXXXX";
static char out[sizeof folder + 16];
static char programs[sizeof folder + 16];
static int stop[2];
static FILE *messages;
static struct conductor_outcome outcome;
static struct failure failure;
static char name[] = "suite";
static char *arguments[] = {name, NULL};

static void install(const char *mechanism)
{
    char path[PATH_MAX];
    char target[PATH_MAX];
    assert_non_null(realpath(fixture, target));
    snprintf(path, sizeof path, "%s/%s", programs, mechanism);
    assert_int_equal(symlink(target, path), 0);
}

static int set_up(void **state)
{
    (void)state;
    strcpy(folder + sizeof folder - 7, "XXXXXX");
    if (mkdtemp(folder) == NULL || pipe2(stop, O_CLOEXEC) < 0)
        return -1;
    snprintf(out, sizeof out, "%s/results", folder);
    snprintf(programs, sizeof programs, "%s/bin", folder);
    mkdir(programs, 0700);
    install("pipe");
    install("shm");
    install("null");
    install("ceiling");
    messages = tmpfile();
    failure = (struct failure){.error = 0};
    return messages != NULL ? 0 : -1;
}

static int tear_down(void **state)
{
    (void)state;
    char command[sizeof folder + 16];
    static const char *const variables[] = {"FAKE_BROKEN", "FAKE_CODE",   "FAKE_HANG",
                                            "FAKE_STOP",   "FAKE_AGREES", "FAKE_HANG_SEED",
                                            "FAKE_KILLED", "FAKE_STANDBY"};
    for (size_t index = 0; index < sizeof variables / sizeof *variables; index++)
        unsetenv(variables[index]);
    fclose(messages);
    close(stop[0]);
    close(stop[1]);
    snprintf(command, sizeof command, "rm -rf '%s'", folder);
    return system(command);
}

static struct conductor_task small_task(void)
{
    struct conductor_task task = {
        .request = plan_request_of_preset(PRESET_DEFAULT),
        .preset = "default",
        .label = "a test",
        .out = out,
        .programs = programs,
        .seed = 42,
        .argument_count = 1,
        .arguments = arguments,
        .messages = messages,
        .stop_fd = stop[0],
    };
    mechanism_list_parse("pipe,shm", &task.request.mechanisms);
    size_list_parse("64,4K", &task.request.sizes);
    task.request.relay_sizes.count = 0;
    test_set_parse("latency,throughput", &task.request.tests);
    wait_set_parse("block", &task.request.waits);
    placement_choice_parse("same", &task.request.placement);
    task.request.rounds = 2;
    task.request.budget_seconds = 0.0;
    task.request.precision = 0.0;
    return task;
}

static bool is_there(const char *file)
{
    char path[PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/%s", outcome.folder, file);
    return access(path, F_OK) == 0;
}

static char *read_table(const char *file)
{
    char path[PATH_MAX * 2];
    char *text = NULL;
    size_t room = 0;
    snprintf(path, sizeof path, "%s/%s", outcome.folder, file);
    FILE *stream = fopen(path, "re");
    assert_non_null(stream);
    assert_true(getdelim(&text, &room, '\0', stream) > 0);
    fclose(stream);
    return text;
}

/* Rows without the header; a last row without newline would not be counted. */
static size_t count_rows(const char *file)
{
    char *text = read_table(file);
    size_t lines = 0;
    for (const char *byte = text; *byte != '\0'; byte++)
        lines += *byte == '\n';
    assert_int_equal(text[strlen(text) - 1], '\n');
    free(text);
    return lines - 1;
}

static json_t *read_manifest(void)
{
    char path[PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/manifest.json", outcome.folder);
    json_t *manifest = json_load_file(path, 0, NULL);
    assert_non_null(manifest);
    return manifest;
}

static void assert_manifest_says(const char *key, const char *expected)
{
    json_t *manifest = read_manifest();
    assert_string_equal(json_string_value(json_object_get(manifest, key)), expected);
    json_decref(manifest);
}

static void assert_message(const char *words)
{
    char text[4096] = "";
    rewind(messages);
    size_t got = fread(text, 1, sizeof text - 1, messages);
    text[got] = '\0';
    if (strstr(text, words) == NULL)
        fail_msg("'%s' is not in: %s", words, text);
}

static size_t count_entries(const char *path)
{
    size_t entries = 0;
    DIR *directory = opendir(path);
    if (directory == NULL)
        return 0;
    for (struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        entries += entry->d_name[0] != '.';
    closedir(directory);
    return entries;
}

static void conduct(const struct conductor_task *task)
{
    if (conductor_run(task, &outcome, &failure) < 0)
        fail_msg("%s", failure.text);
}

static void a_run_ends_in_a_whole_bundle(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
    assert_int_equal(outcome.samples, 2 * CELLS);
    assert_null(strstr(outcome.folder, ".partial"));
    assert_int_equal(count_rows("samples.tsv"), 2 * CELLS);
    /* Two buckets of every latency sample: three mechanisms, two modes, two sizes, two rounds. */
    assert_int_equal(count_rows("latency.tsv"), 3 * 2 * 2 * 2 * 2);
    assert_true(count_rows("summary.tsv") > 0);
    assert_false(is_there("errors.tsv"));
    assert_manifest_says("stopped_because", "rounds");
    assert_manifest_says("label", "a test");
    assert_int_equal(count_entries(out), 2); /* and `latest` */
}

/* The programs were told CPUs and say "explicit"; the sample is about the placement asked for. */
/* The audited programs stand in a folder of their own; here they are the same stand-ins. */
static void install_audits(void)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/audit", programs);
    assert_int_equal(symlink(".", path), 0);
}

static void copies_are_audited_before_the_rounds(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    test_set_parse("latency,throughput,relay", &task.request.tests);
    install_audits();
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
    /* Seven pairs of ends: of the pipe in one mode, of shm in both. */
    assert_int_equal(count_rows("copies.tsv"), 21);
    char *copies = read_table("copies.tsv");
    assert_int_equal(strncmp(copies, "mechanism\tsource\tsink\tcopies\tagrees\n", 36), 0);
    assert_non_null(strstr(copies, "\nshm\tfile\tuse\tinplace\tyes\n"));
    free(copies);
    char *samples = read_table("samples.tsv");
    assert_non_null(strstr(samples, "\trelay\tblock\town\tfull\tsame\tfile\tfile\t0\tnone\t"));
    assert_non_null(
        strstr(samples, "\tthroughput\tblock\tinplace\tfull\tsame\tmemory\tuse\t4\tcold\t"));
    free(samples);
}

/* All that is measured here takes 1024 ns per KiB: a copy costs nothing, and there is no gap. */
static void a_run_ends_with_the_price_and_the_gap(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    test_set_parse("latency,throughput,relay", &task.request.tests);
    install_audits();
    conduct(&task);
    assert_int_equal(count_rows("gap.tsv"), 2 * 6);   /* sizes, factors */
    assert_int_equal(count_rows("price.tsv"), 2 * 2); /* working sets, metrics; 4 KiB alone */
    char *price = read_table("price.tsv");
    assert_non_null(
        strstr(price, "\nblock\thot\tsame\t4096\twall\t0\tnan\tnan\t1024\tnan\tnan\tnan\t5\t2\n"));
    free(price);
    char *gap = read_table("gap.tsv");
    assert_non_null(strstr(gap, "\nsame\t64\tfrom\t1024\tnan\tnan\t"));
    free(gap);
}

/* The watch sees this machine, whatever goes on there: only its rows are known beforehand. */
static void every_round_is_watched(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    conduct(&task);
    assert_int_equal(count_rows("rounds.tsv"), 2);
    assert_true(is_there("noise.tsv"));
    struct raw_round *rounds = NULL;
    size_t count = 0;
    assert_int_equal(raw_rounds_read(outcome.folder, &rounds, &count, &failure), 0);
    for (size_t index = 0; index < count; index++) {
        assert_int_equal(rounds[index].round, index + 1);
        assert_int_equal(rounds[index].samples, CELLS);
        assert_true(rounds[index].seconds > 0.0);
    }
    assert_true(rounds[1].at_s >= rounds[0].at_s + rounds[0].seconds - 0.002);
    free(rounds);
}

/* The CPU time of a program that still stands by when its round ends would be that of others. */
static void who_stands_by_ends_with_the_round(void **state)
{
    (void)state;
    char log[sizeof folder + 16];
    struct conductor_task task = small_task();
    snprintf(log, sizeof log, "%s/standby", folder);
    setenv("FAKE_STANDBY", log, 1);
    conduct(&task);
    assert_int_equal(count_rows("samples.tsv"), 2 * CELLS);
    FILE *lines = fopen(log, "re");
    assert_non_null(lines);
    int standing_by;
    int count = 0;
    while (fscanf(lines, "%d", &standing_by) == 1)
        assert_int_equal(standing_by, count++ % 3 + 1);
    assert_int_equal(count, 3 * 3); /* pipe, shm and null; before the rounds and in both */
    fclose(lines);
}

static void a_run_without_relays_has_neither(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    char path[PATH_MAX * 2];
    conduct(&task);
    static const char *const names[] = {"price.tsv", "gap.tsv"};
    for (size_t index = 0; index < 2; index++) {
        snprintf(path, sizeof path, "%s/%s", outcome.folder, names[index]);
        assert_int_equal(access(path, F_OK), -1);
    }
}

static void a_witness_that_disagrees_is_no_clean_run(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    test_set_parse("latency,throughput,relay", &task.request.tests);
    install_audits();
    setenv("FAKE_AGREES", "no", 1);
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_FAILED);
    assert_int_equal(outcome.disagreements, 21);
    assert_int_equal(count_rows("copies.tsv"), 21);
}

static void samples_carry_their_placement_and_payload(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    conduct(&task);
    char *samples = read_table("samples.tsv");
    assert_non_null(strstr(samples, "\tfull\tsame\t"));
    assert_null(strstr(samples, "\texplicit\t"));
    /* The payload's seed is that of the run plus the round. */
    assert_non_null(strstr(samples, "\t43\t10\t25\t"));
    assert_non_null(strstr(samples, "\t44\t10\t25\t"));
    assert_null(strstr(samples, "\t42\t10\t25\t"));
    free(samples);
}

/* Takes the column at_s, the third, out of a table: no two runs have the same. */
static void remove_times(char *table)
{
    char *kept = table;
    int column = 1;
    for (const char *byte = table; *byte != '\0'; byte++) {
        if (column != 3)
            *kept++ = *byte;
        column = *byte == '\n' ? 1 : column + (*byte == '\t');
    }
    *kept = '\0';
}

static void the_same_seed_gives_the_same_rows(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    conduct(&task);
    char *first = read_table("samples.tsv");
    conduct(&task);
    char *second = read_table("samples.tsv");
    remove_times(first);
    remove_times(second);
    assert_string_equal(first, second);
    task.seed = 4711;
    conduct(&task);
    char *third = read_table("samples.tsv");
    assert_string_not_equal(first, third);
    free(first);
    free(second);
    free(third);
}

static void a_failed_sample_is_recorded_and_the_run_goes_on(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    setenv("FAKE_BROKEN", "shm.latency.64", 1);
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_FAILED);
    assert_int_equal(outcome.errors, 4); /* two modes, two rounds */
    assert_null(strstr(outcome.folder, ".partial"));
    assert_int_equal(count_rows("samples.tsv"), 2 * CELLS - 4);
    assert_int_equal(count_rows("errors.tsv"), 4);
    struct raw_round *rounds = NULL;
    size_t count = 0;
    assert_int_equal(raw_rounds_read(outcome.folder, &rounds, &count, &failure), 0);
    assert_int_equal(count, 2);
    assert_int_equal(rounds[1].samples, CELLS - 2);
    free(rounds);
    char *errors = read_table("errors.tsv");
    assert_non_null(strstr(errors, "\tshm\tlatency\tblock\town\tfull\tsame\tmemory\tuse\t0\tnone\t6"
                                   "4\t1\tshm: broken on purpose\n"));
    free(errors);
    assert_message("shm latency block own 64 B: shm: broken on purpose");
}

static void an_interruption_keeps_the_rows(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    char stop_path[64];
    snprintf(stop_path, sizeof stop_path, "/proc/%ld/fd/%d", (long)getpid(), stop[1]);
    setenv("FAKE_HANG", "shm.latency.64", 1);
    setenv("FAKE_STOP", stop_path, 1);
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_INTERRUPTED);
    assert_non_null(strstr(outcome.folder, ".partial"));
    assert_true(outcome.samples > 0 && outcome.samples < CELLS);
    assert_int_equal(count_rows("samples.tsv"), outcome.samples);
    assert_int_equal(count_rows("rounds.tsv"), 0); /* none was measured to its end */
    assert_int_equal(outcome.errors, 0);
    assert_manifest_says("stopped_because", "interrupted");
    assert_int_equal(count_entries(out), 1);
}

static void a_used_budget_leaves_the_least_rounds(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.request.rounds = 1000;
    task.request.budget_seconds = 0.001;
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
    assert_int_equal(outcome.rounds, PLAN_ROUNDS_LEAST);
    assert_int_equal(count_rows("samples.tsv"), PLAN_ROUNDS_LEAST * CELLS);
    assert_manifest_says("stopped_because", "budget");
}

/* The stand-in programs measure the same figure always. */
static void a_run_ends_when_every_interval_is_narrow(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.request.rounds = 1000;
    task.request.precision = 0.05;
    conduct(&task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
    assert_int_equal(outcome.rounds, PRECISION_LEAST_ROUNDS);
    assert_manifest_says("stopped_because", "settled");
}

/* The trial takes the largest size. */
static void a_broken_mechanism_shows_before_the_first_round(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    setenv("FAKE_BROKEN", "shm.latency.4096", 1);
    setenv("FAKE_CODE", "69", 1);
    assert_int_equal(conductor_run(&task, &outcome, &failure), -EIO);
    assert_int_equal(outcome.exit_code, EXIT_CODE_UNAVAILABLE);
    assert_string_equal(failure.text, "shm: broken on purpose");
    assert_string_equal(outcome.folder, "");
    assert_int_equal(count_entries(out), 0);
}

/* An audit build beside the program is what makes it a matched program. */
static void install_audited(const char *mechanism)
{
    char path[sizeof programs + 16];
    char name_in_folder[64];
    snprintf(path, sizeof path, "%s/audit", programs);
    mkdir(path, 0700);
    snprintf(name_in_folder, sizeof name_in_folder, "audit/%s", mechanism);
    install(name_in_folder);
}

static void all_mechanisms_are_those_that_work_here(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    install("tcp");
    install("memfd"); /* without an audit build */
    install_audited("pipe");
    install_audited("shm");
    install_audited("tcp");
    install_audited("gone"); /* without a program */
    setenv("FAKE_BROKEN", "tcp.throughput.64", 1);
    setenv("FAKE_CODE", "69", 1);
    assert_int_equal(mechanism_list_parse("all", &task.request.mechanisms), 0);
    assert_true(task.request.mechanisms.all);
    assert_int_equal(conductor_run(&task, &outcome, &failure), 0);
    char *rows = read_table("samples.tsv");
    assert_non_null(strstr(rows, "\tpipe\t"));
    assert_non_null(strstr(rows, "\tshm\t"));
    assert_null(strstr(rows, "\ttcp\t"));
    assert_null(strstr(rows, "\tmemfd\t"));
    free(rows);
    /* The names take the place of the word, and what was left out is told, with its reason. */
    char *manifest = read_table("manifest.json");
    assert_non_null(strstr(manifest, "\"mechanisms\": \"pipe,shm\""));
    assert_non_null(strstr(manifest, "--mechanisms all: left out tcp: tcp: broken on purpose"));
    assert_non_null(strstr(manifest, "--mechanisms all: left out gone: "));
    free(manifest);
}

static void all_without_any_that_works_is_refused(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    mechanism_list_parse("all", &task.request.mechanisms);
    assert_true(conductor_run(&task, &outcome, &failure) < 0); /* no audit builds */
    assert_int_equal(outcome.exit_code, EXIT_CODE_UNAVAILABLE);
    assert_non_null(strstr(failure.text, "--mechanisms all"));
    install_audited("gone");
    failure = (struct failure){.error = 0};
    assert_true(conductor_run(&task, &outcome, &failure) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_UNAVAILABLE);
    assert_int_equal(count_entries(out), 0);
}

static void missing_programs_are_named(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    mechanism_list_parse("pipe,fifo", &task.request.mechanisms);
    assert_true(conductor_run(&task, &outcome, &failure) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_USAGE);
    assert_non_null(strstr(failure.text, "'fifo'"));
    failure = (struct failure){.error = 0};
    mechanism_list_parse("pipe,ceiling", &task.request.mechanisms);
    assert_true(conductor_run(&task, &outcome, &failure) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_USAGE);
    failure = (struct failure){.error = 0};
    task.programs = "/nonexistent";
    assert_true(conductor_run(&task, &outcome, &failure) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_UNAVAILABLE);
    assert_non_null(strstr(failure.text, "--programs"));
    assert_int_equal(count_entries(out), 0);
}

static void a_program_that_is_killed_when_asked_is_no_bad_usage(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    setenv("FAKE_KILLED", "shm", 1);
    assert_int_equal(conductor_run(&task, &outcome, &failure), -EPIPE);
    assert_int_equal(outcome.exit_code, EXIT_CODE_FAILED);
    assert_non_null(strstr(failure.text, "'shm' does not describe itself"));
    assert_non_null(strstr(failure.text, "ended by signal 9"));
    assert_int_equal(count_entries(out), 0);
}

static void a_folder_that_cannot_be_written_is_refused_first(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.out = "/proc/nothing";
    setenv("FAKE_BROKEN", "pipe.latency.4096", 1); /* would fail the trial */
    assert_true(conductor_run(&task, &outcome, &failure) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_USAGE);
    assert_non_null(strstr(failure.text, "--out"));
}

/* A limit on file sizes stands for the full disk. */
static void a_file_that_cannot_grow_ends_the_run_with_whole_rows(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    struct rlimit before;
    task.request.rounds = 1000;
    signal(SIGXFSZ, SIG_IGN);
    assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
    struct rlimit limit = {.rlim_cur = 20000, .rlim_max = before.rlim_max};
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
    int result = conductor_run(&task, &outcome, &failure);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
    assert_int_equal(result, -EFBIG);
    assert_non_null(strstr(failure.text, "samples.tsv"));
    assert_non_null(strstr(outcome.folder, ".partial"));
    assert_int_equal(count_rows("samples.tsv"), outcome.samples);
    assert_int_equal(count_entries(out), 1);
}

static void a_run_without_pipe_says_what_it_lacks(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    mechanism_list_parse("shm", &task.request.mechanisms);
    task.request.rounds = 1;
    conduct(&task);
    assert_message("no ratio_to_pipe");
    char *summary = read_table("summary.tsv");
    assert_null(strstr(summary, "ratio_to_pipe"));
    free(summary);
}

static void a_plan_is_printed_and_nothing_is_made(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    char text[4096] = "";
    FILE *stream = tmpfile();
    assert_non_null(stream);
    assert_int_equal(conductor_print_plan(&task, stream, &outcome, &failure), 0);
    rewind(stream);
    assert_true(fread(text, 1, sizeof text - 1, stream) > 0);
    fclose(stream);
    assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
    assert_non_null(strstr(text, "26 cells"));
    assert_non_null(strstr(text, "rounds: 2"));
    assert_non_null(strstr(text, "estimated time"));
    assert_int_equal(access(out, F_OK), -1);
}

#define IN_FOLDER(test) cmocka_unit_test_setup_teardown(test, set_up, tear_down)

/* ---- going on ---- */

/* Runs the task until a sample of shm interrupts it in the middle of round 2, and leaves the stop
 * open again. */
static void conduct_half(struct conductor_task *task)
{
    char stop_path[64];
    char byte;
    snprintf(stop_path, sizeof stop_path, "/proc/%ld/fd/%d", (long)getpid(), stop[1]);
    setenv("FAKE_HANG_SEED", "44", 1); /* the payload's seed is the run's plus the round */
    setenv("FAKE_HANG", "shm.latency.64", 1);
    setenv("FAKE_STOP", stop_path, 1);
    conduct(task);
    assert_int_equal(outcome.exit_code, EXIT_CODE_INTERRUPTED);
    unsetenv("FAKE_HANG");
    unsetenv("FAKE_HANG_SEED");
    while (read(stop[0], &byte, 1) == 1 && byte != '\n')
        ;
}

static int go_on(struct conductor_task *task)
{
    static char partial[PATH_MAX];
    snprintf(partial, sizeof partial, "%s", outcome.folder);
    task->resume = partial;
    failure = (struct failure){.error = 0};
    return conductor_run(task, &outcome, &failure);
}

static void append_to(const char *file, const char *text)
{
    char path[PATH_MAX * 2];
    snprintf(path, sizeof path, "%s/%s", outcome.folder, file);
    FILE *stream = fopen(path, "ae");
    assert_non_null(stream);
    fputs(text, stream);
    fclose(stream);
}

static void assert_same_tables(const char *expected_samples, const char *expected_latencies)
{
    char *samples = read_table("samples.tsv");
    char *latencies = read_table("latency.tsv");
    remove_times(samples);
    assert_string_equal(samples, expected_samples);
    assert_string_equal(latencies, expected_latencies);
    free(samples);
    free(latencies);
}

static void assert_rounds_are(const uint64_t *expected, size_t expected_count)
{
    struct raw_round *rounds = NULL;
    size_t count = 0;
    assert_int_equal(raw_rounds_read(outcome.folder, &rounds, &count, &failure), 0);
    assert_int_equal(count, expected_count);
    for (size_t index = 0; index < expected_count && rounds != NULL; index++)
        assert_int_equal(rounds[index].round, expected[index]);
    free(rounds);
}

/* Also where a kill left a torn row, and a histogram without its sample. */
static void a_run_that_is_gone_on_with_is_the_whole_run(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.request.rounds = 4;
    task.request.precision = 0.0;
    conduct(&task);
    char *samples = read_table("samples.tsv");
    char *latencies = read_table("latency.tsv");
    remove_times(samples);
    for (int torn = 0; torn < 2; torn++) {
        task.resume = NULL;
        conduct_half(&task);
        size_t rows = count_rows("samples.tsv");
        assert_true(rows > CELLS && rows < 2 * CELLS);
        if (torn) {
            append_to("samples.tsv", "2\t31\t0.1");
            append_to("latency.tsv", "2\t31\t200\t202\t90\n2\t31\t2");
            append_to("rounds.tsv", "2\t0.");
        }
        if (go_on(&task) < 0)
            fail_msg("%s", failure.text);
        assert_int_equal(outcome.exit_code, EXIT_CODE_DONE);
        assert_int_equal(outcome.rounds, 4);
        assert_int_equal(outcome.samples, 4 * CELLS);
        assert_null(strstr(outcome.folder, ".partial"));
        assert_same_tables(samples, latencies);
        /* Nobody watched the begin of the round that was interrupted. */
        assert_rounds_are((const uint64_t[]){1, 3, 4}, 3);
        json_t *manifest = read_manifest();
        json_t *resumptions = json_object_get(manifest, "resumptions");
        assert_int_equal(json_array_size(resumptions), 1);
        assert_int_equal(
            json_integer_value(json_object_get(json_array_get(resumptions, 0), "round")), 2);
        json_decref(manifest);
    }
    free(samples);
    free(latencies);
}

/* The stop rule looks at all rounds, those before the interruption included. */
static void a_run_that_is_gone_on_with_stops_where_it_would_have(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.request.rounds = 1000;
    task.request.precision = 0.05;
    conduct_half(&task);
    assert_int_equal(go_on(&task), 0);
    assert_int_equal(outcome.rounds, PRECISION_LEAST_ROUNDS);
    assert_manifest_says("stopped_because", "settled");
}

static void assert_not_gone_on_with(struct conductor_task *task, const char *line)
{
    size_t rows = count_rows("samples.tsv");
    char kept[PATH_MAX];
    snprintf(kept, sizeof kept, "%s", outcome.folder);
    assert_true(go_on(task) < 0);
    assert_int_equal(outcome.exit_code, EXIT_CODE_USAGE);
    if (strstr(failure.text, line) == NULL)
        fail_msg("'%s' is not in: %s", line, failure.text);
    snprintf(outcome.folder, sizeof outcome.folder, "%s", kept);
    assert_int_equal(count_rows("samples.tsv"), rows);
}

static void another_run_is_not_gone_on_with(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    task.request.rounds = 4;
    conduct_half(&task);
    struct conductor_task other = task;
    size_list_parse("64,8K", &other.request.sizes);
    assert_not_gone_on_with(&other, "sizes_bytes");
    other = task;
    other.request.sample_seconds = 0.5;
    assert_not_gone_on_with(&other, "sample_seconds");
    other = task;
    other.seed = 43; /* another order: the rows stand where other cells do */
    assert_not_gone_on_with(&other, "is the place of another cell");
    append_to("samples.tsv", "nonsense\n");
    assert_not_gone_on_with(&task, "samples.tsv");
}

static void other_programs_do_not_go_on(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    char command[PATH_MAX * 6];
    task.request.rounds = 4;
    conduct_half(&task);
    /* A copy in place of the link, so that only this program changes. */
    snprintf(command, sizeof command,
             "cp --remove-destination -L '%s/shm' '%s/new' && echo '# built anew' >>'%s/new' && "
             "mv -f '%s/new' '%s/shm'",
             programs, programs, programs, programs, programs);
    assert_int_equal(system(command), 0);
    assert_not_gone_on_with(&task, "program_sha256");
}

static void a_bundle_in_use_is_not_gone_on_with(void **state)
{
    (void)state;
    struct conductor_task task = small_task();
    char path[PATH_MAX * 2];
    task.request.rounds = 4;
    conduct_half(&task);
    snprintf(path, sizeof path, "%s/samples.tsv", outcome.folder);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    assert_int_equal(flock(fd, LOCK_EX | LOCK_NB), 0);
    assert_not_gone_on_with(&task, "still being written");
    close(fd);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        IN_FOLDER(a_run_ends_in_a_whole_bundle),
        IN_FOLDER(copies_are_audited_before_the_rounds),
        IN_FOLDER(a_run_ends_with_the_price_and_the_gap),
        IN_FOLDER(every_round_is_watched),
        IN_FOLDER(who_stands_by_ends_with_the_round),
        IN_FOLDER(a_run_without_relays_has_neither),
        IN_FOLDER(a_witness_that_disagrees_is_no_clean_run),
        IN_FOLDER(samples_carry_their_placement_and_payload),
        IN_FOLDER(the_same_seed_gives_the_same_rows),
        IN_FOLDER(a_failed_sample_is_recorded_and_the_run_goes_on),
        IN_FOLDER(an_interruption_keeps_the_rows),
        IN_FOLDER(a_used_budget_leaves_the_least_rounds),
        IN_FOLDER(a_run_ends_when_every_interval_is_narrow),
        IN_FOLDER(a_broken_mechanism_shows_before_the_first_round),
        IN_FOLDER(all_mechanisms_are_those_that_work_here),
        IN_FOLDER(all_without_any_that_works_is_refused),
        IN_FOLDER(missing_programs_are_named),
        IN_FOLDER(a_program_that_is_killed_when_asked_is_no_bad_usage),
        IN_FOLDER(a_folder_that_cannot_be_written_is_refused_first),
        IN_FOLDER(a_file_that_cannot_grow_ends_the_run_with_whole_rows),
        IN_FOLDER(a_run_without_pipe_says_what_it_lacks),
        IN_FOLDER(a_plan_is_printed_and_nothing_is_made),
        IN_FOLDER(a_run_that_is_gone_on_with_is_the_whole_run),
        IN_FOLDER(a_run_that_is_gone_on_with_stops_where_it_would_have),
        IN_FOLDER(another_run_is_not_gone_on_with),
        IN_FOLDER(other_programs_do_not_go_on),
        IN_FOLDER(a_bundle_in_use_is_not_gone_on_with),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
