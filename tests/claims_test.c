/* The article's claims: made-up observations and bundles turn every verdict round, and all live
 * tries run here, decide, and leave nothing behind. */
#include "base/leftover.h"
#include "base/plain_text.h"
#include "claims/claim.h"
#include "claims/claims_output.h"
#include "claims/judges.h"

#include "bundle_fixture.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <cmocka.h>

/* ---- made-up observations ---- */

struct judged {
    const char *id;
    enum verdict verdict;
    const char *evidence; /* stands in it */
    union observation observation;
};

#define COUNTED(number)                                                                            \
    {                                                                                              \
        .present = true, .agrees = true, .counted = (number), .mutation = NAN                      \
    }
#define PATHS(a, b, c, d)                                                                          \
    {                                                                                              \
        .four_against_one = {                                                                      \
            .rows = 4,                                                                             \
            .paths = {COUNTED(a), COUNTED(b), COUNTED(c), COUNTED(d)}                              \
        }                                                                                          \
    }

static const struct judged cases[] = {
    {"ftok-same-key", VERDICT_HOLDS, "0x01000007", {.same_key = {0x1000007, 0x1000007, 0x1000007}}},
    {"ftok-same-key", VERDICT_DOES_NOT_HOLD, "0x02000007", {.same_key = {7, 0x2000007, 7}}},
    {"ftok-same-key", VERDICT_DOES_NOT_HOLD, "0x00000008", {.same_key = {7, 7, 8}}},

    {"ftok-recreated-file", VERDICT_HOLDS, "another", {.recreated_key = {1, 2, 3, 4, false}}},
    {"ftok-recreated-file", VERDICT_IN_PART, "inode", {.recreated_key = {1, 2, 3, 3, true}}},
    {"ftok-recreated-file", VERDICT_IN_PART, "the same", {.recreated_key = {1, 1, 3, 4, false}}},
    {"ftok-recreated-file", VERDICT_DOES_NOT_HOLD, "same", {.recreated_key = {1, 1, 3, 3, true}}},

    {"ftok-key-unique",
     VERDICT_DOES_NOT_HOLD,
     "found the segment",
     {.unique_key = {.ftok_id = 1, .key = 5, .key_of_other_id = 5, .made_id = 9, .found_id = 9}}},
    {"ftok-key-unique",
     VERDICT_DOES_NOT_HOLD,
     "second path",
     {.unique_key =
          {.ftok_id = 1, .key = 5, .key_of_other_id = 6, .linked = true, .key_of_link = 5}}},
    {"ftok-key-unique",
     VERDICT_UNRESOLVED,
     "does not prove",
     {.unique_key =
          {.ftok_id = 1, .key = 5, .key_of_other_id = 6, .linked = true, .key_of_link = 7}}},

    {"proj-id-sets-permissions",
     VERDICT_DOES_NOT_HOLD,
     "id 1: 0600, 0600",
     {.permissions = {.made = {{1, 0600, 0600}, {1, 0400, 0400}, {8, 0600, 0600}}, .count = 3}}},
    {"proj-id-sets-permissions",
     VERDICT_HOLDS,
     "id 8: 0600, 0010",
     {.permissions = {.made = {{1, 0600, 0001}, {1, 0400, 0001}, {8, 0600, 0010}}, .count = 3}}},
    {"proj-id-sets-permissions",
     VERDICT_IN_PART,
     "id 8: 0600, 0640",
     {.permissions = {.made = {{1, 0600, 0600}, {1, 0400, 0400}, {8, 0600, 0640}}, .count = 3}}},
    {"proj-id-sets-permissions",
     VERDICT_UNRESOLVED,
     "id 1",
     {.permissions = {.made = {{1, 0600, 0600}, {1, 0400, 0400}}, .count = 2}}},
    {"proj-id-sets-permissions",
     VERDICT_UNRESOLVED,
     "id 8: 0600, 0777",
     {.permissions = {.made = {{1, 0600, 0777}, {1, 0400, 0777}, {8, 0600, 0777}}, .count = 3}}},

    {"ipc-creat-returns-existing",
     VERDICT_HOLDS,
     "still there",
     {.existing = {.made_id = 3, .again_id = 3, .data_kept = true, .larger_error = EINVAL}}},
    {"ipc-creat-returns-existing",
     VERDICT_IN_PART,
     "gone",
     {.existing = {.made_id = 3, .again_id = 3}}},
    {"ipc-creat-returns-existing",
     VERDICT_DOES_NOT_HOLD,
     "id 4",
     {.existing = {.made_id = 3, .again_id = 4, .data_kept = true}}},
    {"ipc-creat-returns-existing",
     VERDICT_DOES_NOT_HOLD,
     "EEXIST",
     {.existing = {.made_id = 3, .again_id = -1, .again_error = EEXIST, .data_kept = true}}},

    {"ipc-excl-fails", VERDICT_HOLDS, "EEXIST", {.exclusive = {EEXIST}}},
    {"ipc-excl-fails", VERDICT_IN_PART, "EACCES", {.exclusive = {EACCES}}},
    {"ipc-excl-fails", VERDICT_DOES_NOT_HOLD, "success", {.exclusive = {0}}},

    {"key-and-id-differ", VERDICT_HOLDS, "could not", {.key_and_id = {7, 1, 2, false}}},
    {"key-and-id-differ", VERDICT_IN_PART, "number 1 alone", {.key_and_id = {7, 1, 2, true}}},
    {"key-and-id-differ", VERDICT_DOES_NOT_HOLD, "id 7", {.key_and_id = {7, 7, 2, false}}},
    {"key-and-id-differ", VERDICT_DOES_NOT_HOLD, "id 1", {.key_and_id = {7, 1, 1, false}}},

    {"size-page-multiple",
     VERDICT_IN_PART,
     "records 4097",
     {.size = {4096, 4097, 4097, true, true, false}}},
    {"size-page-multiple",
     VERDICT_HOLDS,
     "records 8192",
     {.size = {4096, 4097, 8192, true, true, false}}},
    {"size-page-multiple",
     VERDICT_DOES_NOT_HOLD,
     "8191, the last of the second page, can not",
     {.size = {4096, 4097, 4097, true, false, false}}},
    {"size-page-multiple",
     VERDICT_UNRESOLVED,
     "after it can be used",
     {.size = {4096, 4097, 4097, true, true, true}}},

    {"segment-outlives-process",
     VERDICT_HOLDS,
     "there with its data",
     {.outlives = {true, true, 0, 1, 0}}},
    {"segment-outlives-process",
     VERDICT_IN_PART,
     "shm_rmid_forced is 1",
     {.outlives = {false, false, 1, 1, 0}}},
    {"segment-outlives-process",
     VERDICT_IN_PART,
     "and 1 after",
     {.outlives = {true, true, 0, 1, 1}}},
    {"segment-outlives-process",
     VERDICT_DOES_NOT_HOLD,
     "without its data",
     {.outlives = {true, false, 0, 1, 1}}},
    {"segment-outlives-process",
     VERDICT_UNRESOLVED,
     "held 0 byte",
     {.outlives = {true, true, 0, 0, 0}}},

    {"ipcs-lists-ipcrm-removes",
     VERDICT_HOLDS,
     "gone",
     {.ipcs = {true, true, true, true, 0, true}}},
    {"ipcs-lists-ipcrm-removes",
     VERDICT_IN_PART,
     "exited with 1",
     {.ipcs = {true, true, true, true, 1, false}}},
    {"ipcs-lists-ipcrm-removes",
     VERDICT_IN_PART,
     "ipcs -m does not list",
     {.ipcs = {true, true, true, false, 0, true}}},
    {"ipcs-lists-ipcrm-removes",
     VERDICT_DOES_NOT_HOLD,
     "still there",
     {.ipcs = {true, true, true, false, 0, false}}},
    {"ipcs-lists-ipcrm-removes",
     VERDICT_UNRESOLVED,
     "ipcs is not installed here (package util-linux)",
     {.ipcs = {false, true, true, false, 0, false}}},
    {"ipcs-lists-ipcrm-removes",
     VERDICT_UNRESOLVED,
     "ipcrm is not installed here",
     {.ipcs = {true, false, true, false, 0, false}}},

    {"nattch-counts", VERDICT_HOLDS, "2 (both attached)", {.attach_count = {{0, 1, 2, 1, 0}}}},
    {"nattch-counts",
     VERDICT_DOES_NOT_HOLD,
     "1 (both attached)",
     {.attach_count = {{0, 1, 1, 1, 0}}}},
    {"nattch-counts",
     VERDICT_DOES_NOT_HOLD,
     "1 (both detached)",
     {.attach_count = {{0, 1, 2, 1, 1}}}},
    {"nattch-counts",
     VERDICT_IN_PART,
     "gone (both detached)",
     {.attach_count = {{0, 1, 2, 1, -1}}}},
    {"nattch-counts",
     VERDICT_DOES_NOT_HOLD,
     "gone (both detached)",
     {.attach_count = {{0, 1, 3, 1, -1}}}},

    {"client-size-and-flags-zero",
     VERDICT_HOLDS,
     "above the segment's failed with EINVAL",
     {.client = {4096, 5, 5, 5, -EINVAL, true}}},
    {"client-size-and-flags-zero",
     VERDICT_IN_PART,
     "shmget(key, 0, 0) failed with EINVAL",
     {.client = {4096, 5, 5, -EINVAL, -EINVAL, false}}},
    {"client-size-and-flags-zero",
     VERDICT_DOES_NOT_HOLD,
     "shmget(key, size, 0) failed with ENOENT",
     {.client = {4096, 5, -ENOENT, -ENOENT, -ENOENT, false}}},

    {"ipc-stat-set-rmid",
     VERDICT_IN_PART,
     "owner and permissions only",
     {.control = {4096, 4096, 11, 11, 0600, 0400, 0, 0400, 8192, 4096, 0, EINVAL}}},
    {"ipc-stat-set-rmid",
     VERDICT_HOLDS,
     "size 8192",
     {.control = {4096, 4096, 11, 11, 0600, 0400, 0, 0400, 8192, 8192, 0, EINVAL}}},
    {"ipc-stat-set-rmid", /* IPC_SET had no effect */
     VERDICT_DOES_NOT_HOLD,
     "mode was 0600",
     {.control = {4096, 4096, 11, 11, 0600, 0400, 0, 0600, 8192, 4096, 0, EINVAL}}},
    {"ipc-stat-set-rmid", /* IPC_STAT told something else */
     VERDICT_DOES_NOT_HOLD,
     "told 1 bytes",
     {.control = {4096, 1, 11, 11, 0600, 0400, 0, 0400, 8192, 4096, 0, EINVAL}}},
    {"ipc-stat-set-rmid", /* IPC_RMID did not remove */
     VERDICT_DOES_NOT_HOLD,
     "after it: success",
     {.control = {4096, 4096, 11, 11, 0600, 0400, 0, 0400, 8192, 4096, 0, 0}}},

    {"removed-segment-works",
     VERDICT_HOLDS,
     "failed with ENOENT while",
     {.removed = {true, true, true, ENOENT, true, false, ENOENT}}},
    {"removed-segment-works",
     VERDICT_IN_PART,
     "still there",
     {.removed = {true, true, true, ENOENT, true, true, ENOENT}}},
    {"removed-segment-works",
     VERDICT_DOES_NOT_HOLD,
     "did not see",
     {.removed = {false, true, true, ENOENT, true, false, ENOENT}}},

    {"removal-needs-zero-attach",
     VERDICT_HOLDS,
     "2 attached yes (marked for destruction), with 1 yes, with 0 no",
     {.removed = {true, true, true, ENOENT, true, false, ENOENT}}},
    {"removal-needs-zero-attach",
     VERDICT_IN_PART,
     "with 1 no",
     {.removed = {true, true, true, ENOENT, false, false, ENOENT}}},
    {"removal-needs-zero-attach",
     VERDICT_DOES_NOT_HOLD,
     "2 attached no",
     {.removed = {true, false, false, ENOENT, false, false, ENOENT}}},

    {"reader-waits-pipe-not-shm",
     VERDICT_HOLDS,
     "slept until",
     {.reader_waits = {true, false, 'a', 'a', 5, 5, 0, 'a'}}},
    {"reader-waits-pipe-not-shm",
     VERDICT_IN_PART,
     "before anything was written 4 returned",
     {.reader_waits = {true, false, 'a', 'a', 5, 4, 0, 'a'}}},
    {"reader-waits-pipe-not-shm",
     VERDICT_IN_PART,
     "returned before anything",
     {.reader_waits = {false, true, 'a', 0, 5, 5, 0, 'a'}}},
    {"reader-waits-pipe-not-shm",
     VERDICT_DOES_NOT_HOLD,
     "not seen to sleep",
     {.reader_waits = {false, false, 'a', 'a', 5, 0, 0, 'a'}}},

    {"ftok-any-path",
     VERDICT_IN_PART,
     "nothing: failed with ENOENT",
     {.any_path = {0, 0, 0, ENOENT}}},
    {"ftok-any-path", VERDICT_HOLDS, "nothing: a key", {.any_path = {0, 0, 0, 0}}},
    {"ftok-any-path",
     VERDICT_DOES_NOT_HOLD,
     "folder: failed",
     {.any_path = {0, EISDIR, 0, ENOENT}}},
    {"ftok-any-path",
     VERDICT_DOES_NOT_HOLD,
     "a file: failed",
     {.any_path = {EACCES, 0, 0, ENOENT}}},

    {"key-in-ipc-perm", VERDICT_HOLDS, "0x00000007", {.recorded_key = {7, 7}}},
    {"key-in-ipc-perm", VERDICT_DOES_NOT_HOLD, "0x00000008", {.recorded_key = {7, 8}}},

    {"return-values", VERDICT_HOLDS, "is that of", {.return_values = {true, -1, 0, -1, 0, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "is not that of",
     {.return_values = {false, -1, 0, -1, 0, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "without a segment: 0;",
     {.return_values = {true, 0, 0, -1, 0, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "shmdt: 1,",
     {.return_values = {true, -1, 1, -1, 0, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "again: 0;",
     {.return_values = {true, -1, 0, 0, 0, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "shmctl: -1,",
     {.return_values = {true, -1, 0, -1, -1, -1, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "segment: 0; shmget",
     {.return_values = {true, -1, 0, -1, 0, 0, -1}}},
    {"return-values",
     VERDICT_DOES_NOT_HOLD,
     "segment: 9.",
     {.return_values = {true, -1, 0, -1, 0, -1, 9}}},

    {"no-mutual-exclusion", VERDICT_HOLDS, "was lost", {.exclusion = {5, true, 6}}},
    {"no-mutual-exclusion", VERDICT_IN_PART, "was 7.", {.exclusion = {5, true, 7}}},
    {"no-mutual-exclusion", VERDICT_DOES_NOT_HOLD, "could not", {.exclusion = {5, false, 6}}},

    {"seen-at-once",
     VERDICT_HOLDS,
     "half of them within 90.0 ns",
     {.seen_at_once = {256, 256, 90.0, 4000.0, 'a', 'b', 'b', 'a'}}},
    {"seen-at-once",
     VERDICT_DOES_NOT_HOLD,
     "3 of 256 writes",
     {.seen_at_once = {256, 3, NAN, NAN, 'a', 'b', 'b', 'a'}}},
    {"seen-at-once", /* the segment showed the old value: a buffer in between */
     VERDICT_IN_PART,
     "reader saw the old value",
     {.seen_at_once = {256, 256, 90.0, 4000.0, 'a', 'b', 'a', 'a'}}},
    {"seen-at-once", /* the pipe showed the new value: it had no copy either */
     VERDICT_IN_PART,
     "reader the new one",
     {.seen_at_once = {256, 256, 90.0, 4000.0, 'a', 'b', 'b', 'b'}}},

    {"four-against-one", VERDICT_IN_PART, "3.998 against 2", PATHS(3.998, 1.0, 3.0, 2.0)},
    {"four-against-one", VERDICT_HOLDS, "4 against 1", PATHS(4.0, 1.0, 4.0, 1.0)},
    {"four-against-one", VERDICT_DOES_NOT_HOLD, "file to file 3.9 ", PATHS(3.9, 1.0, 3.0, 2.0)},
    {"four-against-one", VERDICT_DOES_NOT_HOLD, "to use 1.1", PATHS(4.0, 1.1, 3.0, 2.0)},
    {"four-against-one", VERDICT_UNRESOLVED, "no witness", PATHS(4.0, NAN, 3.0, 2.0)},
};

static void assert_judged(const struct judged *judged)
{
    const struct claim *claim = claim_find(judged->id);
    struct finding finding = {.verdict = VERDICT_COUNT};
    if (claim == NULL) {
        fail_msg("no claim %s", judged->id);
        return;
    }
    claim->judge(&judged->observation, &finding);
    if (finding.verdict != judged->verdict)
        fail_msg("%s: '%s' instead of '%s': %s", judged->id, verdict_names[finding.verdict],
                 verdict_names[judged->verdict], finding.evidence[LANGUAGE_ENGLISH]);
    if (strstr(finding.evidence[LANGUAGE_ENGLISH], judged->evidence) == NULL)
        fail_msg("%s: '%s' is missing in: %s", judged->id, judged->evidence,
                 finding.evidence[LANGUAGE_ENGLISH]);
}

static void test_observations_decide(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++)
        assert_judged(&cases[index]);
}

/* Each language has its own whole sentence, words of ours among the arguments included. */
static void test_findings_speak_every_language(void **state)
{
    (void)state;
    const union observation seen = {
        .removed = {.there_with_two = true, .marked = true, .key_error = ENOENT}};
    struct finding finding;
    judge_removal_waits(&seen, &finding);
    assert_int_equal(finding.verdict, VERDICT_IN_PART);
    assert_string_equal(
        finding.evidence[LANGUAGE_ENGLISH],
        "After IPC_RMID IPC_STAT found the segment: with 2 attached yes (marked for destruction), "
        "with 1 no, with 0 no. shmget with its key failed with ENOENT while both were attached, "
        "and still found it afterwards.");
    assert_string_equal(finding.evidence[LANGUAGE_CHINESE],
                        "IPC_RMID 之后，IPC_STAT 是否找到该段：2 个进程挂接时：是（已标记为待销毁）"
                        "；1 个进程时：否；0 个进程时：否。两者都挂接时用其键值调用 "
                        "shmget：失败（ENOENT）；脱离之后：仍能找到它。");
}

/* No English is left where we speak Chinese: names of calls, paths and options have no spaces. */
static void test_each_finding_is_translated(void **state)
{
    (void)state;
    for (size_t index = 0; index < sizeof cases / sizeof *cases; index++) {
        struct finding finding;
        claim_find(cases[index].id)->judge(&cases[index].observation, &finding);
        const char *text = finding.evidence[LANGUAGE_CHINESE];
        if (strstr(text, " the ") != NULL || strstr(text, " of ") != NULL ||
            strstr(text, " was ") != NULL || strstr(text, ". ") != NULL)
            fail_msg("%s: %s", cases[index].id, text);
    }
}

static void test_a_text_is_cut_between_characters(void **state)
{
    (void)state;
    static const char han[] = "共享内存段已不存在";
    for (int letters = 0; letters < 6; letters++) {
        struct finding finding;
        finding_say(&finding, VERDICT_HOLDS, "%.*s", letters, "abcdef");
        for (int times = 0; times < 100; times++) {
            if (times % 2 == 0)
                finding_add(&finding, "%s", han);
            else
                finding_add_word(&finding, han);
        }
        for (int language = 0; language < LANGUAGE_COUNT; language++) {
            const char *text = finding.evidence[language];
            uint32_t character;
            assert_true(strlen(text) > EVIDENCE_TEXT_BYTES - 4);
            for (size_t bytes; *text != '\0'; text += bytes) {
                bytes = plain_text_decode(text, &character);
                assert_true(bytes > 0);
            }
        }
    }
}

/* Claims of bundles are turned round below. */
static void test_each_live_claim_is_turned_round(void **state)
{
    (void)state;
    for (size_t index = 0; index < claims_count; index++) {
        unsigned verdicts = 0;
        for (size_t number = 0; number < sizeof cases / sizeof *cases; number++) {
            if (strcmp(cases[number].id, claims[index].id) == 0)
                verdicts |= 1U << cases[number].verdict;
        }
        if (!claims[index].needs_bundle && (verdicts & (verdicts - 1)) == 0)
            fail_msg("%s has no two verdicts in the cases", claims[index].id);
    }
}

/* ---- made-up bundles ---- */

#define COPIES_HEADER                                                                              \
    "mechanism\tsource\tsink\tcopies\tsource_stage\ttransfer_in_stage\ttransfer_out_stage\t"       \
    "sink_stage\tpredicted_copies\tkernel_io_copies\texpected_kernel_io_copies\t"                  \
    "ledger_user_copies\tuser_copies\texpected_user_copies\tmutation\texpected_mutation\t"         \
    "mutation_source\tmutation_transfer_in\tmutation_transfer_out\tmutation_sink\tagrees\tnote\n"
#define PIPE_FILE_FILE                                                                             \
    "pipe\tfile\tfile\town\tkernel\tkernel\tkernel\tkernel\t4\t3.998\t4\t0\t0\t0\t4\t4\tcopied\t"  \
    "copied\tcopied\tcopied\tyes\t-\n"
#define PIPE_FILE_USE                                                                              \
    "pipe\tfile\tuse\town\tkernel\tkernel\tkernel\tnone\t3\t3\t3\t0\t0\t0\t3\t3\tcopied\tcopied\t" \
    "copied\tnone\tyes\t-\n"
#define PIPE_MEMORY_USE                                                                            \
    "pipe\tmemory\tuse\town\tnone\tkernel\tkernel\tnone\t2\t2\t2\t0\t0\t0\t2\t2\tnone\tcopied\t"   \
    "copied\tnone\tyes\t-\n"
#define SHM_FILE_FILE                                                                              \
    "shm\tfile\tfile\tinplace\tkernel\tnone\tnone\tkernel\t2\t2\t2\t0\t0\t0\t2\t2\tcopied\t"       \
    "shared\tshared\tcopied\tyes\t-\n"
#define SHM_FILE_USE                                                                               \
    "shm\tfile\tuse\tinplace\tkernel\tnone\tnone\tnone\t1\t1\t1\t0\t0\t0\t1\t1\tcopied\tshared\t"  \
    "shared\tnone\tyes\t-\n"
#define SHM_MEMORY_USE                                                                             \
    "shm\tmemory\tuse\tinplace\tnone\tnone\tnone\tnone\t0\t0\t0\t0\t0\t0\t0\t0\tnone\tshared\t"    \
    "shared\tnone\tyes\t-\n"
#define ALL_PATHS                                                                                  \
    COPIES_HEADER PIPE_FILE_FILE PIPE_FILE_USE PIPE_MEMORY_USE SHM_FILE_FILE SHM_FILE_USE          \
        SHM_MEMORY_USE

#define GAP_HEADER                                                                                 \
    "placement\tsize_bytes\tfactor\tns_per_kib\tci95_lo\tci95_hi\tleast\tmost\tshare\t"            \
    "share_ci95_lo\tshare_ci95_hi\torders\trounds\n"
#define GAP(size, low) "cache\t" size "\tgap\t90\t" low "\t99\tnan\tnan\t1\t1\t1\t6\t9\n"
#define SHARE(size, share, low, high)                                                              \
    "cache\t" size "\tcopies\t9\t8\t10\t7\t11\t" share "\t" low "\t" high "\t6\t9\n"

static struct fixture fixture;
static struct bundle_data bundle;
static struct evidence evidence;
static struct claim_result result;

static int begin(void **state)
{
    (void)state;
    memset(&bundle, 0, sizeof bundle);
    memset(&evidence, 0, sizeof evidence);
    fixture_begin(&fixture);
    return 0;
}

static int end(void **state)
{
    (void)state;
    evidence_free(&evidence);
    bundle_free(&bundle);
    fixture_end(&fixture);
    return 0;
}

/* Reads the bundle as it is now, and tries one claim of it. */
static void try_on_bundle(const char *id)
{
    struct failure failure = {0};
    evidence_free(&evidence);
    bundle_free(&bundle);
    if (bundle_read(fixture.folder, &bundle, &failure) < 0 ||
        evidence_read(fixture.folder, &evidence, &failure) < 0)
        fail_msg("%s", failure.text);
    const struct claim_input input = {&bundle, &evidence};
    claim_try(claim_find(id), &input, &result);
    assert_false(result.failed);
}

static void assert_verdict(const char *id, enum verdict verdict, const char *text)
{
    try_on_bundle(id);
    if (result.finding.verdict != verdict ||
        strstr(result.finding.evidence[LANGUAGE_ENGLISH], text) == NULL)
        fail_msg("%s: '%s' (expected '%s', with '%s'): %s", id,
                 verdict_names[result.finding.verdict], verdict_names[verdict], text,
                 result.finding.evidence[LANGUAGE_ENGLISH]);
}

/* The text with one part replaced. */
static const char *with(const char *text, const char *old, const char *new)
{
    static char changed[16384];
    const char *place = strstr(text, old);
    assert_non_null(place);
    snprintf(changed, sizeof changed, "%.*s%s%s", (int)(place - text), text, new,
             place + strlen(old));
    return changed;
}

static void assert_copies(const char *text, enum verdict verdict, const char *expected)
{
    fixture_write(&fixture, "copies.tsv", text);
    assert_verdict("four-against-one", verdict, expected);
}

static void test_four_against_one(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm latency spin own full cache", 64, "ratio_to_pipe", "2 1.5 2.5");
    assert_verdict("four-against-one", VERDICT_UNRESOLVED, "no copies.tsv");
    assert_copies(ALL_PATHS, VERDICT_IN_PART, "the transfer alone 2 against 0");
    assert_copies(COPIES_HEADER PIPE_FILE_USE SHM_FILE_FILE SHM_FILE_USE, VERDICT_UNRESOLVED,
                  "pipe own file to file is missing");
    assert_copies(COPIES_HEADER PIPE_FILE_FILE PIPE_FILE_USE SHM_FILE_USE, VERDICT_UNRESOLVED,
                  "shm inplace file to file is missing");
    assert_copies(COPIES_HEADER PIPE_FILE_FILE PIPE_FILE_USE SHM_FILE_FILE SHM_FILE_USE,
                  VERDICT_IN_PART, "3.998 against 2, file to use 3 against 1.");
    assert_copies(with(ALL_PATHS, "copied\tcopied\tcopied\tcopied\tyes",
                       "copied\tcopied\tcopied\tcopied\tno"),
                  VERDICT_UNRESOLVED, "disagrees");
    /* A hidden memcpy in the shm path, seen by the user copies; then both witnesses see it. */
    assert_copies(with(ALL_PATHS, "\t1\t1\t1\t0\t0\t0\t1\t1", "\t1\t1\t1\t0\t1\t0\t1\t1"),
                  VERDICT_UNRESOLVED, "contradict");
    assert_copies(with(ALL_PATHS, "\t1\t1\t1\t0\t0\t0\t1\t1", "\t1\t1\t1\t0\t1\t0\t2\t1"),
                  VERDICT_DOES_NOT_HOLD, "shm file to use 2");
    /* Without memcpy counts the mutation probes decide; without both nothing does. */
    assert_copies(with(ALL_PATHS, "\t1\t1\t1\t0\t0\t0\t1\t1", "\t1\t1\t1\t0\tnan\t0\t1\t1"),
                  VERDICT_IN_PART, "shm file to use 1");
    assert_copies(with(ALL_PATHS, "\t1\t1\t1\t0\t0\t0\t1\t1", "\t1\t1\t1\t0\tnan\t0\tnan\tnan"),
                  VERDICT_UNRESOLVED, "no witness");
    assert_copies(with(ALL_PATHS, "\t1\t1\t1\t0\t0\t0\t1\t1\tcopied\tshared",
                       "\t1\t1\t1\t0\tnan\t0\t1\t1\tcopied\tunseen"),
                  VERDICT_UNRESOLVED, "no witness");
    /* A pipe that drops a copy. */
    assert_copies(with(ALL_PATHS, "\t4\t3.998\t4\t0\t0\t0\t4", "\t4\t3\t4\t0\t0\t0\t3"),
                  VERDICT_DOES_NOT_HOLD, "pipe file to file 3 ");
}

static void test_speed(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm latency spin own full cache", 64, "latency_p50_ns", "9 8 10");
    assert_verdict("shm-is-faster", VERDICT_UNRESOLVED, "no cell of shm");
    /* What is no comparison of transfers with every byte touched does not count. */
    fixture_row(&fixture, "shm latency spin own edges cache", 64, "ratio_to_pipe", "9 8 10");
    fixture_row(&fixture, "fifo latency spin own full cache", 64, "ratio_to_pipe", "9 8 10");
    fixture_row(&fixture, "shm relay spin own full cache", 64, "ratio_to_pipe", "9 8 10");
    assert_verdict("shm-is-faster", VERDICT_UNRESOLVED, "no cell of shm");
    fixture_row(&fixture, "shm latency block own full cache", 64, "ratio_to_pipe", "2 nan nan");
    assert_verdict("shm-is-faster", VERDICT_UNRESOLVED, "None of the 1 cells");
    fixture_row(&fixture, "shm latency block own full cache", 128, "ratio_to_pipe", "1 0.9 1.1");
    assert_verdict("shm-is-faster", VERDICT_UNRESOLVED, "not told apart in 2");
    fixture_row(&fixture, "shm latency block own full cache", 256, "ratio_to_pipe", "0.8 0.7 0.9");
    fixture_row(&fixture, "shm latency block own full cache", 4096, "ratio_to_pipe", "0.5 0.4 0.6");
    assert_verdict("shm-is-faster", VERDICT_DOES_NOT_HOLD,
                   "The pipe won at latency block own cache: 256 B, 4 KiB.");
    fixture_row(&fixture, "shm latency spin own full cache", 64, "ratio_to_pipe", "7 6 8");
    assert_verdict("shm-is-faster", VERDICT_IN_PART, "faster in 1, slower in 2");
}

static void test_speed_holds(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm latency spin own full cache", 64, "ratio_to_pipe", "7 6 8");
    fixture_row(&fixture, "shm throughput block own full cache", 64, "ratio_to_pipe", "2 1.1 3");
    assert_verdict("shm-is-faster", VERDICT_HOLDS, "from 2 to 7");
    /* One more that is not told apart. */
    fixture_row(&fixture, "shm throughput block own full cache", 128, "ratio_to_pipe", "1 0.9 3");
    assert_verdict("shm-is-faster", VERDICT_IN_PART, "not told apart in 1");
}

static void test_fastest(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm latency spin own full cache", 64, "latency_p50_ns", "9 8 10");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "no cell of shm");
    fixture_row(&fixture, "shm latency spin own full cache", 64, "ratio_to_pipe", "1 0.9 1.1");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "1 are not told apart");
    fixture_row(&fixture, "shm latency spin own full cache", 128, "ratio_to_pipe", "3 2.5 3.5");
    fixture_row(&fixture, "null latency spin own full cache", 128, "ratio_to_pipe", "30 25 35");
    assert_verdict("fastest-ipc", VERDICT_IN_PART, "Compared with pipe only");
    /* The same cell of a rival, as fast within the intervals: then nobody is the fastest. */
    fixture_row(&fixture, "vmsplice latency spin own full cache", 128, "ratio_to_pipe", "3 2 4");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "pipe, vmsplice");
    /* Other shared memory is shared memory. */
    fixture_row(&fixture, "memfd latency spin own full cache", 128, "ratio_to_pipe", "9 8 10");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "pipe, vmsplice only");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "another is faster in 0");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "Sockets, message queues");
    fixture_row(&fixture, "tcp latency spin own full cache", 128, "ratio_to_pipe", "0.3 0.2 0.4");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, " Message queues and others");
    fixture_row(&fixture, "posix_mq latency spin own full cache", 128, "ratio_to_pipe",
                "0.3 0.2 0.4");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, " Others were not measured");
    /* One that is faster can be chance, two of so few can't. */
    fixture_row(&fixture, "shm latency spin own full cache", 256, "ratio_to_pipe", "3 2.5 3.5");
    fixture_row(&fixture, "vmsplice latency spin own full cache", 256, "ratio_to_pipe", "5 4 6");
    assert_verdict("fastest-ipc", VERDICT_UNRESOLVED, "another is faster in 1");
    fixture_row(&fixture, "shm latency spin own full cache", 512, "ratio_to_pipe", "0.3 0.2 0.4");
    assert_verdict("fastest-ipc", VERDICT_DOES_NOT_HOLD,
                   "vmsplice latency spin own cache: 256 B; pipe latency spin own cache: 512 B");
}

static void assert_gap(const char *text, enum verdict verdict, const char *expected)
{
    fixture_write(&fixture, "gap.tsv", text);
    assert_verdict("faster-because-of-copies", verdict, expected);
}

static void test_cause(void **state)
{
    (void)state;
    fixture_row(&fixture, "shm latency spin own full cache", 64, "ratio_to_pipe", "2 1.5 2.5");
    assert_verdict("faster-because-of-copies", VERDICT_UNRESOLVED, "no gap.tsv");
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "80") SHARE("64", "0.7", "0.6", "0.8")
                   SHARE("4096", "0.9", "0.51", "1.2"),
               VERDICT_HOLDS, "64 B: 70 % [60, 80]; 4 KiB: 90 % [51, 120]");
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "80") SHARE("64", "0.7", "0.6", "0.8")
                   SHARE("4096", "0.3", "0.2", "0.4"),
               VERDICT_IN_PART, "more than half at 1 size(s), less at 1");
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "80") SHARE("64", "-0.1", "-0.2", "0.1")
                   SHARE("4096", "0.3", "0.2", "0.49"),
               VERDICT_DOES_NOT_HOLD, "-10 % to 30 %");
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "80") SHARE("64", "0.7", "0.4", "0.8")
                   SHARE("4096", "0.3", "0.2", "0.6"),
               VERDICT_UNRESOLVED, "not decided at 2");
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "80") SHARE("64", "0.7", "0.6", "0.8")
                   SHARE("4096", "0.3", "0.2", "0.6"),
               VERDICT_IN_PART, "not decided at 1");
    assert_gap(GAP_HEADER GAP("64", "80") SHARE("64", "0.7", "nan", "nan"), VERDICT_UNRESOLVED,
               "no interval");
    /* Where there is no gap there is nothing to explain. */
    assert_gap(GAP_HEADER GAP("64", "80") GAP("4096", "-1") SHARE("64", "0.7", "0.6", "0.8")
                   SHARE("4096", "0.3", "0.2", "0.4"),
               VERDICT_HOLDS, "At 1 more no gap");
    assert_gap(GAP_HEADER GAP("64", "-1") SHARE("64", "0.7", "0.6", "0.8"), VERDICT_UNRESOLVED,
               "no difference to explain");
}

