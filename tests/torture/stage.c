#include "stage.h"

#include "base/random.h"
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

#define MEMORY_FOLDER "/dev/shm"

/* ---- kernel objects ---- */

static bool is_known(const struct stage_ids *known, int id)
{
    for (size_t index = 0; index < known->count; index++) {
        if (known->ids[index] == id)
            return true;
    }
    return false;
}

static void note_id(struct stage_ids *ids, const struct stage_ids *known, int id)
{
    if (ids->count < STAGE_KNOWN_MOST && !is_known(known, id))
        ids->ids[ids->count++] = id;
}

void stage_list_ipc(const struct stage *stage, struct stage_objects *objects)
{
    struct msqid_ds queue;
    struct msginfo msg_information;
    struct shmid_ds segment = {0}; /* filled through pointers that analysers lose */
    struct semid_ds set = {0};
    union {
        struct semid_ds *status;
    } argument = {.status = &set};
    struct shm_info shm_information;
    struct seminfo sem_information;
    union {
        struct seminfo *information;
    } sem_argument = {.information = &sem_information};
    objects->segments.count = objects->sets.count = objects->queues.count = 0;
    int highest = shmctl(0, SHM_INFO, (struct shmid_ds *)(void *)&shm_information);
    for (int index = 0; index <= highest; index++) {
        int id = shmctl(index, SHM_STAT, &segment);
        if (id >= 0 && segment.shm_perm.cuid == geteuid())
            note_id(&objects->segments, &stage->before.segments, id);
    }
    highest = semctl(0, 0, SEM_INFO, sem_argument);
    for (int index = 0; index <= highest; index++) {
        int id = semctl(index, 0, SEM_STAT, argument);
        if (id >= 0 && set.sem_perm.cuid == geteuid())
            note_id(&objects->sets, &stage->before.sets, id);
    }
    highest = msgctl(0, MSG_INFO, (struct msqid_ds *)(void *)&msg_information);
    for (int index = 0; index <= highest; index++) {
        int id = msgctl(index, MSG_STAT, &queue);
        if (id >= 0 && queue.msg_perm.cuid == geteuid())
            note_id(&objects->queues, &stage->before.queues, id);
    }
}

size_t stage_count_names(const struct stage *stage)
{
    struct files_count memory = {0};
    struct files_count queues = {0};
    if (stage->sees_memory)
        files_count_tree(MEMORY_FOLDER, &memory);
    if (stage->sees_queues)
        files_count_tree(stage->queues, &queues);
    return memory.files + queues.files;
}

static void remove_names(const char *folder)
{
    char path[STAGE_PATH_BYTES + NAME_MAX + 2];
    DIR *stream = opendir(folder);
    const struct dirent *entry;
    while (stream != NULL && (entry = readdir(stream)) != NULL) {
        if (entry->d_name[0] == '.')
            continue;
        snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        unlink(path);
    }
    if (stream != NULL)
        closedir(stream);
}

void stage_remove_ipc(const struct stage *stage)
{
    struct stage_objects objects;
    stage_list_ipc(stage, &objects);
    for (size_t index = 0; index < objects.segments.count; index++)
        shmctl(objects.segments.ids[index], IPC_RMID, NULL);
    for (size_t index = 0; index < objects.sets.count; index++)
        semctl(objects.sets.ids[index], 0, IPC_RMID);
    for (size_t index = 0; index < objects.queues.count; index++)
        msgctl(objects.queues.ids[index], IPC_RMID, NULL);
    if (stage->sees_memory)
        remove_names(MEMORY_FOLDER);
    if (stage->sees_queues)
        remove_names(stage->queues);
}

static void isolate(struct stage *stage)
{
    stage->isolated = unshare(CLONE_NEWIPC) == 0;
    if (stage->isolated && unshare(CLONE_NEWNS) == 0 &&
        mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0) {
        stage->sees_memory = mount("tmpfs", MEMORY_FOLDER, "tmpfs", 0, "mode=1777") == 0;
        stage->sees_queues = mount("mqueue", stage->queues, "mqueue", 0, NULL) == 0;
    }
    struct stage_objects objects;
    stage_list_ipc(stage, &objects);
    stage->before = objects;
}

/* ---- folders ---- */

