#!/usr/bin/env bats
# A real run that is killed is gone on with and verifies; a run is made like another and compared.

load helpers

setup() {
    [[ -z ${SANITIZE-} ]] || skip "measuring with a sanitizer shows nothing"
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    out=$BATS_TEST_TMPDIR/results
    options=(--mechanisms "pipe,shm" --tests "latency,throughput" --sizes "64,4K" --waits block --modes own
        --seconds 0.002 --rounds 6 --seed 11 --out "$out")
}

# Kills the suite hard once samples.tsv has so many lines.
kill_after_lines() {
    local lines=$1 pid count=0
    "$bin/suite" "${options[@]}" >/dev/null 2>&1 3>&- &
    pid=$!
    for _ in {1..600}; do
        count=$(cat "$out"/*.partial/samples.tsv 2>/dev/null | wc -l)
        [[ $count -lt $lines ]] || break
        sleep 0.05
    done
    kill -KILL "$pid"
    wait "$pid" 2>/dev/null || true
    [[ $count -ge $lines ]] || complain "the run did not come so far"
    # Its sample, started by it, ends with it.
    sleep 0.3
}

@test "a killed run goes on where it was, to the plan of a whole one" {
    "$bin/suite" "${options[@]}" >/dev/null 2>&1
    whole=$(readlink -f "$out/latest")
    rows=$(column_of "$whole/samples.tsv" round | wc -l)
    cells() {
        cut -f 1,2,4-14 "$1/samples.tsv"
    }
    for lines in 3 $((rows / 2)); do
        kill_after_lines "$lines"
        partial=$(echo "$out"/*.partial)
        run "$bin/suite" --resume "$partial"
        assert_done
        [[ ! -e $partial ]] || complain "still partial"
        bundle=$(readlink -f "$out/latest")
        [[ $bundle != "$whole" ]] || complain "latest was not moved"
        diff <(cells "$whole") <(cells "$bundle") || complain "another plan"
        run "$bin/verify" "$bundle"
        assert_done
    done
}

@test "what is no interrupted run is refused in one line" {
    "$bin/suite" "${options[@]}" --rounds 1 >/dev/null 2>&1
    run "$bin/suite" --resume "$out/latest"
    assert_refused 2 "is not an interrupted run"
    run "$bin/suite" --resume "$out/nowhere"
    assert_refused 2 "--resume: "
    run "$bin/suite" --resume "$out/latest" --like "$out/latest"
    assert_refused 2 "--like and --resume exclude each other"
    run "$bin/suite" --like "$repository/tests"
    assert_refused 2 "--like: "
}

@test "options beside --resume that would change the run are refused" {
    kill_after_lines 3
    partial=$(echo "$out"/*.partial)
    run "$bin/suite" --resume "$partial" --sizes 64
    [[ $status -eq 2 && $output == *"of the plan is not what it was"* ]] || complain "not refused"
    run "$bin/suite" --resume "$partial" --seed 1
    assert_refused 2 "seed, label and folder are those of the run"
    [[ -d $partial ]] || complain "the run is gone"
}

@test "--like runs the same plan with the same seed, and other options win" {
    "$bin/suite" "${options[@]}" --rounds 1 >/dev/null 2>&1
    like=$(readlink -f "$out/latest")
    run "$bin/suite" --like "$like" --out "$BATS_TEST_TMPDIR/others" --label "elsewhere"
    assert_done
    bundle=$(readlink -f "$BATS_TEST_TMPDIR/others/latest")
    diff <(cut -f 1,2,4-14 "$like/samples.tsv") <(cut -f 1,2,4-14 "$bundle/samples.tsv") ||
        complain "another plan"
    run "$bin/suite" --like "$like" --sizes 1K --dry-run
    assert_done
    [[ $output == *"seed: 11"* && $output == *"1 KiB"* ]] || complain "another plan: $output"
}
