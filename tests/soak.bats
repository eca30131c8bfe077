#!/usr/bin/env bats
# The soak, for a moment: it finds nothing in what works, everything in what is spoilt on purpose,
# and leaves nothing when it is interrupted. (The runner looks for what is left.)

load helpers

setup() {
    soak=$BUILD/tests/soak/soak
}

@test "every mechanism, wait and mode moves what it is given, and loses no wake-up" {
    local combinations
    run "$soak" --hours 0.05 --cells 80 --seed 1 --report "$BATS_TEST_TMPDIR/soak.tsv"
    assert_done
    [[ $output == *" 0 errors, 0 wake-ups lost in "* ]] || complain "the last line"
    combinations=$(column_of "$BATS_TEST_TMPDIR/soak.tsv" mechanism | wc -l)
    [[ $combinations -ge 22 ]] # 74 with two CPUs, which may spin
    [[ $(column_of "$BATS_TEST_TMPDIR/soak.tsv" lost_wake_ups mechanism=shm wait=semop copies=own) == 0 ]]
    [[ $(column_of "$BATS_TEST_TMPDIR/soak.tsv" sleeps mechanism=shm wait=block copies=own) -gt 0 ]]
    [[ $(column_of "$BATS_TEST_TMPDIR/soak.tsv" sleeps mechanism=pipe wait=block copies=own) == nan ]]
}

@test "a message dropped, doubled, swapped or changed is seen through every mechanism" {
    local how
    for how in drop double swap blocks flip; do
        run "$soak" --hours 0.02 --cells 6 --seed 2 --doctor "$how"
        [[ $status -eq 1 ]] || complain "$how: expected exit code 1"
        [[ $(grep -c 'what arrived is not what was sent; to repeat: ' <<<"$output") -eq 6 ]] ||
            complain "$how: expected that each of six cells fails"
    done
    run "$soak" --hours 0.02 --cells 32 --seed 3 --doctor swap
    [[ $(grep -c 'what arrived is not what was sent; to repeat: ' <<<"$output") -eq 32 ]] ||
        complain "swap: expected that each cell fails"
}

@test "a message that is never handed over ends its cell by the time-out" {
    run "$soak" --hours 0.02 --cells 3 --seed 4 --doctor lose
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ $(grep -c 'gave up (--timeout); to repeat: ' <<<"$output") -eq 3 ]] || complain "three lines"
}

@test "the command that it names is one that works" {
    local command
    run "$soak" --hours 0.02 --cells 4 --seed 5 --mechanism shm --doctor flip
    command=$(sed -n 's/.*to repeat: //p' <<<"$output" | head -n 1)
    [[ -n $command ]] || complain "no command"
    # shellcheck disable=SC2086
    run $command --format json
    assert_done
    [[ $output == *'"mechanism":"shm"'* ]] || complain "expected a sample"
}

@test "an interrupted soak tells what it has verified so far" {
    local result=0 table=$BATS_TEST_TMPDIR/table
    # TERM: a shell makes what it starts in the background ignore INT.
    "$soak" --hours 0.1 --seed 6 >"$table" 2>&1 &
    sleep 1
    kill -TERM $!
    wait $! || result=$?
    [[ $result -eq 130 ]]
    grep -q '^interrupted: .* verified in ' "$table"
}

@test "what it cannot do it refuses in one line" {
    run "$soak" --hours no
    assert_refused 2 "--hours"
    run "$soak" --mechanism carrier-pigeon
    assert_refused 2 "--mechanism"
    run "$soak" --hours 0.001 --cells 1 --report "$BATS_TEST_TMPDIR/nowhere/soak.tsv" --seed 1
    [[ $status -eq 69 ]] || complain "expected exit code 69"
    [[ $output == *"--report"* ]] || complain "expected --report"
}
