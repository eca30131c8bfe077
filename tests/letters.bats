#!/usr/bin/env bats
# The letters demo as two people at two terminals use it: what they see, and that nothing stays.

load helpers

# Every test has a runtime folder of its own; what is left in it at the end is a failure.
setup() {
    export XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    ipc_before=$(list_ipc)
    server="" client=""
}

teardown() {
    local process
    for process in $server $client; do
        kill -KILL "$process" 2>/dev/null || true
    done
    # A test that failed halfway shall not make the next one fail, too.
    if [[ $(list_ipc) != "$ipc_before" && -z $BATS_TEST_COMPLETED ]]; then
        "$bin/server" --timeout 0 >/dev/null 2>&1 || true
    fi
}

# The shell lets background commands ignore SIGINT; at a terminal they do not.
default_signals=(env --default-signal=INT)
"${default_signals[@]}" true 2>/dev/null || default_signals=()

# start server|client OPTIONS...: in the background; output and errors go to files of that name.
start() {
    local side=$1
    shift
    # Emptied here: what an earlier one of this test said must not be taken for this one's.
    : >"$BATS_TEST_TMPDIR/$side"
    : >"$BATS_TEST_TMPDIR/$side.errors"
    ${default_signals[@]+"${default_signals[@]}"} "$bin/$side" "$@" >"$BATS_TEST_TMPDIR/$side" \
        2>"$BATS_TEST_TMPDIR/$side.errors" 3>&- &
    printf -v "$side" '%s' "$!"
}

# Waits until the output of a side has a line that matches.
await_line() {
    local waited
    for ((waited = 0; waited < 200; waited++)); do
        ! grep -q -- "$2" "$BATS_TEST_TMPDIR/$1" 2>/dev/null || return 0
        sleep 0.05
    done
    echo "$1 never said '$2', but:" >&2
    cat "$BATS_TEST_TMPDIR/$1" "$BATS_TEST_TMPDIR/$1.errors" >&2
    return 1
}

# Waits for the end of a side, whose errors it puts where complain and assert_refused look.
await_end() {
    local side=$1 process=${!1} waited
    for ((waited = 0; waited < 200; waited++)); do
        kill -0 "$process" 2>/dev/null || break
        sleep 0.05
    done
    ! kill -0 "$process" 2>/dev/null || complain "$side still runs"
    status=0
    wait "$process" || status=$?
    output=$(cat "$BATS_TEST_TMPDIR/$side.errors")
    mapfile -t lines <"$BATS_TEST_TMPDIR/$side.errors"
}

start_both() {
    start server --interval 0.01 "$@"
    await_line server '^segment: '
    start client --interval 0.01 "$@"
}

assert_nothing_stays() {
    [[ $(list_ipc) == "$ipc_before" ]] || complain "a segment stays: $(list_ipc)"
    [[ -z $(ls -A "$XDG_RUNTIME_DIR") ]] || complain "files stay: $(ls -AR "$XDG_RUNTIME_DIR")"
}

letters=abcdefghijklmnopqrstuvwxyz

# The lines between the first (the segment) and the last (the end).
seen_by_server() {
    sed -e 1d -e '$d' "$BATS_TEST_TMPDIR/server"
}

# --- What is seen ------------------------------------------------------------------------------

@test "with --sync every letter arrives once and in order" {
    start_both --sync
    await_end client
    assert_done
    await_end server
    assert_done
    [[ $(seen_by_server | tr -d '\n') == "$letters" ]] || complain "seen: $(seen_by_server)"
    [[ $(seen_by_server | wc -l) -eq 26 ]]
    [[ $(sed -n 's/^wrote //p' "$BATS_TEST_TMPDIR/client" | tr -d '\n') == "$letters" ]]
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/server") == *"all 26 letters"*detached* ]]
    assert_nothing_stays
}