static int make_below(const struct stage *stage, const char *name, char path[STAGE_PATH_BYTES])
{
    int length = snprintf(path, STAGE_PATH_BYTES, "%s/%s", stage->folder, name);
    if (length < 0 || length >= STAGE_PATH_BYTES)
        return -ENAMETOOLONG;
    return mkdir(path, 0700) == 0 ? 0 : -errno;
}

/* The front door as if it were installed: it then builds nothing, so that no run is killed in the
 * middle of a build that the next one needs. */
static int install_script(struct stage *stage, const char *root)
{
    char home[STAGE_PATH_BYTES];
    char from[STAGE_PATH_BYTES * 2];
    char to[STAGE_PATH_BYTES * 2];
    int result = make_below(stage, "home", home);
    if (result < 0)
        return result;
    snprintf(from, sizeof from, "%s/scripts", root);
    snprintf(to, sizeof to, "%s/scripts", home);
    if (symlink(from, to) != 0)
        return -errno;
    snprintf(from, sizeof from, "%s/run_bench.sh", root);
    int length = snprintf(stage->script, sizeof stage->script, "%s/run_bench.sh", home);
    return (size_t)length < sizeof stage->script ? files_copy(from, stage->script, 0755)
                                                 : -ENAMETOOLONG;
}

static int make_payload(struct stage *stage)
{
    struct random random = random_seeded(1);
    stage->payload_bytes = malloc(STAGE_PAYLOAD_BYTES);
    if (stage->payload_bytes == NULL)
        return -ENOMEM;
    for (size_t at = 0; at < STAGE_PAYLOAD_BYTES; at += sizeof(uint64_t)) {
        uint64_t word = random_next(&random);
        memcpy(stage->payload_bytes + at, &word, sizeof word);
    }
    snprintf(stage->payload, sizeof stage->payload, "%.480s/payload", stage->folder);
    return files_write(stage->payload, stage->payload_bytes, STAGE_PAYLOAD_BYTES);
}

int stage_open(struct stage *stage, const char *root, const char *build, struct failure *failure)
{
    *stage = (struct stage){0};
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || *parent == '\0')
        parent = "/tmp";
    int length = snprintf(stage->folder, sizeof stage->folder, "%s/torture-XXXXXX", parent);
    if (length < 0 || length > STAGE_PATH_BYTES - 64)
        return failure_say(failure, -ENAMETOOLONG, "TMPDIR: the path is too long");
    if (mkdtemp(stage->folder) == NULL)
        return failure_set(failure, -errno, "making a folder in %.100s (set TMPDIR)", parent);
    int result = make_below(stage, "tmp", stage->temporary);
    if (result == 0)
        result = make_below(stage, "runtime", stage->runtime);
    if (result == 0)
        result = make_below(stage, "work", stage->work);
    if (result == 0)
        result = make_below(stage, "results", stage->results);
    if (result == 0)
        result = make_below(stage, "queues", stage->queues);
    if (result == 0)
        result = install_script(stage, root);
    if (result == 0)
        result = make_payload(stage);
    if (result < 0) {
        stage_close(stage);
        return failure_set(failure, result, "furnishing %.100s", stage->folder);
    }
    isolate(stage);
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    setenv("TMPDIR", stage->temporary, 1);
    setenv("XDG_RUNTIME_DIR", stage->runtime, 1);
    setenv("BUILD", build, 1);
    setenv("LC_ALL", "C", 1);
    return 0;
}

int stage_sweep(const struct stage *stage, struct failure *failure)
{
    const char *const folders[] = {stage->temporary, stage->runtime, stage->work};
    for (size_t index = 0; index < sizeof folders / sizeof *folders; index++) {
        int result = files_remove_tree(folders[index]);
        if (result == 0 && mkdir(folders[index], 0700) != 0)
            result = -errno;
        if (result < 0)
            return failure_set(failure, result, "emptying %.150s", folders[index]);
    }
    stage_remove_ipc(stage);
    return 0;
}

void stage_close(struct stage *stage)
{
    stage_remove_ipc(stage);
    if (stage->sees_queues)
        umount2(stage->queues, MNT_DETACH);
    if (stage->folder[0] != '\0')
        files_remove_tree(stage->folder);
    free(stage->payload_bytes);
    stage->payload_bytes = NULL;
}
