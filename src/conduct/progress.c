#include "conduct/progress.h"

#include "base/clock.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { LINE_BYTES = 256, COLUMNS_ASSUMED = 80 };

#define REDRAW_INTERVAL_NS (NANOSECONDS_PER_SECOND / 5)
#define LOG_INTERVAL_NS    (NANOSECONDS_PER_SECOND * 10)

/* Back to the first column, and the line emptied. */
static const char clear_line[] = "\r\033[K";

struct progress progress_begin(FILE *stream)
{
    const char *terminal = getenv("TERM");
    struct progress progress = {
        .stream = stream,
        .redraws = isatty(fileno(stream)) && terminal != NULL && strcmp(terminal, "dumb") != 0,
        .started_ns = clock_now_ns(),
    };
    return progress;
}

double progress_seconds_left(const struct progress_state *state, double elapsed_seconds)
{
    if (state->done == 0)
        return 0.0;
    double pace = elapsed_seconds / (double)state->done;
    double left = pace * (double)(state->total - state->done);
    if (state->seconds_left_most <= 0.0 || left <= state->seconds_left_most)
        return left;
    double least = state->least > state->done ? pace * (double)(state->least - state->done) : 0.0;
    return least > state->seconds_left_most ? least : state->seconds_left_most;
}

static void format_left(const struct progress_state *state, double left_seconds, char *text,
                        size_t text_bytes)
{
    if (state->done == 0) {
        text[0] = '\0';
        return;
    }
    unsigned long seconds = (unsigned long)(left_seconds + 0.5);
    if (seconds < 120)
        snprintf(text, text_bytes, ", %lu s left", seconds);
    else
        snprintf(text, text_bytes, ", %lu min left", (seconds + 30) / 60);
}

static int columns_of(FILE *stream)
{
    struct winsize size;
    if (ioctl(fileno(stream), TIOCGWINSZ, &size) < 0 || size.ws_col == 0)
        return COLUMNS_ASSUMED;
    return size.ws_col;
}

void progress_update(struct progress *progress, const struct progress_state *state)
{
    char left[48];
    char line[LINE_BYTES];
    uint64_t now_ns = clock_now_ns();
    uint64_t interval_ns = progress->redraws ? REDRAW_INTERVAL_NS : LOG_INTERVAL_NS;
    if (progress->last_ns != 0 && now_ns - progress->last_ns < interval_ns)
        return;
    progress->last_ns = now_ns;
    double elapsed_seconds = (double)(now_ns - progress->started_ns) / 1e9;
    double left_seconds = progress_seconds_left(state, elapsed_seconds);
    /* Of time, not of samples: where the budget ends the run, most samples never come. */
    double part = state->done > 0 ? elapsed_seconds / (elapsed_seconds + left_seconds) : 0.0;
    format_left(state, left_seconds, left, sizeof left);
    snprintf(line, sizeof line, "[%3u%%%s] %s", (unsigned)(part * 100.0), left, state->text);
    if (progress->redraws) {
        /* A line as wide as the terminal would wrap. */
        fprintf(progress->stream, "%s%.*s", clear_line, columns_of(progress->stream) - 1, line);
        progress->drawn = true;
    } else {
        fprintf(progress->stream, "%s\n", line);
    }
    fflush(progress->stream);
}

void progress_end(struct progress *progress)
{
    if (progress->drawn)
        fputs(clear_line, progress->stream);
    progress->drawn = false;
    fflush(progress->stream);
}

void progress_say(struct progress *progress, const char *format, ...)
{
    va_list arguments;
    progress_end(progress);
    va_start(arguments, format);
    vfprintf(progress->stream, format, arguments);
    va_end(arguments);
    fputc('\n', progress->stream);
    fflush(progress->stream);
    if (progress->redraws)
        progress->last_ns = 0;
}
