#!/usr/bin/env bats
# System calls that fail, one at a time: a sample of what tests/syscall-faults.sh tries, and whether its
# judge sees a program that does not bear one. The whole is run by hand.

load helpers

faults() {
    run "$repository/tests/syscall-faults.sh" --build "$BUILD" "$@"
    [[ $status -ne 77 ]] || skip "${lines[0]#*# skip }"
}

setup() {
    [[ $BUILD != */asan && $BUILD != */tsan ]] || skip "a sanitizer makes system calls of its own"
}

@test "a sample of failing system calls: the right result, or one line and nothing left" {
    faults --every 16 pipe_latency fifo_latency pipe_sink pipe_filter
    assert_done
    [[ ${lines[-1]} =~ ^[1-9][0-9]*\ passed,\ 0\ failed ]] || complain "nothing was tried"
}

@test "no memory, no descriptors, no processes: what every program has to bear" {
    for injection in pipe_latency:pipe2:EMFILE:1 fifo_latency:mknodat:ENOSPC:1 shm_block:shmget:ENOSPC:1 \
        shm_semop:semget:ENOSPC:1 vmsplice:mmap:ENOMEM:1 pipe_throughput:clone:EAGAIN:2 suite:clone:ENOMEM:1 \
        suite:write:ENOSPC:1; do
        faults --only "$injection"
        assert_done
        [[ $output == *"exit code 69"* || $output == *"exit code 1"* ]] || complain "$injection was not met"
    done
}

@test "an interrupted call is made again" {
    for injection in fifo_latency:write:EINTR:2 shm_semop:semtimedop:EINTR:1 recv_fifo:pread64:EINTR:3 \
        pipe_latency:poll:EINTR:1 pipe_latency:wait4:EINTR:1 pipe_sink:ftruncate:EINTR:1; do
        faults --only "$injection"
        assert_done
        [[ $output == *"exit code 0"* ]] || complain "$injection"
    done
}

@test "the judge sees a program that says nothing, leaves something, crashes or lies" {
    mkdir "$BATS_TEST_TMPDIR/bin"
    doctored=$BATS_TEST_TMPDIR/bin/pipe
    judge() {
        # The shell that runs the doctored program meets the fault or not: what it does is what counts.
        printf '#!/usr/bin/env bash\n%s\n' "$1" >"$doctored"
        chmod +x "$doctored"
        run "$repository/tests/syscall-faults.sh" --build "$BATS_TEST_TMPDIR" --only pipe_latency:pipe2:EMFILE:1
        [[ $status -ne 77 ]] || skip "${lines[0]#*# skip }"
        [[ $status -eq 1 && $output == *"$2"* ]] || complain "expected '$2'"
    }
    judge 'exit 1' "0 lines"
    judge 'echo "pipe: one" >&2; echo two >&2; exit 1' "2 lines"
    judge 'echo "pipe: the writer: Cannot allocate memory" >&2; exit 69' "says too little"
    judge 'echo "pipe: no room" >&2; exit 3' "exit code 3"
    judge 'echo "pipe: no room" >&2; echo 42; exit 69' "a result, though it failed"
    judge 'echo 42' "no right result"
    judge 'kill -SEGV $$' "ended by signal 11"
    judge 'echo "pipe: no room" >&2; touch "$TMPDIR/file"; exit 69' "left file"
    judge 'echo "pipe: no room" >&2; sleep 30 >/dev/null 2>&1 & exit 69' "left process"
}
