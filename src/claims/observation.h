/*
 * What the tries saw: plain data, one struct per claim, filled by a try and turned into a verdict
 * by a judge. Nothing here can tell whether it was seen or made up, which is what lets a test feed
 * made-up observations to a judge.
 *
 * Keys are what ftok gave, as an unsigned number. Errors are positive errno values, 0 for success.
 */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct same_key_observation {
    uint32_t key;
    uint32_t key_again;
    uint32_t key_elsewhere; /* in another process */
};

/* A file is made anew under its path: once beside the old file, kept under another name, and once
 * after the old file was deleted. */
struct recreated_key_observation {
    uint32_t kept_before;
    uint32_t kept_after;
    uint32_t deleted_before;
    uint32_t deleted_after;
    bool inode_reused; /* by the file made after the deletion */
};

struct unique_key_observation {
    int ftok_id;
    uint32_t key;
    uint32_t key_of_other_id; /* of ftok_id + 256 */
    bool linked;              /* the file got a second name */
    uint32_t key_of_link;
    int made_id;  /* of the segment made under `key` */
    int found_id; /* by asking for key_of_other_id; -1 when there was none */
};

#define OBSERVATION_MODES 6

/* Errors of ftok. */
struct any_path_observation {
    int file_error;
    int folder_error;
    int relative_error;
    int missing_error; /* of a path at which there is nothing */
};

struct permissions_observation {
    struct {
        int ftok_id;
        unsigned asked; /* mode bits given to shmget */
        unsigned seen;  /* in IPC_STAT */
    } made[OBSERVATION_MODES];
    size_t count;
};

struct existing_observation {
    int made_id; /* by IPC_CREAT where there was no segment */
    int again_id;
    int again_error;
    bool data_kept;
    int larger_error; /* IPC_CREAT with a size larger than the segment's */
};

struct exclusive_observation {
    int error; /* of IPC_CREAT|IPC_EXCL on an existing key */
};

struct key_and_id_observation {
    uint32_t key;
    int id;
    int id_remade;      /* same key, after the first segment was removed */
    bool bare_id_works; /* another process attached by the id alone, without shmget */
};

struct recorded_key_observation {
    uint32_t key;      /* of ftok, given to shmget */
    uint32_t recorded; /* in the ipc_perm of the segment */
};

/* What the calls return, as numbers; -1 is what the article promises for a failure. */
struct return_values_observation {
    bool front; /* both addresses of a segment attached twice show its first byte */
    long attach_failed;
    int detach;
    int detach_again;
    int control;
    int control_failed;
    int get_failed;
};

struct size_observation {
    uint64_t page_bytes;
    uint64_t asked_bytes; /* one more than a page */
    uint64_t recorded_bytes;
    bool last_asked_usable;
    bool rest_of_page_usable; /* to the last byte of the second page */
    bool next_page_usable;
};

struct outlives_observation {
    bool segment_there; /* after its maker ended */
    bool segment_data_kept;
    long remove_forced;     /* /proc/sys/kernel/shm_rmid_forced; -1: unknown */
    long pipe_bytes_before; /* in the pipe while its process lived */
    long pipe_bytes_after;
};

struct ipcs_observation {
    bool have_ipcs;
    bool have_ipcrm;
    bool listed_by_kernel; /* in /proc/sysvipc/shm */
    bool listed_by_ipcs;
    int ipcrm_exit_code;
    bool gone; /* after ipcrm */
};

#define OBSERVATION_ATTACHES 5

struct attach_count_observation {
    long counts[OBSERVATION_ATTACHES]; /* -1: the segment was gone */
};

struct client_observation {
    uint64_t bytes;
    int made_id;
    int same_size_id; /* shmget(key, size, 0) in another process, or -errno */
    int zero_size_id; /* shmget(key, 0, 0) */
    int larger_size_id;
    bool data_seen; /* what the server wrote, through the segment found with size 0 */
};

struct control_observation {
    uint64_t asked_bytes;
    uint64_t stat_bytes;
    pid_t maker;
    pid_t stat_maker;
    unsigned stat_mode;
    unsigned set_mode; /* asked of IPC_SET */
    int set_error;
    unsigned stat_mode_after;
    uint64_t set_bytes; /* asked of IPC_SET in the same call */
    uint64_t stat_bytes_after;
    int remove_error;
    int stat_error_after_remove;
};

