/* The sample's field table: names, text forms, and that what is written is read back. */
#include "measure/sample.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* What other programs read out of samples.tsv; the order is part of the format. */
static const char header[] =
    "mechanism\ttest\twait\tcopies\ttouch\tplacement\tsource\tsink\textra_copies\t"
    "working_set\tsize_bytes\tmessages\tbytes\twall_ns\t"
    "writer_user_ns\twriter_sys_ns\treader_user_ns\treader_sys_ns\tvoluntary_switches\t"
    "involuntary_switches\tminor_faults\tmajor_faults\tuser_copy_bytes\tkernel_io_bytes\t"
    "link_copy_bytes\tcapacity_bytes\t"
    "writer_cpu\treader_cpu\tbounce_before_ns\tbounce_after_ns\twriter_work_ns\treader_work_"
    "ns\tseed\twarmup_messages\tclock_read_"
    "ns\tenvironment_bytes\t"
    "buffer_offset_bytes\trate_per_s\tlate_messages\tfirst_ns_per_message\tlast_ns_per_message\t"
    "checksum_ok\t"
    "throughput_bytes_per_s\tmessages_per_s\tcpu_ns_per_kib\tlatency_mean_ns\tlatency_p50_ns\t"
    "latency_p90_ns\tlatency_p99_ns\tlatency_p999_ns\tlatency_max_ns\n";

static const char row[] =
    "shm\tthroughput\tblock\town\tfull\tcache\tfile\tuse\t3\thot\t65536\t1000\t65536000\t50000000\t"
    "1\t2\t3\t4\t5\t6\t7\t8\t131072000\t65536000\tnan\t65536\t"
    "0\t-1\t220.5\tnan\t8100.5\tnan\t18446744073709551615\t10\t24.5\t3210\t192\t1000.5\t17\t50."
    "25\t49.75\t1\t"
    "1.31072e+09\t20000\t31.25\tnan\tnan\tnan\tnan\tnan\tnan\n";

static struct sample make_sample(void)
{
    return (struct sample){
        .mechanism = "shm",
        .test = "throughput",
        .wait = "block",
        .copies = "own",
        .touch = "full",
        .placement = "cache",
        .source = "file",
        .sink = "use",
        .extra_copies = 3,
        .working_set = "hot",
        .size_bytes = 65536,
        .messages = 1000,
        .bytes = 65536000,
        .wall_ns = 50000000,
        .writer_user_ns = 1,
        .writer_sys_ns = 2,
        .reader_user_ns = 3,
        .reader_sys_ns = 4,
        .voluntary_switches = 5,
        .involuntary_switches = 6,
        .minor_faults = 7,
        .major_faults = 8,
        .user_copy_bytes = 131072000,
        .kernel_io_bytes = 65536000.0,
        .link_copy_bytes = NAN,
        .capacity_bytes = 65536,
        .writer_cpu = 0,
        .reader_cpu = -1,
        .bounce_before_ns = 220.5,
        .bounce_after_ns = NAN,
        .writer_work_ns = 8100.5,
        .reader_work_ns = NAN,
        .seed = UINT64_MAX,
        .warmup_messages = 10,
        .clock_read_ns = 24.5,
        .environment_bytes = 3210,
        .buffer_offset_bytes = 192,
        .rate_per_s = 1000.5,
        .late_messages = 17,
        .first_ns_per_message = 50.25,
        .last_ns_per_message = 49.75,
        .checksum_ok = CHECKSUM_OK,
        .throughput_bytes_per_s = 1.31072e9,
        .messages_per_s = 20000.0,
        .cpu_ns_per_kib = 31.25,
        .latency_mean_ns = NAN,
        .latency_p50_ns = NAN,
        .latency_p90_ns = NAN,
        .latency_p99_ns = NAN,
        .latency_p999_ns = NAN,
        .latency_max_ns = NAN,
    };
}

static const struct sample_field *field_named(const char *name)
{
    const struct sample_field *field = sample_fields;
    while (field->name != NULL && strcmp(field->name, name) != 0)
        field++;
    assert_non_null(field->name);
    return field;
}

static char *printed(const struct sample *sample, void (*print)(const struct sample *, FILE *))
{
    char *text = NULL;
    size_t length = 0;
    FILE *stream = open_memstream(&text, &length);
    assert_non_null(stream);
    print(sample, stream);
    assert_int_equal(fclose(stream), 0);
    return text;
}

static void print_header(const struct sample *sample, FILE *stream)
{
    (void)sample;
    sample_print_tsv_header(stream);
}

static void the_header_is_the_format(void **state)
{
    (void)state;
    char *text = printed(NULL, print_header);
    assert_string_equal(text, header);
    free(text);
}

static void a_row_has_every_value_in_its_column(void **state)
{
    (void)state;
    struct sample sample = make_sample();
    char *text = printed(&sample, sample_print_tsv);
    assert_string_equal(text, row);
    free(text);
}

static void a_row_is_read_back_as_it_was(void **state)
{
    (void)state;
    struct sample sample;
    memset(&sample, 0x55, sizeof sample);
    char text[sizeof row];
    memcpy(text, row, sizeof row);
    text[strcspn(text, "\n")] = '\0';
    char *rest = text;
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++)
        assert_int_equal(sample_parse_field(&sample, field, strsep(&rest, "\t")), 0);
    assert_null(rest);
    char *again = printed(&sample, sample_print_tsv);
    assert_string_equal(again, row);
    free(again);
    assert_true(isnan(sample.latency_p50_ns));
    assert_true(sample.seed == UINT64_MAX);
    assert_int_equal(sample.reader_cpu, -1);
}

