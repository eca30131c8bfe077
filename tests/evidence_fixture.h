/*
 * What a made-up bundle (bundle_fixture.h) holds beside its summary: counted copies, prices, the
 * gap and verdicts, written as text with spaces for tabs, so that a test reads like the file. The
 * fixture of a whole bundle has answers that can be computed by hand:
 *   64 KiB, block: one copy 10 ns/KiB, without copies 20; the pipe's 4 copies at 100, so 40 above
 *   the gap from 100 to 30: mechanism 35, copies 28, waiting 7, so 50, 40 and 10 %
 */
#ifndef EVIDENCE_FIXTURE_H
#define EVIDENCE_FIXTURE_H

#include "bundle_fixture.h"

#include <stdbool.h>

#define FIXTURE_PATHS_HEADER                                                                       \
    "mechanism\ttest\twait\tcopies\ttouch\tplacement\tsource\tsink\textra_copies\tworking_set\t"   \
    "size_bytes\tmetric\tmedian\tci95_lo\tci95_hi\tsamples\n"

#define FIXTURE_COPIES_HEADER                                                                      \
    "mechanism source sink copies source_stage transfer_in_stage transfer_out_stage sink_stage "   \
    "predicted_copies kernel_io_copies expected_kernel_io_copies ledger_user_copies user_copies "  \
    "expected_user_copies mutation expected_mutation mutation_source mutation_transfer_in "        \
    "mutation_transfer_out mutation_sink agrees note\n"
#define FIXTURE_PRICE_HEADER                                                                       \
    "wait working_set placement size_bytes metric slope_ns_per_kib slope_ci95_lo slope_ci95_hi "   \
    "intercept_ns_per_kib intercept_ci95_lo intercept_ci95_hi r_squared points rounds\n"
#define FIXTURE_GAP_HEADER                                                                         \
    "placement size_bytes factor ns_per_kib ci95_lo ci95_hi least most share share_ci95_lo "       \
    "share_ci95_hi orders rounds\n"
#define FIXTURE_CLAIMS_HEADER "id claim verdict evidence done\n"

/* Writes a file with a tab for every space and a space for every '_' that follows another: "a__b"
 * is "a b" in the file. */
static inline void fixture_write_table(const struct fixture *fixture, const char *name,
                                       const char *header, const char *rows)
{
    size_t bytes = strlen(header) + strlen(rows) + 1;
    char *text = malloc(bytes);
    if (text == NULL)
        abort();
    char *end = text;
    const char *const parts[] = {header, rows};
    for (size_t part = 0; part < 2; part++) {
        for (const char *letter = parts[part]; *letter != '\0'; letter++) {
            bool space = letter[0] == '_' && letter[1] == '_';
            *end++ = *letter == ' ' ? '\t' : space ? ' ' : *letter;
            letter += space ? 1 : 0;
        }
    }
    *end = '\0';
    fixture_write(fixture, name, text);
    free(text);
}

#define FIXTURE_PIPE_FILE_TO_FILE                                                                  \
    "pipe file file own kernel kernel kernel kernel 4 4 4 0 0 0 4 4 copied copied copied copied "  \
    "yes -\n"
#define FIXTURE_SHM_FILE_TO_USE                                                                    \
    "shm file use inplace kernel none none none 1 1 1 0 0 0 1 1 copied shared shared none yes -\n"
#define FIXTURE_OTHER_PATHS                                                                        \
    "pipe file use own kernel kernel kernel none 3 3 3 0 0 0 3 3 copied copied copied none yes "   \
    "-\n"                                                                                          \
    "shm file file inplace kernel none none kernel 2 2 2 0 0 0 2 2 copied shared shared copied "   \
    "yes -\n"                                                                                      \
    "pipe memory use own none kernel kernel none 2 2 2 0 0 0 2 2 none copied copied none yes -\n"  \
    "pipe memory use inplace none kernel kernel none 2 2 2 0 0 0 2 2 none copied copied none yes " \
    "-\n"                                                                                          \
    "shm memory use own none user user none 2 0 0 2 2 2 2 2 none copied copied none yes -\n"       \
    "shm memory use inplace none none none none 0 0 0 0 0 0 0 0 none shared shared none yes -\n"
#define FIXTURE_COPIES FIXTURE_PIPE_FILE_TO_FILE FIXTURE_SHM_FILE_TO_USE FIXTURE_OTHER_PATHS

#define FIXTURE_PRICES                                                                             \
    "block hot cache 65536 wall 10 9 11 20 18 22 0.98 5 10\n"                                      \
    "block cold cache 65536 wall 25 24 26 20 18 22 0.97 5 10\n"

