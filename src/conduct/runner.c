#include "conduct/runner.h"

#include "base/exit_code.h"
#include "conduct/child_program.h"
#include "measure/sample_json.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* `verdict`: exit code 1 with an output is an answer, too. */
static int capture(const struct runner_start *how, bool verdict, char **output, int *exit_code,
                   struct failure *failure)
{
    const char *program = child_program_name(how->arguments[0]);
    struct child_program child;
    *exit_code = CHILD_PROGRAM_NOT_STARTED;
    int result = child_program_start(how, false, &child);
    if (result < 0)
        return failure_set(failure, result, "%s: cannot be run", how->arguments[0]);
    result = child_program_follow(&child, NULL);
    if (result == 0)
        result = child_program_await_end(&child);
    *exit_code = child_program_end(&child, result == 0);
    bool answered =
        verdict && result == 0 && *exit_code == EXIT_CODE_FAILED && child.output.bytes > 0;
    if (!answered)
        result = child_program_judge(&child, program, result, *exit_code, failure);
    if (result == 0) {
        *output = child.output.text;
        child.output.text = NULL;
    }
    child_program_free(&child);
    return result;
}

int runner_capture(const char *const *arguments, double seconds_most, int stop_fd, char **output,
                   int *exit_code, struct failure *failure)
{
    const struct runner_start how = {
        .arguments = arguments, .seconds_most = seconds_most, .stop_fd = stop_fd};
    return capture(&how, false, output, exit_code, failure);
}

int runner_capture_verdict(const char *const *arguments, double seconds_most, int stop_fd,
                           char **output, int *exit_code, struct failure *failure)
{
    const struct runner_start how = {
        .arguments = arguments, .seconds_most = seconds_most, .stop_fd = stop_fd};
    return capture(&how, true, output, exit_code, failure);
}

int runner_read_sample(const char *program, const char *text, struct sample *sample,
                       struct histogram *histogram, struct failure *failure)
{
    json_t *object = json_loads(text, 0, NULL);
    if (object == NULL)
        return failure_say(failure, -EPROTO, "%s: what it printed is not JSON", program);
    int result = sample_from_json(object, sample, histogram, failure);
    json_decref(object);
    return result;
}

int runner_measure(const struct runner_start *how, struct sample *sample,
                   struct histogram *histogram, int *exit_code, struct failure *failure)
{
    char *output = NULL;
    int result = capture(how, false, &output, exit_code, failure);
    if (result < 0)
        return result;
    result = runner_read_sample(child_program_name(how->arguments[0]), output, sample, histogram,
                                failure);
    free(output);
    return result;
}