/* Every cell loses: the list of places has to end within its bounds. */
static void test_long_lists_are_cut(void **state)
{
    (void)state;
    for (unsigned long size = 1; size <= 200; size++) {
        fixture_row(&fixture, "shm latency spin own full cache", size, "ratio_to_pipe",
                    "0.5 0.4 0.6");
        fixture_row(&fixture, "shm throughput spin own full cache", size, "ratio_to_pipe",
                    "0.5 0.4 0.6");
    }
    assert_verdict("fastest-ipc", VERDICT_DOES_NOT_HOLD, ", ....");
    assert_verdict("shm-is-faster", VERDICT_DOES_NOT_HOLD, ", ....");
    assert_true(strlen(result.finding.evidence[LANGUAGE_ENGLISH]) < EVIDENCE_TEXT_BYTES - 1);
}

/* ---- writing ---- */

static void test_what_is_written_can_be_read(void **state)
{
    (void)state;
    struct claim_result results[2];
    struct failure failure = {0};
    const struct claim_input none = {NULL, NULL};
    char partial[128];
    memset(results, 0, sizeof results);
    claim_try(claim_find("shm-is-faster"), &none, &results[0]);
    results[1].claim = claim_find("ipc-excl-fails");
    results[1].done = "done";
    finding_say(&results[1].finding, VERDICT_IN_PART, "a\ttab and\na newline");
    /* A link under the temporary name is not followed. */
    snprintf(partial, sizeof partial, "%s/claims.tsv.partial", fixture.folder);
    assert_int_equal(symlink("/dev/full", partial), 0);
    assert_int_equal(claims_write(fixture.folder, results, 2, &failure), 0);
    assert_int_equal(access(partial, F_OK), -1);
    assert_int_equal(evidence_read(fixture.folder, &evidence, &failure), 0);
    assert_int_equal(evidence.claims_count, 2);
    assert_string_equal(evidence.claims[0].id, "shm-is-faster");
    assert_string_equal(evidence.claims[0].verdict, "unresolved");
    assert_non_null(strstr(evidence.claims[0].evidence, "./run_bench.sh"));
    assert_non_null(strstr(evidence.claims[0].evidence_zh, "没有给出测量结果"));
    assert_string_equal(evidence.claims[1].verdict, "holds in part");
    assert_string_equal(evidence.claims[1].evidence, "a tab and a newline");
    assert_string_equal(evidence.claims[1].evidence_zh, "a tab and a newline");
    assert_string_equal(evidence.claims[1].done, "done");
    assert_string_equal(evidence.claims[1].claim, results[1].claim->statement);
}

