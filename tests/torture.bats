#!/usr/bin/env bats
# The kill storm itself: a short one finds nothing, and its judge sees each fault that it is made to
# see. For the first a fault is one of the project; for the others the target is doctored.

load helpers

setup() {
    [[ -z ${SANITIZE-} ]] || skip "programs with a sanitizer end in ways of their own"
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR"
}

teardown() {
    [[ -z $(ls -A "$TMPDIR") ]] || {
        echo "the storm left: $(ls -A "$TMPDIR")"
        return 1
    }
}

storm() {
    "$BUILD/tests/torture-storm" --root "$repository" --build "$BUILD" "$@"
}

# doctor PROGRAM: a folder of programs in which this one is the script on standard input; $real is
# the path of the true one.
doctor() {
    local program
    doctored=$BATS_TEST_TMPDIR/doctored
    mkdir "$doctored"
    for program in "$bin"/*; do
        ln -s "$program" "$doctored"
    done
    rm "$doctored/$1"
    {
        echo '#!/usr/bin/env bash'
        echo "real=$(printf '%q' "$bin/$1")"
        cat
    } >"$doctored/$1"
    chmod +x "$doctored/$1"
}

# The judge calls the doctored program out with these words.
assert_called_out() {
    local scenarios=$1 words=$2
    shift 2
    run storm --programs "$doctored" --scenarios "$scenarios" --seed 1 "$@"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    grep '^FAIL ' <<<"$output" | grep -q -- "$words" || complain "expected a FAIL with '$words'"
}

@test "a short storm: nothing hangs, leaks or lies" {
    run storm --runs 40 --seed 1 --report "$BATS_TEST_TMPDIR/report.tsv"
    assert_done
    [[ $(column_of "$BATS_TEST_TMPDIR/report.tsv" runs kind=total) == 40 ]] || complain "no 40 runs"
    [[ $(column_of "$BATS_TEST_TMPDIR/report.tsv" in_time kind=total) -ge 10 ]] ||
        complain "hardly a signal came in time"
}

@test "a run can be had again alone" {
    run storm --seed 5 --only 3 --after 0.01 --scenarios fifo
    assert_done
    [[ $output == "seed 5, "*"0 failed runs, seed 5" ]] || complain "another seed"
    run storm --seed 5 --scenarios nothing
    [[ $status -eq 2 && $output == *"no name begins with 'nothing'"* ]] || complain "not refused"
}

@test "an interrupted storm ends at once and leaves nothing" {
    local pid result=0
    env --default-signal=INT "$BUILD/tests/torture-storm" --root "$repository" --build "$BUILD" \
        --scenarios fifo --seed 1 >/dev/null 2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    pid=$!
    sleep 1
    kill -INT "$pid"
    wait "$pid" || result=$?
    [[ $result -eq 130 && $(cat "$BATS_TEST_TMPDIR/errors") == "torture: interrupted" ]]
}

@test "a queue and a name that stay are called out" {
    unshare --ipc --mount true 2>/dev/null || skip "queues and names of others would be counted, too"
    doctor pipe <<<'ipcmk -Q >/dev/null; touch /dev/shm/stays; exec "$real" "$@"'
    assert_called_out pipe "left behind: 0 segments, 0 semaphore sets, 1 message queues, 1 POSIX names" --runs 1
}

@test "a file that stays is called out" {
    doctor pipe <<<'touch "$TMPDIR/stays"; exec "$real" "$@"'
    assert_called_out pipe "left behind: 1 files, 0 FIFOs, 0 folders in TMPDIR (stays)" --runs 1
}

@test "a FIFO that stays where programs meet is called out" {
    doctor fifo <<<'mkfifo "$XDG_RUNTIME_DIR/stays"; exec "$real" "$@"'
    assert_called_out fifo "0 files, 1 FIFOs, 0 folders in XDG_RUNTIME_DIR" --runs 1
}

@test "a segment and a semaphore set that stay are called out" {
    command -v ipcmk >/dev/null || skip "ipcmk is missing"
    doctor pipe <<<'ipcmk -M 64 -S 1 >/dev/null; exec "$real" "$@"'
    assert_called_out pipe "left behind: 1 segments, 1 semaphore sets" --runs 1
}

@test "a program that hangs is called out, and a process that stays" {
    doctor pipe <<<'trap "" TERM INT HUP QUIT; while :; do sleep 0.05; done'
    assert_called_out pipe "had to be ended .* after the start" --runs 1 --patience 0.5 --grace 0.3
    rm -r "$doctored"
    doctor pipe <<<'sleep 60 >/dev/null 2>&1 & exec "$real" "$@"'
    assert_called_out pipe "processes (sleep ...) had to be ended" --runs 1 --patience 6
}

@test "survivors that take their time are called out" {
    # The supervisor is right, but what it leaves to do takes a while.
    doctor pipe <<<'"$real" "$@"; code=$?; [[ $code -eq 0 ]] || sleep 1.5; exit $code'
    assert_called_out pipe "the last process ended .* after the signal" --runs 8 --grace 0.5 --strict
}

@test "two results, a wrong one, and one beside a failure are called out" {
    doctor pipe <<<'"$real" "$@" && "$real" "$@"'
    assert_called_out "pipe throughput" "exit code 0 and not one whole, right result" --runs 1
    rm -r "$doctored"
    doctor fifo <<<'"$real" "$@" | tr "\000-\177" "\001-\177\000"'
    assert_called_out "fifo filter" "exit code 0 and not one whole, right result" --runs 1
    rm -r "$doctored"
    doctor pipe <<<'"$real" "$@"; exit 1'
    assert_called_out "pipe throughput" "exit code 1 and a result" --runs 1
}

@test "a failure without a word, and one with too many, are called out" {
    doctor pipe <<<'"$real" "$@" 2>/dev/null'
    assert_called_out "pipe latency" "failed without a line" --runs 8
    rm -r "$doctored"
    doctor pipe <<<'yes complaint | head -n 100 >&2; exec "$real" "$@"'
    assert_called_out "pipe latency" "10[0-9] lines on standard error" --runs 2
}

@test "a bundle with half a row, and a change to an earlier one, are called out" {
    doctor suite <<<'"$real" "$@"; code=$?
        printf "1\t2" >>"${@: -1}/latest/samples.tsv"
        exit $code'
    assert_called_out suite "samples.tsv: row [0-9]* has no end" --runs 1
    rm -r "$doctored"
    doctor suite <<<'for rows in "${@: -1}"/2*/samples.tsv; do echo >>"$rows"; done; exec "$real" "$@"'
    assert_called_out suite "the earlier bundle was changed" --runs 1
}
