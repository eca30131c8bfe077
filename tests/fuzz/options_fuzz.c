/*
 * The command lines: the option tables of the matched programs, of send and recv and of the suite,
 * the parsers of lists behind them, and units. An input is a letter, then arguments, one a line.
 */
#include "fuzz.h"

/* Its table and all that follows from it are the suite's own affair: taken in as they stand. */
int suite_main(int count, char **words);
#define main suite_main
#include "../../bench/suite.c"
#undef main

#include "base/units.h"
#include "machine/crowd_cpus.h"
#include "measure/named_request.h"
#include "measure/request.h"
#include "transfer/mechanisms.h"

#include <math.h>

enum { MOST_ARGUMENTS = 48, LIST_TEXT_BYTES = 16384 };

struct arguments {
    char *text;
    char *words[MOST_ARGUMENTS + 1];
    int count;
};

static void split_arguments(const struct fuzz_input *input, struct arguments *arguments)
{
    *arguments = (struct arguments){.text = fuzz_text(input)};
    char *rest = arguments->text;
    char *word;
    while (arguments->count < MOST_ARGUMENTS && (word = strsep(&rest, "\n")) != NULL)
        arguments->words[arguments->count++] = word;
}

/* ---- what a table promises ---- */

static bool is_default(const void *field, const void *usual, size_t bytes)
{
    return memcmp(field, usual, bytes) == 0;
}

static void require_value(const struct option_row *row, const char *target, const char *defaults)
{
    const void *field = target + row->offset;
    const void *usual = defaults + row->offset;
    uint64_t whole;
    double decimal;
    int index;
    switch (row->kind) {
    case OPTION_BYTES:
    case OPTION_COUNT:
        memcpy(&whole, field, sizeof whole);
        fuzz_require(is_default(field, usual, sizeof whole) ||
                     ((double)whole >= row->least && (double)whole <= row->most));
        break;
    case OPTION_DECIMAL:
        memcpy(&decimal, field, sizeof decimal);
        fuzz_require(is_default(field, usual, sizeof decimal) ||
                     (decimal >= row->least && decimal <= row->most));
        break;
    case OPTION_CHOICE:
        memcpy(&index, field, sizeof index);
        for (int word = 0; word <= index; word++)
            fuzz_require(row->names[word] != NULL);
        fuzz_require(index >= 0);
        break;
    case OPTION_FLAG:
    case OPTION_TEXT:
    case OPTION_CUSTOM:
        break;
    }
}

static void require_values(const struct option_row *rows, const void *target, const void *defaults)
{
    for (const struct option_row *row = rows; row->name != NULL; row++)
        require_value(row, target, defaults);
}

/* ---- the programs ---- */

static const struct channel_operations *choose_mechanism(struct fuzz_input *input)
{
    return mechanisms[fuzz_take_byte(input) % mechanisms_count];
}

static void require_session(const struct request *request,
                            const struct channel_operations *mechanism, enum test test)
{
    struct session_setup setup = request_session_setup(request, mechanism, test);
    fuzz_require(setup.size_bytes >= 1 && setup.size_bytes <= SESSION_SIZE_MAXIMUM);
    fuzz_require(setup.capacity_bytes >= request->capacity_bytes);
    fuzz_require((setup.capacity_bytes & (setup.capacity_bytes - 1)) == 0);
    fuzz_require(setup.buffer_offset_bytes <= SESSION_OFFSET_MAXIMUM);
    fuzz_require(setup.seconds > 0.0 && setup.timeout_seconds > 0.0);
    fuzz_require(channel_can_wait(mechanism, setup.wait));
    fuzz_require(!setup.until_end || test == TEST_RELAY);
}

static void try_matched(struct fuzz_input *input)
{
    const struct channel_operations *mechanism = choose_mechanism(input);
    enum test test = (enum test)(fuzz_take_byte(input) % TEST_COUNT);
    struct arguments arguments;
    struct request request = request_default;
    struct failure failure = {0};
    int operands = 0;
    split_arguments(input, &arguments);
    int result = options_parse(request_rows, &request, arguments.count, arguments.words, &operands,
                               &failure);
    if (result == 0) {
        fuzz_require(operands <= arguments.count);
        require_values(request_rows, &request, &request_default);
        result = request_check(&request, mechanism, test, &failure);
        if (result == 0)
            require_session(&request, mechanism, test);
    }
    if (result < 0)
        fuzz_require_failure(result, &failure);
    free(arguments.text);
}

static void try_named(struct fuzz_input *input)
{
    const struct channel_operations *mechanism = choose_mechanism(input);
    enum channel_role side = fuzz_take_byte(input) % 2 == 0 ? CHANNEL_WRITER : CHANNEL_READER;
    struct arguments arguments;
    struct request request;
    struct failure failure = {0};
    split_arguments(input, &arguments);
    int result =
        named_request_parse(mechanism, side, arguments.count, arguments.words, &request, &failure);
    if (result < 0)
        fuzz_require_failure(result, &failure);
    else if (!request.help && !request.version)
        fuzz_require(request.name != NULL && request.name[strcspn(request.name, "/ \n")] == '\0');
    free(arguments.text);
}

