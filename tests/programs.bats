#!/usr/bin/env bats
# The matched programs from outside: what they refuse and how, sizes around every boundary in every
# mode, and what they leave behind when one of their processes is killed.

load helpers

setup() {
    cpus=$(allowed_cpus)
    export TMPDIR=$BATS_TEST_TMPDIR
    ipc_before=$(list_ipc)
}

# Whatever happened, nothing may stay: the process must be gone, and so must its objects.
teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(find "$BATS_TEST_TMPDIR" -mindepth 1 -name 'pipe-vs-shm*' -print -quit) ]]
}

matched="pipe fifo shm"
all="$mechanisms null"

# --- Bad input ---------------------------------------------------------------------------------

refuse_everywhere() {
    local code=$1 text=$2 program
    shift 2
    for program in $matched; do
        run "$bin/$program" "$@"
        assert_refused "$code" "$text"
        [[ $output == "$program: "* ]] || complain "the line does not begin with the program"
    done
}

@test "sizes that are none are refused with the option and its range" {
    for size in 0 -1 64X 8E '' ' ' 1e3 0x10 1.5K 99999999999999999999999 2G; do
        refuse_everywhere 2 "--size" throughput "--size=$size"
        [[ $output == *"1 B to 1 GiB"* ]] || complain "the range is missing"
    done
}

@test "a size without value is refused" {
    refuse_everywhere 2 "--size needs a value" throughput --size
}

@test "words that no table has are refused with those that are allowed" {
    refuse_everywhere 2 "block|spin|hybrid|semop" latency --wait sleep
    refuse_everywhere 2 "own|inplace" latency --copies none
    refuse_everywhere 2 "full|write|edges" latency --touch nothing
    refuse_everywhere 2 "text|tsv|json" latency --format xml
}

@test "numbers out of range are refused" {
    refuse_everywhere 2 "--seconds" throughput --seconds 0
    refuse_everywhere 2 "--seconds" throughput --seconds -1
    refuse_everywhere 2 "--seconds" throughput --seconds nan
    refuse_everywhere 2 "--seconds" throughput --seconds inf
    refuse_everywhere 2 "--count" throughput --count 0
    refuse_everywhere 2 "--capacity" throughput --capacity 0
    refuse_everywhere 2 "--seed" throughput --seed -1
}

@test "offsets that are no multiple of a cache line within a page are refused" {
    for offset in 1 63 65 4033 4096 4K -64 64X '' 1.5; do
        refuse_everywhere 2 "--buffer-offset: '$offset' is not allowed; allowed: 0 to 4032, a multiple of 64" \
            throughput "--buffer-offset=$offset"
    done
}

@test "rates out of range, and of streams, are refused" {
    for rate in 0 0.5 -1 10000001 1e6 nan inf '' 1K; do
        refuse_everywhere 2 "--rate: '$rate' is not allowed; allowed: 1 to 10000000" latency "--rate=$rate"
    done
    refuse_everywhere 2 "--rate: only latency has it; throughput" throughput --rate 1000
    refuse_everywhere 2 "--rate: only latency has it; relay" relay --rate 1000
}

@test "a CPU that is not there is refused" {
    refuse_everywhere 69 "999" latency --cpus 0,999
    refuse_everywhere 2 "--cpus" latency --cpus 0
    refuse_everywhere 2 "--cpus" latency --cpus a,b
    refuse_everywhere 2 "--cpus" latency --cpus 0,-1
}

@test "unknown options, tests and operands are refused" {
    refuse_everywhere 2 "--frobnicate" throughput --frobnicate
    refuse_everywhere 2 "-x" throughput -x
    refuse_everywhere 2 "latency, throughput" bandwidth
    refuse_everywhere 2 "latency, throughput"
    refuse_everywhere 2 "extra" throughput extra
}

@test "a way of waiting that a mechanism lacks is refused" {
    for program in pipe fifo; do
        run "$bin/$program" latency --wait semop
        assert_refused 2 "--wait semop"
    done
}

@test "output that cannot be written is an error" {
    for program in $matched; do
        run bash -c '"$1" throughput --count 10 --cpus "$2" >/dev/full' bash "$bin/$program" "$cpus"
        assert_refused 1 "No space left"
    done
}

@test "memory that the process may not have is exit 69, and nothing stays" {
    [[ $BUILD != */asan ]] || skip "AddressSanitizer itself needs the address space"
    for program in $matched; do
        run bash -c 'ulimit -v 400000; "$1" throughput --size 1G --count 1 --cpus "$2"' \
            bash "$bin/$program" "$cpus"
        assert_refused 69 ": "
    done
}

