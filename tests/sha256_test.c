/* SHA-256 on the examples that its standard publishes, and around every edge of a block. */
#include "base/sha256.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

static char *hash_of(const void *data, size_t bytes, size_t piece, char text[SHA256_TEXT_BYTES])
{
    struct sha256 hash;
    sha256_start(&hash);
    for (size_t done = 0; done < bytes; done += piece)
        sha256_add(&hash, (const char *)data + done, bytes - done < piece ? bytes - done : piece);
    return sha256_finish(&hash, text);
}

/* FIPS 180-4's examples (csrc.nist.gov, "Cryptographic Standards and Guidelines", SHA256.pdf). */
static void test_published_examples(void **state)
{
    (void)state;
    static const struct {
        const char *message;
        const char *hash;
    } examples[] = {
        {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
        {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
         "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
        {"abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
         "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu",
         "cf5b16a778af8380036ce59e7b0492370b249b11e8f07a51afac45037afee9d1"},
    };
    char text[SHA256_TEXT_BYTES];
    for (size_t index = 0; index < sizeof examples / sizeof *examples; index++)
        assert_string_equal(
            hash_of(examples[index].message, strlen(examples[index].message), 1000, text),
            examples[index].hash);
}

static void test_a_million_times_a(void **state)
{
    (void)state;
    char *message = malloc(1000000);
    assert_non_null(message);
    memset(message, 'a', 1000000);
    char text[SHA256_TEXT_BYTES];
    assert_string_equal(hash_of(message, 1000000, 1000000, text),
                        "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(message);
}

static void test_pieces_do_not_matter(void **state)
{
    (void)state;
    uint8_t message[200];
    for (size_t index = 0; index < sizeof message; index++)
        message[index] = (uint8_t)(index * 7 + 3);
    for (size_t bytes = 0; bytes <= sizeof message; bytes++) {
        char whole[SHA256_TEXT_BYTES];
        hash_of(message, bytes, sizeof message, whole);
        for (size_t piece = 1; piece < 130; piece += 9) {
            char text[SHA256_TEXT_BYTES];
            assert_string_equal(hash_of(message, bytes, piece, text), whole);
        }
    }
}

static void test_file(void **state)
{
    (void)state;
    char path[] = "/tmp/sha256_test.XXXXXX";
    int descriptor = mkstemp(path);
    assert_true(descriptor >= 0);
    assert_int_equal(write(descriptor, "abc", 3), 3);
    close(descriptor);
    char text[SHA256_TEXT_BYTES] = "untouched";
    int result = sha256_of_file(path, text);
    unlink(path);
    assert_int_equal(result, 0);
    assert_string_equal(text, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

static void test_missing_file_leaves_the_text_alone(void **state)
{
    (void)state;
    char text[SHA256_TEXT_BYTES] = "untouched";
    assert_int_equal(sha256_of_file("/nonexistent/file", text), -ENOENT);
    assert_int_equal(sha256_of_file("/", text), -EIO);
    assert_string_equal(text, "untouched");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_published_examples),
        cmocka_unit_test(test_a_million_times_a),
        cmocka_unit_test(test_pieces_do_not_matter),
        cmocka_unit_test(test_file),
        cmocka_unit_test(test_missing_file_leaves_the_text_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
