#!/usr/bin/env bash
# Runs the tests, one program after the other, and says one line about each:
#
#   run-tests.sh [--build DIR] [--jobs N] [--threads-only | --c-only | --sanitized] [--limit SECONDS]
#                [--under COMMAND] [NAME...]
#
# Tests are DIR/tests/*_test (C) and tests/*.bats (scripts); NAME picks some ("ring", "front_door");
# "ring_test" and "front_door.bats" tell a program from a script of the same name.
# --jobs runs N side by side, each as if it were alone: with System V objects, a temporary folder
# and a search for leftovers of its own. Those that need the machine for themselves come first, one
# by one.
# --threads-only runs the C tests whose source starts threads, for ThreadSanitizer; --c-only runs no
# scripts, --sanitized only scripts in which the programs themselves parse, measure or clean up: what
# the others try (the shell of the front door, gnuplot, the rules of the source tree) no sanitizer
# sees. --limit is for C tests on slow machines; --under starts them through an emulator.
# A test program fails when a case of it fails, when it runs too long, and when it leaves anything
# behind: a process, a System V or POSIX object, a file in its temporary folder. Exit 77
# means skipped. The last line is always "N passed, N failed, N skipped", counting single cases;
# exit code 1 when anything failed.
set -uo pipefail

# shellcheck source-path=SCRIPTDIR source=../scripts/about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/about.sh"
about "${BASH_SOURCE[0]}" "$@"

cd "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 2

# In an IPC namespace and a /dev/shm of its own a forgotten object is surely ours. (A queue of POSIX
# is seen where there is a folder for it, as in containers.)
private_memory='mount -t tmpfs -o mode=1777 tmpfs /dev/shm
    [[ ! -d /dev/mqueue ]] || mount -t mqueue mqueue /dev/mqueue'
if [[ -z ${RUN_TESTS_ISOLATED-} && $EUID -eq 0 ]] &&
    unshare --ipc --mount "$BASH" -c "$private_memory" 2>/dev/null; then
    RUN_TESTS_ISOLATED=1 exec unshare --ipc --mount "$BASH" -c "$private_memory"'; exec "$@"' - \
        "$BASH" tests/run-tests.sh "$@"
fi

# Tests that call make must not inherit the flags of the make that called us.
unset MAKEFLAGS MAKELEVEL MFLAGS MAKEOVERRIDES T
export LC_ALL=C

readonly SCRIPT_LIMIT_SECONDS=900
readonly FAREWELL_TENTHS=20 # how long a dying process may still be seen
build=build
threads_only=no
c_only=no
sanitized=no
jobs=${JOBS:-1}
unset JOBS # each test is run by a runner of its own
c_limit_seconds=180
under=()
# Whole runs with a budget of time, and those that compare how long something takes.
readonly ALONE=" whole_command.bats trust.bats slowdown.bats torture.bats slowdown_test rate_test "
# Long ones first, so that none of them is what the others end by waiting for.
readonly LONG="programs.bats front_door.bats channel_test audit_channels_test relay.bats named.bats
    verify.bats letters.bats copies.bats places.bats plot.bats buffer_offset_test relay_test"
# Those below the first line limit memory, trace, or wait for times that a sanitizer multiplies.
readonly NOT_FOR_SANITIZERS=" whole_command front_door plot rooms trust slowdown man_page model about \
    completion terminal deb html compare_page gallery readme texts citation \
    limits_output limits_ipc limits_resources limits_system syscall_faults hostile torture soak "
names=()
passed=0 failed=0 skipped=0
tests=()
declare -A begun=()
beside=() # by process id: the test whose runner that is
ours="" # the process group of the running test, for an interruption
# What a shell starts in the background ignores SIGINT, and a script cannot undo that; tests of
# interruption need it as it is at a terminal.
default_signals=(env --default-signal=INT --default-signal=QUIT)
"${default_signals[@]}" true 2>/dev/null || default_signals=()

