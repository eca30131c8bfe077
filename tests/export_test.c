/* Exports of a small bundle against what can be written by hand; and that no text of a bundle ends
 * a field, a label or a line. */
#include "export/export.h"
#include "export/export_text.h"

#include "bundle_fixture.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define HOSTILE_MANIFEST                                                                           \
    "{\"schema\":1,\"label\":\"a \\\"b\\\", c\\nd\\\\e\\u001b[2J\\u202e\",\"preset\":\"quick\","   \
    "\"machine\":{\"cpu_model\":\"=1+1\",\"kernel_release\":\"6.1\",\"hypervisor\":null}}"

static struct fixture fixture;
static struct bundle_data bundle;
static char *text;
static size_t length;
static FILE *stream;

static void begin(const char *manifest)
{
    fixture_begin(&fixture);
    if (manifest != NULL)
        fixture_write(&fixture, "manifest.json", manifest);
    fixture_row(&fixture, "pipe latency block own full cache", 64, "latency_p50_ns",
                "2000 1000 2500");
    fixture_row(&fixture, "pipe throughput block own full cache", 64, "throughput_bytes_per_s",
                "1234567.25 nan nan");
    fixture_row(&fixture, "shm throughput block own full cache", 64, "ratio_to_pipe", "2 1.5 2.25");
    fixture_row(&fixture, "shm throughput block own full cache", 64, "throughput_bytes_per_s",
                "nan nan nan");
    fixture_row(&fixture, "shm throughput block own full cache", 64, "own_word", "7 6 8");
    assert_int_equal(bundle_read(fixture.folder, &bundle, NULL), 0);
    snprintf(bundle.name, sizeof bundle.name, "made-up");
    stream = open_memstream(&text, &length);
    assert_non_null(stream);
}

static void assert_written(const char *wanted)
{
    fclose(stream);
    assert_string_equal(text, wanted);
}

static void end(void)
{
    free(text);
    bundle_free(&bundle);
    fixture_end(&fixture);
}

#define CSV_HEADER                                                                                 \
    "bundle,label,cpu_model,kernel_release,hypervisor,mechanism,test,wait,copies,touch,placement," \
    "source,sink,extra_copies,working_set,size_bytes,metric,unit,median,ci95_lo,ci95_hi,"          \
    "samples\r\n"
#define CSV_MADE_UP "made-up,,Made Up CPU,6.1.0,,"

static void test_csv(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(export_write_csv(&bundle, stream), 0);
    assert_written(
        CSV_HEADER CSV_MADE_UP
        "pipe,latency,block,own,full,cache,memory,use,0,none,64,latency_p50_ns,ns,2000,"
        "1000,2500,10\r\n" CSV_MADE_UP "pipe,throughput,block,own,full,cache,memory,use,0,none,64,"
        "throughput_bytes_per_s,bytes/s,1234567.25,,,10\r\n" CSV_MADE_UP
        "shm,throughput,block,own,full,cache,memory,use,0,none,64,own_word,,7,6,8,"
        "10\r\n" CSV_MADE_UP
        "shm,throughput,block,own,full,cache,memory,use,0,none,64,ratio_to_pipe,x,2,1.5,"
        "2.25,10\r\n" CSV_MADE_UP "shm,throughput,block,own,full,cache,memory,use,0,none,64,"
        "throughput_bytes_per_s,bytes/s,,,,10\r\n");
    end();
}

static void test_csv_quotes(void **state)
{
    (void)state;
    begin(HOSTILE_MANIFEST);
    assert_int_equal(export_write_csv(&bundle, stream), 0);
    fclose(stream);
    /* The label, with its end of line, in quotes; what is no formula any more. */
    const char *row = strstr(text, "\r\n") + 2;
    const char wanted[] = "made-up,\"a \"\"b\"\", c\nd\\e[2J\",'=1+1,6.1,,pipe,latency,";
    assert_memory_equal(row, wanted, strlen(wanted));
    end();
}

static void test_benchmark(void **state)
{
    (void)state;
    begin(NULL);
    assert_int_equal(export_write_benchmark(&bundle, EXPORT_SMALLER, stream), 0);
    assert_written(
        "[\n {\n  \"name\": \"pipe latency block own full cache 64 B: latency_p50_ns\",\n"
        "  \"unit\": \"ns\",\n  \"value\": 2000.0,\n  \"range\": \"± 1000\",\n"
        "  \"extra\": \"95 % interval [1000, 2500], 10 samples, Made Up CPU\"\n }\n]\n");
    end();
    begin(NULL);
    assert_int_equal(export_write_benchmark(&bundle, EXPORT_BIGGER, stream), 0);
    assert_written("[\n {\n  \"name\": \"pipe throughput block own full cache 64 B: "
                   "throughput_bytes_per_s\",\n  \"unit\": \"bytes/s\",\n"
                   "  \"value\": 1234567.25,\n  \"extra\": \"10 samples, Made Up CPU\"\n },\n {\n"
                   "  \"name\": \"shm throughput block own full cache 64 B: ratio_to_pipe\",\n"
                   "  \"unit\": \"x\",\n  \"value\": 2.0,\n  \"range\": \"± 0.5\",\n"
                   "  \"extra\": \"95 % interval [1.5, 2.25], 10 samples, Made Up CPU\"\n }\n]\n");
    end();
}

