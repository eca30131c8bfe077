/*
 * Uses up the pages of pipes that a user may have (/proc/sys/fs/pipe-user-pages-soft), then becomes
 * the command given, which keeps the pipes open by inheriting them:  pipe_hog COMMAND...
 * Exit 77: they could not be used up.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <unistd.h>

enum { PIPES_MOST = 400, PIPE_BYTES = 1 << 20, NOT_USED_UP = 77 };

int main(int count, char **words)
{
    int ends[2];
    int refused = 0;
    for (int made = 0; made < PIPES_MOST && !refused; made++)
        refused = pipe(ends) != 0 || fcntl(ends[1], F_SETPIPE_SZ, PIPE_BYTES) < 0;
    if (count > 1 && refused)
        execv(words[1], words + 1);
    return NOT_USED_UP;
}
