#!/usr/bin/env bats
# The audit of copies from outside: `copies` of every matched program on every path, as the audit
# build and as the normal one run it, what it refuses, and what it leaves behind when it is ended.

load helpers

setup() {
    cpus=$(allowed_cpus)
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR"
    ipc_before=$(list_ipc)
}

# Whatever happened, nothing may stay.
teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(find "$TMPDIR" -mindepth 1 -print -quit) ]]
}

programs=$mechanisms
modes="own inplace"
# Every pair of ends but those that would never end.
paths="memory:use memory:file memory:null file:use file:file file:stdout file:null
    stdin:use stdin:file stdin:stdout stdin:null zero:use zero:file zero:null"

header="mechanism source sink copies source_stage transfer_in_stage transfer_out_stage sink_stage"
header+=" predicted_copies kernel_io_copies expected_kernel_io_copies ledger_user_copies"
header+=" user_copies expected_user_copies mutation expected_mutation mutation_source"
header+=" mutation_transfer_in mutation_transfer_out mutation_sink agrees note"

# Reads what `run` has captured: sets row, the values of its one row by their columns.
read_row() {
    local index columns values
    assert_done
    [[ ${#lines[@]} -eq 2 ]] || complain "expected a header and one row"
    [[ ${lines[0]} == "${header// /$'\t'}" ]] || complain "not the documented columns"
    IFS=$'\t' read -r -a columns <<<"${lines[0]}"
    IFS=$'\t' read -r -a values <<<"${lines[1]}"
    [[ ${#values[@]} -eq ${#columns[@]} ]] || complain "the row has other columns than the header"
    unset row
    declare -g -A row
    for index in "${!columns[@]}"; do
        row[${columns[index]}]=${values[index]}
    done
}

# Runs a program with options, and reads its row.
audit() {
    run "$@" --cpus "$cpus"
    read_row
}

# audit_path FOLDER PROGRAM SOURCE SINK MODE
audit_path() {
    audit "$1/$2" copies --source "$3" --sink "$4" --copies "$5"
}

# expect COLUMN VALUE
expect() {
    [[ ${row[$1]} == "$2" ]] || complain "$1 is '${row[$1]}', not '$2'"
}

every_path_agrees() {
    local program=$1 mode path
    declare -A audits
    for path in $paths; do
        # Both modes at once: an audit leaves one of two CPUs idle most of the time.
        for mode in $modes; do
            "$bin/audit/$program" copies --source "${path%:*}" --sink "${path#*:}" --copies "$mode" \
                --cpus "$cpus" >"$BATS_TEST_TMPDIR/$mode" 2>&1 3>&- &
            audits[$mode]=$!
        done
        for mode in $modes; do
            status=0
            wait "${audits[$mode]}" || status=$?
            output=$(<"$BATS_TEST_TMPDIR/$mode")
            mapfile -t lines <"$BATS_TEST_TMPDIR/$mode"
            read_row
            expect mechanism "$program"
            expect source "${path%:*}"
            expect sink "${path#*:}"
            expect copies "$mode"
            expect agrees yes
            expect user_copies "${row[expected_user_copies]}"
            expect ledger_user_copies "${row[expected_user_copies]}"
            expect mutation "${row[expected_mutation]}"
            [[ ${row[note]} != *DISAGREES* ]] || complain "agrees, but the note does not"
        done
    done
}

@test "pipe: every path agrees with its ledger" { every_path_agrees pipe; }
@test "fifo: every path agrees with its ledger" { every_path_agrees fifo; }
@test "shm: every path agrees with its ledger" { every_path_agrees shm; }
@test "posix_shm: every path agrees with its ledger" { every_path_agrees posix_shm; }
@test "memfd: every path agrees with its ledger" { every_path_agrees memfd; }
@test "unix_stream: every path agrees with its ledger" { every_path_agrees unix_stream; }
@test "unix_seqpacket: every path agrees with its ledger" { every_path_agrees unix_seqpacket; }
@test "tcp: every path agrees with its ledger" { every_path_agrees tcp; }
@test "posix_mq: every path agrees with its ledger" { every_path_agrees posix_mq; }
@test "sysv_mq: every path agrees with its ledger" { every_path_agrees sysv_mq; }
@test "vmsplice: every path agrees with its ledger" { every_path_agrees vmsplice; }
@test "process_vm_readv: every path agrees with its ledger" { every_path_agrees process_vm_readv; }

# The rows that the whole comparison rests on, from the article's four against one downwards.
@test "the predicted copies are those of the comparison" {
    local program source sink mode copies
    while read -r program source sink mode copies; do
        audit_path "$bin/audit" "$program" "$source" "$sink" "$mode"
        expect predicted_copies "$copies"
    done <<'TABLE'
pipe file file own 4
shm file use inplace 1
shm file file inplace 2
pipe file use own 3
pipe memory use own 2
shm memory use own 2
shm memory use inplace 0
vmsplice memory use own 1
process_vm_readv memory use own 1
process_vm_readv memory use inplace 1
pipe zero null own 2
TABLE
}

@test "without ends it is file to file" {
    audit "$bin/audit/shm" copies
    expect source file
    expect sink file
    expect copies own
}

@test "the rows of /dev/zero and /dev/null say why they mislead" {
    audit_path "$bin/audit" pipe zero null own
    expect predicted_copies 2
    expect expected_kernel_io_copies 4
    [[ ${row[note]} == *"/dev/zero, which copies nothing"* ]] || complain "no word on /dev/zero"
    [[ ${row[note]} == *"/dev/null, which copies nothing"* ]] || complain "no word on /dev/null"
}

@test "the normal build has no memcpy witness, and says so" {
    for program in $programs; do
        audit_path "$bin" "$program" file file own
        expect user_copies nan
        expect ledger_user_copies "${row[expected_user_copies]}"
        expect agrees yes
        [[ ${row[note]} == *"memcpy is counted in the audit build only"* ]] || complain "not a word on it"
    done
}

@test "standard input and output stay what they are" {
    echo "for whoever comes next" >"$BATS_TEST_TMPDIR/input"
    run bash -c '"$1" copies --source stdin --sink stdout --cpus "$2" | wc -l && cat' \
        bash "$bin/audit/shm" "$cpus" <"$BATS_TEST_TMPDIR/input"
    assert_done
    [[ ${lines[0]// /} == 2 ]] || complain "expected two lines"
    [[ ${lines[1]} == "for whoever comes next" ]] || complain "standard input was read"
}

# --- Bad input ---------------------------------------------------------------------------------

refuse() {
    local text=$1 program
    shift
    for program in $programs; do
        run "$bin/audit/$program" copies --cpus "$cpus" "$@"
        assert_refused 2 "$text"
        [[ $output == "$program: "* ]] || complain "the line does not begin with the program"
    done
}

@test "a message that does not fit into the capacity is refused" {
    refuse "--size" --size 64K --capacity 32K
    refuse "--size" --size 65537
}

@test "files of the user are refused: the audit changes what it reads" {
    echo kept >"$BATS_TEST_TMPDIR/file"
    refuse "--input" --input "$BATS_TEST_TMPDIR/file"
    refuse "--output" --output "$BATS_TEST_TMPDIR/file"
    [[ $(cat "$BATS_TEST_TMPDIR/file") == kept ]] || complain "the file was changed"
}

@test "extra copies and ends that never end are refused" {
    refuse "--extra-copies" --extra-copies 1
    refuse "--sink stdout" --source zero --sink stdout
    refuse "--sink stdout" --source memory --sink stdout
}

@test "the null mechanism, which moves nothing, has no copies to audit" {
    run "$bin/audit/null" copies --cpus "$cpus"
    assert_refused 2 "moves nothing"
}

@test "a row that cannot be written is an error" {
    run bash -c '"$1" copies --cpus "$2" >/dev/full' bash "$bin/audit/pipe" "$cpus"
    assert_refused 1 "No space left"
}

@test "help names it" {
    run "$bin/pipe" --help
    assert_done
    [[ $output == *"|copies "* && $output == *$'\n  copies '* ]] || complain "no word on copies"
}

# --- Death -------------------------------------------------------------------------------------

children_of() {
    cat "/proc/$1/task/"*/children 2>/dev/null
}

# Starts an audit of many small messages and waits until its two processes are there and busy:
# sets started and victims.
start_long_audit() {
    local waited
    "$bin/audit/$1" copies --size 1 --cpus "$cpus" >"$BATS_TEST_TMPDIR/output" \
        2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    started=$!
    for ((waited = 0; waited < 50; waited++)); do
        read -r -a victims <<<"$(children_of "$started")"
        [[ ${#victims[@]} -lt 2 ]] || break
        sleep 0.1
    done
    sleep 0.05
    [[ ${#victims[@]} -eq 2 ]] || {
        echo "$1 has ${#victims[@]} processes" >&2
        return 1
    }
}

# Waits for its end: sets status, output and lines.
await_end() {
    status=0
    wait "$started" || status=$?
    output=$(cat "$BATS_TEST_TMPDIR/errors")
    mapfile -t lines <"$BATS_TEST_TMPDIR/errors"
}

nobody_stays() {
    local waited
    for ((waited = 0; waited < 20; waited++)); do
        kill -0 "${victims[0]}" 2>/dev/null || kill -0 "${victims[1]}" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "${victims[@]}"
    echo "processes ${victims[*]} stay" >&2
    return 1
}

@test "killed in the middle it leaves nothing" {
    for program in pipe fifo shm; do
        start_long_audit "$program"
        kill -KILL "$started"
        wait "$started" || true
        nobody_stays
    done
}

@test "ended by a signal it says so, prints no row and leaves nothing" {
    for program in fifo shm; do
        start_long_audit "$program"
        kill -TERM "$started"
        await_end
        assert_refused 130 "interrupted"
        [[ ! -s $BATS_TEST_TMPDIR/output ]] || complain "a row in spite of it"
        nobody_stays
    done
}

@test "when one of its processes dies there is no row" {
    for side in 0 1; do
        start_long_audit shm
        kill -KILL "${victims[side]}"
        await_end
        assert_refused 1 "killed"
        [[ ! -s $BATS_TEST_TMPDIR/output ]] || complain "a row in spite of it"
        nobody_stays
    done
}
