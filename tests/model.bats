#!/usr/bin/env bats
# The models of the hand-shake and the ring (src/transfer/*.pml): some of what `make model` checks, and
# that it would see a fault.

load helpers

setup() {
    command -v spin >/dev/null || skip "spin is missing"
    command -v cc >/dev/null || skip "cc is missing"
}

@test "all states of the hand-shake and of the ring are searched, and faults are found" {
    run "$repository/scripts/model.sh" "wait.pml -DTSO" "ring.pml -DLOANS -DTSO" "-DACQUIRE_RELEASE -DTSO" \
        "-DRELEASE_BEFORE_READ"
    assert_done
    [[ ${lines[0]} == "ok    wait.pml -DTSO: no error in "*" states" ]] || complain "the first line"
    [[ $output == *"ok    wait.pml -DACQUIRE_RELEASE -DTSO: found (invalid end state)"* ]] ||
        complain "weak orders lose a wake-up"
    [[ $output == *"ok    ring.pml -DLOANS -DRELEASE_BEFORE_READ: found (assertion violated"* ]] ||
        complain "bytes that are overwritten"
    [[ ${lines[-1]} == "4 passed, 0 failed, 0 skipped" ]] || complain "the last line"
}

@test "a model that is wrong, and one whose fault is none, fail" {
    local copy=$BATS_TEST_TMPDIR/copy
    mkdir -p "$copy/src/transfer" "$copy/scripts"
    cp "$repository/scripts/model.sh" "$repository/scripts/about.sh" "$copy/scripts"
    cp "$repository"/src/transfer/*.pml "$copy/src/transfer"
    sed -i 's/^#define STRONG_LOAD  SEQ_CST/#define STRONG_LOAD  ACQUIRE/; s/^#define STRONG_STORE SEQ_CST/#define STRONG_STORE RELEASE/' \
        "$copy/src/transfer/handshake.pml"
    run "$copy/scripts/model.sh" "wait.pml -DTSO"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ ${lines[0]} == "FAIL  wait.pml -DTSO: 1 errors, 0 expected" ]] || complain "the first line"

    cp "$repository"/src/transfer/*.pml "$copy/src/transfer"
    sed -i 's/^#ifdef RELEASE_BEFORE_READ/#ifdef NEVER/; s/^#ifndef RELEASE_BEFORE_READ/#ifndef NEVER/' \
        "$copy/src/transfer/ring.pml"
    run "$copy/scripts/model.sh" "-DRELEASE_BEFORE_READ"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ ${lines[0]} == "FAIL  ring.pml -DLOANS -DRELEASE_BEFORE_READ: 0 errors, 1 expected" ]] ||
        complain "the first line"
}
