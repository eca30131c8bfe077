/* Tries of shmget and shmctl: making, finding, the size, the roles of key and id, the state. */
#include "base/leftover.h"
#include "claims/scene.h"
#include "claims/tries.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static int read_status(int id, struct shmid_ds *status, struct failure *failure)
{
    return shmctl(id, IPC_STAT, status) == 0
               ? 0
               : failure_set(failure, -errno, "IPC_STAT of our segment");
}

/*
 * IPC_CREAT alone, as the claim has it, under a key that is free. Between looking and making
 * somebody else may have made one: a segment that is not ours is left alone and the next id taken.
 */
static int make_without_exclusion(struct scene *scene, struct failure *failure)
{
    for (int ftok_id = 1; ftok_id <= 255; ftok_id++) {
        uint32_t key;
        int result = scene_key(scene, ftok_id, &key, failure);
        if (result < 0)
            return result;
        if (shmget((key_t)key, 0, 0) >= 0 || errno != ENOENT)
            continue;
        int handle = leftover_note_segment((key_t)key, getpid());
        if (handle < 0)
            return failure_set(failure, handle, "noting a segment for clean-up");
        int id = shmget((key_t)key, SCENE_BYTES, IPC_CREAT | SCENE_MODE);
        int error = errno;
        struct shmid_ds status;
        if (id >= 0 && shmctl(id, IPC_STAT, &status) == 0 && status.shm_cpid == getpid()) {
            scene->board->key = (key_t)key;
            scene->board->ftok_id = ftok_id;
            scene->board->segment_id = id;
            scene->board->handle = handle;
            return 0;
        }
        leftover_remove(handle);
        if (id < 0 && error != EEXIST && error != EACCES)
            return failure_set(failure, -error, "making a segment (ipcs -m -l shows the limits)");
    }
    return failure_say(failure, -EEXIST, "all ftok keys of %.100s are taken by others",
                       scene->path);
}

int try_existing(const struct claim_input *input, union observation *observation,
                 struct failure *failure)
{
    (void)input;
    struct existing_observation *seen = &observation->existing;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = make_without_exclusion(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0) {
        key_t key = scene.board->key;
        seen->made_id = scene.board->segment_id;
        scene.memory[0] = 'k';
        seen->again_id = shmget(key, SCENE_BYTES, IPC_CREAT | SCENE_MODE);
        seen->again_error = seen->again_id < 0 ? errno : 0;
        seen->data_kept = *(volatile char *)scene.memory == 'k';
        seen->larger_error =
            shmget(key, SCENE_BYTES * 1024, IPC_CREAT | SCENE_MODE) < 0 ? errno : 0;
    }
    scene_end(&scene);
    return result;
}

int try_exclusive(const struct claim_input *input, union observation *observation,
                  struct failure *failure)
{
    (void)input;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0) {
        int id = shmget(scene.board->key, SCENE_BYTES, IPC_CREAT | IPC_EXCL | SCENE_MODE);
        observation->exclusive.error = id < 0 ? errno : 0;
    }
    scene_end(&scene);
    return result;
}

int try_key_and_id(const struct claim_input *input, union observation *observation,
                   struct failure *failure)
{
    (void)input;
    struct key_and_id_observation *seen = &observation->key_and_id;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0) {
        seen->key = (uint32_t)scene.board->key;
        seen->id = scene.board->segment_id;
        seen->bare_id_works = scene_ask(&scene, SCENE_ATTACH, seen->id, NULL, NULL) == 0 &&
                              scene_ask(&scene, SCENE_DETACH, 0, NULL, NULL) == 0;
        int ftok_id = scene.board->ftok_id;
        scene_remove_segment(&scene);
        result = scene_make_segment(&scene, ftok_id, SCENE_BYTES, SCENE_MODE, failure);
    }
    if (result == 0) {
        seen->id_remade = scene.board->segment_id;
        if ((uint32_t)scene.board->key != seen->key)
            result =
                failure_say(failure, -EEXIST, "somebody took our key in between: try it again");
    }
    scene_end(&scene);
    return result;
}

int try_recorded_key(const struct claim_input *input, union observation *observation,
                     struct failure *failure)
{
    (void)input;
    struct recorded_key_observation *seen = &observation->recorded_key;
    struct scene scene;
    struct shmid_ds status;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_key(&scene, scene.board->ftok_id, &seen->key, failure);
    if (result == 0)
        result = read_status(scene.board->segment_id, &status, failure);
    if (result == 0)
        seen->recorded = (uint32_t)status.shm_perm.__key;
    scene_end(&scene);
    return result;
}

static int note_return_values(struct scene *scene, struct return_values_observation *seen,
                              struct failure *failure)
{
    enum { NO_ID = -1 };
    struct shmid_ds status;
    int id = scene->board->segment_id;
    key_t key = scene->board->key;
    volatile char *again = shmat(id, NULL, 0);
    if ((volatile void *)again == (volatile void *)-1)
        return failure_set(failure, -errno, "attaching the segment twice");
    volatile char *first = scene->memory;
    *first = 'f';
    seen->front = *again == 'f';
    *again = 'g';
    seen->front = seen->front && *first == 'g';
    seen->attach_failed = (long)(intptr_t)shmat(NO_ID, NULL, 0);
    seen->control = shmctl(id, IPC_STAT, &status);
    seen->control_failed = shmctl(NO_ID, IPC_STAT, &status);
    seen->detach = shmdt((const void *)again);
    seen->detach_again = shmdt((const void *)again);
    shmdt(scene->memory);
    scene->memory = NULL;
    scene_remove_segment(scene);
    seen->get_failed = shmget(key, SCENE_BYTES, 0);
    return 0;
}