/* Every byte of the struct belongs to a field (or is padding): no value can be forgotten in the
 * table. The largest offset is the last field's. */
static void the_table_covers_the_struct(void **state)
{
    (void)state;
    static const size_t bytes_of[] = {
        [SAMPLE_WORD] = SAMPLE_WORD_BYTES,
        [SAMPLE_UNSIGNED] = sizeof(uint64_t),
        [SAMPLE_SIGNED] = sizeof(int64_t),
        [SAMPLE_REAL] = sizeof(double),
        [SAMPLE_CHECKSUM] = sizeof(uint64_t) /* the enum and its padding */
    };
    size_t covered = 0;
    for (const struct sample_field *field = sample_fields; field->name != NULL; field++) {
        assert_int_equal(field->offset, covered);
        covered += bytes_of[field->type];
    }
    assert_int_equal(covered, sizeof(struct sample));
}

static void checksum_states(void **state)
{
    (void)state;
    static const char *const texts[] = {
        [CHECKSUM_WRONG] = "0", [CHECKSUM_OK] = "1", [CHECKSUM_NOT_APPLICABLE] = "nan"};
    const struct sample_field *field = field_named("checksum_ok");
    struct sample sample = make_sample();
    for (int value = 0; value < 3; value++) {
        char text[8];
        sample.checksum_ok = CHECKSUM_OK;
        assert_int_equal(sample_parse_field(&sample, field, texts[value]), 0);
        assert_int_equal(sample.checksum_ok, value);
        sample_format_field(&sample, field, text, sizeof text);
        assert_string_equal(text, texts[value]);
    }
}

static void assert_field_refuses(const char *name, const char *text)
{
    struct sample sample = make_sample();
    const struct sample before = sample;
    if (sample_parse_field(&sample, field_named(name), text) != -EINVAL)
        fail_msg("%s takes '%s'", name, text);
    assert_memory_equal(&sample, &before, sizeof sample);
}

static void what_is_no_value_is_refused(void **state)
{
    (void)state;
    assert_field_refuses("mechanism", "");
    assert_field_refuses("mechanism", "a-name-of-twenty-four-by");
    assert_field_refuses("size_bytes", "");
    assert_field_refuses("size_bytes", "-1");
    assert_field_refuses("size_bytes", "64K");
    assert_field_refuses("size_bytes", "1.5");
    assert_field_refuses("size_bytes", "nan");
    assert_field_refuses("size_bytes", "18446744073709551616");
    assert_field_refuses("writer_cpu", "--1");
    assert_field_refuses("writer_cpu", "-");
    assert_field_refuses("writer_cpu", "9223372036854775808");
    assert_field_refuses("latency_p50_ns", "");
    assert_field_refuses("latency_p50_ns", "inf");
    assert_field_refuses("latency_p50_ns", "1,5");
    assert_field_refuses("latency_p50_ns", "0x10");
    assert_field_refuses("latency_p50_ns", "1e999");
    assert_field_refuses("latency_p50_ns", " 1");
    assert_field_refuses("latency_p50_ns", "1 ");
    assert_field_refuses("latency_p50_ns", "NAN");
    assert_field_refuses("checksum_ok", "2");
    assert_field_refuses("checksum_ok", "");
    assert_field_refuses("checksum_ok", "true");
}

static void the_text_form_tells_what_a_latency_is(void **state)
{
    (void)state;
    struct sample sample = make_sample();
    sample.latency_p50_ns = 12.5;
    sample.rate_per_s = 0.0;
    char *text = printed(&sample, sample_print_text);
    assert_non_null(strstr(text, "12.5  half a round trip, closed loop: median\n"));
    free(text);
    sample.rate_per_s = 1000.5;
    text = printed(&sample, sample_print_text);
    assert_non_null(strstr(text, "12.5  half of due to answered, at a rate: median\n"));
    assert_non_null(strstr(text, "1000.5  pings per second that were asked for"));
    assert_null(strstr(text, ", closed loop"));
    free(text);
}

static void the_text_form_shows_values_with_their_meaning(void **state)
{
    (void)state;
    struct sample sample = make_sample();
    char *text = printed(&sample, sample_print_text);
    assert_non_null(strstr(text, "throughput_bytes_per_s"));
    assert_non_null(strstr(text, "1.31072e+09  payload per second\n"));
    /* What was not measured is not shown. */
    assert_null(strstr(text, "latency_"));
    assert_null(strstr(text, "nan"));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_header_is_the_format),
        cmocka_unit_test(a_row_has_every_value_in_its_column),
        cmocka_unit_test(a_row_is_read_back_as_it_was),
        cmocka_unit_test(the_table_covers_the_struct),
        cmocka_unit_test(checksum_states),
        cmocka_unit_test(what_is_no_value_is_refused),
        cmocka_unit_test(the_text_form_tells_what_a_latency_is),
        cmocka_unit_test(the_text_form_shows_values_with_their_meaning),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
