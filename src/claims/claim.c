#include "claims/claim.h"

#include "base/plain_text.h"
#include "claims/judges.h"
#include "claims/tries.h"
#include "text/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

const char *const verdict_names[] = {TEXT("holds"), TEXT("holds in part"), TEXT("does not hold"),
                                     TEXT("unresolved"), NULL};

/* Takes the character away that a full text was cut in. */
static void drop_cut_character(char *text)
{
    size_t length = strlen(text);
    size_t begin = length;
    uint32_t character;
    while (begin > 0 && ((unsigned char)text[begin - 1] & 0xc0) == 0x80)
        begin--;
    if (begin > 0 && (unsigned char)text[begin - 1] >= 0xc0)
        begin--;
    if (begin < length && plain_text_decode(text + begin, &character) != length - begin)
        text[begin] = '\0';
}

__attribute__((format(printf, 2, 0))) static void append(struct finding *finding,
                                                         const char *format, va_list arguments)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char *text = finding->evidence[language];
        size_t used = strlen(text);
        va_list once;
        va_copy(once, arguments);
        int wanted = vsnprintf(text + used, EVIDENCE_TEXT_BYTES - used,
                               text_in((enum language)language, format), once);
        va_end(once);
        if (wanted >= (int)(EVIDENCE_TEXT_BYTES - used))
            drop_cut_character(text + used);
    }
}

void finding_say(struct finding *finding, enum verdict verdict, const char *format, ...)
{
    va_list arguments;
    finding->verdict = verdict;
    for (int language = 0; language < LANGUAGE_COUNT; language++)
        finding->evidence[language][0] = '\0';
    va_start(arguments, format);
    append(finding, format, arguments);
    va_end(arguments);
}

void finding_add(struct finding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    append(finding, format, arguments);
    va_end(arguments);
}

void finding_add_word(struct finding *finding, const char *english)
{
    for (int language = 0; language < LANGUAGE_COUNT; language++) {
        char *text = finding->evidence[language];
        size_t used = strlen(text);
        const char *word = text_in((enum language)language, english);
        if (snprintf(text + used, EVIDENCE_TEXT_BYTES - used, "%s", word) >=
            (int)(EVIDENCE_TEXT_BYTES - used))
            drop_cut_character(text + used);
    }
}

#define FROM_BUNDLE true
#define LIVE        false

