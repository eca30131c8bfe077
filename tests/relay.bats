#!/usr/bin/env bats
# Relays from outside, as a person types them: a filter between two pipes, a copier of files; what
# they refuse, and what they leave behind when they are cut off.

load helpers

setup() {
    cpus=$(allowed_cpus)
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    mkdir "$TMPDIR"
    cd "$BATS_TEST_TMPDIR"
    ipc_before=$(list_ipc)
}

# Whatever happened, nothing may stay.
teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(find "$TMPDIR" -mindepth 1 -print -quit) ]]
}


waits_of() {
    # One CPU for both sides would make every spinning message cost a time slice.
    case $1,$([[ ${cpus%,*} == "${cpus#*,}" ]] && echo one) in
    shm,) echo "block spin hybrid semop" ;;
    shm,one) echo "block semop" ;;
    *,one) echo "block" ;;
    *) echo "block spin hybrid" ;;
    esac
}

# Bytes without any pattern of 64 KiB, the same ones on every run.
make_big() {
    seq 1 800000 | head -c "$1" >"$2"
}

# --- Bytes out equal bytes in ------------------------------------------------------------------

check_filter() {
    local program=$1 size wait copies codes
    for size in 0 1 65535 65536 65537 5000001; do
        make_big "$size" big
        for wait in $(waits_of "$program"); do
            # What differs between ways of waiting is a full and an empty channel.
            [[ $wait == block || $size -gt 65536 ]] || continue
            for copies in own inplace; do
                codes=0
                # shellcheck disable=SC2002
                cat big | "$bin/$program" relay --cpus "$cpus" --wait "$wait" --copies "$copies" \
                    2>errors | cmp - big || codes="${PIPESTATUS[*]}"
                [[ $codes == 0 && ! -s errors ]] || {
                    echo "$program $wait $copies $size: $codes $(cat errors)" >&2
                    return 1
                }
            done
        done
    done
}

@test "pipe: what goes in comes out, in every mode" { check_filter pipe; }
@test "fifo: what goes in comes out, in every mode" { check_filter fifo; }
@test "shm: what goes in comes out, in every mode" { check_filter shm; }
@test "posix_shm: what goes in comes out, in every mode" { check_filter posix_shm; }
@test "memfd: what goes in comes out, in every mode" { check_filter memfd; }
@test "unix_stream: what goes in comes out, in every mode" { check_filter unix_stream; }
@test "unix_seqpacket: what goes in comes out, in every mode" { check_filter unix_seqpacket; }
@test "tcp: what goes in comes out, in every mode" { check_filter tcp; }
@test "posix_mq: what goes in comes out, in every mode" { check_filter posix_mq; }
@test "sysv_mq: what goes in comes out, in every mode" { check_filter sysv_mq; }
@test "vmsplice: what goes in comes out, in every mode" { check_filter vmsplice; }
@test "process_vm_readv: what goes in comes out, in every mode" { check_filter process_vm_readv; }

@test "the exit code of a relay between two pipes is 0" {
    make_big 100000 big
    for program in $mechanisms; do
        run bash -c '"$1" relay --cpus "$2" <big >copy' bash "$bin/$program" "$cpus"
        assert_done
        [[ -z $output ]] || complain "a filter says nothing"
        cmp big copy
    done
}

@test "a file becomes an identical copy, and the sample is told" {
    make_big 400000 longer
    for size in 0 1 4097 300000; do
        make_big "$size" big
        for program in $mechanisms; do
            cp longer copy # must be cut off
            run "$bin/$program" relay --input big --output copy --size 4096 --cpus "$cpus" \
                --format tsv
            assert_done
            cmp big copy
            printf '%s\n' "$output" >row.tsv
            [[ $(column_of row.tsv bytes source=file sink=file checksum_ok=1) == "$size" ]] ||
                complain "$program: not $size bytes"
            [[ $output != *inf* ]] || complain "a number that is none"
        done
    done
}

@test "a relay is measured in a circle where --count or --seconds ask for it" {
    make_big 50000 big
    for program in $mechanisms; do
        run "$bin/$program" relay --input big --output copy --size 4096 --count 30 \
            --cpus "$cpus" --format tsv
        assert_done
        printf '%s\n' "$output" >row.tsv
        [[ $(column_of row.tsv messages checksum_ok=1) == 30 ]] || complain "not 30 messages"
        [[ $(wc -c <copy) -eq $((11 * 4096)) ]] || complain "not one slot fewer than 12"
        cmp big - < <(head -c 50000 big) # the input is unharmed
    done
}

