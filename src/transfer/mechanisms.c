#include "transfer/mechanisms.h"

const struct channel_operations *const mechanisms[] = {
    &channel_pipe,           &channel_fifo,     &channel_shm,
    &channel_posix_shm,      &channel_memfd,    &channel_unix_stream,
    &channel_unix_seqpacket, &channel_tcp,      &channel_posix_mq,
    &channel_sysv_mq,        &channel_vmsplice, &channel_process_vm_readv,
    &channel_null,
};

const size_t mechanisms_count = sizeof mechanisms / sizeof mechanisms[0];
