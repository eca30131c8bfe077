#include "claims/judges.h"
#include "text/text.h"

#include <errno.h>
#include <inttypes.h>
#include <string.h>

/* "EEXIST" as the manual pages call it, for those that shmget and shmctl have. */
static const char *name_of(int error)
{
    switch (error) {
    case 0:
        return TEXT("success");
    case EACCES:
        return "EACCES";
    case EEXIST:
        return "EEXIST";
    case EIDRM:
        return "EIDRM";
    case EINVAL:
        return "EINVAL";
    case ENOENT:
        return "ENOENT";
    case ENOMEM:
        return "ENOMEM";
    case ENOSPC:
        return "ENOSPC";
    case EPERM:
        return "EPERM";
    default:
        return strerror(error);
    }
}

void judge_existing(const union observation *observation, struct finding *finding)
{
    const struct existing_observation *seen = &observation->existing;
    bool same = seen->again_id == seen->made_id;
    enum verdict verdict = !same             ? VERDICT_DOES_NOT_HOLD
                           : seen->data_kept ? VERDICT_HOLDS
                                             : VERDICT_IN_PART;
    finding_say(finding, verdict, "With no segment IPC_CREAT made one, id %d; ", seen->made_id);
    if (seen->again_id < 0)
        finding_add(finding, "a second call failed with %s.", name_of(seen->again_error));
    else {
        finding_add(finding, "a second call returned id %d, and what was in the segment was ",
                    seen->again_id);
        finding_add_word(finding, seen->data_kept ? TEXT("still there") : TEXT("gone"));
        finding_add(finding, ".");
    }
    if (seen->larger_error != 0)
        finding_add(finding, " Asked for more bytes than it has, shmget failed with %s.",
                    name_of(seen->larger_error));
}

void judge_exclusive(const union observation *observation, struct finding *finding)
{
    int error = observation->exclusive.error;
    finding_say(finding,
                error == EEXIST ? VERDICT_HOLDS
                : error != 0    ? VERDICT_IN_PART
                                : VERDICT_DOES_NOT_HOLD,
                "shmget with IPC_CREAT|IPC_EXCL on the key of a segment: ");
    finding_add_word(finding, name_of(error));
    finding_add(finding, ".");
}

void judge_key_and_id(const union observation *observation, struct finding *finding)
{
    const struct key_and_id_observation *seen = &observation->key_and_id;
    bool roles_differ = seen->key != (uint32_t)seen->id && seen->id != seen->id_remade;
    enum verdict verdict = !roles_differ         ? VERDICT_DOES_NOT_HOLD
                           : seen->bare_id_works ? VERDICT_IN_PART
                                                 : VERDICT_HOLDS;
    finding_say(finding, verdict,
                "Under key 0x%08x the segment had id %d and, removed and made anew, id %d.",
                seen->key, seen->id, seen->id_remade);
    if (seen->bare_id_works)
        finding_add(finding,
                    " Another process attached by the number %d alone, without key or "
                    "shmget: an id is known system-wide, a descriptor in one process.",
                    seen->id);
    else
        finding_add(finding, " Another process could not attach by the bare id.");
}

void judge_recorded_key(const union observation *observation, struct finding *finding)
{
    const struct recorded_key_observation *seen = &observation->recorded_key;
    finding_say(finding, seen->key == seen->recorded ? VERDICT_HOLDS : VERDICT_DOES_NOT_HOLD,
                "ftok gave 0x%08x, and IPC_STAT of the segment made with it tells 0x%08x.",
                seen->key, seen->recorded);
}

void judge_return_values(const union observation *observation, struct finding *finding)
{
    const struct return_values_observation *seen = &observation->return_values;
    bool as_said = seen->front && seen->attach_failed == -1 && seen->detach == 0 &&
                   seen->detach_again == -1 && seen->control == 0 && seen->control_failed == -1 &&
                   seen->get_failed == -1;
    finding_say(finding, as_said ? VERDICT_HOLDS : VERDICT_DOES_NOT_HOLD,
                "The address that shmat returned ");
    finding_add_word(finding, seen->front ? TEXT("is that of") : TEXT("is not that of"));
    finding_add(finding,
                " the segment's first byte. shmat without a segment: %ld; shmdt: %d, and again: "
                "%d; shmctl: %d, without a segment: %d; shmget of a key without a segment: %d.",
                seen->attach_failed, seen->detach, seen->detach_again, seen->control,
                seen->control_failed, seen->get_failed);
}