refuse() {
    echo "run-tests.sh: $*" >&2
    exit 2
}

read_arguments() {
    while [[ $# -gt 0 ]]; do
        case $1 in
        --build)
            [[ $# -gt 1 ]] || refuse "--build needs a folder"
            build=$2
            shift
            ;;
        --threads-only) threads_only=yes c_only=yes ;;
        --c-only) c_only=yes ;;
        --sanitized) sanitized=yes ;;
        --jobs)
            [[ ${2-} =~ ^[1-9][0-9]?$ ]] || refuse "--jobs needs a number from 1 to 99"
            jobs=$2
            shift
            ;;
        --limit)
            [[ ${2-} =~ ^[1-9][0-9]*$ ]] || refuse "--limit needs a number of seconds"
            c_limit_seconds=$2
            shift
            ;;
        --under)
            [[ -n ${2-} ]] || refuse "--under needs a command"
            under=("$2")
            shift
            ;;
        -*)
            refuse "unknown option $1; allowed: --build DIR, --jobs N, --threads-only, --c-only," \
                "--sanitized, --limit SECONDS, --under COMMAND"
            ;;
        *) names+=("$1") ;;
        esac
        shift
    done
}

# is_chosen NAME FULL_NAME: among those that were named, if any were.
is_chosen() {
    local name
    [[ ${#names[@]} -gt 0 ]] || return 0
    for name in "${names[@]}"; do
        [[ $name != "$1" && $name != "$2" ]] || return 0
    done
    return 1
}

# --- What is left behind -----------------------------------------------------------------------

# The ids of all System V segments, semaphore sets and message queues, and the names of our POSIX
# shared memory and message queues.
list_ipc() {
    awk 'FNR > 1 { print FILENAME " " $2 }' /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg 2>/dev/null
    compgen -G '/dev/shm/pipe-vs-shm-*'
    compgen -G '/dev/mqueue/pipe-vs-shm-*'
}

# Processes that carry the mark of the running test in their environment.
list_processes() {
    local file
    while IFS= read -r file; do
        file=${file#/proc/}
        echo "${file%/environ}"
    done < <(grep -lsz -- "^PIPE_VS_SHM_TEST=$mark\$" /proc/[0-9]*/environ)
}

# Prints what the test left behind, after a moment of grace, and removes the processes.
find_leftovers() {
    local ipc_before=$1 folder=$2 waited processes process ipc
    for ((waited = 0; waited < FAREWELL_TENTHS; waited++)); do
        processes=$(list_processes)
        ipc=$(list_ipc)
        [[ -n $processes || $ipc != "$ipc_before" ]] || break
        sleep 0.1
    done
    for process in $processes; do
        echo "left behind: process $process ($(tr '\0' ' ' <"/proc/$process/cmdline"))"
        kill -KILL "$process"
    done 2>/dev/null
    [[ $ipc == "$ipc_before" ]] || grep -vxF -- "$ipc_before" <<<"$ipc" |
        sed 's|^/proc/sysvipc/|left behind: System V |'
    for process in "$folder"/* "$folder"/.[!.]*; do
        [[ ! -e $process ]] || echo "left behind: ${process##*/} in the temporary folder"
    done
}

# --- One test ----------------------------------------------------------------------------------

# Counts the cases in TAP output: sets case_passed, case_failed, case_skipped.
count_cases() {
    local line
    case_passed=0 case_failed=0 case_skipped=0
    while IFS= read -r line; do
        case $line in
        "ok "*"# "[sS][kK][iI][pP]* | "not ok "*"# "[sS][kK][iI][pP]*)
            case_skipped=$((case_skipped + 1))
            ;;
        "ok "[0-9]*) case_passed=$((case_passed + 1)) ;;
        "not ok "[0-9]*) case_failed=$((case_failed + 1)) ;;
        esac
    done <"$1"
}

