#include "claims/judges.h"
#include "text/text.h"

#include <errno.h>

void judge_same_key(const union observation *observation, struct finding *finding)
{
    const struct same_key_observation *seen = &observation->same_key;
    if (seen->key == seen->key_again && seen->key == seen->key_elsewhere)
        finding_say(finding, VERDICT_HOLDS,
                    "ftok gave 0x%08x twice in one process and once in another.", seen->key);
    else
        finding_say(finding, VERDICT_DOES_NOT_HOLD,
                    "ftok gave 0x%08x, then 0x%08x, and 0x%08x in another process.", seen->key,
                    seen->key_again, seen->key_elsewhere);
}

void judge_recreated_key(const union observation *observation, struct finding *finding)
{
    const struct recreated_key_observation *seen = &observation->recreated_key;
    bool other_beside = seen->kept_before != seen->kept_after;
    bool other_after = seen->deleted_before != seen->deleted_after;
    enum verdict verdict = other_beside && other_after   ? VERDICT_HOLDS
                           : other_beside || other_after ? VERDICT_IN_PART
                                                         : VERDICT_DOES_NOT_HOLD;
    finding_say(
        finding, verdict,
        "Beside the old file, kept under another name, the key went from 0x%08x to 0x%08x: ",
        seen->kept_before, seen->kept_after);
    finding_add_word(finding, other_beside ? TEXT("another") : TEXT("the same"));
    finding_add(finding, ". After the file was deleted it went from 0x%08x to 0x%08x: ",
                seen->deleted_before, seen->deleted_after);
    finding_add_word(finding, other_after ? TEXT("another") : TEXT("the same"));
    finding_add(finding, ".");
    if (seen->inode_reused)
        finding_add(finding, " The file system gave the new file the inode number of the deleted "
                             "one, and ftok looks at nothing else of it.");
}

void judge_unique_key(const union observation *observation, struct finding *finding)
{
    const struct unique_key_observation *seen = &observation->unique_key;
    bool ids_collide = seen->key == seen->key_of_other_id;
    bool links_collide = seen->linked && seen->key == seen->key_of_link;
    finding_say(finding, ids_collide || links_collide ? VERDICT_DOES_NOT_HOLD : VERDICT_UNRESOLVED,
                "Ids %d and %d of one file gave 0x%08x and 0x%08x", seen->ftok_id,
                seen->ftok_id + 256, seen->key, seen->key_of_other_id);
    if (ids_collide && seen->found_id == seen->made_id)
        finding_add(finding, ", and the second key found the segment made under the first");
    finding_add(finding, ".");
    if (seen->linked)
        finding_add(finding, " A second path of that file with id %d gave 0x%08x.", seen->ftok_id,
                    seen->key_of_link);
    if (ids_collide || links_collide)
        finding_add(finding, " A key has 32 bits: 8 of the id, 8 of the device, 16 of the inode.");
    else
        finding_add(finding, " None of these collide, which does not prove that none do.");
}

static const char *outcome(int error)
{
    return error == 0 ? TEXT("a key") : TEXT("failed");
}

void judge_any_path(const union observation *observation, struct finding *finding)
{
    const struct any_path_observation *seen = &observation->any_path;
    bool takes_ours = seen->file_error == 0 && seen->folder_error == 0 && seen->relative_error == 0;
    enum verdict verdict = !takes_ours                ? VERDICT_DOES_NOT_HOLD
                           : seen->missing_error == 0 ? VERDICT_HOLDS
                                                      : VERDICT_IN_PART;
    finding_say(finding, verdict, "ftok of a file: ");
    finding_add_word(finding, outcome(seen->file_error));
    finding_add(finding, "; of a folder: ");
    finding_add_word(finding, outcome(seen->folder_error));
    finding_add(finding, "; of a relative path: ");
    finding_add_word(finding, outcome(seen->relative_error));
    finding_add(finding, "; of a path at which there is nothing: ");
    if (seen->missing_error == ENOENT)
        finding_add_word(finding, "failed with ENOENT");
    else
        finding_add_word(finding, outcome(seen->missing_error));
    finding_add(finding, ".");
}

void judge_permissions(const union observation *observation, struct finding *finding)
{
    const struct permissions_observation *seen = &observation->permissions;
    bool follows_mode = true;
    bool id_matters = false;
    bool mode_matters = false;
    bool ids_differ = false;
    bool modes_differ = false;
    for (size_t index = 0; index < seen->count; index++) {
        follows_mode = follows_mode && seen->made[index].seen == seen->made[index].asked;
        for (size_t other = 0; other < index; other++) {
            bool same_mode = seen->made[index].asked == seen->made[other].asked;
            bool same_id = seen->made[index].ftok_id == seen->made[other].ftok_id;
            modes_differ = modes_differ || !same_mode;
            ids_differ = ids_differ || !same_id;
            bool same_seen = seen->made[index].seen == seen->made[other].seen;
            id_matters = id_matters || (same_mode && !same_id && !same_seen);
            mode_matters = mode_matters || (same_id && !same_mode && !same_seen);
        }
    }
    enum verdict verdict = VERDICT_UNRESOLVED;
    if (ids_differ && modes_differ && follows_mode)
        verdict = VERDICT_DOES_NOT_HOLD;
    else if (ids_differ && modes_differ && id_matters)
        verdict = mode_matters ? VERDICT_IN_PART : VERDICT_HOLDS;
    finding_say(finding, verdict, "Mode asked of shmget and seen by IPC_STAT:");
    for (size_t index = 0; index < seen->count; index++) {
        finding_add(finding, " id %d: %04o, %04o", seen->made[index].ftok_id,
                    seen->made[index].asked, seen->made[index].seen);
        if (index + 1 < seen->count)
            finding_add(finding, ";");
    }
    finding_add(finding, verdict == VERDICT_DOES_NOT_HOLD
                             ? TEXT(". The id changed nothing; the mode bits of shmget decide.")
                             : TEXT("."));
}
