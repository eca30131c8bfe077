#include "demo/program.h"

#include "base/exit_code.h"
#include "base/leftover.h"
#include "base/options.h"
#include "base/standard_streams.h"
#include "base/version.h"

#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static int parse_name(const char *text, void *field)
{
    if (!meeting_name_is_allowed(text))
        return -EINVAL;
    memcpy(field, &text, sizeof text);
    return 0;
}

static void print_name(const void *field, char *text, size_t text_bytes)
{
    const char *name;
    memcpy(&name, field, sizeof name);
    snprintf(text, text_bytes, "%s", name);
}

static const struct option_row rows[] = {
    {.name = "interval",
     .operand = "S",
     .help = "the server looks every S seconds, the client writes a letter every 5 S",
     .kind = OPTION_DECIMAL,
     .offset = offsetof(struct demo_request, interval_seconds),
     .least = 0.001,
     .most = 3600.0},
    {.name = "sync",
     .help = "on both sides: the server waits for each letter instead of looking by the clock",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct demo_request, synchronised)},
    {.name = "name",
     .operand = "NAME",
     .help = "server and client of the same name find each other",
     .kind = OPTION_CUSTOM,
     .offset = offsetof(struct demo_request, name),
     .parse = parse_name,
     .allowed = MEETING_NAME_ALLOWED,
     .print = print_name},
    {.name = "timeout",
     .operand = "S",
     .help = "how many seconds to wait for the other program to appear; 0: not at all",
     .kind = OPTION_DECIMAL,
     .offset = offsetof(struct demo_request, timeout_seconds),
     .least = 0.0,
     .most = 86400.0},
    {.name = "help",
     .help = "print this page",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct demo_request, help)},
    {.name = "version",
     .help = "print the version",
     .kind = OPTION_FLAG,
     .offset = offsetof(struct demo_request, version)},
    {0},
};

static void print_help(const struct demo_program *program, const struct demo_request *defaults)
{
    printf("usage: %s [options]\n\n%s\n\n", program->name, program->summary);
    options_print_help(rows, defaults, stdout);
    printf("\nExit codes: 0 done; 1 the other program was missing or ended early, or the name is\n"
           "in use; 2 bad usage; 69 something the machine lacks; 130 interrupted.\n");
}

static int exit_code_of(int error)
{
    switch (-error) {
    case 0:
        return EXIT_CODE_DONE;
    case EINVAL:
        return EXIT_CODE_USAGE;
    case ENOSPC: /* segments, disk */
    case ENOMEM:
    case ENOSYS:
    case EMFILE:
    case ENFILE:
        return EXIT_CODE_UNAVAILABLE;
    default:
        return EXIT_CODE_FAILED;
    }
}

static int run(const struct demo_program *program, const struct demo_request *request,
               struct failure *failure)
{
    /* A reader that goes away (`server | head`) must not end us before we have cleaned up. */
    signal(SIGPIPE, SIG_IGN);
    setvbuf(stdout, NULL, _IOLBF, 0);
    int result = leftover_start(failure);
    if (result == 0)
        result = program->run(request, failure);
    leftover_remove_all();
    return result;
}

static int answer(const struct demo_program *program, int argument_count, char **arguments)
{
    const struct demo_request defaults = {
        .name = "letters",
        .interval_seconds = 1.0,
        .timeout_seconds = program->default_timeout_seconds,
    };
    struct demo_request request = defaults;
    struct failure failure = {0};
    int result = options_parse(rows, &request, argument_count - 1, arguments + 1, NULL, &failure);
    if (result == 0 && request.help)
        print_help(program, &defaults);
    else if (result == 0 && request.version)
        printf("%s (pipe-vs-shm) %s\n", program->name, PROJECT_VERSION);
    else if (result == 0)
        result = run(program, &request, &failure);
    if (result < 0)
        fprintf(stderr, "%s: %s\n", program->name, failure.text);
    return exit_code_of(result);
}

int demo_program_main(const struct demo_program *program, int argument_count, char **arguments)
{
    standard_streams_keep();
    return standard_streams_end(program->name, answer(program, argument_count, arguments));
}

struct letters_setup demo_letters_setup(const struct demo_request *request)
{
    return (struct letters_setup){.name = request->name,
                                  .synchronised = request->synchronised,
                                  .timeout_seconds = request->timeout_seconds};
}

int demo_say(struct failure *failure, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    errno = 0;
    int length = vprintf(format, arguments);
    va_end(arguments);
    if (length >= 0 && fputc('\n', stdout) != EOF && fflush(stdout) == 0)
        return 0;
    return failure_set(failure, errno != 0 ? -errno : -EIO, "writing to standard output");
}

int demo_say_segment(const struct letters *letters, struct failure *failure)
{
    struct segment_state state;
    int result = segment_look(&letters->segment, &state, failure);
    if (result < 0)
        return result;
    return demo_say(failure,
                    "segment: key 0x%08x = ftok(\"%s\", %d), id %d, mode %04o, size %zu bytes, "
                    "nattch %lu (see it with ipcs -m)",
                    (unsigned)letters->segment.key, letters->meeting.path, letters->segment.ftok_id,
                    letters->segment.id, state.mode, state.bytes, state.attached);
}
