/* Facts of pipes and of System V shared memory: the limits, and what a new pipe really gets. */
#include "machine/manifest_fact.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define SYS_FS     "/proc/sys/fs"
#define SYS_KERNEL "/proc/sys/kernel"

/* Not a limit but what happens: beyond the soft quota a new pipe silently gets two pages. */
static json_t *read_pipe_bytes(const struct fact_scene *scene, const struct fact *fact,
                               struct fact_reason *reason)
{
    (void)scene;
    (void)fact;
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return fact_unreadable(reason, "pipe2: %s", strerror(errno));
    int bytes = fcntl(ends[0], F_GETPIPE_SZ);
    int error = errno;
    close(ends[0]);
    close(ends[1]);
    return bytes >= 0 ? json_integer(bytes)
                      : fact_unreadable(reason, "F_GETPIPE_SZ: %s", strerror(error));
}

const struct fact manifest_ipc_facts[] = {
    {.name = "pipe_default_bytes", .read = read_pipe_bytes},
    {.name = "pipe_most_bytes", .read = fact_read_number, .source = SYS_FS "/pipe-max-size"},
    {.name = "pipe_quota_soft_pages",
     .read = fact_read_number,
     .source = SYS_FS "/pipe-user-pages-soft"},
    {.name = "pipe_quota_hard_pages",
     .read = fact_read_number,
     .source = SYS_FS "/pipe-user-pages-hard"},
    {.name = "shm_segment_most_bytes", .read = fact_read_number, .source = SYS_KERNEL "/shmmax"},
    {.name = "shm_total_most_pages", .read = fact_read_number, .source = SYS_KERNEL "/shmall"},
    {.name = "shm_most_segments", .read = fact_read_number, .source = SYS_KERNEL "/shmmni"},
    {.name = "shm_rmid_forced", .read = fact_read_flag, .source = SYS_KERNEL "/shm_rmid_forced"},
    {.name = "semaphore_limits", .read = fact_read_text, .source = SYS_KERNEL "/sem"},
    {0},
};