@test "help shows every option with its default, and the version is the project's" {
    for program in $all; do
        run "$bin/$program" --help
        assert_done
        [[ $output == *"--size"*"(default 64 KiB)"* ]] || complain "no default of --size"
        run "$bin/$program" --version
        assert_done
        [[ $output == *"$(cat "$repository/VERSION")" ]] || complain "not the version"
    done
}

# --- Every size in every mode ------------------------------------------------------------------

waits_of() {
    case $1 in
    shm) echo "block spin hybrid semop" ;;
    *) echo "block spin hybrid" ;;
    esac
}

# One CPU for both sides would make every spinning message cost a time slice.
measurable() {
    [[ ${cpus%,*} != "${cpus#*,}" || $1 == block || $1 == semop ]]
}

# Those of the default run at all of them; the others at one of each kind: the contract test has more.
sizes_of() {
    case $1 in
    pipe | fifo | shm) echo "1 7 8 4095 4096 4097 65535 65536 65537 1000003" ;;
    *) echo "1 4097 65536 1000003" ;;
    esac
}

check_sizes() {
    local program=$1 test=$2 wait copies size found # --seconds sets the length of the warm-up
    for wait in $(waits_of "$program"); do
        measurable "$wait" || continue
        for copies in own inplace; do
            for size in $(sizes_of "$program"); do
                run "$bin/$program" "$test" --size "$size" --wait "$wait" --copies "$copies" \
                    --cpus "$cpus" --count 5 --seconds 0.002 --format tsv
                [[ $status -eq 0 ]] || complain "$program $test $wait $copies $size"
                printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/row.tsv"
                found=$(column_of "$BATS_TEST_TMPDIR/row.tsv" size_bytes checksum_ok=1 messages=5)
                [[ $found == "$size" ]] ||
                    complain "$program $test $wait $copies $size: checksum_ok or messages"
            done
        done
    done
}

@test "pipe: throughput at every size, wait and mode" { check_sizes pipe throughput; }
@test "pipe: latency at every size, wait and mode" { check_sizes pipe latency; }
@test "fifo: throughput at every size, wait and mode" { check_sizes fifo throughput; }
@test "fifo: latency at every size, wait and mode" { check_sizes fifo latency; }
@test "shm: throughput at every size, wait and mode" { check_sizes shm throughput; }
@test "shm: latency at every size, wait and mode" { check_sizes shm latency; }
@test "posix_shm: throughput at every kind of size, wait and mode" { check_sizes posix_shm throughput; }
@test "posix_shm: latency at every kind of size, wait and mode" { check_sizes posix_shm latency; }
@test "memfd: throughput at every kind of size, wait and mode" { check_sizes memfd throughput; }
@test "memfd: latency at every kind of size, wait and mode" { check_sizes memfd latency; }
@test "unix_stream: throughput at every kind of size, wait and mode" { check_sizes unix_stream throughput; }
@test "unix_stream: latency at every kind of size, wait and mode" { check_sizes unix_stream latency; }
@test "unix_seqpacket: throughput at every kind of size, wait and mode" { check_sizes unix_seqpacket throughput; }
@test "unix_seqpacket: latency at every kind of size, wait and mode" { check_sizes unix_seqpacket latency; }
@test "tcp: throughput at every kind of size, wait and mode" { check_sizes tcp throughput; }
@test "tcp: latency at every kind of size, wait and mode" { check_sizes tcp latency; }
@test "posix_mq: throughput at every kind of size, wait and mode" { check_sizes posix_mq throughput; }
@test "posix_mq: latency at every kind of size, wait and mode" { check_sizes posix_mq latency; }
@test "sysv_mq: throughput at every kind of size, wait and mode" { check_sizes sysv_mq throughput; }
@test "sysv_mq: latency at every kind of size, wait and mode" { check_sizes sysv_mq latency; }
@test "vmsplice: throughput at every kind of size, wait and mode" { check_sizes vmsplice throughput; }
@test "vmsplice: latency at every kind of size, wait and mode" { check_sizes vmsplice latency; }
@test "process_vm_readv: throughput at every kind of size, wait and mode" {
    check_sizes process_vm_readv throughput
}
@test "process_vm_readv: latency at every kind of size, wait and mode" {
    check_sizes process_vm_readv latency
}

