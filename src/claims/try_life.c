/* Tries of how long a segment lives: after its process, in the list, while attached, removed. */
#include "base/leftover.h"
#include "claims/scene.h"
#include "claims/tries.h"
#include "conduct/runner.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

enum { MARK = 'm', TOOL_SECONDS = 5 };

/* ---- a segment and a pipe after their processes ended ---- */

static long read_remove_forced(void)
{
    FILE *stream = fopen("/proc/sys/kernel/shm_rmid_forced", "re");
    char text[16] = "";
    if (stream == NULL)
        return -1;
    bool read = fgets(text, sizeof text, stream) != NULL;
    fclose(stream);
    return read ? strtol(text, NULL, 10) : -1;
}

static void look_for_segment(struct scene *scene, struct outlives_observation *seen)
{
    struct shmid_ds status;
    seen->segment_there =
        shmctl(scene->board->segment_id, IPC_STAT, &status) == 0 && status.shm_nattch == 0;
    seen->segment_data_kept =
        seen->segment_there && scene_attach(scene, NULL) == 0 && scene->memory[0] == MARK;
}

static int count_fifo(const char *path, long *bytes, struct failure *failure)
{
    int waiting = 0;
    int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || ioctl(descriptor, FIONREAD, &waiting) < 0) {
        int error = errno;
        if (descriptor >= 0)
            close(descriptor);
        return failure_set(failure, -error, "opening the FIFO again");
    }
    close(descriptor);
    *bytes = waiting;
    return 0;
}

static int try_outlives_in(struct scene *scene, const char *fifo, struct outlives_observation *seen,
                           struct failure *failure)
{
    int64_t waiting = 0;
    if (mkfifo(fifo, 0600) < 0)
        return failure_set(failure, -errno, "making a FIFO");
    int result = scene_start_helper(scene, failure);
    if (result == 0)
        result = scene_ask(scene, SCENE_MAKE, MARK, NULL, failure);
    if (result == 0)
        result = scene_ask(scene, SCENE_FILL_FIFO, MARK, &waiting, failure);
    helper_end(&scene->helper);
    if (result < 0)
        return result;
    seen->pipe_bytes_before = (long)waiting;
    seen->remove_forced = read_remove_forced();
    look_for_segment(scene, seen);
    return count_fifo(fifo, &seen->pipe_bytes_after, failure);
}

int try_outlives(const struct claim_input *input, union observation *observation,
                 struct failure *failure)
{
    (void)input;
    struct scene scene;
    char fifo[300];
    int handle = -1;
    int result = scene_begin(&scene, failure);
    if (result == 0) {
        scene_fifo_path(&scene, fifo, sizeof fifo);
        handle = leftover_note_file(fifo);
        result = handle < 0 ? failure_set(failure, handle, "noting a FIFO for clean-up")
                            : try_outlives_in(&scene, fifo, &observation->outlives, failure);
    }
    leftover_remove(handle);
    scene_end(&scene);
    return result;
}

/* ---- ipcs and ipcrm ---- */

/* Where a shell would find the program. */
static bool find_program(const char *name, char *path, size_t path_bytes)
{
    const char *folders = getenv("PATH");
    if (folders == NULL || *folders == '\0')
        folders = "/usr/bin:/bin";
    while (*folders != '\0') {
        size_t length = strcspn(folders, ":");
        int written = snprintf(path, path_bytes, "%.*s/%s", (int)length, folders, name);
        if (length > 0 && written > 0 && (size_t)written < path_bytes && access(path, X_OK) == 0)
            return true;
        folders += length + (folders[length] == ':' ? 1 : 0);
    }
    return false;
}

/* Whether the second column of any row is `id`, in the kernel's list as in that of ipcs. */
static bool lists_id(const char *text, int id)
{
    for (const char *line = text; line != NULL && *line != '\0';) {
        int listed;
        if (sscanf(line, "%*s %d", &listed) == 1 && listed == id)
            return true;
        line = strchr(line, '\n');
        line = line != NULL ? line + 1 : NULL;
    }
    return false;
}

static bool kernel_lists(int id)
{
    FILE *stream = fopen("/proc/sysvipc/shm", "re");
    char line[512];
    bool listed = false;
    while (stream != NULL && !listed && fgets(line, sizeof line, stream) != NULL)
        listed = lists_id(line, id);
    if (stream != NULL)
        fclose(stream);
    return listed;
}

static int run_tools(int id, const char *ipcs, const char *ipcrm, struct ipcs_observation *seen,
                     struct failure *failure)
{
    char number[16];
    char *output = NULL;
    int exit_code = 0;
    struct shmid_ds status;
    snprintf(number, sizeof number, "%d", id);
    const char *const list[] = {ipcs, "-m", NULL};
    const char *const remove[] = {ipcrm, "-m", number, NULL};
    int result = runner_capture(list, TOOL_SECONDS, RUNNER_NO_STOP, &output, &exit_code, failure);
    if (result < 0)
        return result;
    seen->listed_by_ipcs = lists_id(output, id);
    free(output);
    output = NULL;
    /* An exit code that is not 0 is an observation, not the try's failure. */
    struct failure refusal = {0};
    result = runner_capture(remove, TOOL_SECONDS, RUNNER_NO_STOP, &output, &seen->ipcrm_exit_code,
                            &refusal);
    if (result < 0 && result != -EIO)
        return failure_say(failure, result, "%s", refusal.text);
    free(result == 0 ? output : NULL);
    seen->gone = shmctl(id, IPC_STAT, &status) < 0;
    return 0;
}