static void test_a_failed_write_changes_nothing(void **state)
{
    (void)state;
    struct claim_result one = {.claim = claim_find("ipc-excl-fails"), .done = "done"};
    struct failure failure = {0};
    char path[128];
    snprintf(path, sizeof path, "%s/claims.tsv", fixture.folder);
    assert_int_equal(mkdir(path, 0700), 0);
    assert_true(claims_write(fixture.folder, &one, 1, &failure) < 0);
    assert_non_null(strstr(failure.text, "claims.tsv"));
    assert_int_equal(rmdir(path), 0);
    snprintf(path, sizeof path, "%s/claims.tsv.partial", fixture.folder);
    assert_int_equal(access(path, F_OK), -1);
    assert_int_equal(claims_write("/nonexistent", &one, 1, &failure), -ENOENT);
}

/* ---- here and now ---- */

/* TMPDIR as it was, so that a test that changes it and fails does not take others with it. */
static char *temporary_folder;

static int keep_temporary_folder(void **state)
{
    const char *folder = getenv("TMPDIR");
    temporary_folder = folder != NULL ? strdup(folder) : NULL;
    return begin(state);
}

static int restore_temporary_folder(void **state)
{
    if (temporary_folder != NULL)
        setenv("TMPDIR", temporary_folder, 1);
    else
        unsetenv("TMPDIR");
    free(temporary_folder);
    return end(state);
}

