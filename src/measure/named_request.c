#include "measure/named_request.h"

#include "transfer/meeting.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

enum { ROWS_MOST = 16 };

static int parse_name(const char *text, void *field)
{
    if (!meeting_name_is_allowed(text))
        return -EINVAL;
    memcpy(field, &text, sizeof text);
    return 0;
}

static const struct option_row own_rows[] = {
    {.name = "name",
     .operand = "NAME",
     .help = "send and recv of the same name and mechanism find each other",
     .kind = OPTION_CUSTOM,
     .offset = offsetof(struct request, name),
     .parse = parse_name,
     .allowed = MEETING_NAME_ALLOWED},
    {.name = "timeout",
     .operand = "S",
     .help = "how long the other side may take to appear; the transfer may take any time",
     .kind = OPTION_DECIMAL,
     .offset = offsetof(struct request, timeout_seconds),
     .least = 0.1,
     .most = REQUEST_TIMEOUT_MOST_SECONDS},
    {.name = NULL},
};

/* What each side takes from the table of the other subcommands. The rest of a transfer is the
 * sender's, and the receiver learns it from there. */
static const char *const sender_options[] = {"source", "input",    "size",  "wait",
                                             "copies", "capacity", "count", NULL};
static const char *const receiver_options[] = {"sink", "output", NULL};
static const char *const common_options[] = {"help", "version", NULL};

enum channel_role named_side(const char *command)
{
    if (strcmp(command, "send") == 0)
        return CHANNEL_WRITER;
    return strcmp(command, "recv") == 0 ? CHANNEL_READER : CHANNEL_NO_ROLE;
}

static const char *command_name(enum channel_role side)
{
    return side == CHANNEL_WRITER ? "send" : "recv";
}

/* ---- the option table of a side ---- */

static const struct option_row *find_row(const struct option_row *rows, const char *name,
                                         size_t length)
{
    for (; rows->name != NULL; rows++) {
        if (strlen(rows->name) == length && memcmp(rows->name, name, length) == 0)
            return rows;
    }
    return NULL;
}

static size_t add_rows(struct option_row *rows, size_t count, const char *const *names)
{
    for (; *names != NULL; names++)
        rows[count++] = *find_row(request_rows, *names, strlen(*names));
    return count;
}

static void make_rows(enum channel_role side, struct option_row rows[ROWS_MOST])
{
    size_t count = 0;
    for (const struct option_row *row = own_rows; row->name != NULL; row++)
        rows[count++] = *row;
    count = add_rows(rows, count, side == CHANNEL_WRITER ? sender_options : receiver_options);
    count = add_rows(rows, count, common_options);
    rows[count] = (struct option_row){.name = NULL};
}

/* An option that exists, but not here, gets a better answer than one that is unknown. */
static int refuse_others_options(enum channel_role side, const struct option_row *rows, int count,
                                 char **arguments, struct failure *failure)
{
    struct option_row other_rows[ROWS_MOST];
    enum channel_role other = side == CHANNEL_WRITER ? CHANNEL_READER : CHANNEL_WRITER;
    make_rows(other, other_rows);
    for (int index = 0; index < count; index++) {
        const char *name = arguments[index] + 2;
        if (strncmp(arguments[index], "--", 2) != 0)
            continue;
        size_t length = strcspn(name, "=");
        if (length == 0)
            break;
        if (find_row(rows, name, length) != NULL)
            continue;
        if (find_row(other_rows, name, length) != NULL)
            return failure_say(failure, -EINVAL,
                               "--%.*s: %s has no such option, it is the other side's: give it to "
                               "%s",
                               (int)length, name, command_name(side), command_name(other));
        if (find_row(request_rows, name, length) != NULL)
            return failure_say(failure, -EINVAL,
                               "--%.*s: %s has no such option; --help lists its own", (int)length,
                               name, command_name(side));
    }
    return 0;
}

/* ---- what is allowed together ---- */

static int check_mechanism(const struct channel_operations *mechanism, enum channel_role side,
                           struct failure *failure)
{
    if (mechanism->clear != NULL)
        return 0;
    if (strcmp(mechanism->name, "pipe") == 0)
        return failure_say(failure, -EINVAL, "%s: a pipe has no name; use fifo",
                           command_name(side));
    return failure_say(failure, -EINVAL, "%s: %s has no name to meet by; use fifo or shm",
                       command_name(side), mechanism->name);
}

