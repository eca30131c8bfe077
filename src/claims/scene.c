#include "claims/scene.h"

#include "base/clock.h"
#include "base/leftover.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <unistd.h>

/* ftok uses the low 8 bits of its id, and 0 is undefined. */
enum { MOST_FTOK_ID = 255, LOOKS_BETWEEN_YIELDS = 256 };

static void forget_everything(struct scene *scene)
{
    memset(scene, 0, sizeof *scene);
    scene->folder_handle = -1;
    scene->file_handle = -1;
    scene->pipe_read = -1;
    scene->pipe_write = -1;
    scene->helper.socket = -1;
}

static int make_file(struct scene *scene, struct failure *failure)
{
    scene->folder_handle = leftover_make_folder(scene->folder, sizeof scene->folder, failure);
    if (scene->folder_handle < 0)
        return scene->folder_handle;
    snprintf(scene->path, sizeof scene->path, "%s/key", scene->folder);
    scene->file_handle = leftover_note_file(scene->path);
    if (scene->file_handle < 0)
        return failure_set(failure, scene->file_handle, "noting the key file for clean-up");
    int descriptor = open(scene->path, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0600);
    if (descriptor < 0)
        return failure_set(failure, -errno, "making a file in %.100s", scene->folder);
    close(descriptor);
    return 0;
}

int scene_begin(struct scene *scene, struct failure *failure)
{
    forget_everything(scene);
    void *memory =
        mmap(NULL, sizeof *scene->board, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        return failure_set(failure, -errno, "allocating memory for two processes");
    scene->board = memory;
    scene->board->segment_id = -1;
    scene->board->handle = -1;
    return make_file(scene, failure);
}

static void close_if_open(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

void scene_end(struct scene *scene)
{
    helper_end(&scene->helper);
    if (scene->memory != NULL)
        shmdt(scene->memory);
    if (scene->board != NULL) {
        scene_remove_segment(scene);
        munmap(scene->board, sizeof *scene->board);
    }
    close_if_open(&scene->pipe_read);
    close_if_open(&scene->pipe_write);
    leftover_remove(scene->file_handle);
    leftover_remove(scene->folder_handle);
    forget_everything(scene);
}

int scene_key(const struct scene *scene, int ftok_id, uint32_t *key, struct failure *failure)
{
    key_t made = ftok(scene->path, ftok_id);
    if (made == (key_t)-1)
        return failure_set(failure, -errno, "ftok on %.100s", scene->path);
    *key = (uint32_t)made;
    return 0;
}

int scene_make_segment(struct scene *scene, int ftok_id, size_t bytes, unsigned mode,
                       struct failure *failure)
{
    struct scene_board *board = scene->board;
    /* Different files can have the same key, so a taken key is no error: take the next id. */
    for (; ftok_id <= MOST_FTOK_ID; ftok_id++) {
        uint32_t key;
        int result = scene_key(scene, ftok_id, &key, failure);
        if (result < 0)
            return result;
        board->handle = leftover_note_segment((key_t)key, getpid());
        if (board->handle < 0)
            return failure_set(failure, board->handle, "noting a segment for clean-up");
        int id = shmget((key_t)key, bytes, (int)(IPC_CREAT | IPC_EXCL | mode));
        if (id >= 0) {
            board->key = (key_t)key;
            board->ftok_id = ftok_id;
            board->segment_id = id;
            return 0;
        }
        int error = errno;
        leftover_remove(board->handle);
        board->handle = -1;
        if (error != EEXIST)
            return failure_set(failure, -error, "making a segment (ipcs -m -l shows the limits)");
    }
    return failure_say(failure, -EEXIST, "all ftok keys of %.100s are taken by others",
                       scene->path);
}

void scene_remove_segment(struct scene *scene)
{
    leftover_remove(scene->board->handle);
    scene->board->handle = -1;
    scene->board->segment_id = -1;
}

int scene_attach(struct scene *scene, struct failure *failure)
{
    void *memory = shmat(scene->board->segment_id, NULL, 0);
    if (memory == (void *)-1)
        return failure_set(failure, -errno, "attaching the segment");
    scene->memory = memory;
    return 0;
}

int scene_make_pipe(struct scene *scene, struct failure *failure)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) < 0)
        return failure_set(failure, -errno, "making a pipe");
    scene->pipe_read = ends[0];
    scene->pipe_write = ends[1];
    return 0;
}

void scene_fifo_path(const struct scene *scene, char *path, size_t path_bytes)
{
    snprintf(path, path_bytes, "%s/fifo", scene->folder);
}

/* ---- the second process ---- */

static int64_t find_segment(const struct scene *scene, int64_t bytes)
{
    int id = shmget(scene->board->key, (size_t)bytes, 0);
    return id < 0 ? -errno : id;
}

static int64_t attach_by_id(struct scene *scene, int64_t id)
{
    void *memory = shmat((int)id, NULL, 0);
    if (memory == (void *)-1)
        return -errno;
    scene->memory = memory;
    return 0;
}