@test "without --sync the server sees the same again and again, and never waits" {
    start server --interval 0.01
    # Nobody writes, and still the server looks: nothing blocks it.
    await_line server '^segment: '
    for waited in {1..200}; do
        [[ $(grep -c '^(no letter yet)$' "$BATS_TEST_TMPDIR/server") -lt 3 ]] || break
        sleep 0.05
    done
    [[ $waited -lt 200 ]] || complain "the server waits for its client"
    start client --interval 0.02
    await_end client
    assert_done
    await_end server
    assert_done
    seen_by_server | grep -v '^(no letter yet)$' >"$BATS_TEST_TMPDIR/seen"
    # What is seen only grows, ends with all letters, and was printed more often than it changed.
    while IFS= read -r line; do
        [[ $letters == "$line"* ]] || complain "'$line' is no beginning of the alphabet"
    done <"$BATS_TEST_TMPDIR/seen"
    [[ $(awk 'length($0) < longest { exit } { longest = length($0) } END { print longest }' \
        "$BATS_TEST_TMPDIR/seen") -eq 26 ]] || complain "a letter was lost"
    [[ $(tail -n 1 "$BATS_TEST_TMPDIR/seen") == "$letters" ]]
    [[ -n $(uniq -d "$BATS_TEST_TMPDIR/seen") ]] || complain "nothing was seen twice"
    assert_nothing_stays
}

@test "the first line is what the kernel says of the segment" {
    start server --interval 0.01
    await_line server '^segment: '
    # /proc/sysvipc/shm: key, id, mode, size, as ipcs -m prints them.
    read -r key id mode size <<<"$(sed -n \
        's/^segment: key \(0x[0-9a-f]*\) .* id \([0-9]*\), mode \([0-7]*\), size \([0-9]*\) .*/\1 \2 \3 \4/p' \
        "$BATS_TEST_TMPDIR/server")"
    [[ $mode == 0600 ]]
    run awk -v id="$id" '$2 == id { printf "%s %04d %s", $1, $3, $4 }' /proc/sysvipc/shm
    [[ $output == "$(printf '%d' "$key") $mode $size" ]] || complain "key $key mode $mode size $size"
    [[ $(stat -c %a "$XDG_RUNTIME_DIR/pipe-vs-shm") == 700 ]]
    [[ $(stat -c %a "$XDG_RUNTIME_DIR/pipe-vs-shm/letters") == 600 ]]
    kill -TERM "$server"
    await_end server
    [[ $status -eq 130 ]] || complain "after SIGTERM"
    assert_nothing_stays
}

@test "two pairs of different names do not disturb each other" {
    start_both --sync
    "$bin/server" --sync --name other >"$BATS_TEST_TMPDIR/other" &
    other=$!
    run "$bin/client" --sync --name other --timeout 10 --interval 0.001
    assert_done
    wait "$other"
    [[ $(sed -e 1d -e '$d' "$BATS_TEST_TMPDIR/other" | tr -d '\n') == "$letters" ]]
    await_end client
    assert_done
    await_end server
    assert_done
    assert_nothing_stays
}

# --- Refusals ----------------------------------------------------------------------------------

@test "a client without a server says so in one line" {
    run "$bin/client"
    assert_refused 1 "client: no server runs at"
    run "$bin/client" --timeout 0.1
    assert_refused 1 "client: no server runs at"
    assert_nothing_stays
}

@test "a client with --timeout waits for the server" {
    start client --sync --timeout 20 --interval 0.001
    sleep 0.1
    kill -0 "$client" || complain "the client does not wait"
    start server --sync
    await_end client
    assert_done
    await_end server
    assert_done
    assert_nothing_stays
}

@test "a server stops waiting for a client" {
    for sync in "" --sync; do
        start server --interval 0.01 --timeout 0.1 $sync
        await_end server
        assert_refused 1 "server: no client came within 0.1 s"
        assert_nothing_stays
    done
}

@test "a second server is refused in one line, the first goes on" {
    start server --sync
    await_line server '^segment: '
    run "$bin/server" --sync
    assert_refused 1 "runs already (process $server)"
    run "$bin/client" --sync --interval 0.001
    assert_done
    await_end server
    assert_done
    assert_nothing_stays
}

@test "a second client is refused in one line" {
    start server --interval 0.01
    start client --interval 1 --timeout 10
    await_line client '^wrote a'
    run "$bin/client"
    assert_refused 1 "has a client already (process $client)"
    kill -TERM "$client" "$server"
    await_end client
    await_end server
    assert_nothing_stays
}

