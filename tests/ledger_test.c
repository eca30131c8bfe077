/*
 * The ledger's predictions, each computed by hand: copies per byte of every mechanism, mode and
 * pair of ends, and what each witness must then see.
 */
#include "measure/ledger.h"
#include "transfer/mechanisms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

/* Rows: sources memory, file, stdin, zero. Columns: sinks use, file, stdout, null. Each digit is a
 * number per payload byte. */
struct answers {
    const char *copies[SOURCE_KIND_COUNT];
    const char *kernel_io[SOURCE_KIND_COUNT]; /* zero and null count, though nothing is copied */
    const char *user[SOURCE_KIND_COUNT];
    const char *mutations[SOURCE_KIND_COUNT]; /* of a fill and a discard nothing can be seen */
};

/* write and read */
static const struct answers pipe_answers = {
    .copies = {"2332", "3443", "3443", "2332"},
    .kernel_io = {"2333", "3444", "3444", "3444"},
    .user = {"0000", "0000", "0000", "0000"},
    .mutations = {"2332", "3443", "3443", "2332"},
};

/* one memcpy in, one out: the kernel sees the ends only */
static const struct answers shm_own_answers = {
    .copies = {"2332", "3443", "3443", "2332"},
    .kernel_io = {"0111", "1222", "1222", "1222"},
    .user = {"2222", "2222", "2222", "2222"},
    .mutations = {"2332", "3443", "3443", "2332"},
};

/* the ends alone */
static const struct answers shm_inplace_answers = {
    .copies = {"0110", "1221", "1221", "0110"},
    .kernel_io = {"0111", "1222", "1222", "1222"},
    .user = {"0000", "0000", "0000", "0000"},
    .mutations = {"0110", "1221", "1221", "0110"},
};

/* read alone */
static const struct answers vmsplice_answers = {
    .copies = {"1221", "2332", "2332", "1221"},
    .kernel_io = {"1222", "2333", "2333", "2333"},
    .user = {"0000", "0000", "0000", "0000"},
    .mutations = {"1221", "2332", "2332", "1221"},
};

/* process_vm_readv, in short: the reader has the kernel copy straight from the writer's memory */
static const struct channel_operations remote = {
    .name = "remote",
    .stages =
        {[COPIES_OWN] = {STAGE_NONE, STAGE_REMOTE}, [COPIES_INPLACE] = {STAGE_NONE, STAGE_REMOTE}},
};

static const struct answers remote_answers = {
    .copies = {"1221", "2332", "2332", "1221"},
    .kernel_io = {"0111", "1222", "1222", "1222"},
    .user = {"0000", "0000", "0000", "0000"},
    .mutations = {"1221", "2332", "2332", "1221"},
};

/* in and out of a message queue, which the kernel does not count */
static const struct answers queue_answers = {
    .copies = {"2332", "3443", "3443", "2332"},
    .kernel_io = {"0111", "1222", "1222", "1222"},
    .user = {"0000", "0000", "0000", "0000"},
    .mutations = {"2332", "3443", "3443", "2332"},
};

static void check_number(const struct channel_operations *operations, enum source_kind source,
                         enum sink_kind sink, enum copies copies, const char *what, double seen,
                         const char *const *answers)
{
    int expected = answers[source][sink] - '0';
    if (seen < expected || seen > expected)
        fail_msg("%s %s, %s to %s: %s is %g, not %d", operations->name, copies_names[copies],
                 source_names[source], sink_names[sink], what, seen, expected);
}

static void check_mode(const struct channel_operations *operations, enum copies copies,
                       const struct answers *answers)
{
    for (int from = 0; from < SOURCE_KIND_COUNT; from++) {
        for (int to = 0; to < SINK_KIND_COUNT; to++) {
            enum source_kind source = (enum source_kind)from;
            enum sink_kind sink = (enum sink_kind)to;
            struct ledger_path path = ledger_predict(operations, source, sink, copies);
            check_number(operations, source, sink, copies, "copies", ledger_copies(&path),
                         answers->copies);
            check_number(operations, source, sink, copies, "kernel_io", ledger_kernel_io(&path),
                         answers->kernel_io);
            check_number(operations, source, sink, copies, "user_copies", ledger_user_copies(&path),
                         answers->user);
            check_number(operations, source, sink, copies, "mutation", ledger_mutations(&path),
                         answers->mutations);
        }
    }
}

static void rows_and_columns_are_in_the_order_of_the_words(void **state)
{
    (void)state;
    const int sources[] = {SOURCE_MEMORY, SOURCE_FILE, SOURCE_STDIN, SOURCE_ZERO};
    const int sinks[] = {SINK_USE, SINK_FILE, SINK_STDOUT, SINK_NULL};
    assert_int_equal(SOURCE_KIND_COUNT, 4);
    assert_int_equal(SINK_KIND_COUNT, 4);
    for (int index = 0; index < 4; index++) {
        assert_int_equal(sources[index], index);
        assert_int_equal(sinks[index], index);
    }
}

static void a_pipe_and_a_fifo_copy_twice_in_both_modes(void **state)
{
    (void)state;
    check_mode(&channel_pipe, COPIES_OWN, &pipe_answers);
    check_mode(&channel_pipe, COPIES_INPLACE, &pipe_answers);
    check_mode(&channel_fifo, COPIES_OWN, &pipe_answers);
    check_mode(&channel_fifo, COPIES_INPLACE, &pipe_answers);
}

