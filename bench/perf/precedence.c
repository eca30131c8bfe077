#include "precedence.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

enum { NICE_MOST = -20 };

/* Where sessions are scheduled as groups, niceness only counts within one. A session of our own, so
 * that the group holds nothing else; where we lead one already, its group is ours to change. */
static int take_group(void)
{
    (void)setsid();
    int descriptor = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
    if (descriptor < 0)
        return errno == ENOENT ? 0 : -errno;
    ssize_t written = write(descriptor, "-20", 3);
    int error = written < 0 ? errno : 0;
    close(descriptor);
    return -error;
}

int precedence_take(struct failure *failure)
{
    int result = setpriority(PRIO_PROCESS, 0, NICE_MOST) == 0 ? take_group() : -errno;
    return result == 0 ? 0 : failure_set(failure, result, "--precedence (as root it works)");
}
