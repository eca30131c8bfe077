#!/usr/bin/env bash
# Lets single system calls of the programs fail and judges what comes of it:
#
#   tests/syscall-faults.sh [--build DIR] [--every N [--from K]] [--only INJECTION] [SCENARIO...]
#
# Each scenario runs once under strace to see which calls its processes make, and how often. Then
# each call is made to fail, with each errno that its man page gives for a machine out of something,
# at its first, second, middle and last occurrence in each process. One injection is written
# SCENARIO:CALL:ERRNO:OCCURRENCE; --only repeats that one and shows all that was printed, --every N
# takes each Nth injection of the list, from the Kth on (a sample).
#
# Judged after each: the program has ended in time; either its result is right and whole, or it has
# a non-zero exit code, one line that says what was being done, and no result; no signal ended it;
# no segment, semaphore set, file or process is left. A call that was merely interrupted (EINTR) has
# to be repeated: then only the right result will do.
#
# The last lines: a row per scenario, and "N passed, N failed, N skipped". Exit 1 when one failed,
# 77 when strace cannot trace here.
set -uo pipefail

# shellcheck source-path=SCRIPTDIR source=../scripts/about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/about.sh"
about "${BASH_SOURCE[0]}" "$@"

cd "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 2

# In an IPC namespace of its own a forgotten segment is surely ours.
if [[ -z ${FAULTS_ISOLATED-} && $EUID -eq 0 ]] && unshare --ipc true 2>/dev/null; then
    FAULTS_ISOLATED=1 exec unshare --ipc "$BASH" tests/syscall-faults.sh "$@"
fi
export LC_ALL=C

readonly LIMIT_SECONDS=15 GRACE_TENTHS=20
build=build every=1 from=0 only=""
scenarios=()

skip() {
    echo "1..0 # skip $*"
    echo "0 passed, 0 failed, 1 skipped"
    exit 77
}

refuse() {
    echo "syscall-faults.sh: $*" >&2
    exit 2
}

# --- What can go wrong -------------------------------------------------------------------------

# The errnos with which a call fails on a machine that is out of something, or that forbids it. A
# call that is missing here cannot fail, or its failure is the same as what another one meets.
declare -A errnos=(
    [openat]="EMFILE ENOMEM EACCES" [read]="EINTR EIO" [pread64]="EINTR EIO"
    [write]="EINTR EIO ENOSPC" [pwrite64]="EINTR EIO ENOSPC" [writev]="EIO ENOSPC" [mmap]="ENOMEM"
    [clone]="EAGAIN ENOMEM" [clone3]="EAGAIN ENOMEM" [fork]="EAGAIN" [vfork]="EAGAIN"
    [pipe2]="EMFILE ENFILE" [fcntl]="EPERM ENOMEM" [mknodat]="ENOSPC EACCES" [mknod]="ENOSPC EACCES"
    [mkdir]="ENOSPC EACCES" [unlink]="EACCES" [rmdir]="EBUSY" [newfstatat]="ENOMEM EACCES"
    [fstat]="EIO" [faccessat2]="EACCES" [access]="EACCES" [getdents64]="EIO" [shmget]="ENOSPC ENOMEM EACCES"
    [shmat]="ENOMEM EACCES" [shmctl]="EPERM EIDRM" [semget]="ENOSPC ENOMEM" [semctl]="EIDRM EPERM"
    [semop]="EINTR EIDRM" [msgget]="ENOSPC ENOMEM" [msgctl]="EPERM EIDRM" [msgsnd]="EINTR ENOMEM"
    [msgrcv]="EINTR EIDRM" [mq_open]="EMFILE ENOSPC" [mq_timedsend]="EINTR ENOMEM" [mq_timedreceive]="EINTR"
    [mq_unlink]="EACCES" [timer_create]="EAGAIN" [timer_settime]="" [timer_delete]="" [semtimedop]="EINTR EIDRM" [futex]="EINTR ENOMEM"
    [sched_setaffinity]="EINVAL EPERM" [sched_getaffinity]="ENOMEM" [getrandom]="EINTR ENOSYS"
    [pidfd_open]="EMFILE ENOSYS EPERM" [rt_sigtimedwait]="EINTR" [wait4]="EINTR" [waitid]="EINTR"
    [poll]="EINTR ENOMEM" [ppoll]="EINTR" [clock_nanosleep]="EINTR" [nanosleep]="EINTR"
    [prctl]="EPERM" [madvise]="ENOMEM EFAULT" [ftruncate]="ENOSPC EINTR" [fallocate]="ENOSPC EINTR"
    [memfd_create]="EMFILE ENOMEM" [vmsplice]="EINTR ENOMEM" [process_vm_readv]="EPERM ENOMEM"
    [lseek]="EIO" [fsync]="EIO ENOSPC" [fdatasync]="EIO ENOSPC" [rename]="ENOSPC EACCES"
    [renameat2]="ENOSPC" [dup2]="EMFILE" [readlink]="EACCES" [readlinkat]="EACCES" [sendfile]="EINTR EIO"
    [copy_file_range]="EIO" [setpgid]="EPERM" [flock]="EINTR ENOLCK" [close]="EIO" [munmap]="ENOMEM"
    [statfs]="EIO" [fstatfs]="EIO" [signalfd4]="EMFILE" [kill]="EPERM" [symlink]="ENOSPC" [ioctl]="ENOTTY"
    [mlock]="ENOMEM" [getcwd]="ENOENT" [uname]="EFAULT" [sysinfo]="EFAULT" [mprotect]="ENOMEM"
    [perf_event_open]="EACCES EMFILE" [mkdirat]="ENOSPC" [unlinkat]="EACCES" [fchmod]="EPERM" [tee]="ENOMEM"
    [fadvise64]="EINVAL" [gettid]="" [splice]="EINTR ENOMEM" [mremap]="ENOMEM" [msync]="EIO" [fchdir]="EACCES"
)

