/* Tries of ftok: same path, same key? a file made anew? is the key unique? what does its id do? */
#include "base/leftover.h"
#include "claims/scene.h"
#include "claims/tries.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

int try_same_key(const struct claim_input *input, union observation *observation,
                 struct failure *failure)
{
    (void)input;
    struct same_key_observation *seen = &observation->same_key;
    struct scene scene;
    int64_t elsewhere = 0;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_key(&scene, 1, &seen->key, failure);
    if (result == 0)
        result = scene_key(&scene, 1, &seen->key_again, failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_GET_KEY, 1, &elsewhere, failure);
    seen->key_elsewhere = (uint32_t)elsewhere;
    scene_end(&scene);
    return result;
}

static int make_file_anew(const char *path, struct failure *failure)
{
    int descriptor = open(path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure_set(failure, -errno, "making %.100s anew", path);
    close(descriptor);
    return 0;
}

static int recreate_beside(const struct scene *scene, struct recreated_key_observation *seen,
                           struct failure *failure)
{
    char kept[300];
    snprintf(kept, sizeof kept, "%s.old", scene->path);
    int handle = leftover_note_file(kept);
    if (handle < 0)
        return failure_set(failure, handle, "noting a file for clean-up");
    int result = scene_key(scene, 1, &seen->kept_before, failure);
    if (result == 0 && rename(scene->path, kept) < 0)
        result = failure_set(failure, -errno, "renaming %.100s", scene->path);
    if (result == 0)
        result = make_file_anew(scene->path, failure);
    if (result == 0)
        result = scene_key(scene, 1, &seen->kept_after, failure);
    leftover_remove(handle);
    return result;
}

static int recreate_after_deletion(const struct scene *scene,
                                   struct recreated_key_observation *seen, struct failure *failure)
{
    struct stat before;
    struct stat after;
    int result = scene_key(scene, 1, &seen->deleted_before, failure);
    if (result < 0)
        return result;
    if (stat(scene->path, &before) < 0 || unlink(scene->path) < 0)
        return failure_set(failure, -errno, "deleting %.100s", scene->path);
    result = make_file_anew(scene->path, failure);
    if (result == 0 && stat(scene->path, &after) < 0)
        result = failure_set(failure, -errno, "looking at %.100s", scene->path);
    if (result < 0)
        return result;
    seen->inode_reused = before.st_ino == after.st_ino;
    return scene_key(scene, 1, &seen->deleted_after, failure);
}

int try_recreated_key(const struct claim_input *input, union observation *observation,
                      struct failure *failure)
{
    (void)input;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    /* The deletion first: the other part leaves a free inode number behind that would be taken. */
    if (result == 0)
        result = recreate_after_deletion(&scene, &observation->recreated_key, failure);
    if (result == 0)
        result = recreate_beside(&scene, &observation->recreated_key, failure);
    scene_end(&scene);
    return result;
}

/* A second name of the same file. Some file systems have none: then it is not tried. */
static int try_link(const struct scene *scene, struct unique_key_observation *seen,
                    struct failure *failure)
{
    char path[300];
    snprintf(path, sizeof path, "%s.link", scene->path);
    int handle = leftover_note_file(path);
    if (handle < 0)
        return failure_set(failure, handle, "noting a file for clean-up");
    seen->linked = link(scene->path, path) == 0;
    if (seen->linked) {
        key_t key = ftok(path, seen->ftok_id);
        seen->linked = key != (key_t)-1;
        seen->key_of_link = (uint32_t)key;
    }
    leftover_remove(handle);
    return 0;
}

int try_unique_key(const struct claim_input *input, union observation *observation,
                   struct failure *failure)
{
    (void)input;
    struct unique_key_observation *seen = &observation->unique_key;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0) {
        seen->ftok_id = scene.board->ftok_id;
        seen->key = (uint32_t)scene.board->key;
        seen->made_id = scene.board->segment_id;
        result = scene_key(&scene, seen->ftok_id + 256, &seen->key_of_other_id, failure);
    }
    if (result == 0) {
        seen->found_id = shmget((key_t)seen->key_of_other_id, 0, 0);
        result = try_link(&scene, seen, failure);
    }
    scene_end(&scene);
    return result;
}

static int error_of_ftok(const char *path)
{
    return ftok(path, 1) == (key_t)-1 ? errno : 0;
}

int try_any_path(const struct claim_input *input, union observation *observation,
                 struct failure *failure)
{
    (void)input;
    struct any_path_observation *seen = &observation->any_path;
    struct scene scene;
    char missing[300];
    int result = scene_begin(&scene, failure);
    if (result == 0) {
        snprintf(missing, sizeof missing, "%s.missing", scene.path);
        seen->file_error = error_of_ftok(scene.path);
        seen->folder_error = error_of_ftok(scene.folder);
        seen->relative_error = error_of_ftok(".");
        seen->missing_error = error_of_ftok(missing);
    }
    scene_end(&scene);
    return result;
}

/* Makes a segment, notes its mode and removes it again. */
static int note_mode(struct scene *scene, int ftok_id, unsigned mode,
                     struct permissions_observation *seen, struct failure *failure)
{
    struct shmid_ds status = {0};
    int result = scene_make_segment(scene, ftok_id, SCENE_BYTES, mode, failure);
    if (result < 0)
        return result;
    if (shmctl(scene->board->segment_id, IPC_STAT, &status) < 0)
        return failure_set(failure, -errno, "IPC_STAT of our segment");
    seen->made[seen->count].ftok_id = scene->board->ftok_id;
    seen->made[seen->count].asked = mode;
    seen->made[seen->count++].seen = status.shm_perm.mode & 0777;
    scene_remove_segment(scene);
    return 0;
}

/* Each of three ids with two modes, which both keep others out. */
int try_permissions(const struct claim_input *input, union observation *observation,
                    struct failure *failure)
{
    (void)input;
    static const int ftok_ids[] = {1, 88, 200};
    static const unsigned modes[] = {0600, 0400};
    _Static_assert(sizeof ftok_ids / sizeof *ftok_ids * 2 == OBSERVATION_MODES, "room for each");
    struct scene scene;
    int result = scene_begin(&scene, failure);
    for (size_t index = 0; index < OBSERVATION_MODES && result == 0; index++)
        result = note_mode(&scene, ftok_ids[index / 2], modes[index % 2], &observation->permissions,
                           failure);
    scene_end(&scene);
    return result;
}