static int64_t detach(struct scene *scene)
{
    int result = shmdt(scene->memory) == 0 ? 0 : -errno;
    scene->memory = NULL;
    return result;
}

static int64_t make_marked_segment(struct scene *scene, int64_t byte)
{
    int result = scene_make_segment(scene, 1, SCENE_BYTES, SCENE_MODE, NULL);
    if (result == 0)
        result = scene_attach(scene, NULL);
    if (result < 0)
        return result;
    scene->memory[0] = (char)byte;
    return detach(scene);
}

static int64_t fill_fifo(const struct scene *scene, int64_t byte)
{
    char path[300];
    char letter = (char)byte;
    int waiting = 0;
    scene_fifo_path(scene, path, sizeof path);
    /* Open at both ends, so that opening waits for nobody; it stays so until this process ends. */
    int descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (descriptor < 0 || write(descriptor, &letter, 1) != 1 ||
        ioctl(descriptor, FIONREAD, &waiting) < 0)
        return -errno;
    return waiting;
}

static int64_t read_pipe(const struct scene *scene, int socket)
{
    unsigned char byte;
    helper_announce(socket, 0);
    ssize_t count = read(scene->pipe_read, &byte, 1);
    return count == 1 ? byte : count == 0 ? -EPIPE : -errno;
}

/* Two that look for each other on one CPU would measure the scheduler. Where there is only one, or
 * where it can't be had, they share it. */
static void move_away_from(int cpu)
{
    cpu_set_t allowed;
    if (cpu < 0 || sched_getaffinity(0, sizeof allowed, &allowed) < 0)
        return;
    CPU_CLR((size_t)cpu, &allowed);
    if (CPU_COUNT(&allowed) > 0)
        sched_setaffinity(0, sizeof allowed, &allowed);
}

static int64_t watch(struct scene *scene, int64_t writes)
{
    struct scene_bell *bell = (struct scene_bell *)(void *)scene->memory;
    move_away_from(scene->board->writer_cpu);
    uint64_t limit = clock_now_ns() + HELPER_LIMIT_MS * UINT64_C(1000000);
    for (uint64_t number = 1; number <= (uint64_t)writes; number++) {
        unsigned looks = 0;
        /* acquire: pairs with the release of the write, so that rung_at_ns is that of this write.
         */
        while (atomic_load_explicit(&bell->rung, memory_order_acquire) != number) {
            if (++looks % LOOKS_BETWEEN_YIELDS != 0)
                continue;
            if (clock_now_ns() > limit)
                return -ETIMEDOUT;
            sched_yield(); /* both processes may have to share one CPU */
        }
        scene->board->delays_ns[number - 1] =
            clock_now_ns() - atomic_load_explicit(&bell->rung_at_ns, memory_order_relaxed);
        /* release: the delay is written before the writer goes on. */
        atomic_store_explicit(&bell->seen, number, memory_order_release);
    }
    return 0;
}

static int64_t answer_request(int request, int64_t argument, void *context, int socket)
{
    struct scene *scene = context;
    volatile char *memory = scene->memory;
    bool touches = request == SCENE_PEEK || request == SCENE_POKE || request == SCENE_DETACH ||
                   request == SCENE_WATCH_WRITES_COMING;
    if (touches && memory == NULL)
        return -ENOTCONN;
    switch ((enum scene_request)request) {
    case SCENE_GET_KEY: {
        uint32_t key;
        int result = scene_key(scene, (int)argument, &key, NULL);
        return result < 0 ? result : (int64_t)key;
    }
    case SCENE_FIND:
        return find_segment(scene, argument);
    case SCENE_ATTACH:
        return attach_by_id(scene, argument);
    case SCENE_DETACH:
        return detach(scene);
    case SCENE_PEEK:
        return (unsigned char)memory[argument];
    case SCENE_POKE:
        memory[argument / 256] = (char)(argument % 256);
        return 0;
    case SCENE_MAKE:
        return make_marked_segment(scene, argument);
    case SCENE_FILL_FIFO:
        return fill_fifo(scene, argument);
    case SCENE_READ_PIPE:
        return read_pipe(scene, socket);
    case SCENE_WATCH_WRITES_COMING:
        return watch(scene, argument);
    }
    return -ENOSYS;
}

static int64_t serve_scene(int request, int64_t argument, void *context, int socket)
{
    struct scene *scene = context;
    /* The reader's own copy of the write end would keep it from ever seeing the pipe's end. */
    close_if_open(&scene->pipe_write);
    return answer_request(request, argument, context, socket);
}

int scene_start_helper(struct scene *scene, struct failure *failure)
{
    return helper_start(&scene->helper, serve_scene, scene, failure);
}

int scene_ask(struct scene *scene, enum scene_request request, int64_t argument, int64_t *answer,
              struct failure *failure)
{
    int64_t unused;
    return helper_ask(&scene->helper, (int)request, argument, answer != NULL ? answer : &unused,
                      failure);
}