static void test_benchmark_both(void **state)
{
    (void)state;
    begin(HOSTILE_MANIFEST);
    assert_int_equal(export_write_benchmark(&bundle, EXPORT_BOTH, stream), 0);
    fclose(stream);
    json_t *figures = json_loads(text, 0, NULL);
    assert_int_equal(json_array_size(figures), 3);
    json_decref(figures);
    end();
}

#define CELL(mechanism, test)                                                                      \
    "{bundle=\"made-up\",mechanism=\"" mechanism "\",test=\"" test "\",wait=\"block\","            \
    "copies=\"own\",touch=\"full\",placement=\"cache\",source=\"memory\",sink=\"use\","            \
    "extra_copies=\"0\",working_set=\"none\",size_bytes=\"64\"} "

static void assert_holds(const char *line)
{
    if (strstr(text, line) == NULL)
        fail_msg("expected '%s' in:\n%s", line, text);
}

static void test_openmetrics(void **state)
{
    (void)state;
    begin(HOSTILE_MANIFEST);
    assert_int_equal(export_write_openmetrics(&bundle, stream), 0);
    fclose(stream);
    assert_holds("# TYPE pipe_vs_shm_bundle info\n");
    assert_holds("pipe_vs_shm_bundle_info{bundle=\"made-up\",label=\"a \\\"b\\\", c\\nd\\\\e[2J\","
                 "preset=\"quick\",cpu_model=\"=1+1\",kernel_release=\"6.1\",hypervisor=\"\","
                 "suite_version=\"\"} 1\n");
    assert_holds("\n# TYPE pipe_vs_shm_latency_p50_ci95_lo_seconds gauge\n"
                 "# UNIT pipe_vs_shm_latency_p50_ci95_lo_seconds seconds\n");
    assert_holds("\npipe_vs_shm_latency_p50_seconds" CELL("pipe", "latency") "2e-06\n");
    assert_holds("\npipe_vs_shm_latency_p50_ci95_lo_seconds" CELL("pipe", "latency") "1e-06\n");
    assert_holds("\npipe_vs_shm_latency_p50_ci95_hi_seconds" CELL("pipe", "latency") "2.5e-06\n");
    assert_holds("\npipe_vs_shm_latency_p50_samples" CELL("pipe", "latency") "10\n");
    assert_holds("\npipe_vs_shm_speed_to_pipe_ratio" CELL("shm", "throughput") "2\n");
    assert_null(strstr(text, "own_word"));
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "cpu_seconds"));
    assert_string_equal(text + length - strlen("\n# EOF\n"), "\n# EOF\n");
    end();
}

static void test_text_is_cut_between_characters(void **state)
{
    (void)state;
    char source[2 * EXPORT_TEXT_BYTES];
    char cleaned[EXPORT_TEXT_BYTES];
    memset(source, 'a', sizeof source);
    memcpy(source + EXPORT_TEXT_BYTES - 2, "\xc3\xa9", 3);
    assert_int_equal(strlen(export_text_clean(source, cleaned)), EXPORT_TEXT_BYTES - 2);
    assert_string_equal(export_text_clean("\xff\xc3\xa9\ta\r\n\x7f", cleaned), "\xc3\xa9 a\n");
}

static void test_full_disk(void **state)
{
    (void)state;
    begin(NULL);
    FILE *full = fopen("/dev/full", "w");
    if (full == NULL)
        skip();
    setvbuf(full, NULL, _IONBF, 0);
    assert_int_equal(export_write_csv(&bundle, full), -EIO);
    clearerr(full);
    assert_int_equal(export_write_openmetrics(&bundle, full), -EIO);
    clearerr(full);
    assert_int_equal(export_write_benchmark(&bundle, EXPORT_BOTH, full), -EIO);
    fclose(full);
    fclose(stream);
    end();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_csv),         cmocka_unit_test(test_csv_quotes),
        cmocka_unit_test(test_benchmark),   cmocka_unit_test(test_benchmark_both),
        cmocka_unit_test(test_openmetrics), cmocka_unit_test(test_text_is_cut_between_characters),
        cmocka_unit_test(test_full_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
