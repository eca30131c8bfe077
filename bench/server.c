/* The article's server of the letters demo, made safe: see demo/letters.h. */
#include "base/last_word.h"
#include "demo/program.h"

/* The article's loop: nothing makes the server wait, so it sees the same letters many times. */
static int look_again_and_again(const struct demo_request *request, struct letters *letters,
                                struct failure *failure)
{
    char seen[LETTERS_COUNT + 1];
    bool finished = false;
    int result = 0;
    while (result == 0 && !finished) {
        result = letters_pause(letters, request->interval_seconds, &finished);
        if (result < 0)
            break;
        letters_look(letters, seen);
        result = demo_say(failure, "%s", seen[0] != '\0' ? seen : "(no letter yet)");
    }
    return result;
}

/* What the article's loop lacks: each letter is waited for, and printed once. */
static int take_each_letter(struct letters *letters, struct failure *failure)
{
    char letter;
    bool finished = false;
    int result = 0;
    for (int count = 0; result == 0 && count < LETTERS_COUNT; count++) {
        result = letters_take(letters, &letter);
        if (result == 0)
            result = demo_say(failure, "%c", letter);
    }
    while (result == 0 && !finished)
        result = letters_pause(letters, 1.0, &finished);
    return result;
}

static int serve(const struct demo_request *request, struct failure *failure)
{
    struct letters_setup setup = demo_letters_setup(request);
    struct letters letters;
    int result = letters_serve(&setup, &letters, failure);
    if (result < 0)
        return result;
    result = demo_say_segment(&letters, failure);
    if (result == 0)
        result = request->synchronised ? take_each_letter(&letters, failure)
                                       : look_again_and_again(request, &letters, failure);
    letters_close(&letters);
    if (result == 0)
        last_word(stdout);
    if (result == 0)
        result = demo_say(failure,
                          "the client has written all %d letters and detached; "
                          "the segment is removed",
                          LETTERS_COUNT);
    return result;
}

static const struct demo_program program = {
    .name = "server",
    .summary =
        "The article's demo, made safe: makes a System V segment, then prints what stands in it.\n"
        "Start it first, and build/bin/client in another terminal. Shared memory makes nobody\n"
        "wait: the server looks five times as often as the client writes and sees each letter\n"
        "again and again; --sync adds what is missing. Ctrl-C ends it and removes the segment.",
    .default_timeout_seconds = 60.0,
    .run = serve,
};

int main(int argument_count, char **arguments)
{
    return demo_program_main(&program, argument_count, arguments);
}
