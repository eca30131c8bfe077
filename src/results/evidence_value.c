#include "results/evidence_value.h"

#include "base/table.h"

struct evidence_value evidence_value_of_estimate(const struct estimate *estimate)
{
    return (struct evidence_value){
        .value = estimate->median, .ci95_lo = estimate->ci95_lo, .ci95_hi = estimate->ci95_hi};
}

void evidence_value_print_real(double value, FILE *stream)
{
    fputc('\t', stream);
    table_print_real(stream, value);
}

void evidence_value_print(const struct evidence_value *value, FILE *stream)
{
    evidence_value_print_real(value->value, stream);
    evidence_value_print_real(value->ci95_lo, stream);
    evidence_value_print_real(value->ci95_hi, stream);
}