static int check_sender(struct request *request, const struct channel_operations *mechanism,
                        struct failure *failure)
{
    if (!request->source_given)
        request->source = request->input != NULL ? SOURCE_FILE : SOURCE_STDIN;
    if (request->source == SOURCE_MEMORY)
        return failure_say(failure, -EINVAL,
                           "--source memory: send reads its bytes; allowed: file, stdin, zero");
    if ((request->source == SOURCE_FILE) != (request->input != NULL))
        return failure_say(failure, -EINVAL, "--source file and --input FILE go together");
    if ((request->source == SOURCE_ZERO) != (request->count > 0))
        return failure_say(failure, -EINVAL,
                           "--count: --source zero needs it, and no other source has it: those are "
                           "read to their end");
    if (!channel_can_wait(mechanism, (enum wait_kind)request->wait))
        return failure_say(failure, -EINVAL, "--wait %s: %s does not have it; see %s --help",
                           wait_names[request->wait], mechanism->name, mechanism->name);
    return 0;
}

static int check_receiver(struct request *request, struct failure *failure)
{
    if (!request->sink_given)
        request->sink = request->output != NULL ? SINK_FILE : SINK_STDOUT;
    if ((request->sink == SINK_FILE) != (request->output != NULL))
        return failure_say(failure, -EINVAL, "--sink file and --output FILE go together");
    return 0;
}

int named_request_parse(const struct channel_operations *mechanism, enum channel_role side,
                        int count, char **arguments, struct request *request,
                        struct failure *failure)
{
    struct option_row rows[ROWS_MOST];
    make_rows(side, rows);
    *request = request_default;
    int result = refuse_others_options(side, rows, count, arguments, failure);
    if (result == 0)
        result = options_parse(rows, request, count, arguments, NULL, failure);
    if (result < 0 || request->help || request->version)
        return result;
    result = check_mechanism(mechanism, side, failure);
    if (result == 0 && request->name == NULL)
        result = failure_say(failure, -EINVAL,
                             "--name: %s needs one, the same as the other side; allowed: %s",
                             command_name(side), MEETING_NAME_ALLOWED);
    if (result < 0)
        return result;
    return side == CHANNEL_WRITER ? check_sender(request, mechanism, failure)
                                  : check_receiver(request, failure);
}

struct named_setup named_request_setup(const struct request *request,
                                       const struct channel_operations *mechanism)
{
    return (struct named_setup){.operations = mechanism,
                                .name = request->name,
                                .timeout_seconds = request->timeout_seconds,
                                .wait = (enum wait_kind)request->wait,
                                .copies = (enum copies)request->copies,
                                .size_bytes = request->size_bytes,
                                .capacity_bytes = request->capacity_bytes,
                                .source = (enum source_kind)request->source,
                                .input = request->input,
                                .count = request->count,
                                .sink = (enum sink_kind)request->sink,
                                .output = request->output};
}

/* ---- help ---- */

void named_print_usage(const struct channel_operations *mechanism, FILE *stream)
{
    if (mechanism->clear != NULL)
        fprintf(stream,
                "       %s send --name NAME [options]\n"
                "       %s recv --name NAME [options]\n",
                mechanism->name, mechanism->name);
}

void named_print_commands(const struct channel_operations *mechanism, FILE *stream)
{
    if (mechanism->clear != NULL)
        fputs("  send, recv  two programs that meet by a name, in any order: the source of one\n"
              "              (standard input) goes to the sink of the other (standard output),\n"
              "              once, to its end; both end with 0 only when all has arrived\n",
              stream);
}

void named_print_options(const struct channel_operations *mechanism, FILE *stream)
{
    static const enum channel_role sides[] = {CHANNEL_WRITER, CHANNEL_READER};
    struct option_row rows[ROWS_MOST];
    for (size_t index = 0; mechanism->clear != NULL && index < 2; index++) {
        fprintf(stream, "\nOptions of %s:\n", command_name(sides[index]));
        make_rows(sides[index], rows);
        options_print_help(rows, &request_default, stream);
    }
}
