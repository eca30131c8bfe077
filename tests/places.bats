#!/usr/bin/env bats
# Every placement, every pair of CPUs, and many pairs of processes at once, from outside: what is
# refused and how, what a run leaves in its bundle, and that nothing else stays.

load helpers

setup() {
    cpus=$(allowed_cpus)
    export TMPDIR=$BATS_TEST_TMPDIR
    ipc_before=$(list_ipc)
}

teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(find "$BATS_TEST_TMPDIR" -mindepth 1 -name 'pipe-vs-shm*' -print -quit) ]]
}

refuse_everywhere() {
    local code=$1 text=$2 program
    shift 2
    for program in pipe fifo shm; do
        run "$bin/$program" "$@"
        assert_refused "$code" "$text"
        [[ $output == "$program: "* ]] || complain "the line does not begin with the program"
    done
}

# --- Many pairs at once ------------------------------------------------------------------------

@test "pairs at once that make no sense are refused in one line" {
    for number in 0 1025 -1 many '' 1.5; do
        refuse_everywhere 2 "--pairs-parallel" throughput "--pairs-parallel=$number"
        [[ $output == *"1 to 1024"* ]] || complain "the range is missing"
    done
    refuse_everywhere 2 "only throughput" latency --pairs-parallel 2
    refuse_everywhere 2 "only throughput" relay --source memory --sink use --pairs-parallel 2
    refuse_everywhere 2 "--placement" throughput --pairs-parallel 2 --placement same
    refuse_everywhere 2 "--cpus" throughput --pairs-parallel 1 --cpus "$cpus,$cpus"
    refuse_everywhere 2 "--cpus" throughput --cpus "$cpus,$cpus"
    refuse_everywhere 2 "--cpus" throughput --pairs-parallel 2 --cpus "$cpus,0"
    refuse_everywhere 69 "99999" throughput --pairs-parallel 2 --cpus "$cpus,0,99999"
}

@test "more spinning processes than CPUs are refused unless the CPUs were given" {
    refuse_everywhere 2 "--wait spin" throughput --pairs-parallel 1024 --wait spin
    run "$bin/shm" throughput --pairs-parallel 2 --wait spin --cpus "$cpus" --count 2 --size 64 \
        --seconds 0.001 --format tsv
    assert_done
}

