#!/usr/bin/env bats
# make perf: what it writes where, and that a missed goal, a bad option and a dead process are told.
# How fast anything is, is not asked here.

load helpers

program=$BUILD/perf/perf
script=$repository/scripts/perf.sh
begin='<!-- begin of what make perf writes -->'
end='<!-- end of what make perf writes -->'

setup() {
    [[ -x $program ]] || skip "build/perf/perf is not built (make tests)"
    export BUILD TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir -p "$TMPDIR"
    ipc_before=$(list_ipc)
    document=$BATS_TEST_TMPDIR/document.md
    printf '%s\n' 'Above.' "$begin" 'an old table' "$end" 'Below, by hand.' >"$document"
    rows=$BATS_TEST_TMPDIR/rows.tsv
}

teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(ls -A "$TMPDIR") ]]
}

two_cpus() {
    local cpus
    cpus=$(allowed_cpus)
    [[ ${cpus%,*} != "${cpus#*,}" ]] || skip "two CPUs are needed"
}

# write_rows MEASURED LOW HIGH: a table with one goal, of at least 0.95.
write_rows() {
    printf '%s\t' goal name relation bound measured ci95_lo ci95_hi rounds unit ours_ns other_ns note >"$rows"
    printf 'met\n' >>"$rows"
    printf '2\ta ring / a ring\t>=\t0.95\t%s\t%s\t%s\t9\t\t10\t9\t\tyes\n' "$@" >>"$rows"
}

@test "the table is written between the marked lines, and nothing else is touched" {
    two_cpus
    run "$script" --document "$document" --only 2,9 --rounds 1 --seconds 0.002
    [[ $status -le 1 ]] || complain "expected exit code 0 or 1"
    [[ $(head -n 2 "$document") == "Above."$'\n'"$begin" ]]
    [[ $(tail -n 2 "$document") == "$end"$'\n'"Below, by hand." ]]
    grep -q '^| 2 | shm stream, in place, spin, 8 B / bare ring' "$document"
    grep -q '^| 9 | null, 64 B' "$document"
    [[ $(grep -c 'an old table' "$document") -eq 0 ]]
    [[ $output == *"shm stream, in place, spin, 8 B"* ]]
    # Again: the same lines, no more of them.
    local count
    count=$(wc -l <"$document")
    run "$script" --document "$document" --only 2,9 --rounds 1 --seconds 0.002
    [[ $(wc -l <"$document") -eq $count ]]
}

@test "every goal of the program can be measured" {
    two_cpus
    run "$program" --rounds 1 --seconds 0.001 --format tsv
    [[ $status -le 1 ]] || complain "expected exit code 0 or 1"
    [[ $(cut -f 1 <<<"$output" | sort -nu | tail -n +2 | tr '\n' ' ') == "1 2 3 4 5 6 7 8 9 10 12 " ]]
    [[ $(grep -c $'\tmissing$' <<<"$output") -eq 0 ]]
}

@test "a missed goal is told as missed, whatever the rows say themselves" {
    write_rows 0.50 0.45 0.55
    run "$script" --rows "$rows" --document "$document"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ $output == *"1 missed"* ]] || complain "expected one missed goal"
    grep -q '^| 2 | a ring / a ring | >= 0.950 | 0.500 | 0.450 to 0.550 | NO |' "$document"
}

@test "a met goal, an unclear one and a missing one are told apart" {
    write_rows 0.98 0.96 1.01
    run "$program" --rows "$rows"
    assert_done
    [[ $output == *"1 met, 0 missed"* ]] || complain "expected a met goal"
    write_rows 0.96 0.90 1.01
    run "$program" --rows "$rows"
    assert_done
    [[ $output == *"0 missed, 1 unclear"* ]] || complain "expected an unclear goal"
    write_rows nan nan nan
    run "$program" --rows "$rows"
    assert_done
    [[ $output == *"1 missing"* ]] || complain "expected a missing figure"
}

@test "what it cannot do it refuses in one line" {
    run "$program" --rounds 0
    assert_refused 2 "--rounds"
    run "$program" --only 1,13
    assert_refused 2 "--only"
    run "$program" --only 1,
    assert_refused 2 "--only"
    run "$program" --cpus 0,0
    assert_refused 2 "--cpus"
    run "$program" --format pdf
    assert_refused 2 "--format"
    run "$program" --rows "$BATS_TEST_TMPDIR/nowhere.tsv"
    [[ $status -ne 0 && ${#lines[@]} -eq 1 ]] || complain "expected one line"
    printf 'goal\tname\nx\ty\n' >"$rows"
    run "$program" --rows "$rows"
    assert_refused 2 "relation"
    run "$script" --document "$BATS_TEST_TMPDIR/nowhere.md"
    assert_refused 2 "--document"
    echo 'no marks' >"$document"
    run "$script" --document "$document"
    assert_refused 2 "$begin"
    run "$script" --document
    assert_refused 2 "--document"
    [[ $(cat "$document") == 'no marks' ]]
}

# Prints the pid of a bare process of the program given, once there is one.
find_bare() {
    local attempt child
    for attempt in {1..1000}; do
        for child in $(pgrep -P "$1"); do
            [[ $(cat "/proc/$child/comm" 2>/dev/null) == perf-bare ]] && echo "$child" && return
        done
        sleep 0.01
    done
    return 1
}

@test "a bare process that dies ends it with one line, and nothing is left" {
    two_cpus
    local result=0 said=$BATS_TEST_TMPDIR/said child pid
    "$program" --only 2 --rounds 50 --seconds 0.5 >"$BATS_TEST_TMPDIR/out" 2>"$said" &
    pid=$!
    child=$(find_bare "$pid")
    kill -KILL "$child"
    wait "$pid" || result=$?
    [[ $result -eq 69 ]]
    [[ $(wc -l <"$said") -eq 1 ]]
    grep -q '^perf: the bare .* process .* was killed by signal 9' "$said"
    [[ ! -s $BATS_TEST_TMPDIR/out ]]
    [[ -z $(pgrep -x perf-bare -s 0 || true) ]]
}

@test "a signal ends it with a line, and nothing is left" {
    two_cpus
    local result=0 said=$BATS_TEST_TMPDIR/said pid
    "$program" --only 2 --rounds 50 --seconds 0.5 >/dev/null 2>"$said" &
    pid=$!
    find_bare "$pid" >/dev/null
    kill -TERM "$pid"
    wait "$pid" || result=$?
    [[ $result -eq 130 ]]
    [[ $(wc -l <"$said") -eq 1 ]]
}

@test "the part of settled cells is that of the newest bundle's summary" {
    mkdir -p "$BATS_TEST_TMPDIR/out/a-bundle"
    printf 'mechanism\tsettled\nnull\tnan\npipe\tsettled\nfifo\tbudget\nshm\tnoise\nvmsplice\tsettled\n' \
        >"$BATS_TEST_TMPDIR/out/a-bundle/summary.tsv"
    cd "$BATS_TEST_TMPDIR"
    rows_file=rows
    # shellcheck source=/dev/null
    source "$repository/scripts/perf-rows.sh"
    add_settled out
    add_settled nowhere
    [[ $(cut -f 5 rows | tr '\n' ' ') == "50 nan " ]]
    # Nothing else was written: awk takes a > that it sees for a file's.
    [[ ! -e 0 && ! -e "0 ? 100 * settled / all : 0" && $(find . -newer out/a-bundle/summary.tsv -type f) == ./rows ]]
    [[ $(divide 6 4) == 1.5 && $(divide 6 0) == nan && $(divide "" 4) == nan ]]
}
