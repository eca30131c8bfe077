#include "base/environment.h"

#include <string.h>
#include <unistd.h>

uint64_t environment_bytes(void)
{
    uint64_t bytes = 0;
    if (environ == NULL) /* after clearenv */
        return 0;
    for (char *const *variable = environ; *variable != NULL; variable++)
        bytes += strlen(*variable) + 1;
    return bytes;
}
