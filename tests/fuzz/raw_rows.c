#include "raw_rows.h"

#include "fuzz.h"
#include "results/noise.h"
#include "results/raw_samples.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void require_number(double number)
{
    fuzz_require(isnan(number) || isfinite(number));
}

static void require_raw(const struct raw_samples *raw)
{
    size_t buckets = 0;
    for (size_t index = 0; index < raw->sample_count; index++) {
        const struct raw_sample *sample = &raw->samples[index];
        uint64_t total = 0;
        fuzz_require(index == 0 || cell_key_compare(&sample[-1].cell, &sample->cell) <= 0);
        require_number(sample->sample.throughput_bytes_per_s);
        require_number(sample->sample.latency_p50_ns);
        fuzz_require_printable(sample->cell.mechanism, strlen(sample->cell.mechanism), false);
        fuzz_require(sample->cell.placement[strcspn(sample->cell.placement, " /|<'\"")] == '\0');
        fuzz_require(sample->first_bucket + sample->bucket_count <= raw->bucket_count);
        for (size_t bucket = 0; bucket < sample->bucket_count; bucket++) {
            const struct raw_bucket *row = &raw->buckets[sample->first_bucket + bucket];
            fuzz_require(row->sample == index);
            total += row->count;
        }
        fuzz_require(sample->bucket_count == 0 || total == sample->sample.messages);
        buckets += sample->bucket_count;
    }
    fuzz_require(buckets == raw->bucket_count);
}

/* Marks of the rows; no more than the rows can have. */
static void require_marks(const struct raw_samples *raw)
{
    struct noise_mark *marks = NULL;
    size_t count = 0;
    fuzz_require(noise_compute(raw, NULL, 0, &marks, &count) == 0);
    for (size_t index = 0; index < count; index++)
        fuzz_require(isfinite(marks[index].value) && marks[index].affected <= raw->sample_count);
    free(marks);
}

void raw_rows_try(void)
{
    struct raw_samples raw;
    struct failure failure = {0};
    int result = raw_samples_read(fuzz_folder(), &raw, &failure);
    if (result < 0) {
        fuzz_require_failure(result, &failure);
        return;
    }
    require_raw(&raw);
    require_marks(&raw);
    raw_samples_free(&raw);
}
