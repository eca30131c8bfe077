#include "conduct/plan_request.h"

#include "results/precision.h"
#include "results/raw_samples.h"

#include "base/units.h"
#include "machine/crowd_cpus.h"

#include <errno.h>
#include <string.h>

enum { DEFAULT_STEP = 4, ITEM_TEXT_BYTES = 32 };

_Static_assert(ROUNDS_MOST <= RAW_SAMPLES_MOST_ROUNDS, "what a run makes can be read");

const char *const causes_names[] = {"all", "few", NULL};
const char *const preset_names[] = {"default", "quick", "full", NULL};

/* Copies the next item of a comma list into `item` and moves *text behind it. Returns 1, 0 at the
 * end of the list, or -EINVAL for an item that is empty or too long. */
static int next_item(const char **text, char item[static ITEM_TEXT_BYTES])
{
    if (*text == NULL)
        return 0;
    size_t length = strcspn(*text, ",");
    if (length == 0 || length >= ITEM_TEXT_BYTES)
        return -EINVAL;
    memcpy(item, *text, length);
    item[length] = '\0';
    *text = (*text)[length] == ',' ? *text + length + 1 : NULL;
    return 1;
}

/* Appends one item of a list to printed text, with a comma where it is not the first. */
static void print_item(char *text, size_t text_bytes, const char *item)
{
    size_t used = strlen(text);
    snprintf(text + used, text_bytes - used, "%s%s", used > 0 ? "," : "", item);
}

bool size_list_has(const struct size_list *list, uint64_t bytes)
{
    for (size_t index = 0; index < list->count; index++) {
        if (list->bytes[index] == bytes)
            return true;
    }
    return false;
}

static int add_size(struct size_list *list, uint64_t bytes)
{
    if (bytes < SIZE_LEAST_BYTES || bytes > SIZE_MOST_BYTES || list->count == SIZE_LIST_MOST)
        return -ERANGE;
    if (size_list_has(list, bytes))
        return -EINVAL;
    list->bytes[list->count++] = bytes;
    return 0;
}

static int parse_size_range(const char *text, struct size_list *list)
{
    char least_text[ITEM_TEXT_BYTES];
    char most_text[ITEM_TEXT_BYTES];
    char step_text[ITEM_TEXT_BYTES] = "";
    uint64_t least = 0;
    uint64_t most = 0;
    uint64_t step = DEFAULT_STEP;
    int end = 0;
    int parts =
        sscanf(text, "%31[^:]:%31[^:]%n:x%31[0-9]%n", least_text, most_text, &end, step_text, &end);
    if (parts < 2 || text[end] != '\0')
        return -EINVAL;
    int result = units_parse_bytes(least_text, &least);
    if (result == 0)
        result = units_parse_bytes(most_text, &most);
    if (result == 0 && parts == 3)
        result = units_parse_count(step_text, &step);
    if (result < 0)
        return result;
    if (least < SIZE_LEAST_BYTES || most > SIZE_MOST_BYTES || least > most || step < 2 ||
        step > SIZE_MOST_BYTES)
        return -ERANGE;
    for (uint64_t bytes = least; bytes <= most && result == 0; bytes *= step)
        result = add_size(list, bytes);
    return result;
}

static int parse_size_items(const char *text, struct size_list *list)
{
    char item[ITEM_TEXT_BYTES];
    uint64_t bytes = 0;
    int result;
    while ((result = next_item(&text, item)) == 1) {
        result = units_parse_bytes(item, &bytes);
        if (result == 0)
            result = add_size(list, bytes);
        if (result < 0)
            return result;
    }
    return result;
}

int size_list_parse(const char *text, void *field)
{
    struct size_list list = {.count = 0};
    int result =
        strchr(text, ':') != NULL ? parse_size_range(text, &list) : parse_size_items(text, &list);
    if (result == 0)
        memcpy(field, &list, sizeof list);
    return result;
}

/* As units.h reads it back: 65536 -> "64K". */
static void print_size(uint64_t bytes, char item[static ITEM_TEXT_BYTES])
{
    static const char *const suffixes[] = {"", "K", "M", "G"};
    size_t power = 0;
    while (power < 3 && bytes != 0 && bytes % 1024 == 0) {
        bytes /= 1024;
        power++;
    }
    snprintf(item, ITEM_TEXT_BYTES, "%llu%s", (unsigned long long)bytes, suffixes[power]);
}

