#!/usr/bin/env bats
# Two unrelated programs that meet by a name: what is sent arrives exactly, whoever starts first; the
# end of either is noticed by the other; and nothing stays.

load helpers

# Every test has a runtime folder of its own; what is left in it at the end is a failure.
setup() {
    export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    cd "$BATS_TEST_TMPDIR" || return 1
    ipc_before=$(list_ipc)
    send="" recv="" feeder=""
}

teardown() {
    local process
    for process in $send $recv $feeder; do
        kill -KILL "$process" 2>/dev/null || true
    done
}

# The shell lets background commands ignore SIGINT; at a terminal they do not.
default_signals=(env --default-signal=INT)
"${default_signals[@]}" true 2>/dev/null || default_signals=()

# start MECHANISM send|recv OPTIONS...: in the background, under the name x; `input` is what send
# reads, `out` what recv writes, errors go to a file of the side's name.
start() {
    local mechanism=$1 side=$2
    shift 2
    : >"$side.errors"
    if [[ $side == send ]]; then
        ${default_signals[@]+"${default_signals[@]}"} "$bin/$mechanism" send --name x "$@" <input \
            2>"$side.errors" 3>&- &
    else
        ${default_signals[@]+"${default_signals[@]}"} "$bin/$mechanism" recv --name x "$@" >out \
            2>"$side.errors" 3>&- &
    fi
    printf -v "$side" '%s' "$!"
}

