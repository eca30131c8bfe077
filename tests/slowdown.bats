#!/usr/bin/env bats
# The trust programs from outside: they slow down what the environment names, by as much, and refuse
# what it must not say; the programs that are measured with take no notice.

load helpers

setup() {
    cpus=$(allowed_cpus)
    export TMPDIR=$BATS_TEST_TMPDIR
    row=$BATS_TEST_TMPDIR/row.tsv
    [[ -x $bin/trust/shm ]] || skip "the trust programs are not built: make trust-programs"
}

# measure PROGRAM SLOWDOWN: 1,000 messages of 64 bytes, whose sample is in $row.
measure() {
    PIPE_VS_SHM_SLOWDOWN=$2 run "$bin/$1" throughput --size 64 --count 1000 --seconds 0.002 \
        --cpus "$cpus" --format tsv
    assert_done
    printf '%s\n' "$output" >"$row"
}

# Both sides of shm copy every byte once, in user space, where it is counted.
copied_messages() {
    echo $(($(column_of "$row" user_copy_bytes messages=1000 checksum_ok=1) / 2 / 64))
}

@test "every matched program has its trust build" {
    for program in $mechanisms null; do
        run "$bin/trust/$program" describe
        assert_done
    done
}

@test "a trust program moves as many more messages as the environment says" {
    for percent in 0 1 10 50 100; do
        measure trust/shm "shm:$percent"
        [[ $(copied_messages) -eq $((1000 + 10 * percent)) ]] || complain "$percent: $(copied_messages)"
    done
    run "$bin/trust/shm" throughput --size 64 --count 1000 --seconds 0.002 --cpus "$cpus" --format tsv
    printf '%s\n' "$output" >"$row"
    [[ $(copied_messages) -eq 1000 ]]
}

@test "another mechanism's slow-down is not its own" {
    measure trust/shm pipe:50
    [[ $(copied_messages) -eq 1000 ]]
    measure trust/shm process_vm_readv:50
    [[ $(copied_messages) -eq 1000 ]]
}

@test "what the environment must not say is refused in one line" {
    for text in '' shm shm: :10 shm:x shm:101 shm:-1 shm:1.5 shm:10% 'shm: 10' smh:10 sh:10 shm:10:5 10:shm; do
        for program in shm pipe; do
            PIPE_VS_SHM_SLOWDOWN=$text run "$bin/trust/$program" throughput --count 10
            assert_refused 2 "$program: PIPE_VS_SHM_SLOWDOWN: '$text' is not allowed; allowed: MECHANISM:PERCENT, 0 to 100"
        done
    done
    [[ -z $(find "$BATS_TEST_TMPDIR" -mindepth 1 -name 'pipe-vs-shm*' -print -quit) ]]
}

@test "the programs that are measured with take no notice" {
    measure shm shm:100
    [[ $(copied_messages) -eq 1000 ]] || complain "it was slowed down"
    measure shm nonsense
    [[ $(copied_messages) -eq 1000 ]]
    measure audit/shm shm:100
    [[ $(copied_messages) -eq 1000 ]]
}