@test "a crowd prints one sample of all its pairs" {
    for program in pipe fifo shm vmsplice null; do
        run "$bin/$program" throughput --pairs-parallel 3 --count 20 --seconds 0.002 --format tsv
        assert_done
        printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/row.tsv"
        [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" messages placement=parallel-3) == 60 ]] ||
            complain "$program: not the messages of three pairs"
    done
}

@test "a crowd whose output cannot be written is an error" {
    run bash -c '"$1" throughput --pairs-parallel 2 --count 10 --seconds 0.002 >/dev/full' bash \
        "$bin/pipe"
    assert_refused 1 "No space left"
}

# All processes below one.
descendants_of() {
    local child
    local -a children
    read -r -a children <<<"$(cat "/proc/$1/task/"*/children 2>/dev/null)"
    for child in ${children[@]+"${children[@]}"}; do
        echo "$child"
        descendants_of "$child"
    done
}

# Starts two pairs that would run for long, and waits for their six processes.
start_crowd() {
    local waited
    "$bin/$1" throughput --pairs-parallel 2 --seconds 60 --cpus "$cpus" >"$BATS_TEST_TMPDIR/output" \
        2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    started=$!
    for ((waited = 0; waited < 50; waited++)); do
        mapfile -t members < <(descendants_of "$started")
        [[ ${#members[@]} -lt 6 ]] || break
        sleep 0.1
    done
    [[ ${#members[@]} -eq 6 ]]
    sleep 0.3
}

# Neither gone nor dead and waiting for whoever inherited it to notice.
is_alive() {
    local state
    state=$(sed -n "s/^State:[[:space:]]*\\(.\\).*/\\1/p" "/proc/$1/status" 2>/dev/null)
    [[ -n $state && $state != Z ]]
}

# All of them have to be gone within 5 s.
assert_gone() {
    local waited member
    for member in "${members[@]}"; do
        for ((waited = 0; waited < 50; waited++)); do
            is_alive "$member" || continue 2
            sleep 0.1
        done
        complain "process $member stays"
    done
}

@test "a signal ends a crowd with 130" {
    for program in pipe fifo shm; do
        for signal in TERM HUP; do
            start_crowd "$program"
            kill -"$signal" "$started"
            status=0
            wait "$started" || status=$?
            [[ $status -eq 130 ]] || complain "$program after SIG$signal"
            assert_gone
        done
    done
}

@test "killing the parent of a crowd ends all its processes" {
    for program in pipe fifo shm; do
        start_crowd "$program"
        kill -KILL "$started"
        wait "$started" || true
        assert_gone
    done
}

@test "killing any process of a crowd ends all with one line" {
    local index
    for program in pipe shm; do
        for index in 0 1 5; do
            start_crowd "$program"
            kill -KILL "${members[index]}"
            status=0
            wait "$started" || status=$?
            output=$(cat "$BATS_TEST_TMPDIR/errors")
            mapfile -t lines <"$BATS_TEST_TMPDIR/errors"
            assert_refused 1 "pair "
            assert_gone
        done
    done
}

# --- The suite ---------------------------------------------------------------------------------

@test "the suite refuses what it cannot place in one line" {
    run "$bin/suite" --placement all,same --dry-run
    assert_refused 2 "--placement"
    for list in 0 1,1 1025 1,all '' x; do
        run "$bin/suite" "--pairs-parallel=$list" --dry-run
        assert_refused 2 "--pairs-parallel"
    done
}

@test "a run of pairs and crowds has their rows, and is drawn and reported" {
    local out=$BATS_TEST_TMPDIR/out bundle first=${cpus%,*} second=${cpus#*,}
    run "$bin/suite" --pairs --pairs-parallel 1,2 --mechanisms pipe,shm --waits block --rounds 1 \
        --seconds 0.002 --seed 3 --out "$out"
    assert_done
    bundle=$(readlink -f "$out/latest")
    # Two mechanisms, each CPU with itself.
    [[ $(column_of "$bundle/samples.tsv" test "placement=pair-$first-$first" | sort -u) == latency ]]
    [[ $(column_of "$bundle/samples.tsv" size_bytes "placement=pair-$first-$first" | sort -u) == 64 ]]
    [[ $(column_of "$bundle/samples.tsv" mechanism placement=parallel-2 | sort) == $'pipe\nshm' ]]
    if [[ $first != "$second" ]]; then
        [[ -n $(column_of "$bundle/samples.tsv" order "placement=pair-$first-$second" test=bounce) ]]
    fi
    grep -q '"asked"' "$bundle/manifest.json"
    [[ ! -e $bundle/errors.tsv ]]
    run "$bin/report" "$bundle" --format markdown
    assert_done
    [[ $output == *"## Latency between CPUs"*"## Many pairs at once"* ]] || complain "no section"
    command -v gnuplot >/dev/null || skip "gnuplot is not there"
    run "$repository/scripts/plot.sh" "$bundle" --out "$BATS_TEST_TMPDIR/plots"
    assert_done
    for chart in pairs scaling; do
        [[ -s $BATS_TEST_TMPDIR/plots/$chart.svg && -s $BATS_TEST_TMPDIR/plots/$chart.png ]] ||
            complain "no chart $chart"
    done
}

@test "placement all measures a pair of each kind, the same every time" {
    local out=$BATS_TEST_TMPDIR/out bundle
    run "$bin/suite" --placement all --mechanisms pipe --tests latency --sizes 64 --waits block \
        --modes own --rounds 1 --seconds 0.002 --seed 3 --out "$out"
    assert_done
    bundle=$(readlink -f "$out/latest")
    [[ -n $(column_of "$bundle/samples.tsv" order placement=same mechanism=pipe) ]]
    [[ $(column_of "$bundle/samples.tsv" placement mechanism=pipe | sort) == \
        "$(column_of "$bundle/samples.tsv" placement mechanism=pipe | sort -u)" ]]
    run "$bin/report" "$bundle" --format markdown
    assert_done
}

@test "a plan of pairs says how many there are and measures nothing" {
    run "$bin/suite" --pairs --dry-run --seed 1 --out "$BATS_TEST_TMPDIR/none"
    assert_done
    [[ $output == *"pairs of CPUs: latency, own, 64 B, and bounce"* ]] || complain "no line of pairs"
    [[ $output != *relay* ]] || complain "relays beside pairs"
    [[ ! -e $BATS_TEST_TMPDIR/none ]]
}