void size_list_print(const void *field, char *text, size_t text_bytes)
{
    const struct size_list *list = field;
    char item[ITEM_TEXT_BYTES];
    text[0] = '\0';
    for (size_t index = 0; index < list->count; index++) {
        print_size(list->bytes[index], item);
        print_item(text, text_bytes, item);
    }
}

bool mechanism_list_has(const struct mechanism_list *list, const char *name)
{
    for (size_t index = 0; index < list->count; index++) {
        if (strcmp(list->names[index], name) == 0)
            return true;
    }
    return false;
}

int mechanism_list_add(struct mechanism_list *list, const char *name)
{
    size_t length = strlen(name);
    if (length >= SAMPLE_WORD_BYTES || name[0] == '-' ||
        strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789-_") != length)
        return -EINVAL;
    if (list->count == MECHANISM_LIST_MOST)
        return -ERANGE;
    if (mechanism_list_has(list, name))
        return -EINVAL;
    memcpy(list->names[list->count++], name, length + 1);
    return 0;
}

int mechanism_list_parse(const char *text, void *field)
{
    struct mechanism_list list = {.all = strcmp(text, "all") == 0};
    char item[ITEM_TEXT_BYTES];
    int result = 0;
    while (!list.all && (result = next_item(&text, item)) == 1) {
        result = mechanism_list_add(&list, item);
        if (result < 0)
            return result;
    }
    if (result == 0)
        memcpy(field, &list, sizeof list);
    return result;
}

void mechanism_list_print(const void *field, char *text, size_t text_bytes)
{
    const struct mechanism_list *list = field;
    snprintf(text, text_bytes, "%s", list->all ? "all" : "");
    for (size_t index = 0; index < list->count; index++)
        print_item(text, text_bytes, list->names[index]);
}

static int parse_words(const char *const *names, const char *text, struct word_set *set)
{
    struct word_set read = {.bits = 0};
    char item[ITEM_TEXT_BYTES];
    int result;
    while ((result = next_item(&text, item)) == 1) {
        int word = term_find(names, item);
        if (word < 0 || word_set_has(read, word))
            return -EINVAL;
        read.bits |= 1U << word;
    }
    if (result == 0)
        *set = read;
    return result;
}

static void print_words(const char *const *names, const struct word_set *set, char *text,
                        size_t text_bytes)
{
    text[0] = '\0';
    for (int word = 0; names[word] != NULL; word++) {
        if (word_set_has(*set, word))
            print_item(text, text_bytes, names[word]);
    }
}

int test_set_parse(const char *text, void *field)
{
    return parse_words(test_names, text, field);
}

int wait_set_parse(const char *text, void *field)
{
    return parse_words(wait_names, text, field);
}

int copies_set_parse(const char *text, void *field)
{
    return parse_words(copies_names, text, field);
}

void test_set_print(const void *field, char *text, size_t text_bytes)
{
    print_words(test_names, field, text, text_bytes);
}

void wait_set_print(const void *field, char *text, size_t text_bytes)
{
    print_words(wait_names, field, text, text_bytes);
}

void copies_set_print(const void *field, char *text, size_t text_bytes)
{
    print_words(copies_names, field, text, text_bytes);
}

int placement_choice_parse(const char *text, void *field)
{
    struct placement_choice choice = {.every_kind = false};
    int result;
    if (strcmp(text, "all") == 0) {
        choice.every_kind = true;
        result = 0;
    } else if (*text >= '0' && *text <= '9') {
        result = cpu_parse_pair(text, &choice.explicit_pair);
        choice.words.bits = 1U << PLACEMENT_EXPLICIT;
    } else {
        result = parse_words(placement_names, text, &choice.words);
        if (result == 0 && word_set_has(choice.words, PLACEMENT_EXPLICIT))
            return -EINVAL;
    }
    if (result == 0)
        memcpy(field, &choice, sizeof choice);
    return result;
}

void placement_choice_print(const void *field, char *text, size_t text_bytes)
{
    const struct placement_choice *choice = field;
    if (choice->every_kind)
        snprintf(text, text_bytes, "all");
    else if (word_set_has(choice->words, PLACEMENT_EXPLICIT))
        snprintf(text, text_bytes, "%d,%d", choice->explicit_pair.writer,
                 choice->explicit_pair.reader);
    else
        print_words(placement_names, &choice->words, text, text_bytes);
}

static int add_parallel(struct parallel_list *list, const char *item)
{
    uint64_t pairs = 0;
    int result = units_parse_count(item, &pairs);
    if (result < 0)
        return result;
    if (pairs < 1 || pairs > CPU_PAIRS_MOST || list->count == PARALLEL_LIST_MOST)
        return -ERANGE;
    for (size_t index = 0; index < list->count; index++) {
        if (list->counts[index] == pairs)
            return -EINVAL;
    }
    list->counts[list->count++] = pairs;
    return 0;
}

int parallel_list_parse(const char *text, void *field)
{
    struct parallel_list list = {.all = strcmp(text, "all") == 0};
    char item[ITEM_TEXT_BYTES];
    int result = 0;
    while (!list.all && (result = next_item(&text, item)) == 1) {
        result = add_parallel(&list, item);
        if (result < 0)
            return result;
    }
    if (result == 0)
        memcpy(field, &list, sizeof list);
    return result;
}

void parallel_list_print(const void *field, char *text, size_t text_bytes)
{
    const struct parallel_list *list = field;
    char item[ITEM_TEXT_BYTES];
    snprintf(text, text_bytes, "%s", list->all ? "all" : "");
    for (size_t index = 0; index < list->count; index++) {
        snprintf(item, sizeof item, "%llu", (unsigned long long)list->counts[index]);
        print_item(text, text_bytes, item);
    }
}

/* What a preset chooses, in the words of the options. */
struct preset_row {
    const char *sizes;
    const char *relay_sizes; /* NULL: the same */
    const char *mechanisms;
    const char *waits;
    const char *placement;
    uint64_t rounds;
    double precision;
    double sample_seconds;
    double budget_seconds;
    enum causes causes;
};

/*
 * The length of a sample is chosen so that the rounds fit the budget on a machine of two slow
 * CPUs; where they do not fit, the budget ends the run after a whole round.
 */
static const struct preset_row preset_rows[PRESET_COUNT] = {
    [PRESET_DEFAULT] = {"64:16M", "64,4K,16K,64K,256K,1M", "pipe,fifo,shm", "block,spin", "cache",
                        ROUNDS_MOST, PRECISION_DEFAULT, 0.01, 80.0, CAUSES_ALL},
    /* Few sizes, so that there is time for the rounds that intervals need (statistics.h). */
    [PRESET_QUICK] = {"64,4K,64K,256K", "64K", "pipe,fifo,shm", "block,spin", "cache", ROUNDS_MOST,
                      PRECISION_DEFAULT, 0.003, 12.0, CAUSES_FEW},
    [PRESET_FULL] = {"1:64M", NULL, "pipe,fifo,shm,vmsplice", "block,spin,hybrid,semop",
                     "cache,same,sibling,far", 30, PRECISION_DEFAULT, 0.05, 0.0, CAUSES_ALL},
};

void plan_request_keep_small(struct plan_request *request, bool sizes, bool tests)
{
    if (sizes)
        size_list_parse("64,64K", &request->sizes);
    if (tests)
        test_set_parse("latency,throughput", &request->tests);
}

struct plan_request plan_request_of_preset(enum preset preset)
{
    const struct preset_row *row = &preset_rows[preset];
    struct plan_request request = {
        .touch = TOUCH_FULL,
        .causes = (int)row->causes,
        .capacity_bytes = UINT64_C(64) << 10,
        .sample_seconds = row->sample_seconds,
        .budget_seconds = row->budget_seconds,
        .rounds = row->rounds,
        .precision = row->precision,
    };
    size_list_parse(row->sizes, &request.sizes);
    if (row->relay_sizes != NULL)
        size_list_parse(row->relay_sizes, &request.relay_sizes);
    mechanism_list_parse(row->mechanisms, &request.mechanisms);
    test_set_parse("latency,throughput,relay", &request.tests);
    wait_set_parse(row->waits, &request.waits);
    copies_set_parse("own,inplace", &request.copies);
    placement_choice_parse(row->placement, &request.placement);
    return request;
}