# Waits until a command succeeds.
await() {
    local waited
    for ((waited = 0; waited < 500; waited++)); do
        ! "$@" 2>/dev/null || return 0
        sleep 0.02
    done
    status=- output=$(cat ./*.errors)
    complain "never came true: $*"
}

role_is_taken() { [[ -e $XDG_RUNTIME_DIR/pipe-vs-shm/$1.x/$2 ]]; }
is_at_least() { [[ $(stat -c %s "$1") -ge $2 ]]; }
has_ended() { ! kill -0 "$1"; }

# Waits for the end of a side, whose errors it puts where complain and assert_refused look.
await_end() {
    local side=$1 process=${!1}
    await has_ended "$process"
    status=0
    wait "$process" || status=$?
    output=$(cat "$side.errors")
    mapfile -t lines <"$side.errors"
    printf -v "$side" ''
}

# The same, of what was killed.
reap() {
    wait "${!1}" 2>/dev/null || true
    printf -v "$1" ''
}

assert_both_done() {
    await_end send
    assert_done
    [[ -z $output ]] || complain "the sender says something"
    await_end recv
    assert_done
    [[ -z $output ]] || complain "the receiver says something"
    cmp input out
}

assert_nothing_stays() {
    [[ -z $(ls -A "$XDG_RUNTIME_DIR") ]] || complain "files stay: $(ls -AR "$XDG_RUNTIME_DIR")"
    [[ $(list_ipc) == "$ipc_before" ]] || complain "kernel objects stay: $(list_ipc)"
}

make_input() {
    head -c "$1" /dev/urandom >input
}

# A source that gives some bytes and then nothing, without an end.
start_feeder() {
    mkfifo input
    { head -c "$1" /dev/zero && exec sleep 60; } >input 3>&- &
    feeder=$!
}

# --- What arrives ------------------------------------------------------------------------------

# either_order MECHANISM OPTIONS...
either_order() {
    local mechanism=$1 first second size
    shift
    for size in 0 1 65535 65537 5000001; do
        make_input "$size"
        for first in send recv; do
            second=$([[ $first == send ]] && echo recv || echo send)
            if [[ $first == send ]]; then
                start "$mechanism" send "$@"
                await role_is_taken "$mechanism" writer
                start "$mechanism" recv
            else
                start "$mechanism" recv
                await role_is_taken "$mechanism" reader
                start "$mechanism" send "$@"
            fi
            assert_both_done
            assert_nothing_stays
        done
    done
}

@test "fifo: every size arrives exactly, whoever starts first" { either_order fifo; }
@test "shm: every size arrives exactly, whoever starts first" { either_order shm; }
@test "fifo in place and spinning" { either_order fifo --copies inplace --wait spin; }
@test "shm in place and spinning" { either_order shm --copies inplace --wait spin; }

@test "every way of waiting, and messages that fit nothing" {
    make_input 100001
    for wait in block spin hybrid semop; do
        for mechanism in fifo shm; do
            [[ $mechanism/$wait != fifo/semop ]] || continue
            for copies in own inplace; do
                start $mechanism recv
                start $mechanism send --wait $wait --copies $copies --size 1001 --capacity 4K
                assert_both_done
                assert_nothing_stays
            done
        done
    done
}

@test "files, and a source without end that is counted" {
    make_input 200000
    for mechanism in fifo shm; do
        start $mechanism recv --output arrived
        "$bin/$mechanism" send --name x --input input
        await_end recv
        assert_done
        cmp input arrived
        start $mechanism recv
        "$bin/$mechanism" send --name x --source zero --count 3 --size 1000
        await_end recv
        assert_done
        cmp out <(head -c 3000 /dev/zero)
        for sink in null use; do
            start $mechanism recv --sink $sink
            "$bin/$mechanism" send --name x --input input
            await_end recv
            assert_done
        done
    done
    assert_nothing_stays
}

@test "what is typed arrives at once, line by line" {
    mkfifo input
    for mechanism in fifo shm; do
        start $mechanism recv
        start $mechanism send
        exec 8>input
        for line in first second third; do
            echo $line >&8
            await grep -qx $line out
        done
        exec 8>&-
        await_end send
        assert_done
        await_end recv
        assert_done
        [[ $(cat out) == $'first\nsecond\nthird' ]]
        assert_nothing_stays
    done
}

@test "two names do not disturb each other" {
    make_input 100000
    start shm recv
    "$bin/shm" recv --name y >other 3>&- &
    feeder=$!
    echo something else | "$bin/shm" send --name y
    wait "$feeder"
    [[ $(cat other) == "something else" ]]
    start shm send
    assert_both_done
    assert_nothing_stays
}

# --- Refusals ----------------------------------------------------------------------------------

@test "a second sender and a second receiver are refused, the first go on" {
    make_input 1000
    for mechanism in fifo shm; do
        start $mechanism send
        await role_is_taken $mechanism writer
        run "$bin/$mechanism" send --name x <input
        assert_refused 1 "a sender of the name 'x' runs already (process $send)"
        start $mechanism recv
        assert_both_done
        start $mechanism recv
        await role_is_taken $mechanism reader
        echo kept >kept
        run "$bin/$mechanism" recv --name x
        assert_refused 1 "a receiver of the name 'x' runs already (process $recv)"
        start $mechanism send
        assert_both_done
        assert_nothing_stays
    done
}

@test "the other side does not come" {
    for mechanism in fifo shm; do
        run "$bin/$mechanism" send --name x --timeout 0.1 </dev/null
        assert_refused 1 "no receiver of the name 'x' came within 0.1 s: start $mechanism recv"
        run "$bin/$mechanism" recv --name x --timeout 0.1
        assert_refused 1 "no sender of the name 'x' came within 0.1 s: start $mechanism send"
    done
    assert_nothing_stays
}

@test "a wrong option is answered with what is allowed" {
    for side in send recv; do
        for name in "" ../x abcdefghijklmnopqrstuvwxyz0123456; do
            run "$bin/shm" $side --name "$name"
            assert_refused 2 "--name: '$name' is not allowed; allowed: 1 to 32 of"
        done
        run "$bin/shm" $side
        assert_refused 2 "--name: $side needs one"
        run "$bin/shm" $side --name x --seconds 1
        assert_refused 2 "--seconds: $side has no such option"
        run "$bin/pipe" $side --name x
        assert_refused 2 "$side: a pipe has no name; use fifo"
        for program in posix_shm memfd unix_stream tcp vmsplice process_vm_readv null; do
            run "$bin/$program" $side --name x
            assert_refused 2 "$side: $program has no name to meet by; use fifo or shm"
        done
    done
    for option in size wait copies capacity source input; do
        run "$bin/fifo" recv --name x --$option=1
        assert_refused 2 "--$option: recv has no such option, it is the other side's: give it to send"
    done
    run "$bin/fifo" send --name x --output y
    assert_refused 2 "--output: send has no such option, it is the other side's: give it to recv"
    run "$bin/fifo" send --name x --source memory
    assert_refused 2 "--source memory: send reads its bytes"
    run "$bin/fifo" send --name x --source zero
    assert_refused 2 "--count: --source zero needs it"
    run "$bin/fifo" send --name x --wait semop
    assert_refused 2 "--wait semop: fifo does not have it"
    assert_nothing_stays
}

@test "help documents both where there is a name" {
    for program in fifo shm; do
        run "$bin/$program" --help
        [[ $output == *"$program send --name NAME"*"Options of send:"*"Options of recv:"* ]]
        run "$bin/$program" recv --help
        assert_done
    done
    run "$bin/pipe" --help
    [[ $output != *"Options of recv"* && $output != *"pipe send"* ]]
}

# --- The death of either side --------------------------------------------------------------------

@test "a killed sender: the receiver says how much arrived, also where a pipe just ends" {
    start_feeder 100000
    for mechanism in fifo shm; do
        start $mechanism recv
        start $mechanism send
        await is_at_least out 100000
        kill -KILL "$send"
        reap send
        await_end recv
        assert_refused 1 "the sender ended without finishing: 100000 bytes arrived"
        assert_nothing_stays
        kill "$feeder" 2>/dev/null
        rm input
        start_feeder 100000
    done
}

@test "an interrupted sender is none that has finished" {
    for mechanism in fifo shm; do
        for wait in block spin $([[ $mechanism == fifo ]] || echo semop); do
            start_feeder 5
            start $mechanism recv
            start $mechanism send --wait $wait
            await is_at_least out 5
            kill -INT "$send"
            await_end send
            [[ $status -eq 130 ]] || complain "after SIGINT"
            await_end recv
            assert_refused 1 "the sender ended without finishing: 5 bytes arrived"
            assert_nothing_stays
            kill "$feeder" 2>/dev/null
            rm input
        done
    done
}

@test "a killed receiver: the sender says so, even while it waits for its source" {
    start_feeder 100
    for mechanism in fifo shm; do
        start $mechanism recv
        start $mechanism send
        await is_at_least out 100
        kill -KILL "$recv"
        reap recv
        await_end send
        assert_refused 1 "the receiver ended before it had everything: 100 bytes were sent"
        assert_nothing_stays
        kill "$feeder" 2>/dev/null
        rm input
        start_feeder 100
    done
}

@test "a receiver that cannot store what arrives" {
    make_input 1000000
    for mechanism in fifo shm; do
        start $mechanism send
        run bash -c "'$bin/$mechanism' recv --name x >/dev/full"
        assert_refused 69 "writing to the sink (stdout): No space left on device"
        await_end send
        assert_refused 1 "the receiver ended before it had everything"
    done
    assert_nothing_stays
}

@test "either side killed at any moment, both killed, and the next run" {
    for mechanism in fifo shm; do
        for victims in send recv "send recv"; do
            for moment in 0 0.01 0.03; do
                start $mechanism recv --timeout 0.5 --sink null
                "$bin/$mechanism" send --name x --timeout 0.5 --source zero --count 1000000000 \
                    2>send.errors 3>&- &
                send=$!
                sleep $moment
                for side in $victims; do kill -KILL "${!side}" 2>/dev/null || true; done
                for side in $victims; do reap "$side"; done
                for side in send recv; do
                    [[ -n ${!side} ]] || continue
                    await_end $side
                    [[ $status -eq 1 && ${#lines[@]} -eq 1 ]] || complain "$side, moment $moment"
                done
                [[ $victims == "send recv" ]] || assert_nothing_stays
            done
        done
        make_input 1000
        start $mechanism recv
        start $mechanism send
        assert_both_done
        assert_nothing_stays
    done
}

@test "semaphores of two killed programs are removed by the next run" {
    start_feeder 5
    start shm recv
    start shm send --wait semop
    await is_at_least out 5
    [[ $(list_ipc) != "$ipc_before" ]]
    kill -KILL "$send" "$recv"
    reap send
    reap recv
    [[ $(list_ipc) != "$ipc_before" ]] || complain "nothing was left that could be removed"
    run "$bin/shm" recv --name x --timeout 0.1
    assert_refused 1 "no sender"
    assert_nothing_stays
}

@test "a folder of the name that is not ours alone is left alone" {
    mkdir -m 700 "$XDG_RUNTIME_DIR/pipe-vs-shm"
    mkdir -m 755 "$XDG_RUNTIME_DIR/pipe-vs-shm/shm.x"
    run "$bin/shm" send --name x --timeout 0.1 </dev/null
    assert_refused 69 "shm.x is not a folder of ours alone"
    rmdir "$XDG_RUNTIME_DIR/pipe-vs-shm/shm.x"
    chmod 755 "$XDG_RUNTIME_DIR/pipe-vs-shm"
    run "$bin/shm" recv --name x --timeout 0.1
    assert_refused 69 "pipe-vs-shm is not a folder of ours alone"
    rmdir "$XDG_RUNTIME_DIR/pipe-vs-shm"
    assert_nothing_stays
}
