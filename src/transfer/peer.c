#include "transfer/peer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

int peer_open(struct peer *peer, pid_t pid)
{
    /* A pidfd stays bound to this very process, while a pid may be given to a stranger. */
    int descriptor = (int)syscall(SYS_pidfd_open, pid, 0);
    if (descriptor < 0 && errno == ESRCH)
        return -ESRCH;
    peer->pid = pid;
    peer->descriptor = descriptor;
    return 0;
}

int peer_check(const struct peer *peer)
{
    if (peer->pid == 0)
        return 0;
    if (peer->descriptor < 0)
        return kill(peer->pid, 0) == 0 || errno == EPERM ? 0 : -EPIPE;
    struct pollfd poll_entry = {.fd = peer->descriptor, .events = POLLIN};
    return poll(&poll_entry, 1, 0) == 0 ? 0 : -EPIPE;
}

void peer_close(struct peer *peer)
{
    if (peer->descriptor >= 0)
        close(peer->descriptor);
    *peer = (struct peer){.pid = 0, .descriptor = -1};
}
