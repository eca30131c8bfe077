#include "transfer/peer.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { LOOK_AGAIN_MS = 200 };

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
    /* A poll that fails (EINTR, ENOMEM) has seen no end. */
    return poll(&poll_entry, 1, 0) > 0 ? -EPIPE : 0;
}

int peer_await_input(const struct peer *peer, int descriptor)
{
    /* The pidfd wakes us at once; without one (poll ignores -1) we have to look now and then. */
    struct pollfd entries[] = {{.fd = descriptor, .events = POLLIN},
                               {.fd = peer->descriptor, .events = POLLIN}};
    int slice_ms = peer->descriptor >= 0 ? -1 : LOOK_AGAIN_MS;
    for (;;) {
        int ready = poll(entries, 2, slice_ms);
        if (ready < 0 && errno != EINTR)
            return -errno;
        if (peer_check(peer) != 0)
            return -EPIPE;
        if (ready > 0 && entries[0].revents != 0)
            return 0;
    }
}

void peer_close(struct peer *peer)
{
    if (peer->descriptor >= 0)
        close(peer->descriptor);
    *peer = (struct peer){.pid = 0, .descriptor = -1};
}
