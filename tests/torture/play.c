#include "play.h"

#include "base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

enum { STREAM_BYTES_MOST = 8 << 20, CHUNK_BYTES = 64 << 10, POLL_MS = 5, EXIT_NOT_STARTED = 127 };

/* ---- what comes out ---- */

static void close_descriptor(int *descriptor)
{
    if (*descriptor >= 0)
        close(*descriptor);
    *descriptor = -1;
}

static int make_room(struct stream_text *text, size_t bytes)
{
    size_t needed = text->count + bytes + 1;
    size_t room = text->room == 0 ? 4096 : text->room;
    while (room < needed)
        room *= 2;
    char *larger = room > text->room ? realloc(text->bytes, room) : text->bytes;
    if (larger == NULL)
        return -ENOMEM;
    text->bytes = larger;
    text->room = room;
    return 0;
}

/* Takes what is there. What is beyond the bound is dropped, and told. */
static void drain(struct stream_text *text)
{
    static char chunk[CHUNK_BYTES];
    while (text->descriptor >= 0) {
        ssize_t got = read(text->descriptor, chunk, sizeof chunk);
        if (got < 0 && (errno == EAGAIN || errno == EINTR))
            return;
        if (got <= 0) {
            /* A terminal whose other end nobody holds gives EIO. */
            close_descriptor(&text->descriptor);
            return;
        }
        if (text->count + (size_t)got > STREAM_BYTES_MOST || make_room(text, (size_t)got) < 0) {
            text->overflowed = true;
            continue;
        }
        memcpy(text->bytes + text->count, chunk, (size_t)got);
        text->count += (size_t)got;
        text->bytes[text->count] = '\0';
    }
}

/* ---- starting ---- */

/* The ends of a program's standard streams: ours and its. */
struct ends {
    int output[2];
    int errors[2]; /* [0] is the terminal's controlling side where there is one */
    char terminal[64];
};

static int open_terminal(struct ends *ends)
{
    ends->errors[0] = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (ends->errors[0] < 0 || grantpt(ends->errors[0]) != 0 || unlockpt(ends->errors[0]) != 0 ||
        ptsname_r(ends->errors[0], ends->terminal, sizeof ends->terminal) != 0)
        return -errno;
    return 0;
}

static int open_ends(bool on_terminal, struct ends *ends)
{
    *ends = (struct ends){.output = {-1, -1}, .errors = {-1, -1}};
    if (pipe2(ends->output, O_CLOEXEC) != 0)
        return -errno;
    if (on_terminal)
        return open_terminal(ends);
    return pipe2(ends->errors, O_CLOEXEC) == 0 ? 0 : -errno;
}

static void close_ends(struct ends *ends)
{
    for (int side = 0; side < 2; side++) {
        close_descriptor(&ends->output[side]);
        close_descriptor(&ends->errors[side]);
    }
}

static void default_signals(void)
{
    sigset_t none;
    sigemptyset(&none);
    for (int number = 1; number < NSIG; number++)
        signal(number, SIG_DFL);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

/* In the child: a session of its own, on the terminal where there is one. */
_Noreturn static void become(const struct command *command, const struct ends *ends,
                             const char *folder, const char *mark, pid_t parent)
{
    static const struct rlimit no_core = {0, 0};
    int errors = ends->errors[1];
    default_signals();
    prctl(PR_SET_PDEATHSIG, SIGKILL); /* the storm must not leave runs behind either */
    setrlimit(RLIMIT_CORE, &no_core);
    setsid();
    if (ends->terminal[0] != '\0')
        errors = open(ends->terminal, O_RDWR); /* becomes the session's terminal */
    int input = command->input != NULL      ? open(command->input, O_RDONLY | O_CLOEXEC)
                : ends->terminal[0] != '\0' ? dup(errors)
                                            : open("/dev/null", O_RDONLY | O_CLOEXEC);
    bool ready = getppid() == parent && input >= 0 && errors >= 0 &&
                 dup2(input, STDIN_FILENO) >= 0 && dup2(ends->output[1], STDOUT_FILENO) >= 0 &&
                 dup2(errors, STDERR_FILENO) >= 0 && chdir(folder) == 0 &&
                 setenv(MARK_VARIABLE, mark, 1) == 0;
    if (errors > STDERR_FILENO)
        close(errors);
    if (ready)
        execv(command->arguments[0], (char *const *)(uintptr_t)command->arguments);
    _exit(EXIT_NOT_STARTED);
}

static int start(const struct command *command, bool on_terminal, const char *folder,
                 const char *mark, struct part *part)
{
    struct ends ends;
    int result = open_ends(on_terminal, &ends);
    if (result < 0) {
        close_ends(&ends);
        return result;
    }
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(command, &ends, folder, mark, parent);
    result = pid < 0 ? -errno : 0;
    close_descriptor(&ends.output[1]);
    close_descriptor(&ends.errors[1]);
    if (result < 0) {
        close_ends(&ends);
        return result;
    }
    part->pid = part->first_pid = pid;
    part->output.descriptor = ends.output[0];
    part->errors.descriptor = ends.errors[0];
    fcntl(part->output.descriptor, F_SETFL, O_NONBLOCK);
    fcntl(part->errors.descriptor, F_SETFL, O_NONBLOCK);
    return 0;
}

/* ---- while it runs ---- */

static double seconds_since(uint64_t start_ns)
{
    return (double)(clock_now_ns() - start_ns) / (double)NANOSECONDS_PER_SECOND;
}

/* Reaps all that has ended, orphans of the run included. */
static void reap(struct play *play)
{
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
        for (size_t index = 0; index < play->count; index++) {
            if (play->parts[index].pid != pid)
                continue;
            play->parts[index].pid = 0;
            play->parts[index].status = status;
        }
    }
}

