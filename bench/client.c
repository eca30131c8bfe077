/* The article's client of the letters demo, made safe: see demo/letters.h. */
#include "base/last_word.h"
#include "demo/program.h"

/* In the article the server looks every second and the client writes every five. */
enum { INTERVALS_PER_LETTER = 5 };

static int write_letters(const struct demo_request *request, struct letters *letters,
                         struct failure *failure)
{
    int result = 0;
    for (uint32_t index = 0; result == 0 && index < LETTERS_COUNT; index++) {
        letters_write(letters, index);
        result = demo_say(failure, "wrote %c", (char)('a' + index));
        if (result == 0)
            result = letters_pause(letters, INTERVALS_PER_LETTER * request->interval_seconds, NULL);
    }
    return result;
}

static int join(const struct demo_request *request, struct failure *failure)
{
    struct letters_setup setup = demo_letters_setup(request);
    struct letters letters;
    int result = letters_join(&setup, &letters, failure);
    if (result < 0)
        return result;
    result = demo_say_segment(&letters, failure);
    if (result == 0)
        result = write_letters(request, &letters, failure);
    if (result == 0)
        letters_finish(&letters);
    letters_close(&letters);
    if (result == 0)
        last_word(stdout);
    if (result == 0)
        result = demo_say(failure, "all %d letters are written; detached", LETTERS_COUNT);
    return result;
}

static const struct demo_program program = {
    .name = "client",
    .summary =
        "The article's demo, made safe: writes the letters a to z into the segment that\n"
        "build/bin/server has made, one every five intervals. Start the server first, or give a\n"
        "--timeout to wait for it. Nobody tells the client whether a letter was seen.",
    .default_timeout_seconds = 0.0,
    .run = join,
};

int main(int argument_count, char **arguments)
{
    return demo_program_main(&program, argument_count, arguments);
}