@test "extra copies on the way change nothing" {
    make_big 300000 big
    for program in $mechanisms; do
        for set in hot cold; do
            [[ $set == hot || $program == shm ]] || continue
            "$bin/$program" relay --cpus "$cpus" --extra-copies 3 --working-set "$set" <big | cmp - big
        done
    done
}

# --- FIFOs and terminals -----------------------------------------------------------------------

@test "a line comes out before the next one goes in" {
    local program answer
    mkfifo in out
    for program in pipe fifo shm; do
        "$bin/$program" relay --cpus "$cpus" <in >out 3>&- &
        relay=$!
        exec 8>in 9<out
        for line in first second third; do
            echo "$line" >&8
            read -r -t 10 answer <&9 || {
                kill "$relay"
                echo "$program keeps '$line' back" >&2
                return 1
            }
            [[ $answer == "$line" ]]
        done
        exec 8>&-
        ! read -r -t 10 answer <&9
        exec 9<&-
        wait "$relay"
    done
}

@test "named FIFOs are inputs and outputs" {
    mkfifo in out
    make_big 200000 big
    for program in $mechanisms; do
        cat big >in 3>&- &
        cat out >copy 3>&- &
        run timeout 20 "$bin/$program" relay --input in --output out --cpus "$cpus"
        assert_done
        wait
        cmp big copy
    done
}

# --- Cut off -----------------------------------------------------------------------------------

