#include "base/last_word.h"

#include "base/leftover.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>

void last_word(FILE *stream)
{
    sigset_t signals;
    sigset_t before;
    struct pollfd entry = {.fd = fileno(stream), .events = POLLOUT};
    leftover_signals(&signals);
    sigprocmask(SIG_BLOCK, &signals, &before);
    /* A full pipe, a held terminal: nothing is told yet, so this may end as it did before. Other
     * signals, whose handlers return, end nothing. */
    while (ppoll(&entry, 1, NULL, &before) < 0 && errno == EINTR)
        ;
}