static const char *usable(bool can)
{
    return can ? TEXT("can be used") : TEXT("can not be used");
}

void judge_size(const union observation *observation, struct finding *finding)
{
    const struct size_observation *seen = &observation->size;
    bool whole_pages = seen->last_asked_usable && seen->rest_of_page_usable;
    enum verdict verdict = VERDICT_IN_PART;
    if (!whole_pages)
        verdict = VERDICT_DOES_NOT_HOLD;
    else if (seen->next_page_usable)
        verdict = VERDICT_UNRESOLVED;
    else if (seen->recorded_bytes == 2 * seen->page_bytes)
        verdict = VERDICT_HOLDS;
    finding_say(finding, verdict,
                "Asked for %" PRIu64 " bytes (a page has %" PRIu64 "): IPC_STAT records %" PRIu64
                "; byte %" PRIu64 ", the last of the second page, ",
                seen->asked_bytes, seen->page_bytes, seen->recorded_bytes,
                2 * seen->page_bytes - 1);
    finding_add_word(finding, usable(whole_pages));
    finding_add(finding, "; the byte after it ");
    finding_add_word(finding, usable(seen->next_page_usable));
    finding_add(finding, ".");
    if (verdict == VERDICT_IN_PART)
        finding_add(finding, " Memory is given in whole pages; the recorded size is not rounded.");
}

/* What shmget returned in the other process: an id, or a negative errno. */
static void add_outcome(struct finding *finding, const char *call, int outcome)
{
    finding_add_word(finding, call);
    if (outcome >= 0)
        finding_add(finding, " found id %d.", outcome);
    else
        finding_add(finding, " failed with %s.", name_of(-outcome));
}

void judge_client(const union observation *observation, struct finding *finding)
{
    const struct client_observation *seen = &observation->client;
    bool same_size = seen->same_size_id == seen->made_id;
    bool no_size = seen->zero_size_id == seen->made_id && seen->data_seen;
    finding_say(finding,
                same_size && no_size ? VERDICT_HOLDS
                : same_size          ? VERDICT_IN_PART
                                     : VERDICT_DOES_NOT_HOLD,
                "The server made id %d with %" PRIu64 " bytes. In another process:", seen->made_id,
                seen->bytes);
    add_outcome(finding, TEXT(" shmget(key, size, 0)"), seen->same_size_id);
    add_outcome(finding, TEXT(" shmget(key, 0, 0)"), seen->zero_size_id);
    finding_add(finding, seen->data_seen
                             ? TEXT(" Through the latter the server's byte was read.")
                             : TEXT(" Through the latter the server's byte was not read."));
    add_outcome(finding, TEXT(" A size above the segment's"), seen->larger_size_id);
}

void judge_control(const union observation *observation, struct finding *finding)
{
    const struct control_observation *seen = &observation->control;
    bool tells = seen->stat_bytes == seen->asked_bytes && seen->stat_maker == seen->maker;
    bool sets_mode = seen->set_error == 0 && seen->stat_mode_after == seen->set_mode;
    bool sets_size = seen->stat_bytes_after == seen->set_bytes;
    bool removes = seen->remove_error == 0 && seen->stat_error_after_remove != 0;
    enum verdict verdict = !tells || !sets_mode || !removes ? VERDICT_DOES_NOT_HOLD
                           : sets_size                      ? VERDICT_HOLDS
                                                            : VERDICT_IN_PART;
    finding_say(finding, verdict,
                "IPC_STAT told %" PRIu64 " bytes (asked: %" PRIu64 "), mode %04o and ",
                seen->stat_bytes, seen->asked_bytes, seen->stat_mode);
    finding_add_word(finding, seen->stat_maker == seen->maker ? TEXT("the right maker. ")
                                                              : TEXT("a wrong maker. "));
    finding_add(finding, "IPC_SET of mode %04o and %" PRIu64 " bytes: ", seen->set_mode,
                seen->set_bytes);
    finding_add_word(finding, name_of(seen->set_error));
    finding_add(finding, "; then the mode was %04o and the size %" PRIu64 ". IPC_RMID: ",
                seen->stat_mode_after, seen->stat_bytes_after);
    finding_add_word(finding, name_of(seen->remove_error));
    finding_add(finding, "; IPC_STAT after it: ");
    finding_add_word(finding, name_of(seen->stat_error_after_remove));
    finding_add(finding, ".");
    if (verdict == VERDICT_IN_PART)
        finding_add(finding, " IPC_SET takes over owner and permissions only.");
}