/* Listens for a moment. */
static void listen_to(struct play *play)
{
    struct pollfd watched[2 * SCENARIO_COMMANDS_MOST];
    nfds_t count = 0;
    for (size_t index = 0; index < play->count; index++) {
        watched[count++] = (struct pollfd){play->parts[index].output.descriptor, POLLIN, 0};
        watched[count++] = (struct pollfd){play->parts[index].errors.descriptor, POLLIN, 0};
    }
    (void)poll(watched, count, POLL_MS);
    for (size_t index = 0; index < play->count; index++) {
        drain(&play->parts[index].output);
        drain(&play->parts[index].errors);
    }
    reap(play);
}

/* The first processes' ends are known for sure; only when all have ended are others looked for. */
static bool lives(const struct play *play, const char *mark)
{
    for (size_t index = 0; index < play->count; index++) {
        if (play->parts[index].pid != 0)
            return true;
    }
    return marked_any(mark);
}

/* ---- the strike ---- */

static struct part *draw_living(struct play *play, struct random *random)
{
    struct part *living[SCENARIO_COMMANDS_MOST];
    size_t count = 0;
    for (size_t index = 0; index < play->count; index++) {
        if (play->parts[index].pid != 0)
            living[count++] = &play->parts[index];
    }
    return count > 0 ? living[random_below(random, count)] : NULL;
}

/* A part that was not reaped keeps its pid, and with it its group. */
static void strike_part(struct play *play, struct strike *strike, const struct scenario *scenario)
{
    struct part *part = draw_living(play, &strike->random);
    play->hit = (struct hit){.landed = false};
    if (part == NULL)
        return;
    if (strike->aim == STRIKE_TERMINAL) {
        play->hit.landed = part->errors.descriptor >= 0;
        close_descriptor(&part->errors.descriptor);
    } else {
        play->hit.landed = kill(-part->pid, strike->signal_number) == 0;
    }
    part->hit = play->hit.landed;
    /* Sender and receiver clear up for each other. */
    for (size_t index = 0; index < play->count; index++)
        play->hit.others_know |= scenario->kind == SCENARIO_NAMED && &play->parts[index] != part &&
                                 play->parts[index].pid != 0;
}

static void strike_now(struct play *play, struct strike *strike, const struct scenario *scenario,
                       const char *mark)
{
    pid_t pids[SCENARIO_COMMANDS_MOST] = {0};
    if (strike->aim == STRIKE_GROUP || strike->aim == STRIKE_TERMINAL) {
        strike_part(play, strike, scenario);
        return;
    }
    for (size_t index = 0; index < play->count; index++)
        pids[index] = play->parts[index].pid;
    strike_deliver(strike, scenario, pids, mark, &play->hit);
    for (size_t index = 0; index < play->count; index++) {
        struct part *part = &play->parts[index];
        part->hit = strike->aim == STRIKE_ALL && play->hit.landed && part->pid != 0;
        for (size_t target = 0; target < play->hit.count; target++)
            part->hit |= play->hit.targets[target].pid == part->first_pid;
    }
}

static bool hits_role(const struct hit *hit, const char *role)
{
    for (size_t index = 0; index < hit->count; index++) {
        if (strcmp(hit->targets[index].role, role) == 0)
            return true;
    }
    return false;
}