#define FIXTURE_GAP_64K                                                                            \
    "cache 65536 from 100 95 105 nan nan nan nan nan 15 10\n"                                      \
    "cache 65536 mechanism 35 33 37 30 45 0.5 0.45 0.55 15 10\n"                                   \
    "cache 65536 copies 28 26 30 20 33 0.4 0.35 0.45 15 10\n"                                      \
    "cache 65536 waiting 7 5 9 -2 12 0.1 0.05 0.15 15 10\n"                                        \
    "cache 65536 gap 70 66 74 nan nan 1 1 1 15 10\n"                                               \
    "cache 65536 to 30 28 32 nan nan nan nan nan 15 10\n"
/* Copies make it slower there; the gap of 1 MiB is not told apart from none. */
#define FIXTURE_GAP_OTHERS                                                                         \
    "cache 4096 from 80 75 85 nan nan nan nan nan 15 10\n"                                         \
    "cache 4096 mechanism 30 28 32 25 35 0.75 0.7 0.8 15 10\n"                                     \
    "cache 4096 copies -10 -12 -8 -20 5 -0.25 -0.3 -0.2 15 10\n"                                   \
    "cache 4096 waiting 20 18 22 15 25 0.5 0.45 0.55 15 10\n"                                      \
    "cache 4096 gap 40 36 44 nan nan 1 1 1 15 10\n"                                                \
    "cache 4096 to 40 38 42 nan nan nan nan nan 15 10\n"                                           \
    "cache 1048576 from 50 20 80 nan nan nan nan nan 15 10\n"                                      \
    "cache 1048576 mechanism 1 -9 9 -5 5 nan nan nan 15 10\n"                                      \
    "cache 1048576 copies 2 -8 12 -1 3 nan nan nan 15 10\n"                                        \
    "cache 1048576 waiting 1 -9 9 -3 4 nan nan nan 15 10\n"                                        \
    "cache 1048576 gap 4 -20 30 nan nan nan nan nan 15 10\n"                                       \
    "cache 1048576 to 46 30 70 nan nan nan nan nan 15 10\n"
#define FIXTURE_GAP FIXTURE_GAP_64K FIXTURE_GAP_OTHERS

#define FIXTURE_CLAIMS                                                                             \
    "four-against-one Four__against__one. holds__in__part Seen__it. Did__it.\n"                    \
    "because Because__of__the__copies. does__not__hold Less__than__half. Did__it.\n"               \
    "same-key The__same__key. holds Seen__it. Did__it.\n"                                          \
    "unknown Something. unresolved Too__wide. Did__it.\n"

#define RATE "throughput_bytes_per_s"

/* The summary of the paths above at 64 KiB; 1.024e12 / x bytes per second are x ns per KiB. */
static inline void fixture_begin_cause(struct fixture *fixture)
{
    fixture_begin(fixture);
    fixture_write(fixture, "summary.tsv", FIXTURE_PATHS_HEADER);
    fixture_row(fixture, "pipe relay block own full cache file file 0 none", 65536, RATE,
                "1.024e10 9.30909090909e9 1.13777777778e10"); /* 100 [90, 110] */
    fixture_row(fixture, "pipe relay block own full cache file use 0 none", 65536, RATE,
                "1.28e10 nan nan"); /* 80 */
    fixture_row(fixture, "shm relay block inplace full cache file use 0 none", 65536, RATE,
                "2.56e10 2.048e10 3.2e10"); /* 40 [32, 50] */
    fixture_row(fixture, "pipe throughput block own full cache memory use 0 none", 65536, RATE,
                "1.6e10 nan nan"); /* 64 */
    fixture_row(fixture, "pipe throughput block inplace full cache memory use 0 none", 65536, RATE,
                "1.6e10 nan nan");
    fixture_row(fixture, "shm throughput block inplace full cache memory use 0 none", 65536, RATE,
                "5.12e10 nan nan"); /* 20 */
    fixture_row(fixture, "shm throughput block inplace full cache memory use 1 hot", 65536, RATE,
                "3.2e10 nan nan"); /* 32 */
    fixture_row(fixture, "shm throughput block inplace full cache memory use 1 cold", 65536, RATE,
                "1.6e10 nan nan");
    fixture_row(fixture, "shm throughput block inplace full cache memory use 0 none", 65536,
                "ratio_to_pipe", "3.2 3.1 3.3");
    fixture_row(fixture, "shm relay block inplace full cache file use 0 none", 65536,
                "ratio_to_pipe", "0.5 0.4 0.6");
    fixture_write_table(fixture, "copies.tsv", FIXTURE_COPIES_HEADER, FIXTURE_COPIES);
    fixture_write_table(fixture, "price.tsv", FIXTURE_PRICE_HEADER, FIXTURE_PRICES);
    fixture_write_table(fixture, "gap.tsv", FIXTURE_GAP_HEADER, FIXTURE_GAP);
    fixture_write_table(fixture, "claims.tsv", FIXTURE_CLAIMS_HEADER, FIXTURE_CLAIMS);
}

#endif
