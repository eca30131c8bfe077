#include "base/exit_code.h"

#include <errno.h>

enum exit_code exit_code_for_path(int error)
{
    switch (-error) {
    case ENOSPC:
    case EDQUOT:
    case ENOMEM:
    case EMFILE:
    case ENFILE:
    case EAGAIN:
    case ENOLCK:
    case EIO:
        return EXIT_CODE_UNAVAILABLE;
    default:
        return EXIT_CODE_USAGE;
    }
}
