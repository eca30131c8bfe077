#!/usr/bin/env bats
# System V segments, semaphores, message queues and pipe pages that have run out, each in an IPC namespace with limits
# of its own.

load helpers
load limits

setup() {
    setup_limits
}

# Runs a command in a fresh IPC namespace, whose /proc/sys/kernel/NAME is VALUE; what is left in it is
# told in the file `left`.
with_limit() {
    local name=$1 value=$2
    shift 2
    # shellcheck disable=SC2016
    measure_limits unshare --ipc bash -c '
        echo "$2" >"/proc/sys/kernel/$1" || exit 99
        shift 2
        "$@"
        status=$?
        awk "FNR > 1" /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg >left
        exit "$status"' - "$name" "$value" "$@"
    [[ $status -ne 99 ]] || skip "kernel.$name cannot be written here"
    [[ ! -s left ]] || complain "$name=$value: left $(<left)"
}

# All that needs a segment is refused with the text (a pattern); nothing else minds.
refuse_segments() {
    local name=$1 value=$2 text=$3
    for wait in block semop; do
        with_limit "$name" "$value" "$bin/shm" latency --wait "$wait" "${short[@]}"
        assert_refused_cleanly shm 69 "$text"
    done
    with_limit "$name" "$value" "$bin/shm" throughput --pairs-parallel 2 --size 64 --seconds 0.002 --timeout 5
    assert_refused_cleanly shm 69 "pair [12] of 2.*$text"
    with_limit "$name" "$value" "$bin/shm" relay --source file --sink file "${short[@]}"
    assert_refused_cleanly shm 69 "$text"
    with_limit "$name" "$value" "$bin/shm" copies --timeout 5
    assert_refused_cleanly shm 69 "$text"
    with_limit "$name" "$value" "$bin/server" --timeout 1
    assert_refused_cleanly server "69" "$text"
    for program in pipe fifo vmsplice; do
        with_limit "$name" "$value" "$bin/$program" latency "${short[@]}"
        [[ $status -eq 0 ]] || complain "$program minds segments"
    done
}

@test "no more segments (shmmni)" {
    need_namespaces --ipc
    refuse_segments shmmni 0 "making a segment of .*: No space left"
}

@test "no more pages of segments (shmall)" {
    need_namespaces --ipc
    refuse_segments shmall 0 "making a segment of .*: No space left"
}

@test "segments that are too small (shmmax) are a lack of the machine, not bad usage" {
    need_namespaces --ipc
    refuse_segments shmmax 100 "making a segment of "
}

@test "send and receive without segments: both ends say so, and end" {
    need_namespaces --ipc
    # shellcheck disable=SC2016
    with_limit shmmni 0 bash -c '
        "$1" recv --name x --timeout 5 >received 2>receiver & receiver=$!
        "$1" send --name x --timeout 5 --input "$2"
        status=$?
        wait "$receiver" && exit 98
        exit "$status"' - "$bin/shm" "$repository/VERSION"
    assert_refused_cleanly shm "1|69" "segment|ended"
    [[ $(wc -l <receiver) -eq 1 && ! -s received ]] || complain "the receiver: $(<receiver)"
}

@test "no more semaphores: only those who wait by them are refused" {
    need_namespaces --ipc
    # semmsl semmns semopm semmni: sets of one, none at all, no set
    for limits in "1 32000 500 32000" "32000 1 500 32000" "32000 32000 500 0"; do
        with_limit sem "$limits" "$bin/shm" latency --wait semop "${short[@]}"
        assert_refused_cleanly shm 69 "making semaphores \(ipcs -s -l shows|/proc/sys/kernel/sem"
        with_limit sem "$limits" "$bin/shm" latency --wait block "${short[@]}"
        [[ $status -eq 0 ]] || complain "blocking needs no semaphores"
    done
}

@test "no message queues, or none with room: only those who need them are refused" {
    need_namespaces --ipc
    with_limit msgmni 0 "$bin/sysv_mq" latency "${short[@]}"
    assert_refused_cleanly sysv_mq 69 "/proc/sys/kernel/msgmni"
    with_limit msgmax 0 "$bin/sysv_mq" latency "${short[@]}"
    assert_refused_cleanly sysv_mq 69 "/proc/sys/kernel/msgmnb, msgmax"
    with_limit msgmax 100 "$bin/sysv_mq" throughput --size 64K --count 3 --seconds 0.001 --timeout 5
    [[ $status -eq 0 ]] || complain "small messages are messages"
    for program in posix_mq shm pipe; do
        with_limit msgmni 0 "$bin/$program" latency "${short[@]}"
        [[ $status -eq 0 ]] || complain "$program minds System V queues"
    done
}

@test "few bytes for POSIX message queues (RLIMIT_MSGQUEUE): less in flight, or one line that names it" {
    measure_limits bash -c 'ulimit -q 20000; exec "$@"' - "$bin/posix_mq" throughput --size 64K --count 3 \
        --seconds 0.001 --timeout 5
    # The limit is the user's, who may have other queues in other tests.
    assert_works_or_refused posix_mq 69 "RLIMIT_MSGQUEUE"
    measure_limits bash -c 'ulimit -q 100; exec "$@"' - "$bin/posix_mq" latency "${short[@]}"
    assert_refused_cleanly posix_mq 69 "RLIMIT_MSGQUEUE"
}

@test "claims without segments or semaphores: what cannot be tried is told, and the rest is tried" {
    need_namespaces --ipc
    with_limit shmmni 0 "$bin/claims"
    [[ $status -eq 1 && ${#lines[@]} -eq 1 && ${lines[0]} == *"could not be tried" ]] || complain "expected one line"
    grep -q "No space left on device" "$BATS_TEST_TMPDIR/printed" || complain "not why"
    assert_nothing_left
}

@test "a suite without segments is refused before anything is measured, and leaves no folder" {
    need_namespaces --ipc
    with_limit shmmni 0 "$bin/suite" "${tiny[@]}" --out out
    assert_refused_cleanly suite 69 "shm: .*making a segment"
    [[ ! -e out ]] || complain "left: $(find out)"
    with_limit shmmni 0 "$bin/suite" "${tiny[@]}" --mechanisms pipe,fifo --out out
    assert_done
}

# --- Pages of pipes ------------------------------------------------------------------------------

# Runs a command as a user of its own who owns pipes that use up the pages that a user may have.
without_pipe_pages() {
    # shellcheck disable=SC2016
    measure_limits "${as_nobody[@]}" ./pipe_hog "$@"
}

@test "pipe pages of the user used up: a smaller pipe, and the capacity says so" {
    need_other_user
    ${CC:-cc} -o pipe_hog "$repository/tests/faults/pipe_hog.c" 2>/dev/null || skip "no compiler"
    open_to_others "$TMPDIR"
    open_to_others "$PWD"
    for program in pipe fifo vmsplice; do
        without_pipe_pages "$bin/$program" latency "${short[@]}" --format tsv
        if [[ $status -eq 0 ]]; then
            capacity=$(column_of "$BATS_TEST_TMPDIR/printed" capacity_bytes)
            [[ $capacity -gt 0 && $capacity -lt 65536 ]] || complain "$program: capacity $capacity"
            assert_nothing_left
        else
            assert_refused_cleanly "$program" 69 "pipe"
        fi
    done
}