static size_t count_lines(const char *path)
{
    FILE *stream = fopen(path, "r");
    size_t lines = 0;
    if (stream == NULL)
        return 0;
    for (int letter; (letter = getc(stream)) != EOF;)
        lines += letter == '\n';
    fclose(stream);
    return lines;
}

static size_t count_entries(const char *folder)
{
    DIR *entries = opendir(folder);
    size_t count = 0;
    assert_non_null(entries);
    while (readdir(entries) != NULL)
        count++;
    closedir(entries);
    return count;
}

static void test_live_tries_decide_and_leave_nothing(void **state)
{
    (void)state;
    const struct claim_input none = {NULL, NULL};
    size_t segments = count_lines("/proc/sysvipc/shm");
    size_t descriptors = count_entries("/proc/self/fd");
    /* A folder of our own, so that what is left in it is ours. */
    setenv("TMPDIR", fixture.folder, 1);
    size_t entries = count_entries(fixture.folder);
    for (size_t index = 0; index < claims_count; index++) {
        claim_try(&claims[index], &none, &result);
        if (result.failed)
            fail_msg("%s: %s", claims[index].id, result.finding.evidence[LANGUAGE_ENGLISH]);
        bool tool_missing =
            strstr(result.finding.evidence[LANGUAGE_ENGLISH], "is not installed here") != NULL;
        if (claims[index].needs_bundle != (result.finding.verdict == VERDICT_UNRESOLVED) &&
            !tool_missing)
            fail_msg("%s is %s: %s", claims[index].id, verdict_names[result.finding.verdict],
                     result.finding.evidence[LANGUAGE_ENGLISH]);
        assert_true(strlen(result.finding.evidence[LANGUAGE_ENGLISH]) < EVIDENCE_TEXT_BYTES - 1);
        assert_int_equal(count_lines("/proc/sysvipc/shm"), segments);
        assert_int_equal(count_entries("/proc/self/fd"), descriptors);
        assert_int_equal(count_entries(fixture.folder), entries);
        /* No child is left, neither running nor dead. */
        assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
        assert_int_equal(errno, ECHILD);
    }
}

