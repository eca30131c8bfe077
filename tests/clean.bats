#!/usr/bin/env bats
# `clean`: what killed runs left behind goes; what lives, and what is another's, stays.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp XDG_RUNTIME_DIR=$BATS_TEST_TMPDIR/runtime
    mkdir "$TMPDIR"
    mkdir -m 700 "$XDG_RUNTIME_DIR"
    ipc_before=$(list_ipc)
    started=()
}

teardown() {
    local process
    for process in "${started[@]}"; do
        kill -KILL "$process" 2>/dev/null || true
    done
}

clean() {
    run "$bin/clean" "$@"
}

is_empty() {
    [[ -z $(ls -A "$TMPDIR") && -z $(ls -A "$XDG_RUNTIME_DIR") && $(list_ipc) == "$ipc_before" ]] ||
        complain "left: $(ls -AR "$TMPDIR" "$XDG_RUNTIME_DIR"; list_ipc)"
}

# start COMMAND...: in the background, as the leader of a process group of its own.
start() {
    setsid "$@" >"$BATS_TEST_TMPDIR/output" 2>>"$BATS_TEST_TMPDIR/errors" 3>&- &
    started+=("$!")
}

# Waits until a command succeeds.
await() {
    local attempt
    for ((attempt = 0; attempt < 600; attempt++)); do
        "$@" 2>/dev/null && return
        sleep 0.05
    done
    complain "waited in vain for: $*; errors: $(<"$BATS_TEST_TMPDIR/errors")"
}

has_register() { compgen -G "$TMPDIR/pipe-vs-shm-*/register" >/dev/null; }

is_over() { ! pgrep -s "$1" >/dev/null; }

# Everything at once: nobody survives to clean up. Stopped first, because whoever loses its peer
# ends by itself.
kill_all() {
    local leader groups=()
    for leader in "${started[@]}"; do
        # Just forked, it is not the leader of its group yet.
        await kill -0 -- "-$leader"
        groups+=("-$leader")
    done
    kill -STOP -- "${groups[@]}"
    kill -KILL -- "${groups[@]}"
    for leader in "${started[@]}"; do
        wait "$leader" 2>/dev/null || true
        await is_over "$leader"
    done
    started=()
}

@test "nothing to remove is said, or not, and no error" {
    clean
    assert_done
    [[ $output == "nothing to remove" ]]
    clean --quiet
    assert_done
    [[ -z $output ]]
    clean --forever
    assert_refused 2 "--forever"
    clean everything
    assert_refused 2 "everything"
}

@test "semaphores and folder of a run whose processes were all killed" {
    start "$bin/shm" throughput --wait semop --seconds 20
    await has_register
    sleep 0.2
    kill_all
    clean --dry-run
    assert_done
    [[ ${#lines[@]} -eq 2 && ${lines[0]} == "would remove the semaphore set "* &&
        ${lines[1]} == "would remove the folder $TMPDIR/pipe-vs-shm-"* ]] || complain "two lines"
    has_register
    clean
    assert_done
    [[ ${#lines[@]} -eq 2 && ${lines[0]} == "removed the semaphore set "* ]] || complain "two lines"
    is_empty
}

@test "a run that lives, or is stopped, keeps what it needs" {
    start "$bin/shm" throughput --wait semop --seconds 1
    await has_register
    kill -STOP -- "-${started[0]}"
    clean
    assert_done
    [[ $output == "nothing to remove" ]] || complain "removed something of a stopped run"
    kill -CONT -- "-${started[0]}"
    wait "${started[0]}"
    [[ ! -s $BATS_TEST_TMPDIR/errors ]]
    is_empty
}

@test "killed at any moment, all at once" {
    local round
    for round in {1..40}; do
        case $((round % 4)) in
        0) start "$bin/shm" latency --wait semop --seconds 0.2 --size 100K ;;
        1) start "$bin/posix_shm" latency --seconds 0.2 --size 100K ;;
        2) start "$bin/sysv_mq" latency --seconds 0.2 --size 100K ;;
        3) start "$bin/posix_mq" latency --seconds 0.2 --size 100K ;;
        esac
        sleep "0.0$((RANDOM % 10))$((RANDOM % 10))"
        kill_all
    done
    # Of a run that was killed between making its folder and its register nothing is known but its
    # age.
    find "$TMPDIR" -mindepth 1 -exec touch -d '1 hour ago' {} +
    clean
    assert_done
    is_empty
}

@test "what is not a private folder of ours stays" {
    local target=$BATS_TEST_TMPDIR/target
    mkdir -m 700 "$target"
    echo precious >"$target/file"
    ln -s "$target" "$TMPDIR/pipe-vs-shm-link12"
    mkdir -m 755 "$TMPDIR/pipe-vs-shm-open12"
    mkdir -m 700 "$TMPDIR/pipe-vs-shm-toolong" "$TMPDIR/other-abcdef" "$TMPDIR/pipe-vs-shm-a.b-cd"
    echo precious >"$TMPDIR/pipe-vs-shm-file12"
    find "$TMPDIR" -mindepth 1 -exec touch -h -d '1 hour ago' {} +
    ls -AR "$TMPDIR" "$target" >"$BATS_TEST_TMPDIR/before"
    clean
    assert_done
    [[ $output == "nothing to remove" ]]
    ls -AR "$TMPDIR" "$target" | diff "$BATS_TEST_TMPDIR/before" -
}