int try_ipcs(const struct claim_input *input, union observation *observation,
             struct failure *failure)
{
    (void)input;
    struct ipcs_observation *seen = &observation->ipcs;
    struct scene scene;
    char ipcs[512];
    char ipcrm[512];
    seen->have_ipcs = find_program("ipcs", ipcs, sizeof ipcs);
    seen->have_ipcrm = find_program("ipcrm", ipcrm, sizeof ipcrm);
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0) {
        int id = scene.board->segment_id;
        seen->listed_by_kernel = kernel_lists(id);
        if (seen->have_ipcs && seen->have_ipcrm)
            result = run_tools(id, ipcs, ipcrm, seen, failure);
    }
    scene_end(&scene);
    return result;
}

/* ---- attaching and removing ---- */

/* A segment that is gone is an observation: a kernel can be told to remove what nobody is attached
 * to. */
static int count_attached(const struct scene *scene, long *count, struct failure *failure)
{
    struct shmid_ds status;
    bool there = shmctl(scene->board->segment_id, IPC_STAT, &status) == 0;
    if (!there && errno != EINVAL && errno != EIDRM)
        return failure_set(failure, -errno, "IPC_STAT of our segment");
    *count = there ? (long)status.shm_nattch : -1;
    return 0;
}

static int detach(struct scene *scene, struct failure *failure)
{
    int result = shmdt(scene->memory) == 0 ? 0 : failure_set(failure, -errno, "detaching");
    scene->memory = NULL;
    return result;
}

int try_attach_count(const struct claim_input *input, union observation *observation,
                     struct failure *failure)
{
    (void)input;
    long *counts = observation->attach_count.counts;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = count_attached(&scene, &counts[0], failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = count_attached(&scene, &counts[1], failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_ATTACH, scene.board->segment_id, NULL, failure);
    if (result == 0)
        result = count_attached(&scene, &counts[2], failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_DETACH, 0, NULL, failure);
    if (result == 0)
        result = count_attached(&scene, &counts[3], failure);
    if (result == 0)
        result = detach(&scene, failure);
    if (result == 0)
        result = count_attached(&scene, &counts[4], failure);
    scene_end(&scene);
    return result;
}

/* Each writes where the other reads. */
static bool talk_both_ways(struct scene *scene)
{
    volatile char *memory = scene->memory;
    int64_t byte = -1;
    memory[0] = 'a';
    return scene_ask(scene, SCENE_PEEK, 0, &byte, NULL) == 0 && byte == 'a' &&
           scene_ask(scene, SCENE_POKE, 256 + 'b', NULL, NULL) == 0 && memory[1] == 'b';
}

static bool is_there(int id, struct shmid_ds *status)
{
    return shmctl(id, IPC_STAT, status) == 0;
}

static int error_of_key(key_t key)
{
    return shmget(key, 0, 0) < 0 ? errno : 0;
}

static int try_removed_in(struct scene *scene, struct removed_observation *seen,
                          struct failure *failure)
{
    int id = scene->board->segment_id;
    struct shmid_ds status = {0};
    if (shmctl(id, IPC_RMID, NULL) < 0)
        return failure_set(failure, -errno, "removing our segment");
    seen->there_with_two = is_there(id, &status);
    seen->marked = seen->there_with_two && (status.shm_perm.mode & SHM_DEST) != 0;
    seen->works_with_two = talk_both_ways(scene);
    seen->key_error = error_of_key(scene->board->key);
    int result = scene_ask(scene, SCENE_DETACH, 0, NULL, failure);
    if (result < 0)
        return result;
    seen->there_with_one = is_there(id, &status);
    result = detach(scene, failure);
    seen->there_with_none = is_there(id, &status);
    seen->key_error_after = error_of_key(scene->board->key);
    return result;
}

int try_removed(const struct claim_input *input, union observation *observation,
                struct failure *failure)
{
    (void)input;
    struct scene scene;
    int result = scene_begin(&scene, failure);
    if (result == 0)
        result = scene_make_segment(&scene, 1, SCENE_BYTES, SCENE_MODE, failure);
    if (result == 0)
        result = scene_start_helper(&scene, failure);
    if (result == 0)
        result = scene_attach(&scene, failure);
    if (result == 0)
        result = scene_ask(&scene, SCENE_ATTACH, scene.board->segment_id, NULL, failure);
    if (result == 0)
        result = try_removed_in(&scene, &observation->removed, failure);
    scene_end(&scene);
    return result;
}