# After these has failed, what it should have removed may still be there.
# (A segment is looked up before it is removed.)
readonly removing=" unlink unlinkat rmdir shmctl semctl shmget msgctl msgget mq_unlink mq_open "

# --- The scenarios -----------------------------------------------------------------------------

# Each sets command (run and traced), and may set partner (its other end, started before), input,
# traced=alone (programs that it starts are not made to fail), and how a right result looks: the
# functions named in `right`.
readonly all_scenarios="pipe_latency pipe_throughput fifo_latency shm_block shm_semop shm_hybrid shm_rate
    vmsplice process_vm_readv posix_mq sysv_mq parallel pipe_filter shm_filter shm_files fifo_files pipe_sink pipe_copies
    shm_copies send_fifo recv_fifo send_shm recv_shm recv_semop suite report verify compare chart_data claims"

sample_is_right() {
    [[ $(<"$folder/output") == '{"mechanism":'*'"checksum_ok":true'*'}' ]]
}

filter_is_right() {
    cmp -s "$input" "$folder/output"
}

file_is_right() {
    cmp -s "$data" "$folder/copy"
}

row_is_right() {
    [[ $(wc -l <"$folder/output") -eq 2 ]]
}

partner_is_right() {
    cmp -s "$data" "$folder/partner-output"
}

bundle_is_right() {
    local bundle
    bundle=$(<"$folder/output")
    [[ -f $bundle/manifest.json && -f $bundle/samples.tsv && $(wc -l <"$bundle/samples.tsv") -gt 3 ]]
}

# The same as without a fault.
same_is_right() {
    cmp -s "$scratch/$scenario.right" "$folder/output"
}