@test "--sync on one side only is refused in one line, the server goes on" {
    start server --sync
    await_line server '^segment: '
    run "$bin/client"
    assert_refused 2 "client: --sync: the server was started with it and the client without"
    run "$bin/client" --sync --interval 0.001
    assert_done
    await_end server
    assert_done

    start server --interval 0.01
    await_line server '^segment: '
    run "$bin/client" --sync
    assert_refused 2 "client: --sync: the server was started without it and the client with"
    run "$bin/client" --interval 0.001
    assert_done
    await_end server
    assert_done
    assert_nothing_stays
}

@test "a wrong option is answered with what is allowed" {
    for side in server client; do
        run "$bin/$side" --name ../x
        assert_refused 2 "$side: --name: '../x' is not allowed; allowed: 1 to 32 of"
        run "$bin/$side" --interval 0
        assert_refused 2 "$side: --interval: '0' is not allowed; allowed: 0.001 to 3600"
        run "$bin/$side" letters
        assert_refused 2 "unexpected argument 'letters'"
        run "$bin/$side" --help
        assert_done
        [[ $output == *"--interval S"*"(default 1)"* ]]
        run "$bin/$side" --version
        assert_done
        [[ $output == "$side (pipe-vs-shm) $(<"$repository/VERSION")" ]]
    done
    assert_nothing_stays
}

# --- Ends --------------------------------------------------------------------------------------

# end_early SIDE SIGNAL CODE-OF-THE-OTHER [--sync]: ends one side in the middle; the other notices.
end_early() {
    local side=$1 signal=$2 other=client ended_with=130
    shift 2
    [[ $side == server ]] || other=server
    [[ $signal != KILL ]] || ended_with=137
    # So slow that the other side is in a pause or a wait when it happens.
    start server --interval 20 "$@"
    start client --interval 20 --timeout 10 "$@"
    await_line client '^wrote a'
    [[ $* != *--sync* ]] || await_line server '^a'
    kill -"$signal" "${!side}"
    await_end "$side"
    [[ $status -eq $ended_with ]] || complain "$side after SIG$signal"
    await_end "$other"
    assert_refused 1 "$other: the $side (process ${!side}) ended after 1 of 26 letters"
    assert_nothing_stays
}

@test "Ctrl-C and other signals at the server: the client ends, nothing stays" {
    for sync in "" --sync; do
        [[ ${#default_signals[@]} -eq 0 ]] || end_early server INT $sync
        end_early server TERM $sync
        end_early server HUP $sync
    done
}

@test "Ctrl-C and other signals at the client: the server ends, nothing stays" {
    for sync in "" --sync; do
        [[ ${#default_signals[@]} -eq 0 ]] || end_early client INT $sync
        end_early client TERM $sync
        end_early client HUP $sync
    done
}

@test "kill -9 of the client: the server ends with one line, nothing stays" {
    for sync in "" --sync; do end_early client KILL $sync; done
}

@test "kill -9 of the server: the client ends with one line and clears up for it" {
    for sync in "" --sync; do end_early server KILL $sync; done
}

@test "kill -9 of a lonely server: a client is refused, a new server takes over, nothing stays" {
    start server --interval 0.01
    await_line server '^segment: '
    kill -KILL "$server"
    await_end server
    [[ $(list_ipc) != "$ipc_before" ]] || complain "there is no leftover: this tests nothing"
    old=$(list_ipc | grep -vxF -- "$ipc_before")
    run "$bin/client"
    assert_refused 1 "client: no server runs at"

    start server --sync
    await_line server '^segment: '
    ! list_ipc | grep -qxF -- "$old" || complain "the leftover is still there"
    run "$bin/client" --sync --interval 0.001
    assert_done
    await_end server
    assert_done
    [[ $(seen_by_server | tr -d '\n') == "$letters" ]]
    assert_nothing_stays
}

@test "a reader of the output that goes away ends both, nothing stays" {
    (
        set +o pipefail
        "$bin/server" --interval 0.01 2>"$BATS_TEST_TMPDIR/server.errors" 3>&- | head -n 2 >/dev/null
    )
    [[ $(<"$BATS_TEST_TMPDIR/server.errors") == "server: writing to standard output: Broken pipe" ]]
    assert_nothing_stays
}