/* Whether what was hit takes the whole run with it. */
static bool must_end(const struct play *play, const struct strike *strike,
                     const struct scenario *scenario)
{
    if (!play->hit.landed || strike_is_harmless(strike))
        return false;
    bool first = hits_role(&play->hit, "conductor");
    for (size_t index = 0; index < play->count; index++)
        first |= play->parts[index].hit;
    if (scenario->goes_on && !first)
        return false;
    /* Shells ignore SIGQUIT, and what they start in the background does. */
    return !(
        scenario->goes_on && strike->signal_number == SIGQUIT &&
        (strike->aim == STRIKE_ONE || strike->aim == STRIKE_TWO || strike->aim == STRIKE_GROUP));
}

/* ---- the whole ---- */

static void end_all(struct play *play, const char *mark)
{
    struct marked found[MARKED_MOST];
    play->survivors = marked_find(mark, found);
    if (play->survivors > 0)
        snprintf(play->survivor, sizeof play->survivor, "%s", found[0].name);
    play->hung = true;
    marked_kill_all(mark);
    for (int turn = 0; turn < 200 && lives(play, mark); turn++)
        listen_to(play);
}

/* When the patience is over, in seconds after the start. */
static double patience(const struct play *play, const struct scenario *scenario,
                       const struct play_setting *setting)
{
    if (!play->must_end)
        return setting->calm_seconds;
    return play->after_seconds + setting->end_seconds + scenario->timeout_seconds +
           setting->hang_seconds;
}

static int follow(const struct scenario *scenario, struct strike *strike, double after_seconds,
                  const struct play_setting *setting, struct play *play)
{
    const char *mark = setting->mark;
    uint64_t start_ns = clock_now_ns();
    bool pending = after_seconds >= 0.0;
    double continue_at = -1.0;
    while (lives(play, mark)) {
        double now = seconds_since(start_ns);
        if (*setting->stop) {
            end_all(play, mark);
            return -EINTR;
        }
        if (pending && now >= after_seconds) {
            pending = false;
            strike_now(play, strike, scenario, mark);
            play->after_seconds = seconds_since(start_ns);
            play->must_end = must_end(play, strike, scenario);
            if (strike->aim == STRIKE_STOP && play->hit.landed)
                continue_at = play->after_seconds + strike->pause_seconds;
        }
        if (continue_at >= 0.0 && now >= continue_at) {
            continue_at = -1.0;
            strike_continue(&play->hit, mark);
        }
        if (now > patience(play, scenario, setting)) {
            end_all(play, mark);
            break;
        }
        listen_to(play);
    }
    play->wall_seconds = seconds_since(start_ns);
    play->end_seconds = play->wall_seconds - play->after_seconds;
    play->end_allowed_seconds = setting->end_seconds;
    /* A side that is stopped, or never came, is waited for. */
    if (strike->aim == STRIKE_STOP_FOR_EVER || scenario->kind == SCENARIO_NAMED ||
        scenario->kind == SCENARIO_LETTERS)
        play->end_allowed_seconds += scenario->timeout_seconds;
    return 0;
}

int play_run(const struct scenario *scenario, struct strike *strike, double after_seconds,
             const struct play_setting *setting, struct play *play, struct failure *failure)
{
    *play = (struct play){.count = scenario->count};
    int result = 0;
    for (size_t index = 0; index < SCENARIO_COMMANDS_MOST; index++)
        play->parts[index].output.descriptor = play->parts[index].errors.descriptor = -1;
    for (size_t index = 0; index < scenario->count; index++) {
        struct part *part = &play->parts[index];
        if (result == 0 && (make_room(&part->output, 0) < 0 || make_room(&part->errors, 0) < 0))
            result = -ENOMEM;
        if (result < 0)
            break;
        part->output.bytes[0] = part->errors.bytes[0] = '\0';
        result = start(&scenario->commands[index], scenario->on_terminal, setting->folder,
                       setting->mark, part);
    }
    if (result < 0) {
        end_all(play, setting->mark);
        return failure_set(failure, result, "starting %s", scenario->commands[0].arguments[0]);
    }
    result = follow(scenario, strike, after_seconds, setting, play);
    listen_to(play);
    return result;
}

void play_free(struct play *play)
{
    for (size_t index = 0; index < play->count; index++) {
        close_descriptor(&play->parts[index].output.descriptor);
        close_descriptor(&play->parts[index].errors.descriptor);
        free(play->parts[index].output.bytes);
        free(play->parts[index].errors.bytes);
    }
    play->count = 0;
}