/* Two processes are attached, then the segment is removed. */
struct removed_observation {
    bool works_with_two; /* each sees what the other writes */
    bool there_with_two; /* IPC_STAT still answers */
    bool marked;         /* IPC_STAT says that it is to be destroyed */
    int key_error;       /* of shmget with its key, while both are attached */
    bool there_with_one;
    bool there_with_none;
    int key_error_after;
};

struct reader_waits_observation {
    bool pipe_slept;            /* the reader of the empty pipe was seen asleep */
    bool pipe_early;            /* its read returned before anything was written */
    int pipe_byte_written;      /* what it got afterwards ... */
    int pipe_byte;              /* ... */
    unsigned segment_looks;     /* reads of the segment before anything was written ... */
    unsigned segment_answers;   /* ... that returned */
    int segment_byte_unwritten; /* what they saw */
    int segment_byte;           /* seen after a write of pipe_byte_written */
};

/* One process reads a number to add one to it; before it writes the sum, another adds one, too. */
struct exclusion_observation {
    int start;
    bool let_in; /* the other's write was neither refused nor made to wait, and was seen */
    int end;
};

struct seen_at_once_observation {
    unsigned writes;
    unsigned seen;           /* within the limit */
    double median_delay_ns;  /* from before the write until the other process had seen it */
    double longest_delay_ns; /* NAN when nothing was seen */
    int before;              /* a byte handed over, then changed by its writer into `after` */
    int after;
    int segment_showed;
    int pipe_showed;
};

/* A path of copies.tsv, as far as a verdict needs it. */
struct counted_path {
    bool present;
    bool agrees;
    double counted; /* copies per byte that witnesses saw; NAN: no witness could count them all */
    double
        mutation; /* stages seen to copy by changing buffers; NAN: not available or not all seen */
};

enum counted_paths {
    PATH_PIPE_FILE_TO_FILE,
    PATH_SHM_FILE_TO_USE,
    PATH_PIPE_FILE_TO_USE,
    PATH_SHM_FILE_TO_FILE,
    PATH_PIPE_TRANSFER,
    PATH_SHM_TRANSFER,
    PATH_COUNT
};

struct four_against_one_observation {
    size_t rows; /* of copies.tsv; 0: there is none */
    struct counted_path paths[PATH_COUNT];
};

#define OBSERVATION_LIST_BYTES 384

/* Cells of shm beside those of the pipe (or of the best other mechanism): where an interval says
 * that shm is faster, slower, or neither. */
struct speed_observation {
    size_t cells; /* that were compared */
    size_t without_interval;
    size_t faster;
    size_t slower;
    size_t undecided; /* with an interval that says neither */
    double least;     /* medians of the ratio to the pipe; NAN where there are none */
    double most;
    char compared[128];                     /* the other mechanisms */
    char slower_at[OBSERVATION_LIST_BYTES]; /* "latency block own: 64 B, 4 KiB; ..." */
};

struct cause_observation {
    size_t sizes;    /* with a row of the factor `copies` */
    size_t resolved; /* of these, with a gap whose interval is above 0 */
    size_t above;    /* of these, with an interval of the share above a half ... */
    size_t below;
    size_t undecided;
    double least; /* shares at the resolved sizes; NAN where there are none */
    double most;
    char shares[OBSERVATION_LIST_BYTES]; /* "4 KiB: 40 % [30, 50]; ..." */
};

union observation {
    struct same_key_observation same_key;
    struct recreated_key_observation recreated_key;
    struct unique_key_observation unique_key;
    struct any_path_observation any_path;
    struct permissions_observation permissions;
    struct existing_observation existing;
    struct exclusive_observation exclusive;
    struct key_and_id_observation key_and_id;
    struct recorded_key_observation recorded_key;
    struct return_values_observation return_values;
    struct size_observation size;
    struct outlives_observation outlives;
    struct ipcs_observation ipcs;
    struct attach_count_observation attach_count;
    struct client_observation client;
    struct control_observation control;
    struct removed_observation removed;
    struct reader_waits_observation reader_waits;
    struct exclusion_observation exclusion;
    struct seen_at_once_observation seen_at_once;
    struct four_against_one_observation four_against_one;
    struct speed_observation speed;
    struct cause_observation cause;
};

#endif