static void shared_memory_copies_twice_or_not_at_all(void **state)
{
    (void)state;
    check_mode(&channel_shm, COPIES_OWN, &shm_own_answers);
    check_mode(&channel_shm, COPIES_INPLACE, &shm_inplace_answers);
}

static void vmsplice_copies_once(void **state)
{
    (void)state;
    check_mode(&channel_vmsplice, COPIES_OWN, &vmsplice_answers);
    check_mode(&channel_vmsplice, COPIES_INPLACE, &vmsplice_answers);
}

static void a_queue_copies_twice_in_both_modes(void **state)
{
    (void)state;
    check_mode(&channel_posix_mq, COPIES_OWN, &queue_answers);
    check_mode(&channel_posix_mq, COPIES_INPLACE, &queue_answers);
    check_mode(&channel_sysv_mq, COPIES_OWN, &queue_answers);
    check_mode(&channel_sysv_mq, COPIES_INPLACE, &queue_answers);
}

static void a_remote_copy_is_one_that_only_mutation_sees(void **state)
{
    (void)state;
    check_mode(&remote, COPIES_OWN, &remote_answers);
    check_mode(&remote, COPIES_INPLACE, &remote_answers);
}

/* The article's own comparison, and the fair ones beside it. */
static void the_article_compares_four_with_one(void **state)
{
    (void)state;
    const struct {
        const struct channel_operations *operations;
        enum source_kind source;
        enum sink_kind sink;
        enum copies copies;
        double expected;
    } cases[] = {
        {&channel_pipe, SOURCE_FILE, SINK_FILE, COPIES_OWN, 4},
        {&channel_shm, SOURCE_FILE, SINK_USE, COPIES_INPLACE, 1},
        {&channel_shm, SOURCE_FILE, SINK_FILE, COPIES_INPLACE, 2},
        {&channel_pipe, SOURCE_FILE, SINK_USE, COPIES_OWN, 3},
        {&channel_pipe, SOURCE_MEMORY, SINK_USE, COPIES_OWN, 2},
        {&channel_shm, SOURCE_MEMORY, SINK_USE, COPIES_OWN, 2},
        {&channel_shm, SOURCE_MEMORY, SINK_USE, COPIES_INPLACE, 0},
        {&channel_vmsplice, SOURCE_MEMORY, SINK_USE, COPIES_OWN, 1},
    };
    for (size_t index = 0; index < sizeof cases / sizeof cases[0]; index++) {
        struct ledger_path path = ledger_predict(cases[index].operations, cases[index].source,
                                                 cases[index].sink, cases[index].copies);
        assert_true(ledger_copies(&path) >= cases[index].expected);
        assert_true(ledger_copies(&path) <= cases[index].expected);
    }
}

static void check_words(const struct ledger_path *path, const char *const *kinds,
                        const char *const *mutations)
{
    for (int stage = 0; stage < LEDGER_STAGES; stage++) {
        assert_string_equal(stage_kind_names[path->stages[stage]], kinds[stage]);
        assert_string_equal(mutation_names[ledger_mutation(path, (enum ledger_stage)stage)],
                            mutations[stage]);
    }
}

static void each_stage_has_its_word_and_its_mutation(void **state)
{
    (void)state;
    struct ledger_path path = ledger_predict(&channel_shm, SOURCE_ZERO, SINK_NULL, COPIES_OWN);
    check_words(&path, (const char *const[]){"fill", "user", "user", "discard"},
                (const char *const[]){"unseen", "copied", "copied", "unseen"});
    path = ledger_predict(&channel_shm, SOURCE_MEMORY, SINK_USE, COPIES_INPLACE);
    check_words(&path, (const char *const[]){"none", "none", "none", "none"},
                (const char *const[]){"none", "shared", "shared", "none"});
    path = ledger_predict(&channel_vmsplice, SOURCE_STDIN, SINK_STDOUT, COPIES_OWN);
    check_words(&path, (const char *const[]){"kernel", "none", "kernel", "kernel"},
                (const char *const[]){"copied", "shared", "copied", "copied"});
    path = ledger_predict(&remote, SOURCE_FILE, SINK_FILE, COPIES_OWN);
    check_words(&path, (const char *const[]){"kernel", "none", "remote", "kernel"},
                (const char *const[]){"copied", "shared", "copied", "copied"});
}

static void every_word_is_there_once(void **state)
{
    (void)state;
    int words = 0;
    while (stage_kind_names[words] != NULL)
        words++;
    assert_int_equal(words, STAGE_KIND_COUNT);
    for (words = 0; mutation_names[words] != NULL; words++)
        ;
    assert_int_equal(words, MUTATION_COUNT);
    const char *const stages[] = {"source", "transfer_in", "transfer_out", "sink"};
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        assert_string_equal(ledger_stage_names[stage], stages[stage]);
    assert_null(ledger_stage_names[LEDGER_STAGES]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_columns_are_in_the_order_of_the_words),
        cmocka_unit_test(a_pipe_and_a_fifo_copy_twice_in_both_modes),
        cmocka_unit_test(shared_memory_copies_twice_or_not_at_all),
        cmocka_unit_test(vmsplice_copies_once),
        cmocka_unit_test(a_queue_copies_twice_in_both_modes),
        cmocka_unit_test(a_remote_copy_is_one_that_only_mutation_sees),
        cmocka_unit_test(the_article_compares_four_with_one),
        cmocka_unit_test(each_stage_has_its_word_and_its_mutation),
        cmocka_unit_test(every_word_is_there_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
