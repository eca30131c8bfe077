#!/usr/bin/env bats
# scripts/trust.sh on runs that are there already, written by hand: it counts right, and says so when
# a goal is missed.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    trust=$repository/scripts/trust.sh
    out=$BATS_TEST_TMPDIR/out
    mkdir "$out"
    [[ -x $bin/trust/shm ]] || skip "the trust programs are not built"
    # A pair: two runs alike, and two in which shm is 10 and 5 % slower.
    make_run 1.a 1 1
    make_run 1.again 1 1
    make_run 1.10 0.9 1
    make_run 1.5 0.95 1
}

# make_run NAME SHM FIFO: pipe, fifo and shm at four sizes, 20 rounds that wander by half a per cent;
# speeds of shm and fifo times the factors.
make_run() {
    mkdir "$out/$1"
    echo '{"schema": 3, "seed": 1, "plan": {"precision": 0.025, "sample_seconds": 0.01}, "machine":
        {"cpu_model": "Made Up"}}' >"$out/$1/manifest.json"
    awk -v OFS='\t' -v shm="$2" -v fifo="$3" 'BEGIN {
        print "round", "order", "mechanism", "test", "wait", "copies", "touch", "placement",
            "source", "sink", "extra_copies", "working_set", "size_bytes", "messages",
            "capacity_bytes", "checksum_ok", "throughput_bytes_per_s", "messages_per_s",
            "cpu_ns_per_kib", "latency_mean_ns", "latency_p50_ns"
        for (round = 1; round <= 20; round++)
            for (m = 1; m <= 3; m++)
                for (size = 64; size <= 16777216; size *= 64) {
                    name = m == 1 ? "pipe" : m == 2 ? "fifo" : "shm"
                    speed = m * 1e9 * (1 + ((round * m * 7) % 11 - 5) / 1000)
                    speed *= m == 3 ? shm : m == 2 ? fifo : 1
                    print round, ++order, name, "throughput", "block", "own", "full", "cache",
                        "memory", "use", 0, "none", size, 1, 65536, 1, speed, "nan", "nan", "nan",
                        "nan"
                }
        }' >"$out/$1/samples.tsv"
    "$bin/summarise" "$out/$1"
}

@test "equal runs are the same, and a slow-down is found and named" {
    run "$trust" --pairs 1 --out "$out"
    assert_done
    [[ $output == *"| A/A | 1 / 0 / 0 | 0 of 8 (0.0 %) | | | |"* ]] || complain "another A/A"
    [[ $output == *"| A/B, 10 % slower | 0 / 1 / 0 | | 4 of 4 (100.0 %), 4 settled | 0 of 4 | 1 of 1 |"* ]] ||
        complain "another A/B"
    [[ $output == *"| A/B, 5 % slower | 0 / 1 / 0 | | 4 of 4 (100.0 %), 4 settled | 0 of 4 | 1 of 1 |"* ]] ||
        complain "another A/B at 5 %"
    diff <(grep '^|' <<<"$output") "$out/table.md"
}

@test "runs that should be equal and are not miss the goal" {
    rm -r "$out/1.again"
    make_run 1.again 0.9 1
    run "$trust" --pairs 1 --out "$out"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ $output == *"| A/A | 0 / 1 / 0 | 4 of 8 (50.0 %)"* ]] || complain "another A/A"
    [[ $output == *"A/A: more than 1 %"* ]] || complain "does not say so"
}

@test "a slow-down that is not found misses the goal, and another mechanism is no find" {
    rm -r "$out/1.10"
    make_run 1.10 1 0.9
    run "$trust" --pairs 1 --out "$out"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ $output == *"| A/B, 10 % slower | 0 / 1 / 0 | | 0 of 4 (0.0 %), 4 settled | 4 of 4 | 0 of 1 |"* ]] ||
        complain "another A/B"
    [[ $output == *"fewer than 95 %"* ]] || complain "does not say so"
}

@test "a speed-up is not taken for the slow-down" {
    rm -r "$out/1.10"
    make_run 1.10 1.1 1
    run "$trust" --pairs 1 --out "$out"
    [[ $output == *"| A/B, 10 % slower | 0 / 1 / 0 | | 0 of 4 (0.0 %)"* ]] || complain "another A/B"
}

@test "bad options are refused in one line" {
    run "$trust" --pairs none
    assert_refused 2 "--pairs: 'none' is not allowed; allowed: 1 to 9999"
    run "$trust" --budget
    assert_refused 2 "--budget needs a value"
    run "$trust" --frobnicate
    assert_refused 2 "allowed: --pairs N, --budget S, --out DIR"
}