@test "the capacity read back is the same for pipe, fifo and shm" {
    for program in $matched; do
        run "$bin/$program" throughput --size 64K --capacity 64K --count 5 --seconds 0.002 \
            --cpus "$cpus" --format tsv
        assert_done
        printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/row.tsv"
        [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" capacity_bytes) == 65536 ]] ||
            complain "$program has another capacity"
    done
}

@test "both CPUs are those that were asked for" {
    for program in $all; do
        run "$bin/$program" throughput --count 5 --seconds 0.002 --cpus "$cpus" \
            --format tsv
        assert_done
        printf '%s\n' "$output" >"$BATS_TEST_TMPDIR/row.tsv"
        [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" writer_cpu) == "${cpus%,*}" ]]
        [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" reader_cpu) == "${cpus#*,}" ]]
    done
}

@test "a rate beyond what can be had is told in one line, and is no failure" {
    run bash -c '"$1/pipe" latency --size 64 --rate 10000000 --seconds 0.02 --cpus "$2" --format tsv \
        >"$3"' bash "$bin" "$cpus" "$BATS_TEST_TMPDIR/row.tsv"
    assert_done
    [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" rate_per_s checksum_ok=1) == 10000000 ]]
    [[ $(column_of "$BATS_TEST_TMPDIR/row.tsv" late_messages) -gt 0 ]]
    [[ ${#lines[@]} -eq 1 && $output == "pipe: --rate 10000000: "*", ask for less" ]] ||
        complain "not one line of advice"
}

@test "a rate that is kept is told in the text, without advice" {
    run "$bin/shm" latency --size 64 --rate 50 --count 3 --seconds 0.002 --cpus "$cpus"
    assert_done
    [[ $output == *"rate_per_s "*" 50  pings per second"* ]] || complain "no rate"
    [[ $output == *"at a rate: median"* && $output != *", closed loop"* ]] || complain "wrong label"
}

# --- Death -------------------------------------------------------------------------------------

children_of() {
    cat "/proc/$1/task/"*/children 2>/dev/null
}

# The shell lets background commands ignore SIGINT; at a terminal they do not.
default_signals=(env --default-signal=INT)
"${default_signals[@]}" true 2>/dev/null || default_signals=()

# Starts a program that would run for long and waits until its two processes are there and busy:
# sets started and victims.
start_long_run() {
    local waited
    ${default_signals[@]+"${default_signals[@]}"} "$bin/$1" "$2" --seconds 60 --wait "$3" --cpus "$cpus" >"$BATS_TEST_TMPDIR/output" \
        2>"$BATS_TEST_TMPDIR/errors" 3>&- &
    started=$!
    for ((waited = 0; waited < 50; waited++)); do
        read -r -a victims <<<"$(children_of "$started")"
        [[ ${#victims[@]} -lt 2 ]] || break
        sleep 0.1
    done
    sleep 0.3
}

# Waits for the end of the run: at most 2 seconds. Sets status.
await_end() {
    local waited
    for ((waited = 0; waited < 20; waited++)); do
        kill -0 "$started" 2>/dev/null || break
        sleep 0.1
    done
    if kill -0 "$started" 2>/dev/null; then
        kill -KILL "$started" "${victims[@]}"
        echo "still running after 2 s" >&2
        return 1
    fi
    status=0
    wait "$started" || status=$?
    output=$(cat "$BATS_TEST_TMPDIR/errors")
    mapfile -t lines <"$BATS_TEST_TMPDIR/errors"
}

kill_side() {
    local side=$1 program test wait
    for program in $matched; do
        for test in throughput latency; do
            for wait in $(waits_of "$program"); do
                start_long_run "$program" "$test" "$wait"
                [[ ${#victims[@]} -ge 2 ]] || complain "$program has ${#victims[@]} processes"
                kill -KILL "${victims[side]}"
                await_end || complain "$program $test $wait hangs"
                assert_refused 1 "$program: "
                [[ ! -s $BATS_TEST_TMPDIR/output ]] || complain "a result in spite of it"
                ! kill -0 "${victims[0]}" 2>/dev/null || complain "process ${victims[0]} stays"
                ! kill -0 "${victims[1]}" 2>/dev/null || complain "process ${victims[1]} stays"
            done
        done
    done
}

@test "killing the one process ends the run within 2 s with one line" { kill_side 0; }
@test "killing the other process ends the run within 2 s with one line" { kill_side 1; }

@test "an interruption ends the run with 130, and nothing stays" {
    for program in $matched; do
        for signal in INT TERM HUP; do
            [[ $signal != INT || ${#default_signals[@]} -gt 0 ]] || continue
            start_long_run "$program" throughput block
            kill -"$signal" "$started"
            await_end || complain "$program hangs"
            [[ $status -eq 130 ]] || complain "$program after SIG$signal"
            ! kill -0 "${victims[0]}" 2>/dev/null || complain "process ${victims[0]} stays"
        done
    done
}

@test "killing the parent ends its children, and no segment stays" {
    for program in $matched; do
        start_long_run "$program" throughput block
        kill -KILL "$started"
        wait "$started" || true
        for waited in {1..20}; do
            kill -0 "${victims[@]}" 2>/dev/null || break
            sleep 0.1
        done
        ! kill -0 "${victims[0]}" 2>/dev/null || complain "process ${victims[0]} stays"
        ! kill -0 "${victims[1]}" 2>/dev/null || complain "process ${victims[1]} stays"
    done
}

# --- Standing by -------------------------------------------------------------------------------

# One request of a program that stands by.
request() {
    printf '%s\0' "$@" ''
}

# Words of the answers, with the NUL byte before each exit code as a line "then".
stand_by() {
    "$bin/$1" standby 2>errors | tr '\0' '\n'
}

@test "a program that stands by answers command line after command line, each as if started anew" {
    cd "$BATS_TEST_TMPDIR"
    for program in $all; do
        {
            request "$program" throughput --size 64 --count 10 --cpus "$cpus" --format json
            request "$program" throughput --size 0
            request "$program" latency --size 64 --count 10 --cpus "$cpus" --format json
            request "$program" --version
        } | stand_by "$program" >answers
        [[ $(grep -c '^{.*"checksum_ok":' answers) -eq 2 ]] || complain "$program: $(cat answers)"
        [[ $(grep -xE '[0-9]+' answers | xargs) == "0 2 0 0" ]] || complain "$program: $(cat answers)"
        [[ $(cat errors) == "$program: --size: "* ]] || complain "$program: $(cat errors)"
    done
}

@test "a request that is cut off, or too long, ends a program that stands by with one line" {
    cd "$BATS_TEST_TMPDIR"
    for words in 'pipe\0latency' 'pipe\0latency\0' '\0'; do
        status=0
        # shellcheck disable=SC2059
        printf "$words" | "$bin/pipe" standby >output 2>errors || status=$?
        [[ $status -eq 1 && ! -s output && $(cat errors) == "pipe: standby: "* &&
            $(wc -l <errors) -eq 1 ]] || complain "'$words': $(cat errors)"
    done
    status=0
    # shellcheck disable=SC2046
    request $(seq 100) | "$bin/pipe" standby >output 2>errors || status=$?
    [[ $status -eq 1 && $(wc -l <errors) -eq 1 ]] || complain "$(cat errors)"
    "$bin/pipe" standby </dev/null
}

@test "a program that stands by takes its sample with it when a signal ends it" {
    cd "$BATS_TEST_TMPDIR"
    for program in $matched; do
        for signal in TERM INT KILL; do
            request "$program" throughput --seconds 60 --cpus "$cpus" >requests
            ${default_signals[@]+"${default_signals[@]}"} "$bin/$program" standby <requests \
                >/dev/null 2>&1 &
            started=$!
            for waited in {1..100}; do
                mapfile -t victims < <(pgrep -g "$(ps -o pgid= -p $started | tr -d ' ')" -x "$program")
                [[ ${#victims[@]} -lt 3 ]] || break
                sleep 0.05
            done
            [[ ${#victims[@]} -eq 3 ]] || complain "$program has ${#victims[@]} processes"
            sleep 0.2
            kill -"$signal" "$started"
            status=0
            wait "$started" || status=$?
            [[ $status -eq 130 || $signal == KILL ]] || complain "$program after SIG$signal"
            for waited in {1..40}; do
                kill -0 "${victims[@]}" 2>/dev/null || break
                sleep 0.1
            done
            for victim in "${victims[@]}"; do
                ! kill -0 "$victim" 2>/dev/null || complain "process $victim of $program stays"
            done
        done
    done
}

@test "a program that stands by keeps nothing from one answer to the next" {
    cd "$BATS_TEST_TMPDIR"
    for program in $matched; do
        coproc standby { "$bin/$program" standby; }
        process=$standby_PID
        answers=${standby[0]} requests=${standby[1]}
        held=""
        for sample in {1..40}; do
            request "$program" latency --size 64 --count 2 --seconds 0.001 --cpus "$cpus" --format tsv >&"$requests"
            read -r -d '' -u "$answers" answer
            read -r -u "$answers" code
            [[ $code == 0 && $answer == *"latency"* ]] || complain "$program: $code $answer"
            # Open files and mappings; the first answers settle the heap.
            [[ $sample -ne 10 ]] || held="$(ls "/proc/$process/fd" | wc -l) $(wc -l <"/proc/$process/maps")"
        done
        now="$(ls "/proc/$process/fd" | wc -l) $(wc -l <"/proc/$process/maps")"
        [[ $now == "$held" ]] || complain "$program: files and mappings were $held, are $now"
        exec {requests}>&- {answers}<&-
        wait "$process"
    done
}
