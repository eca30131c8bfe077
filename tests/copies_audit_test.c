/*
 * The verdict of the copies audit on observations made up by hand: every witness can turn it round
 * by itself, one that is not there cannot; and the row, character by character.
 */
#include "measure/copies_audit.h"
#include "transfer/copy_witness.h"
#include "transfer/mechanisms.h"

#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* shm, file to file, own: kernel, user, user, kernel; as all witnesses must see it. */
static struct copies_audit honest(void)
{
    return (struct copies_audit){
        .mechanism = "shm",
        .source = SOURCE_FILE,
        .sink = SINK_FILE,
        .copies = COPIES_OWN,
        .path = {{STAGE_KERNEL, STAGE_USER, STAGE_USER, STAGE_KERNEL}},
        .kernel_io = 2.0,
        .ledger_user = 2.0,
        .link_user = 2.0,
        .mutations = {MUTATION_COPIED, MUTATION_COPIED, MUTATION_COPIED, MUTATION_COPIED},
    };
}

static int count_in(const char *text, const char *part)
{
    int count = 0;
    for (const char *place = text; (place = strstr(place, part)) != NULL; place++)
        count++;
    return count;
}

/* Exactly one witness disagrees, and the note names it. */
static void check_disagrees(struct copies_audit *audit, const char *note)
{
    copies_audit_judge(audit);
    if (audit->agrees || count_in(audit->note, "DISAGREES: ") != 1 ||
        strstr(audit->note, note) == NULL)
        fail_msg("expected '%s' in: %s", note, audit->note);
}

static void check_agrees(struct copies_audit *audit)
{
    copies_audit_judge(audit);
    if (!audit->agrees || strstr(audit->note, "DISAGREES") != NULL)
        fail_msg("%s", audit->note);
}

static void honest_observations_agree(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.agrees = false;
    strcpy(audit.note, "DISAGREES: an older note");
    check_agrees(&audit);
    assert_string_equal(audit.note, "/proc/PID/io does not see memcpy");
}

static void each_count_turns_it_round_alone(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.kernel_io = 3.0;
    check_disagrees(&audit, "/proc/PID/io saw 3 per byte where 2 must be");
    audit = honest();
    audit.ledger_user = 1.0;
    check_disagrees(&audit, "the ledger's counter saw 1 per byte where 2 must be");
    audit = honest();
    audit.link_user = 3.0;
    check_disagrees(&audit, "memcpy at link level saw 3 per byte where 2 must be");
}

static void each_mutation_turns_it_round_alone(void **state)
{
    (void)state;
    const char *const notes[] = {"mutation found source shared where it must be copied",
                                 "mutation found transfer_in shared where it must be copied",
                                 "mutation found transfer_out shared where it must be copied",
                                 "mutation found sink shared where it must be copied"};
    for (int stage = 0; stage < LEDGER_STAGES; stage++) {
        struct copies_audit audit = honest();
        audit.mutations[stage] = MUTATION_SHARED;
        check_disagrees(&audit, notes[stage]);
        /* What could have been seen and was not is no proof. */
        audit.mutations[stage] = MUTATION_UNSEEN;
        check_disagrees(&audit, "unseen where it must be copied");
        audit.mutations[stage] = MUTATION_NONE;
        check_disagrees(&audit, "none where it must be copied");
    }
}

static void a_copy_that_must_not_be_is_found_too(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.path = (struct ledger_path){{STAGE_KERNEL, STAGE_NONE, STAGE_NONE, STAGE_KERNEL}};
    audit.ledger_user = audit.link_user = 0.0;
    audit.mutations[LEDGER_TRANSFER_IN] = audit.mutations[LEDGER_TRANSFER_OUT] = MUTATION_SHARED;
    check_agrees(&audit);
    assert_string_equal(audit.note, "-");
    audit.mutations[LEDGER_TRANSFER_OUT] = MUTATION_COPIED;
    check_disagrees(&audit, "mutation found transfer_out copied where it must be shared");
}

static void a_witness_that_is_not_there_does_not_disagree(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.kernel_io = NAN;
    check_agrees(&audit);
    assert_non_null(strstr(audit.note, "this kernel shows no /proc/PID/io"));
    audit = honest();
    audit.link_user = NAN;
    check_agrees(&audit);
    assert_non_null(strstr(audit.note, "memcpy is counted in the audit build only"));
    /* But it does not silence the others. */
    audit.kernel_io = NAN;
    audit.mutations[LEDGER_SINK] = MUTATION_SHARED;
    check_disagrees(&audit, "mutation found sink");
}

static void a_thousandth_per_byte_is_the_border(void **state)
{
    (void)state;
    const double within[] = {2.0009, 1.9991};
    const double beyond[] = {2.0011, 1.9989};
    for (int side = 0; side < 2; side++) {
        struct copies_audit audit = honest();
        audit.kernel_io = audit.ledger_user = audit.link_user = within[side];
        check_agrees(&audit);
        audit = honest();
        audit.kernel_io = beyond[side];
        check_disagrees(&audit, "/proc/PID/io");
        audit = honest();
        audit.ledger_user = beyond[side];
        check_disagrees(&audit, "the ledger's counter");
        audit = honest();
        audit.link_user = beyond[side];
        check_disagrees(&audit, "memcpy at link level");
    }
}

static void what_is_infinite_disagrees(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.kernel_io = HUGE_VAL; /* of no payload at all */
    check_disagrees(&audit, "/proc/PID/io");
}