@test "a closed standard output ends the relay with one line and exit 1" {
    for program in $mechanisms; do
        for copies in own inplace; do
            run bash -c 'yes | { timeout 20 "$1" relay --copies "$2"; echo "$?" >code; } | head -c 10 >/dev/null' \
                bash "$bin/$program" "$copies"
            [[ ${#lines[@]} -eq 1 && $output == *"has closed it"* ]] || complain "one line expected"
            [[ $(cat code) == 1 ]] || complain "$program ended with $(cat code)"
        done
    done
}

@test "a reader that left ends the relay at the next line, although the input stays open" {
    mkfifo in
    exec 8<>in
    for program in pipe shm; do # a second each: the writer has to be ended in its read
        { timeout 10 "$bin/$program" relay --size 8 --cpus "$cpus" <in 2>errors 8>&- 3>&- || echo "$?" >code; } |
            true 8>&- 3>&- &
        relay=$!
        sleep 0.2
        echo 1234567 >&8
        wait "$relay"
        [[ $(cat code) == 1 ]] || { echo "$program ended with $(cat code), not 1" >&2 && return 1; }
        [[ $(wc -l <errors) -eq 1 ]]
    done
    exec 8>&-
}

@test "a full device is one line and no success" {
    make_big 200000 big
    for program in $mechanisms; do
        run "$bin/$program" relay --input big --output /dev/full
        assert_refused 69 "No space left"
        run bash -c '"$1" relay <big >/dev/full' bash "$bin/$program"
        assert_refused 69 "No space left"
    done
}

# The shell lets background commands ignore SIGINT; at a terminal they do not.
default_signals=(env --default-signal=INT)
"${default_signals[@]}" true 2>/dev/null || default_signals=()

# Sends SIGINT once the relay has moved something, and sees how it ends; wants its input on 0.
interrupt_relay() {
    local program=$1 waited
    shift
    "${default_signals[@]}" "$bin/$program" relay --cpus "$cpus" "$@" <&0 2>errors 3>&- &
    started=$!
    for ((waited = 0; waited < 100; waited++)); do
        [[ $(wc -w <"/proc/$started/task/$started/children") -lt 2 ]] || break
        sleep 0.05
    done 2>/dev/null
    sleep 0.2
    kill -INT "$started"
    for ((waited = 0; waited < 40; waited++)); do
        kill -0 "$started" 2>/dev/null || break
        sleep 0.05
    done
    if kill -KILL "$started" 2>/dev/null; then
        echo "$program is still there 2 s after SIGINT" >&2
        return 1
    fi
    status=0
    wait "$started" || status=$?
    output=$(cat errors)
    [[ $status -eq 130 ]] || complain "$program: expected exit code 130"
}

@test "an interruption ends a relay that never ends, with 130" {
    [[ ${#default_signals[@]} -gt 0 ]] || skip "env cannot reset signals"
    mkfifo silent
    for program in $mechanisms; do
        interrupt_relay "$program" </dev/zero >/dev/null
        [[ ${output//$'\n'/} == "$output" ]] || complain "more than one line"
        [[ $program == pipe || $program == shm ]] || continue
        sleep 60 >silent 3>&- &
        holder=$!
        interrupt_relay "$program" <silent >/dev/null
        kill "$holder"
        wait "$holder" || true
    done
}

@test "an interruption ends the waiting for the other end of a FIFO" {
    [[ ${#default_signals[@]} -gt 0 ]] || skip "env cannot reset signals"
    mkfifo nobody
    interrupt_once() {
        "${default_signals[@]}" "$bin/shm" relay "$@" </dev/null >/dev/null 2>&1 3>&- &
        started=$!
        sleep 0.3
        kill -INT "$started"
        sleep 0.3
        ! kill -KILL "$started" 2>/dev/null || complain "it went on waiting"
        status=0
        wait "$started" || status=$?
        [[ $status -eq 130 ]] || complain "expected exit code 130"
    }
    interrupt_once --input nobody
    interrupt_once --output nobody
}

# --- Refused -----------------------------------------------------------------------------------

refuse_everywhere() {
    local code=$1 text=$2 program
    shift 2
    for program in $mechanisms; do
        run "$bin/$program" relay "$@" </dev/null
        assert_refused "$code" "$text"
        [[ $output == "$program: "* ]] || complain "the line does not begin with the program"
    done
}

@test "an input that is not there is exit 2 and names the option" {
    refuse_everywhere 2 "--input missing: cannot be read: No such file" --input missing
    refuse_everywhere 2 "--input missing" --input missing --output copy
    [[ ! -e copy ]] # nothing is made for it
    refuse_everywhere 2 "--input $TMPDIR: is a folder" --input "$TMPDIR"
}

@test "an output that cannot be is exit 2 and names the option" {
    make_big 1000 big
    refuse_everywhere 2 "--output missing/copy" --input big --output missing/copy
    refuse_everywhere 2 "--output $TMPDIR" --input big --output "$TMPDIR"
}

@test "the input itself as output is refused and unharmed" {
    make_big 100000 big
    cp big before
    ln big other-name
    ln -s big pointer
    refuse_everywhere 2 "--output big: is the input itself" --input big --output big
    refuse_everywhere 2 "is the input itself" --input big --output other-name
    refuse_everywhere 2 "is the input itself" --input pointer --output big
    refuse_everywhere 2 "is the input itself" --input big --output big --count 5 --size 4096
    for program in $mechanisms; do
        run bash -c '"$1" relay --output big <big' bash "$bin/$program"
        assert_refused 2 "is the input itself"
        run bash -c 'timeout 20 "$1" relay <big 2>&1 >>big' bash "$bin/$program"
        assert_refused 2 "standard output is the input itself"
    done
    cmp big before
}

@test "standard input cannot be measured" {
    refuse_everywhere 2 "--seconds: standard input is read once" --seconds 1
    refuse_everywhere 2 "--count: standard input is read once" --count 5 --sink null
}

@test "what only relays have is refused elsewhere, and what they have not, there" {
    refuse_everywhere 2 "--touch edges" --touch edges
    refuse_everywhere 2 "memory|file|stdin|zero" --source nowhere
    refuse_everywhere 2 "use|file|stdout|null" --sink nowhere
    for program in $mechanisms; do
        run "$bin/$program" throughput --source file
        assert_refused 2 "--source: only relay"
    done
}

@test "the null mechanism relays nothing" {
    run "$bin/null" relay </dev/null
    assert_refused 2 "null moves nothing"
}

# --- Said --------------------------------------------------------------------------------------

@test "help lists relay with its ends" {
    for program in $mechanisms; do
        run "$bin/$program" --help
        assert_done
        for word in "  relay " --source --sink --input --output --extra-copies --working-set; do
            [[ $output == *"$word"* ]] || complain "no $word in the help"
        done
    done
}

@test "a sample is told beside standard output when that is the relay's own" {
    make_big 100000 big
    for program in $mechanisms; do
        "$bin/$program" relay --format json --sink stdout <big >copy 2>told
        cmp big copy
        grep -q '"bytes":100000,' told
        [[ $(wc -l <told) -eq 1 ]]
        "$bin/$program" relay --format json --sink null <big >told 2>errors
        grep -q '"checksum_ok":true' told
        [[ ! -s errors ]]
    done
}