# Runs a command with a time limit in a session of its own; sets result.
run_limited() {
    local limit=$1 log=$2
    shift 2
    # timeout makes itself the leader of a process group and kills the group.
    ${default_signals[@]+"${default_signals[@]}"} timeout --kill-after=5 "$limit" "$@" >"$log" 2>&1 </dev/null &
    ours=$!
    result=0
    wait "$ours" || result=$?
    ours=""
}

run_test() {
    local name=$1 limit=$2 log=$scratch/log folder=$scratch/tmp ipc_before leftovers
    local started=$EPOCHREALTIME word="ok  " reason=""
    shift 2
    rm -rf -- "$folder"
    mkdir "$folder"
    mark=$$.$name.$RANDOM
    ipc_before=$(list_ipc)
    TMPDIR=$folder PIPE_VS_SHM_TEST=$mark CMOCKA_MESSAGE_OUTPUT=TAP run_limited "$limit" "$log" "$@"
    leftovers=$(find_leftovers "$ipc_before" "$folder")
    count_cases "$log"

    if [[ $result -eq 77 && $case_failed -eq 0 ]]; then
        result=0
        [[ $case_skipped -gt 0 ]] || case_skipped=1
    fi
    if [[ $result -eq 124 || $result -eq 137 ]]; then
        reason="ran into its limit of $limit s"
    elif [[ $result -ne 0 && $case_failed -eq 0 ]]; then
        reason="ended with code $result"
    elif [[ $((case_passed + case_failed + case_skipped)) -eq 0 ]]; then
        reason="reported no case"
    elif [[ -n $leftovers ]]; then
        reason="left something behind"
    fi
    [[ -z $reason ]] || case_failed=$((case_failed + 1))
    if [[ $case_failed -gt 0 ]]; then
        word=FAIL
    elif [[ $case_passed -eq 0 ]]; then
        word=skip
    fi
    report_test "$word" "$name" "$started" "$reason"
    [[ $case_failed -eq 0 ]] || show_output "$log" "$leftovers"
    show_skipped "$log"
    passed=$((passed + case_passed))
    failed=$((failed + case_failed))
    skipped=$((skipped + case_skipped))
}