/* What Linux promises must come out whatever the machine: a try that sees nothing would not. */
static void test_live_tries_see_what_linux_promises(void **state)
{
    (void)state;
    const struct claim_input none = {NULL, NULL};
    static const struct {
        const char *id;
        enum verdict verdict;
    } promises[] = {
        {"ftok-same-key", VERDICT_HOLDS},
        {"ftok-key-unique", VERDICT_DOES_NOT_HOLD},
        {"ftok-any-path", VERDICT_IN_PART},
        {"proj-id-sets-permissions", VERDICT_DOES_NOT_HOLD},
        {"key-in-ipc-perm", VERDICT_HOLDS},
        {"return-values", VERDICT_HOLDS},
        {"no-mutual-exclusion", VERDICT_HOLDS},
        {"ipc-creat-returns-existing", VERDICT_HOLDS},
        {"ipc-excl-fails", VERDICT_HOLDS},
        {"key-and-id-differ", VERDICT_IN_PART},
        {"size-page-multiple", VERDICT_IN_PART},
        {"client-size-and-flags-zero", VERDICT_HOLDS},
        {"ipc-stat-set-rmid", VERDICT_IN_PART},
        {"removed-segment-works", VERDICT_HOLDS},
        {"reader-waits-pipe-not-shm", VERDICT_HOLDS},
        {"seen-at-once", VERDICT_HOLDS},
        {"removal-needs-zero-attach", VERDICT_HOLDS},
    };
    for (size_t index = 0; index < sizeof promises / sizeof *promises; index++) {
        claim_try(claim_find(promises[index].id), &none, &result);
        if (result.finding.verdict != promises[index].verdict)
            fail_msg("%s: %s: %s", promises[index].id, verdict_names[result.finding.verdict],
                     result.finding.evidence[LANGUAGE_ENGLISH]);
    }
}