/* What is asked for is recorded, and read back the same. */
static void require_record(struct plan_request request)
{
    struct plan_request read;
    struct failure failure = {0};
    request.input = NULL;
    json_t *record = request_record_to_json(&request);
    fuzz_require(record != NULL);
    fuzz_require(request_record_from_json(record, &read, &failure) == 0);
    json_t *again = request_record_to_json(&read);
    fuzz_require(json_equal(record, again));
    json_decref(record);
    json_decref(again);
}

static void try_suite(struct fuzz_input *input)
{
    const struct suite_options defaults = default_options(PRESET_DEFAULT);
    struct suite_options options = defaults;
    struct arguments arguments;
    struct failure failure = {0};
    split_arguments(input, &arguments);
    if (options_parse(option_rows, &options, arguments.count, arguments.words, NULL, NULL) == 0)
        require_values(option_rows, &options, &defaults);
    int result = read_options(arguments.count, arguments.words, &options, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
    } else {
        if (options.label != NULL)
            fuzz_require(strlen(options.label) <= LABEL_BYTES_MOST);
        require_record(options.request);
    }
    free(arguments.text);
}

/* ---- lists ---- */

static const struct list_kind {
    int (*parse)(const char *text, void *field);
    void (*print)(const void *field, char *text, size_t text_bytes);
} list_kinds[] = {
    {size_list_parse, size_list_print},         {mechanism_list_parse, mechanism_list_print},
    {test_set_parse, test_set_print},           {wait_set_parse, wait_set_print},
    {copies_set_parse, copies_set_print},       {placement_choice_parse, placement_choice_print},
    {parallel_list_parse, parallel_list_print}, {cpu_pairs_parse, cpu_pairs_print},
    {cpu_parse_pair, cpu_print_pair},
};

/* What is printed of a list is read as the same list. */
static void try_list(struct fuzz_input *input)
{
    static union {
        struct size_list sizes;
        struct mechanism_list mechanisms;
        struct cpu_pairs pairs;
        unsigned char bytes[sizeof(struct cpu_pairs) + sizeof(struct mechanism_list)];
    } list, again, untouched;
    static char once[LIST_TEXT_BYTES];
    static char twice[LIST_TEXT_BYTES];
    const struct list_kind *kind =
        &list_kinds[fuzz_take_byte(input) % (sizeof list_kinds / sizeof *list_kinds)];
    char *text = fuzz_text(input);
    memset(&list, 0, sizeof list);
    memset(&again, 0, sizeof again);
    int result = kind->parse(text, &list);
    fuzz_require(result <= 0);
    if (result == 0) {
        kind->print(&list, once, sizeof once);
        fuzz_require_printable(once, strlen(once), false);
        fuzz_require(kind->parse(once, &again) == 0);
        kind->print(&again, twice, sizeof twice);
        fuzz_require(strcmp(once, twice) == 0);
    } else {
        /* NOLINTNEXTLINE(bugprone-suspicious-memory-comparison): every byte, padding included */
        fuzz_require(memcmp(&list, &untouched, sizeof list) == 0);
    }
    free(text);
}

/* ---- units ---- */

static void try_units(struct fuzz_input *input)
{
    char *text = fuzz_text(input);
    char shown[UNITS_TEXT_BYTES];
    char digits[24];
    uint64_t whole = 0;
    uint64_t again = 0;
    double decimal = 0.0;
    if (units_parse_bytes(text, &whole) == 0) {
        units_format_bytes(whole, shown);
        fuzz_require_printable(shown, strlen(shown), false);
    }
    if (units_parse_count(text, &whole) == 0) {
        snprintf(digits, sizeof digits, "%llu", (unsigned long long)whole);
        fuzz_require(units_parse_count(digits, &again) == 0 && again == whole);
        /* A count is a number of bytes without a suffix. */
        fuzz_require(strlen(text) > 23 || (units_parse_bytes(text, &again) == 0 && again == whole));
    }
    if (units_parse_decimal(text, &decimal) == 0) {
        fuzz_require(isfinite(decimal) && decimal >= 0.0);
        units_format_nanoseconds(decimal, shown);
        units_format_rate(decimal, shown);
        fuzz_require_printable(shown, strlen(shown), false);
    }
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct fuzz_input input = {data, size};
    switch (fuzz_take_byte(&input)) {
    case 'm':
        try_matched(&input);
        break;
    case 'n':
        try_named(&input);
        break;
    case 's':
        try_suite(&input);
        break;
    case 'l':
        try_list(&input);
        break;
    case 'u':
        try_units(&input);
        break;
    default:
        break;
    }
    return 0;
}