report_test() {
    local tenths=$(((${EPOCHREALTIME//[.,]/} - ${3//[.,]/}) / 100000))
    local counts="$case_passed ok"
    [[ $case_failed -eq 0 ]] || counts+=", $case_failed failed"
    [[ $case_skipped -eq 0 ]] || counts+=", $case_skipped skipped"
    printf '%-4s  %-24s %4d.%d s  %s%s\n' "$1" "$2" $((tenths / 10)) $((tenths % 10)) "$counts" \
        "${4:+: $4}"
}

show_output() {
    sed 's/^/      | /' "$1"
    [[ -z $2 ]] || printf '%s\n' "$2" | sed 's/^/      | /'
}

# A skip is never silent: its case and reason stand below the line of the program.
show_skipped() {
    sed -n -e 's/^\(not \)\{0,1\}ok [0-9]* *\(- \)\{0,1\}\(.*\)# [sS][kK][iI][pP] *\(.*\)$/      skipped: \3\4/p' \
        -e 's/^skip: \(.*\)$/      skipped: \1/p' "$1"
}

# --- All tests ---------------------------------------------------------------------------------

# Sets tests to the chosen ones: "ring_test", "front_door.bats", ...
choose_tests() {
    local file name
    tests=()
    for file in tests/*_test.c; do
        name=${file#tests/}
        name=${name%.c}
        is_chosen "${name%_test}" "$name" || continue
        if [[ $threads_only == no ]] || grep -q 'pthread_create\|thrd_create' "$file"; then
            tests+=("$name")
        fi
    done
    [[ $c_only == no ]] || return 0
    for file in tests/*.bats; do
        name=${file#tests/}
        is_chosen "${name%.bats}" "$name" || continue
        if [[ $sanitized == no || ${#names[@]} -gt 0 ||
            $NOT_FOR_SANITIZERS != *" ${name%.bats} "* ]]; then
            tests+=("$name")
        fi
    done
}

run_by_name() {
    case $1 in
    *_test) run_test "${1%_test}" "$c_limit_seconds" ${under[@]+"${under[@]}"} "$build/tests/$1" ;;
    *)
        if command -v bats >/dev/null; then
            BUILD=$build run_test "${1%.bats}" "$SCRIPT_LIMIT_SECONDS" bats --tap "tests/$1"
        else
            case_passed=0 case_failed=0 case_skipped=1
            report_test skip "${1%.bats}" "$EPOCHREALTIME" "bats is missing"
            skipped=$((skipped + 1))
        fi
        ;;
    esac
}

# --- Several at once -----------------------------------------------------------------------------

readonly COUNTS='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'

# In an own namespace each, by running this script for the one test.
start_beside() {
    # In the background with wait, so that an interruption reaches it at once.
    env -u RUN_TESTS_ISOLATED "$BASH" tests/run-tests.sh --build "$build" \
        --limit "$c_limit_seconds" ${under[@]+--under "${under[@]}"} "$1" \
        >"$scratch/$1.output" 2>&1 &
    beside[$!]=$1
}

# Waits for the next of them to end, prints what it said and adds its counts.
finish_one() {
    local ended="" code=0 name line
    wait -n -p ended "${!beside[@]}" || code=$?
    [[ -n $ended ]] || return
    name=${beside[$ended]}
    unset "beside[$ended]"
    line=$(tail -n 1 "$scratch/$name.output")
    if [[ $line =~ $COUNTS ]]; then
        sed '$d' "$scratch/$name.output"
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + BASH_REMATCH[3]))
    else
        echo "FAIL  $name: its runner ended with code $code"
        sed 's/^/      | /' "$scratch/$name.output"
        failed=$((failed + 1))
    fi
}

run_side_by_side() {
    local name
    for name in "${tests[@]}"; do
        [[ $ALONE != *" $name "* ]] || run_by_name "$name"
    done
    for name in $LONG "${tests[@]}"; do
        [[ $ALONE != *" $name "* && " ${tests[*]} " == *" $name "* ]] || continue
        [[ -z ${begun[$name]-} ]] || continue
        begun[$name]=yes
        [[ ${#beside[@]} -lt $jobs ]] || finish_one
        start_beside "$name"
    done
    while [[ ${#beside[@]} -gt 0 ]]; do
        finish_one
    done
}

stop() {
    [[ -z $ours ]] || kill -TERM "$ours" 2>/dev/null
    [[ ${#beside[@]} -eq 0 ]] || kill -TERM "${!beside[@]}" 2>/dev/null
    [[ ${#beside[@]} -eq 0 ]] || wait "${!beside[@]}" 2>/dev/null
    echo "interrupted" >&2
    exit 130
}

read_arguments "$@"
[[ $jobs =~ ^[1-9][0-9]?$ ]] || refuse "--jobs, or JOBS in the environment, is a number from 1 to 99"
build=$(cd -- "$build" 2>/dev/null && pwd -P) || refuse "--build: there is no folder '$build'"
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap stop INT TERM HUP

choose_tests
if [[ $jobs -gt 1 && -n ${RUN_TESTS_ISOLATED-} ]]; then
    run_side_by_side
else
    [[ $jobs -eq 1 ]] || echo "run-tests.sh: not root, or no IPC namespaces: one after the other" >&2
    for name in ${tests[@]+"${tests[@]}"}; do
        run_by_name "$name"
    done
fi

if [[ $((passed + failed + skipped)) -eq 0 && ${#names[@]} -gt 0 ]]; then
    echo "run-tests.sh: no test is called ${names[*]}" >&2
    failed=1
fi
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
