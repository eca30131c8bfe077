#include "report/chart_words.h"

#include "document/report_text.h"
#include "text/text.h"

#include <stddef.h>

static const char *const words[] = {
    TEXT("1 copy"),
    TEXT("1: as fast as the pipe"),
    TEXT("4 copies"),
    TEXT("4: what four copies against one would predict"),
    TEXT("CPU time per KiB, writer and reader"),
    TEXT("%s; in %s"),
    TEXT("all together: the gap"),
    TEXT("as many times one pair"),
    TEXT("bars: range over %d orders of the steps"),
    TEXT("cache-line bounce floor"),
    TEXT("copies"),
    TEXT("copies per payload byte"),
    TEXT("file to file"),
    TEXT("file to use"),
    TEXT("filled: own"),
    TEXT("from pipe to shared memory at %s"),
    TEXT("half a round trip"),
    TEXT("half a round trip, median"),
    TEXT("hollow: inplace"),
    TEXT("inplace: each mechanism at its best"),
    TEXT("latency: pipe / mechanism"),
    TEXT("left: 95 % interval of copies; right: range over the orders in which steps can be taken"),
    TEXT("mechanism"),
    TEXT("memcpy ceiling"),
    TEXT("memory to use"),
    TEXT("not measured"),
    TEXT("not resolved"),
    TEXT("null: harness alone"),
    TEXT("own: private buffer to private buffer"),
    TEXT("pairs of processes at once"),
    TEXT("payload of all pairs together"),
    TEXT("payload per second"),
    TEXT("payload size"),
    TEXT("share of the gap, in %"),
    TEXT("shares by payload size; above: copies"),
    TEXT("shm inplace with 0, 1, 2, ... extra copies, and the line through them"),
    TEXT("the same, cold memory"),
    TEXT("throughput: mechanism / pipe"),
    TEXT("wait: %s"),
    TEXT("waiting"),
    TEXT("wall time, ns per KiB of payload"),
};

static const size_t words_count = sizeof words / sizeof *words;

void chart_words_write(enum language language, FILE *stream)
{
    char quoted[256];
    fprintf(stream, "language = '%s'\n", language_names[language]);
    if (language == LANGUAGE_ENGLISH)
        return;
    fprintf(stream, "texts = %zu\narray text_english[texts]\narray text_said[texts]\n",
            words_count);
    for (size_t index = 0; index < words_count; index++) {
        fprintf(stream, "text_english[%zu] = %s\n", index + 1,
                report_text_gnuplot_ours(words[index], quoted, sizeof quoted));
        fprintf(stream, "text_said[%zu] = %s\n", index + 1,
                report_text_gnuplot_ours(text_in(language, words[index]), quoted, sizeof quoted));
    }
}