static void test_a_try_that_fails_says_so(void **state)
{
    (void)state;
    const struct claim_input none = {NULL, NULL};
    setenv("TMPDIR", "/nowhere/at/all", 1);
    for (size_t index = 0; index < claims_count; index++) {
        claim_try(&claims[index], &none, &result);
        assert_int_equal(result.finding.verdict, VERDICT_UNRESOLVED);
        assert_int_equal(result.failed, !claims[index].needs_bundle);
        if (result.failed)
            assert_non_null(strstr(result.finding.evidence[LANGUAGE_ENGLISH], "The try failed: "));
    }
}

static void test_ids_fit_and_differ(void **state)
{
    (void)state;
    for (size_t index = 0; index < claims_count; index++) {
        const char *id = claims[index].id;
        assert_true(strlen(id) < BUNDLE_WORD_BYTES);
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz-"), strlen(id));
        assert_ptr_equal(claim_find(id), &claims[index]);
    }
    assert_null(claim_find("no-such-claim"));
}

static int start_leftover(void **state)
{
    (void)state;
    return leftover_start(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_ids_fit_and_differ),
        cmocka_unit_test(test_observations_decide),
        cmocka_unit_test(test_findings_speak_every_language),
        cmocka_unit_test(test_each_finding_is_translated),
        cmocka_unit_test(test_a_text_is_cut_between_characters),
        cmocka_unit_test(test_each_live_claim_is_turned_round),
        cmocka_unit_test_setup_teardown(test_four_against_one, begin, end),
        cmocka_unit_test_setup_teardown(test_speed, begin, end),
        cmocka_unit_test_setup_teardown(test_speed_holds, begin, end),
        cmocka_unit_test_setup_teardown(test_fastest, begin, end),
        cmocka_unit_test_setup_teardown(test_cause, begin, end),
        cmocka_unit_test_setup_teardown(test_long_lists_are_cut, begin, end),
        cmocka_unit_test_setup_teardown(test_what_is_written_can_be_read, begin, end),
        cmocka_unit_test_setup_teardown(test_a_failed_write_changes_nothing, begin, end),
        cmocka_unit_test_setup_teardown(test_live_tries_decide_and_leave_nothing,
                                        keep_temporary_folder, restore_temporary_folder),
        cmocka_unit_test(test_live_tries_see_what_linux_promises),
        cmocka_unit_test_setup_teardown(test_a_try_that_fails_says_so, keep_temporary_folder,
                                        restore_temporary_folder),
    };
    return cmocka_run_group_tests(tests, start_leftover, NULL);
}