@test "another user's folder stays, even for root" {
    [[ $EUID -eq 0 ]] || skip "needs root to make a folder of another user"
    mkdir -m 700 "$TMPDIR/pipe-vs-shm-user12"
    chown 65534 "$TMPDIR/pipe-vs-shm-user12"
    touch -d '1 hour ago' "$TMPDIR/pipe-vs-shm-user12"
    clean
    assert_done
    [[ -d $TMPDIR/pipe-vs-shm-user12 && $output == "nothing to remove" ]]
}

@test "a folder without a register is removed only when it is old" {
    mkdir -m 700 "$TMPDIR/pipe-vs-shm-abc123"
    clean
    [[ -d $TMPDIR/pipe-vs-shm-abc123 ]]
    touch -d '2 minutes ago' "$TMPDIR/pipe-vs-shm-abc123"
    clean
    assert_done
    [[ $output == *"killed while it began"* ]] || complain "no reason"
    is_empty
}

@test "links in a folder are removed, not followed; a strange register is not waited for" {
    local folder=$TMPDIR/pipe-vs-shm-abc123 target=$BATS_TEST_TMPDIR/target
    mkdir -m 700 "$folder" "$folder/1" "$target"
    echo precious >"$target/file"
    ln -s "$target" "$folder/1/link"
    ln -s "$target/file" "$folder/register"
    touch -d '1 hour ago' "$folder"
    clean
    assert_done
    [[ $(<"$target/file") == precious ]]
    is_empty

    mkdir -m 700 "$folder"
    mkfifo -m 600 "$folder/register"
    run timeout 5 "$bin/clean"
    [[ $status -eq 1 && $output == *"can't be read"* && -d $folder ]] || complain "left alone, exit 1"
    rm "$folder/register"

    # As large as a register, and nonsense.
    head -c 100000 /dev/urandom >"$folder/register"
    chmod 600 "$folder/register"
    touch -d '1 hour ago' "$folder"
    clean
    assert_done
    is_empty
}

@test "what was made in another IPC namespace is told, and its note stays" {
    [[ $EUID -eq 0 ]] && unshare --ipc true 2>/dev/null || skip "needs root and IPC namespaces"
    start unshare --ipc "$bin/shm" throughput --wait semop --seconds 20
    await has_register
    sleep 0.2
    kill_all
    clean
    [[ $status -eq 1 && $output == *"another IPC namespace"* ]] || complain "left alone, exit 1"
    has_register
    rm -r "$TMPDIR"/pipe-vs-shm-*
}

both_meet() { compgen -G "$XDG_RUNTIME_DIR/pipe-vs-shm/*.x/reader" >/dev/null && sleep 0.2; }
has_letters() { [[ -e $XDG_RUNTIME_DIR/pipe-vs-shm/y ]] && sleep 0.1; }

@test "what killed senders, receivers and servers left under their names" {
    local mechanism
    for mechanism in fifo shm; do
        start "$bin/$mechanism" send --name x --source zero --wait block --count 100000000000
        start "$bin/$mechanism" recv --name x --sink null
    done
    start "$bin/shm" send --name semaphores --source zero --wait semop --count 10
    start "$bin/server" --name y
    await both_meet
    await has_letters
    clean
    [[ $output == "nothing to remove" ]] || complain "removed something of the living"
    kill_all
    clean --dry-run
    [[ ${#lines[@]} -eq 4 ]] || complain "four lines"
    clean
    assert_done
    [[ ${#lines[@]} -eq 4 ]] || complain "four lines"
    is_empty
}

is_measuring() { [[ $(cat "$BATS_TEST_TMPDIR"/out/*.partial/samples.tsv | wc -l) -gt 3 ]]; }

@test "a killed script: the run ends soon, its rows stay, and the next run removes its folder" {
    local leader errors=$BATS_TEST_TMPDIR/errors
    command -v setpriv >/dev/null && setpriv --pdeathsig TERM true || skip "no setpriv --pdeathsig"
    start "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock --sizes 64 \
        --mechanisms pipe,shm --tests throughput --rounds 1000 --out "$BATS_TEST_TMPDIR/out"
    leader=${started[0]}
    await is_measuring
    kill -KILL "$leader"
    wait "$leader" || true
    await is_over "$leader"
    grep -q "interrupted; [0-9]* samples are kept" "$errors" || complain "$(<"$errors")"
    [[ -n $(ls "$TMPDIR") ]] # the script could not
    run "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock --sizes 64 \
        --mechanisms pipe,shm --tests throughput --rounds 1 --seconds 0.002 --out "$BATS_TEST_TMPDIR/out"
    assert_done
    [[ $output == *"of an ended script"* ]] || complain "the next run told nothing"
    is_empty
}