int try_return_values(const struct claim_input *input, union observation *observation,
                      struct failure *failure)
{
    (void)input;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = note_return_values(&scene, &observation->return_values, failure);
    scene_end(&scene);
    return result;
}

/* Whether a byte can be stored at `address`: the kernel tries it for us while it reads from a pipe,
 * and says so instead of ending the process. */
static bool is_usable(const struct scene *scene, void *address)
{
    return write(scene->pipe_write, "", 1) == 1 && read(scene->pipe_read, address, 1) == 1;
}

/* Attaches at the front of a reserved range in which nothing else can be used, so that what lies
 * behind the segment is known. */
static int attach_alone(struct scene *scene, size_t range_bytes, char **range,
                        struct failure *failure)
{
    /* The kernel asks for an address that is a multiple of SHMLBA, which can be several pages. */
    size_t alignment = (size_t)SHMLBA;
    char *reserved =
        mmap(NULL, range_bytes + alignment, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (reserved == MAP_FAILED)
        return failure_set(failure, -errno, "reserving addresses");
    *range = reserved;
    uintptr_t past = (uintptr_t)reserved % alignment;
    char *front = reserved + (past == 0 ? 0 : alignment - past);
    void *memory = shmat(scene->board->segment_id, front, SHM_REMAP);
    if (memory == (void *)-1)
        return failure_set(failure, -errno, "attaching the segment");
    scene->memory = memory;
    return 0;
}

int try_size(const struct claim_input *input, union observation *observation,
             struct failure *failure)
{
    (void)input;
    struct size_observation *seen = &observation->size;
    struct shmid_ds status;
    struct scene scene;
    char *range = NULL;
    size_t page = (size_t)sysconf(_SC_PAGESIZE);
    size_t range_bytes = 4 * page;
    seen->page_bytes = page;
    seen->asked_bytes = page + 1;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_pipe(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, page + 1, SCENE_MODE, failure);
    if (result == 0)
        result = read_status(scene.board->segment_id, &status, failure);
    if (result == 0)
        result = attach_alone(&scene, range_bytes, &range, failure);
    if (result == 0) {
        seen->recorded_bytes = status.shm_segsz;
        seen->last_asked_usable = is_usable(&scene, scene.memory + page);
        seen->rest_of_page_usable = is_usable(&scene, scene.memory + 2 * page - 1);
        seen->next_page_usable = is_usable(&scene, scene.memory + 2 * page);
    }
    scene_end(&scene);
    if (range != NULL)
        munmap(range, range_bytes + (size_t)SHMLBA);
    return result;
}

/* The id, or the errno as a negative number: a refusal is an observation here. */
static int find_elsewhere(struct scene *scene, uint64_t bytes)
{
    int64_t id = -1;
    int result = scene_ask(scene, SCENE_FIND, (int64_t)bytes, &id, NULL);
    return result < 0 ? result : (int)id;
}

int try_client(const struct claim_input *input, union observation *observation,
               struct failure *failure)
{
    (void)input;
    struct client_observation *seen = &observation->client;
    struct scene scene;
    int64_t byte = -1;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0) {
        scene.memory[7] = 's';
        seen->bytes = SCENE_BYTES;
        seen->made_id = scene.board->segment_id;
        seen->same_size_id = find_elsewhere(&scene, SCENE_BYTES);
        seen->larger_size_id = find_elsewhere(&scene, SCENE_BYTES * 1024);
        seen->zero_size_id = find_elsewhere(&scene, 0);
        seen->data_seen = seen->zero_size_id >= 0 &&
                          scene_ask(&scene, SCENE_ATTACH, seen->zero_size_id, NULL, NULL) == 0 &&
                          scene_ask(&scene, SCENE_PEEK, 7, &byte, NULL) == 0 && byte == 's';
    }
    scene_end(&scene);
    return result;
}

int try_control(const struct claim_input *input, union observation *observation,
                struct failure *failure)
{
    (void)input;
    struct control_observation *seen = &observation->control;
    struct scene scene;
    struct shmid_ds status;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = read_status(scene.board->segment_id, &status, failure);
    if (result == 0) {
        int id = scene.board->segment_id;
        seen->asked_bytes = SCENE_BYTES;
        seen->stat_bytes = status.shm_segsz;
        seen->maker = getpid();
        seen->stat_maker = status.shm_cpid;
        seen->stat_mode = status.shm_perm.mode & 0777;
        seen->set_mode = 0400;
        seen->set_bytes = (uint64_t)SCENE_BYTES * 2;
        status.shm_perm.mode = 0400;
        status.shm_segsz = SCENE_BYTES * 2;
        seen->set_error = shmctl(id, IPC_SET, &status) == 0 ? 0 : errno;
        result = read_status(id, &status, failure);
        seen->stat_mode_after = status.shm_perm.mode & 0777;
        seen->stat_bytes_after = status.shm_segsz;
        seen->remove_error = shmctl(id, IPC_RMID, NULL) == 0 ? 0 : errno;
        seen->stat_error_after_remove = shmctl(id, IPC_STAT, &status) == 0 ? 0 : errno;
    }
    scene_end(&scene);
    return result;
}