static void blind_spots_are_named(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.path = (struct ledger_path){{STAGE_FILL, STAGE_NONE, STAGE_REMOTE, STAGE_DISCARD}};
    audit.ledger_user = audit.link_user = 0.0;
    audit.mutations[LEDGER_SOURCE] = audit.mutations[LEDGER_SINK] = MUTATION_UNSEEN;
    audit.mutations[LEDGER_TRANSFER_IN] = MUTATION_SHARED;
    check_agrees(&audit);
    assert_string_equal(audit.note,
                        "/proc/PID/io counts reading /dev/zero, which copies nothing; "
                        "/proc/PID/io counts writing to /dev/null, which copies nothing; "
                        "only mutation sees this copy: /proc/PID/io counts no process_vm_readv");
}

static void a_note_that_is_too_long_is_cut(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    audit.path = (struct ledger_path){{STAGE_FILL, STAGE_USER, STAGE_REMOTE, STAGE_DISCARD}};
    audit.kernel_io = audit.ledger_user = audit.link_user = 9.0;
    for (int stage = 0; stage < LEDGER_STAGES; stage++)
        audit.mutations[stage] = MUTATION_SHARED;
    copies_audit_judge(&audit);
    assert_false(audit.agrees);
    assert_int_equal(strlen(audit.note), COPIES_AUDIT_NOTE_BYTES - 1);
    assert_int_equal(strncmp(audit.note, "DISAGREES: /proc/PID/io saw 9", 29), 0);
}

/* ---- the row ---- */

static void check_printed(const struct copies_audit *audit, const char *expected)
{
    char *text = NULL;
    size_t bytes = 0;
    FILE *stream = open_memstream(&text, &bytes);
    assert_non_null(stream);
    if (audit != NULL)
        copies_audit_print(audit, stream);
    else
        copies_audit_print_header(stream);
    assert_int_equal(fclose(stream), 0);
    assert_string_equal(text, expected);
    free(text);
}

static void the_columns_are_those_that_are_documented(void **state)
{
    (void)state;
    check_printed(NULL,
                  "mechanism\tsource\tsink\tcopies\tsource_stage\ttransfer_in_stage\t"
                  "transfer_out_stage\tsink_stage\tpredicted_copies\tkernel_io_copies\t"
                  "expected_kernel_io_copies\tledger_user_copies\tuser_copies\t"
                  "expected_user_copies\tmutation\texpected_mutation\tmutation_source\t"
                  "mutation_transfer_in\tmutation_transfer_out\tmutation_sink\tagrees\tnote\n");
}

static void a_row_has_plain_numbers(void **state)
{
    (void)state;
    struct copies_audit audit = honest();
    copies_audit_judge(&audit);
    check_printed(&audit,
                  "shm\tfile\tfile\town\tkernel\tuser\tuser\tkernel\t4\t2\t2\t2\t2\t2\t4\t4\t"
                  "copied\tcopied\tcopied\tcopied\tyes\t"
                  "/proc/PID/io does not see memcpy\n");
    audit.mechanism = "vmsplice";
    audit.source = SOURCE_ZERO;
    audit.sink = SINK_NULL;
    audit.copies = COPIES_INPLACE;
    audit.path = (struct ledger_path){{STAGE_FILL, STAGE_NONE, STAGE_KERNEL, STAGE_DISCARD}};
    audit.kernel_io = 2.99764;
    audit.ledger_user = 0.0;
    audit.link_user = NAN;
    audit.mutations[LEDGER_SOURCE] = audit.mutations[LEDGER_SINK] = MUTATION_UNSEEN;
    audit.mutations[LEDGER_TRANSFER_IN] = MUTATION_SHARED;
    audit.agrees = false;
    strcpy(audit.note, "a\ttab");
    check_printed(&audit,
                  "vmsplice\tzero\tnull\tinplace\tfill\tnone\tkernel\tdiscard\t1\t2.998\t3\t0\t"
                  "nan\t0\t1\t1\tunseen\tshared\tcopied\tunseen\tno\ta tab\n");
}

/* ---- what is refused, and what this build cannot see ---- */

static void a_source_that_never_ends_is_refused_before_standard_output(void **state)
{
    (void)state;
    const enum source_kind endless[] = {SOURCE_ZERO, SOURCE_MEMORY};
    for (int index = 0; index < 2; index++) {
        struct failure failure = {0};
        struct copies_audit audit = {.mechanism = "untouched"};
        const struct session_setup setup = {.operations = &channel_pipe,
                                            .source = endless[index],
                                            .sink = SINK_STDOUT,
                                            .size_bytes = 65536,
                                            .capacity_bytes = 65536};
        assert_int_equal(copies_audit(&setup, &audit, &failure), -EINVAL);
        assert_non_null(strstr(failure.text, "--sink stdout"));
        assert_non_null(strstr(failure.text, source_names[endless[index]]));
        assert_string_equal(audit.mechanism, "untouched");
    }
}

static void a_normal_build_has_no_link_witness(void **state)
{
    (void)state;
    static char one[4096];
    static char other[4096];
    assert_false(copy_witness_is_there());
    memcpy(other, one, sizeof one);
    assert_int_equal(copy_witness_bytes(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(honest_observations_agree),
        cmocka_unit_test(each_count_turns_it_round_alone),
        cmocka_unit_test(each_mutation_turns_it_round_alone),
        cmocka_unit_test(a_copy_that_must_not_be_is_found_too),
        cmocka_unit_test(a_witness_that_is_not_there_does_not_disagree),
        cmocka_unit_test(a_thousandth_per_byte_is_the_border),
        cmocka_unit_test(what_is_infinite_disagrees),
        cmocka_unit_test(blind_spots_are_named),
        cmocka_unit_test(a_note_that_is_too_long_is_cut),
        cmocka_unit_test(the_columns_are_those_that_are_documented),
        cmocka_unit_test(a_row_has_plain_numbers),
        cmocka_unit_test(a_source_that_never_ends_is_refused_before_standard_output),
        cmocka_unit_test(a_normal_build_has_no_link_witness),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
