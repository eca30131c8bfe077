/* Only regular files are opened, and nothing waits. */
#include "base/regular_file.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cmocka.h>

static char folder[32];
static char path[64];
static char target[64];

static int make_folder(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/regular-file-XXXXXX");
    if (mkdtemp(folder) == NULL)
        return -1;
    snprintf(path, sizeof path, "%s/file", folder);
    snprintf(target, sizeof target, "%s/target", folder);
    FILE *stream = fopen(target, "w");
    return stream != NULL && fputs("text", stream) >= 0 && fclose(stream) == 0 ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void)state;
    remove(path);
    remove(target);
    return rmdir(folder);
}

static void assert_refused(int error, const char *text)
{
    struct failure failure = {0};
    FILE *stream = NULL;
    assert_int_equal(regular_file_open(path, "the file", &stream, &failure), error);
    assert_null(stream);
    assert_string_equal(failure.text, text);
}

static void opens_a_file(void **state)
{
    (void)state;
    struct failure failure = {0};
    FILE *stream = NULL;
    char text[8] = "";
    assert_int_equal(link(target, path), 0);
    assert_int_equal(regular_file_open(path, "the file", &stream, &failure), 0);
    assert_non_null(fgets(text, sizeof text, stream));
    assert_string_equal(text, "text");
    fclose(stream);
}

static void names_what_is_not_there(void **state)
{
    (void)state;
    assert_refused(-ENOENT, "the file: No such file or directory");
}

static void follows_no_link(void **state)
{
    (void)state;
    assert_int_equal(symlink(target, path), 0);
    assert_refused(-ELOOP, "the file: a symbolic link; files of a bundle are its own");
}

static void waits_for_no_writer(void **state)
{
    (void)state;
    assert_int_equal(mkfifo(path, 0600), 0);
    assert_refused(-EINVAL, "the file: not a regular file");
}

static void takes_no_folder(void **state)
{
    (void)state;
    assert_int_equal(mkdir(path, 0700), 0);
    assert_refused(-EINVAL, "the file: not a regular file");
}

static void takes_no_socket(void **state)
{
    (void)state;
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    assert_int_equal(bind(descriptor, (struct sockaddr *)&address, sizeof address), 0);
    assert_refused(-EINVAL, "the file: not a regular file");
    close(descriptor);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(opens_a_file, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(names_what_is_not_there, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(follows_no_link, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(waits_for_no_writer, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(takes_no_folder, make_folder, remove_folder),
        cmocka_unit_test_setup_teardown(takes_no_socket, make_folder, remove_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