set_scenario() {
    local bin=$build/bin short=(--size 64 --count 20 --seconds 0.001 --seed 1 --timeout 3 --format json)
    command=() partner=() input=/dev/null traced=all right=sample_is_right handles_signals=yes
    case $1 in
    report | verify | compare | chart_data) handles_signals=no ;;
    esac
    case $1 in
    pipe_latency) command=("$bin/pipe" latency "${short[@]}") ;;
    pipe_throughput) command=("$bin/pipe" throughput --copies inplace --wait hybrid "${short[@]}") ;;
    fifo_latency) command=("$bin/fifo" latency "${short[@]}") ;;
    shm_block) command=("$bin/shm" latency "${short[@]}") ;;
    shm_semop) command=("$bin/shm" latency --wait semop "${short[@]}") ;;
    shm_hybrid) command=("$bin/shm" throughput --wait hybrid --copies inplace "${short[@]}") ;;
    shm_rate) command=("$bin/shm" latency --rate 1000 "${short[@]}") ;;
    vmsplice) command=("$bin/vmsplice" throughput "${short[@]}") ;;
    process_vm_readv) command=("$bin/process_vm_readv" throughput "${short[@]}") ;;
    posix_mq | sysv_mq) command=("$bin/$1" throughput "${short[@]}") ;;
    parallel) command=("$bin/shm" throughput --pairs-parallel 2 --size 64 --seconds 0.002 --timeout 3 --format json) ;;
    pipe_filter | shm_filter)
        command=("$bin/${1%_filter}" relay --timeout 3)
        input=$data right=filter_is_right
        ;;
    shm_files | fifo_files)
        command=("$bin/${1%_files}" relay --input "$data" --output "$folder/copy" --timeout 3 --format json)
        right="sample_is_right file_is_right"
        ;;
    pipe_sink) command=("$bin/pipe" relay --source file --sink file "${short[@]}") ;;
    pipe_copies | shm_copies)
        command=("$bin/${1%_copies}" copies --size 4K --timeout 3)
        right=row_is_right
        ;;
    send_fifo | send_shm)
        command=("$bin/${1#send_}" send --name faults --timeout 3)
        partner=("$bin/${1#send_}" recv --name faults --timeout 3)
        input=$data right=partner_is_right
        ;;
    recv_fifo | recv_shm)
        command=("$bin/${1#recv_}" recv --name faults --timeout 3)
        partner=("$bin/${1#recv_}" send --name faults --timeout 3)
        right=data_is_right
        ;;
    recv_semop)
        command=("$bin/shm" recv --name faults --timeout 3)
        partner=("$bin/shm" send --name faults --wait semop --timeout 3)
        right=data_is_right
        ;;
    suite)
        command=("$bin/suite" --sizes 64 --rounds 1 --seconds 0.002 --mechanisms "pipe,shm" --tests latency
            --waits block --modes own --seed 1 --out "$folder/out")
        traced=alone right=bundle_is_right
        ;;
    report) command=("$bin/report" results/reference --format markdown) traced=alone right=same_is_right ;;
    verify) command=("$bin/verify" results/reference) traced=alone right=same_is_right ;;
    compare) command=("$bin/compare" results/reference results/reference) traced=alone right=same_is_right ;;
    claims) command=("$bin/claims") traced=alone right=true ;;
    chart_data) command=("$bin/chart_data" results/reference --out "$folder/charts") traced=alone right=true ;;
    *) refuse "there is no scenario '$1'; there are: ${all_scenarios//$'\n'/}" ;;
    esac
}

data_is_right() {
    cmp -s "$data" "$folder/output"
}

# --- One run -----------------------------------------------------------------------------------

