/* The mechanisms that are built: each table is defined in a file channel_*.c of its own. */
#ifndef MECHANISMS_H
#define MECHANISMS_H

#include "transfer/channel.h"

extern const struct channel_operations channel_pipe;             /* channel_stream.c */
extern const struct channel_operations channel_fifo;             /* channel_stream.c */
extern const struct channel_operations channel_shm;              /* channel_shm.c */
extern const struct channel_operations channel_posix_shm;        /* channel_mapped.c */
extern const struct channel_operations channel_memfd;            /* channel_mapped.c */
extern const struct channel_operations channel_unix_stream;      /* channel_socket.c */
extern const struct channel_operations channel_unix_seqpacket;   /* channel_socket.c */
extern const struct channel_operations channel_tcp;              /* channel_socket.c */
extern const struct channel_operations channel_posix_mq;         /* channel_posix_mq.c */
extern const struct channel_operations channel_sysv_mq;          /* channel_sysv_mq.c */
extern const struct channel_operations channel_vmsplice;         /* channel_vmsplice.c */
extern const struct channel_operations channel_process_vm_readv; /* channel_process_vm_readv.c */
extern const struct channel_operations channel_null;             /* channel_null.c */

/* All of them, in the order of the charts; the null mechanism is the last. */
extern const struct channel_operations *const mechanisms[];
extern const size_t mechanisms_count;

#endif
