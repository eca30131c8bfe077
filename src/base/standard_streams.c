#include "base/standard_streams.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

void standard_streams_keep(void)
{
    for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; descriptor++) {
        if (fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF)
            continue;
        /* The lowest free number is this one. Opened for what the stream is not used for, so that
         * its use fails as on a closed one. Without /dev/null it stays closed. */
        (void)!open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY);
    }
    /* A file beyond the limit of its size is an error of write (EFBIG), which has a line. */
    signal(SIGXFSZ, SIG_IGN);
}

int standard_streams_end(const char *program, int exit_code)
{
    errno = 0;
    if ((fflush(stdout) == 0 && !ferror(stdout)) || exit_code != EXIT_CODE_DONE)
        return exit_code;
    /* The error of an earlier flush is not known any more. */
    fprintf(stderr, "%s: writing to standard output: %s\n", program,
            strerror(errno != 0 ? errno : EIO));
    return EXIT_CODE_FAILED;
}