state_of() {
    local line
    read -r line <"/proc/$1/stat" || return
    line=${line##*) }
    echo "${line%% *}"
} 2>/dev/null

is_traced() {
    local name value
    while read -r name value; do
        [[ $name != TracerPid: ]] || break
    done <"/proc/$1/status"
    [[ ${value:-0} -ne 0 ]]
} 2>/dev/null

# Runs command with the trace options given; sets result, and partner_result.
run_traced() {
    local follow=(-f) partner_process="" process tracer tries # sets mark, overtime, result
    [[ $traced == all ]] || follow=()
    rm -rf -- "$folder"
    mkdir -- "$folder" "$folder/tmp" "$folder/charts"
    export TMPDIR=$folder/tmp XDG_RUNTIME_DIR=""
    mark=$$.$RANDOM.$RANDOM
    partner_result=0
    if [[ ${#partner[@]} -gt 0 ]]; then
        FAULTS_MARK=$mark timeout "$LIMIT_SECONDS" "${partner[@]}" <"$data" >"$folder/partner-output" 2>"$folder/partner-errors" &
        partner_process=$!
    fi
    FAULTS_MARK=$mark LD_PRELOAD=$scratch/hold.so HOLD_BEFORE_MAIN=1 "${command[@]}" \
        <"$input" >"$folder/output" 2>"$folder/errors" &
    process=$!
    for ((tries = 0; tries < 500; tries++)); do
        [[ $(state_of "$process") != T ]] || break
        sleep 0.002
    done
    timeout "$LIMIT_SECONDS" strace ${follow[@]+"${follow[@]}"} -qq -o "$folder/trace" "$@" -p "$process" 2>"$folder/strace" &
    tracer=$!
    for ((tries = 0; tries < 1000; tries++)); do
        ! is_traced "$process" || break
        sleep 0.002
    done
    kill -CONT "$process"
    wait "$tracer"
    overtime=$?
    [[ $overtime -ne 124 ]] || kill -KILL "$process" 2>/dev/null
    result=0
    wait "$process" || result=$?
    if [[ -n $partner_process ]]; then
        wait "$partner_process" || partner_result=$?
    fi
} 2>/dev/null

list_processes() {
    grep -lsz -- "^FAULTS_MARK=$mark\$" /proc/[0-9]*/environ
}

list_ipc() {
    awk 'FNR > 1 { print FILENAME " " $2 }' /proc/sysvipc/shm /proc/sysvipc/sem
}

# Prints what is left behind, and removes it.
find_leftovers() {
    local tenths processes ipc file
    for ((tenths = 0; tenths < GRACE_TENTHS; tenths++)); do
        processes=$(list_processes)
        ipc=$(list_ipc)
        [[ -n $processes || $ipc != "$ipc_before" ]] || break
        sleep 0.1
    done
    for file in $processes; do
        file=${file#/proc/}
        echo "left process ${file%/environ}"
        kill -KILL "${file%/environ}" 2>/dev/null
    done
    if [[ $ipc != "$ipc_before" ]]; then
        grep -vxF -- "$ipc_before" <<<"$ipc" | while read -r file id; do
            echo "left ${file##*/} $id"
        done
        [[ -z ${FAULTS_ISOLATED-} ]] || ipcrm --all
    fi
    for file in "$folder"/tmp/*; do
        [[ ! -e $file ]] || echo "left ${file##*/} in TMPDIR"
    done
}

result_is_right() {
    local word
    for word in $right; do
        "$word" || return 1
    done
}

# Whether a call that failed began like this.
was_injected() {
    grep -E "$1" "$folder/trace" | grep -qF "(INJECTED)"
}

# Nothing here catches a signal and goes on, so that the C library's own writes, which give up after
# EINTR, never meet it.
only_stream_met_it() {
    ! grep -F "(INJECTED)" "$folder/trace" | grep -qvE "write\\([12],"
}

# Prints why the line on standard error is none that helps.
judge_line() {
    local name=${command[0]##*/} lines generic
    # The conductor tells of its progress, too; what it says of itself counts.
    if [[ $scenario == suite ]]; then
        lines=$(grep -c '^suite: ' "$folder/errors")
        [[ $lines -ge 1 ]] || echo "no line"
        return
    fi
    # The line itself could not be written: the exit code has to do.
    ! was_injected "write\\(2," || return 0
    lines=$(wc -l <"$folder/errors")
    if [[ $lines -ne 1 ]]; then
        echo "$lines lines"
        return
    fi
    generic="^$name: ((writer|reader): )?the (writer|reader): |: Success\$|: \$"
    ! grep -qE "$generic" "$folder/errors" || echo "says too little"
    grep -q "^$name: " "$folder/errors" || echo "without its name"
}

# The exit codes that a failure may have.
allowed_codes() {
    # What may not be opened was the wrong thing to name; comparing has no other code than 2.
    if [[ $scenario == compare || $1 == EACCES ]]; then
        echo "1|2|69"
    else
        echo "1|69"
    fi
}

# Whether what was printed before the failure is no result that could be taken for one.
may_have_printed() {
    case $scenario in
    *_filter | *_files | recv_* | verify | claims) ;; # bytes on their way, and verdicts one by one
    suite) [[ $result -eq 1 ]] ;;                     # the bundle, whose failed samples were told
    report | compare | chart_data) [[ $1 == write ]] ;;
    *) return 1 ;;
    esac
}

judge_failure() {
    local call=$1 error=$2 line
    if [[ $result -gt 128 && $result -ne 130 ]]; then
        echo "ended by signal $((result - 128))"
    elif [[ $error == EINTR ]] && ! was_injected "write\\(1," && ! only_stream_met_it; then
        echo "not repeated after EINTR"
    elif [[ ! $result =~ ^($(allowed_codes "$error"))$ ]]; then
        echo "exit code $result"
    elif [[ -s $folder/output ]] && ! may_have_printed "$call"; then
        echo "a result, though it failed"
    elif [[ $scenario != verify || ! -s $folder/output ]]; then
        line=$(judge_line)
        echo "${line//$'\n'/, }"
    fi
}

judge_partner() {
    if [[ $partner_result -ge 124 && $partner_result -ne 130 ]]; then
        echo "its other end: exit code $partner_result"
    elif [[ $partner_result -ne 0 && $(wc -l <"$folder/partner-errors") -ne 1 ]]; then
        echo "its other end: $(wc -l <"$folder/partner-errors") lines"
    elif [[ $result -eq 0 && $partner_result -ne 0 ]]; then
        echo "its other end failed alone"
    elif [[ $scenario == send_* && $partner_result -eq 0 && $result -ne 0 ]] && ! partner_is_right; then
        echo "its other end ended well without the data"
    fi
}

# Sets verdict: "" when the run is as it has to be, otherwise what is wrong.
judge() {
    local call=$1 error=$2 left
    verdict=""
    if [[ $overtime -eq 124 ]]; then
        verdict="not ended in $LIMIT_SECONDS s"
    elif [[ $result -ne 0 ]]; then
        verdict=$(judge_failure "$call" "$error")
    elif ! result_is_right; then
        verdict="exit code 0 and no right result"
    fi
    if [[ -z $verdict && ${#partner[@]} -gt 0 ]]; then
        verdict=$(judge_partner)
    fi
    left=$(find_leftovers)
    [[ -z $left || $removing == *" $call "* ]] || verdict+="${verdict:+; }${left//$'\n'/; }"
}

show_run() {
    local file
    for file in errors output partner-errors trace strace; do
        [[ ! -s $folder/$file ]] || { [[ $file == trace || $file == output ]] && [[ -z $only ]]; } ||
            head -n 40 "$folder/$file" | cut -c 1-200 | sed "s/^/      $file | /"
    done
}

# --- All of them -------------------------------------------------------------------------------

# Prints CALL ERRNO OCCURRENCE for what the trace of a good run shows.
list_injections() {
    local call occurrence error
    awk '{
            call = ($1 ~ /^[0-9]+$/) ? $2 : $1
            process = ($1 ~ /^[0-9]+$/) ? $1 : 0
            if (call == "<...") next
            if (sub(/\(.*/, "", call)) count[call " " process]++
        }
        END {
            for (key in count) {
                split(key, part, " ")
                n = count[key]
                print part[1], 1; print part[1], (n < 2 ? n : 2); print part[1], int((n + 1) / 2); print part[1], n
            }
        }' "$folder/trace" | sort -u -k 1,1 -k 2,2n |
        while read -r call occurrence; do
            for error in ${errnos[$call]-}; do
                # The readers of bundles catch no signal, so that no call of theirs is ever interrupted.
                [[ $error != EINTR || $handles_signals == yes ]] || continue
                echo "$call $error $occurrence"
            done
        done
}

inject() {
    local call=$1 error=$2 occurrence=$3
    injections=$((injections + 1))
    run_traced -e trace="$call" -e inject="$call:error=$error:when=$occurrence"
    judge "$call" "$error"
    if ! grep -q '(INJECTED)' "$folder/trace"; then
        missed=$((missed + 1))
    elif [[ $result -eq 0 ]]; then
        unharmed=$((unharmed + 1))
    else
        refused=$((refused + 1))
        [[ -z ${FAULTS_LINES-} ]] || printf '%s\t%s\t%s\n' "$scenario:$call:$error:$occurrence" "$result" \
            "$(tail -n 1 "$folder/errors")" >>"$FAULTS_LINES"
    fi
    if [[ -n $verdict ]]; then
        faults=$((faults + 1))
        echo "FAIL  $scenario:$call:$error:$occurrence: $verdict"
        show_run
    fi
}

run_scenario() {
    local call error occurrence list index=0
    injections=0 missed=0 unharmed=0 refused=0 faults=0
    set_scenario "$scenario"
    run_traced
    cp -- "$folder/output" "$scratch/$scenario.right"
    judge none none
    [[ -z $verdict && $result -eq 0 ]] || {
        echo "FAIL  $scenario: without a fault: exit code $result $verdict"
        show_run
        total_failed=$((total_failed + 1))
        return
    }
    mapfile -t list < <(list_injections)
    for index in "${!list[@]}"; do
        [[ $(((index + from + offset) % every)) -eq 0 ]] || continue
        read -r call error occurrence <<<"${list[index]}"
        inject "$call" "$error" "$occurrence"
    done
    offset=$((offset + ${#list[@]}))
    rows+=("$(printf '%-18s %10d %10d %12d %9d %7d' "$scenario" "$injections" "$missed" "$unharmed" "$refused" "$faults")")
    total_passed=$((total_passed + injections - faults))
    total_failed=$((total_failed + faults))
}

while [[ $# -gt 0 ]]; do
    case $1 in
    --build | --every | --from | --only)
        [[ $# -gt 1 ]] || refuse "$1 needs a value"
        printf -v "${1#--}" '%s' "$2"
        shift
        ;;
    -*) refuse "unknown option $1; allowed: --build DIR, --every N, --from K, --only INJECTION" ;;
    *) scenarios+=("$1") ;;
    esac
    shift
done
build=$(cd -- "$build" 2>/dev/null && pwd -P) || refuse "--build: there is no such folder"
# shellcheck disable=SC2206
[[ ${#scenarios[@]} -gt 0 ]] || scenarios=($all_scenarios)
command -v strace >/dev/null || skip "strace is missing"
strace -qq -o /dev/null -e inject=close:error=EIO:when=100 true 2>/dev/null || skip "strace may not trace here"

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
folder=$scratch/run
data=$scratch/data
ipc_before=$(list_ipc)
head -c 100000 /dev/urandom >"$data"
${CC:-cc} -shared -fPIC -o "$scratch/hold.so" tests/faults/hold.c || skip "no compiler for what holds a program"

rows=() total_passed=0 total_failed=0 offset=0
if [[ -n $only ]]; then
    IFS=: read -r scenario call error occurrence <<<"$only"
    injections=0 missed=0 unharmed=0 refused=0 faults=0
    set_scenario "$scenario"
    run_traced
    cp -- "$folder/output" "$scratch/$scenario.right"
    inject "$call" "$error" "$occurrence"
    echo "exit code $result${verdict:+: $verdict}"
    [[ -n $verdict ]] || show_run
    exit "$((faults > 0))"
fi
for scenario in "${scenarios[@]}"; do
    run_scenario
done
printf '%-18s %10s %10s %12s %9s %7s\n' scenario injections "not met" "right result" "one line" faults
printf '%s\n' ${rows[@]+"${rows[@]}"}
echo "$total_passed passed, $total_failed failed, 0 skipped"
[[ $total_failed -eq 0 ]]