const struct claim claims[] = {
    {"four-against-one", TEXT("A pipe moves every byte with four copies, shared memory with one."),
     TEXT("Read the copies per byte that the witnesses counted: as the article counts, between "
          "equal ends, and for the transfer alone."),
     FROM_BUNDLE, try_four_against_one, judge_four_against_one},
    {"shm-is-faster", TEXT("Shared memory is much faster than a pipe."),
     TEXT("Read the ratios of shm to the pipe, latency and throughput, at every size, way of "
          "waiting and copies mode of the run, with their 95 % intervals."),
     FROM_BUNDLE, try_speed, judge_speed},
    {"faster-because-of-copies", TEXT("It is faster because it makes fewer copies."),
     TEXT("Read the share of the gap between pipe and shared memory that the copies explain, at "
          "each size at which there is a gap, and set its 95 % interval against a half."),
     FROM_BUNDLE, try_cause, judge_cause},
    {"fastest-ipc", TEXT("Shared memory is the fastest way of communication between processes."),
     TEXT("Set shm against every other mechanism of the run, cell by cell, by the 95 % intervals "
          "of their ratios to the pipe."),
     FROM_BUNDLE, try_fastest, judge_fastest},
    {"ftok-same-key", TEXT("The same path and id give the same key."),
     TEXT("Called ftok on a private file twice, and once in another process."), LIVE, try_same_key,
     judge_same_key},
    {"ftok-recreated-file", TEXT("A file that was deleted and made anew gives another key."),
     TEXT("Made a file anew under its path, once while the old one was kept under another name, "
          "and once after it was deleted, and compared the keys."),
     LIVE, try_recreated_key, judge_recreated_key},
    {"ftok-key-unique", TEXT("ftok generates a unique number for the memory you ask for."),
     TEXT("Looked for collisions: ids that differ by 256 on one file, and two paths of one file."),
     LIVE, try_unique_key, judge_unique_key},
    {"ftok-any-path", TEXT("The path for ftok can be a directory or a file, set as you like."),
     TEXT("Called ftok on a file, on a folder, on a relative path, and on a path at which there is "
          "nothing."),
     LIVE, try_any_path, judge_any_path},
    {"proj-id-sets-permissions", TEXT("The proj_id of ftok sets the permissions."),
     TEXT("Made segments with several ids and two modes, and read their permissions by IPC_STAT."),
     LIVE, try_permissions, judge_permissions},
    {"key-in-ipc-perm", TEXT("The key of ftok is the key in the segment's ipc_perm."),
     TEXT("Made a segment under a key of ftok and read its ipc_perm by IPC_STAT."), LIVE,
     try_recorded_key, judge_recorded_key},
    {"ipc-creat-returns-existing",
     TEXT("IPC_CREAT makes a segment where there is none, and returns the one that exists."),
     TEXT("Called shmget with IPC_CREAT on a free key, wrote a byte, called it again."), LIVE,
     try_existing, judge_existing},
    {"ipc-excl-fails", TEXT("IPC_CREAT|IPC_EXCL fails where there is a segment."),
     TEXT("Made a segment and asked for its key again with both flags."), LIVE, try_exclusive,
     judge_exclusive},
    {"key-and-id-differ",
     TEXT("The key identifies a segment to the kernel; the id that shmget returns is for the "
          "program, like a file descriptor."),
     TEXT("Made a segment, removed it and made it anew under the same key; attached in another "
          "process by the bare id."),
     LIVE, try_key_and_id, judge_key_and_id},
    {"size-page-multiple",
     TEXT("The size is best a multiple of the page, because it is rounded up to whole pages."),
     TEXT("Asked for one byte more than a page, read the recorded size, and tried bytes to the end "
          "of the second page and behind it."),
     LIVE, try_size, judge_size},
    {"segment-outlives-process",
     TEXT("A segment lives as long as the kernel, a pipe as long as its processes."),
     TEXT("Let a process make a segment, write into it and into a FIFO, and end; looked for both."),
     LIVE, try_outlives, judge_outlives},
    {"ipcs-lists-ipcrm-removes", TEXT("ipcs -m lists segments, ipcrm removes them."),
     TEXT("Made a segment, looked for it in the output of ipcs -m and in /proc/sysvipc/shm, and "
          "ran ipcrm -m on it."),
     LIVE, try_ipcs, judge_ipcs},
    {"nattch-counts", TEXT("The count of attached processes follows shmat and shmdt: 0 1 2 1 0."),
     TEXT("Read shm_nattch as two processes attached and detached one after the other."), LIVE,
     try_attach_count, judge_attach_count},
    {"client-size-and-flags-zero", TEXT("The client finds the server's segment with flags 0."),
     TEXT("Asked in a second process with the key, flags 0 and the same size, size 0 and a larger "
          "one, attached, and read what the first had written."),
     LIVE, try_client, judge_client},
    {"return-values",
     TEXT("shmat returns the start of the segment, shmdt and shmctl 0; all and shmget return -1 "
          "when they fail."),
     TEXT("Called each on a segment of our own, and where there is none."), LIVE, try_return_values,
     judge_return_values},
    {"ipc-stat-set-rmid",
     TEXT("IPC_STAT reads the values of a segment, IPC_SET sets them to those given, IPC_RMID "
          "removes it."),
     TEXT("Read the values, set another mode and another size, read them again, removed the "
          "segment, asked again."),
     LIVE, try_control, judge_control},
    {"removed-segment-works", TEXT("A removed segment works on for those who are attached to it."),
     TEXT("Attached in two processes, removed the segment, wrote both ways, detached both."), LIVE,
     try_removed, judge_removed},
    {"reader-waits-pipe-not-shm",
     TEXT("A fast reader of a slow writer waits with a pipe, and does not with shared memory, "
          "which has no synchronisation."),
     TEXT("Let a second process read from an empty pipe and from a segment before anything was "
          "written."),
     LIVE, try_reader_waits, judge_reader_waits},
    {"no-mutual-exclusion", TEXT("Shared memory keeps nobody out while another is at work in it."),
     TEXT("Read a number, let a second process add one to it, wrote back what was read plus one."),
     LIVE, try_exclusion, judge_exclusion},
    {"seen-at-once",
     TEXT("What one process writes the other sees at once, without a buffer in between."),
     TEXT("Wrote 256 numbers, each of which a second process looked for; changed a byte after it "
          "was handed over, in a segment and in a pipe."),
     LIVE, try_seen_at_once, judge_seen_at_once},
    {"removal-needs-zero-attach",
     TEXT("A segment is really removed only when nobody is attached any more."),
     TEXT("Removed a segment with two processes attached and asked IPC_STAT with 2, 1 and 0 of "
          "them."),
     LIVE, try_removed, judge_removal_waits},
};
const size_t claims_count = sizeof claims / sizeof *claims;

const struct claim *claim_find(const char *id)
{
    for (size_t index = 0; index < claims_count; index++) {
        if (strcmp(claims[index].id, id) == 0)
            return &claims[index];
    }
    return NULL;
}

void claim_try(const struct claim *claim, const struct claim_input *input,
               struct claim_result *result)
{
    union observation observation;
    struct failure failure = {0};
    memset(&observation, 0, sizeof observation);
    memset(result, 0, sizeof *result);
    result->claim = claim;
    result->done = claim->done;
    if (claim->needs_bundle && input->bundle == NULL) {
        result->done = TEXT("Nothing: this claim needs measurements.");
        finding_say(&result->finding, VERDICT_UNRESOLVED,
                    "No measurements were given. Get them by ./run_bench.sh, then run "
                    "build/bin/claims results/latest.");
        return;
    }
    if (claim->attempt(input, &observation, &failure) < 0) {
        result->failed = true;
        finding_say(&result->finding, VERDICT_UNRESOLVED, "The try failed: %s", failure.text);
        return;
    }
    claim->judge(&observation, &result->finding);
}
