#!/usr/bin/env bats
# The limits of a process and of its user (setrlimit), and few CPUs.

load helpers
load limits

setup() {
    setup_limits
}

# Runs a command with `ulimit OPTION VALUE` (both limits, or one with -S in front). What it prints goes
# through pipes: a file of the shell's own would be limited, too.
with_ulimit() {
    # shellcheck disable=SC2016
    measure_limits bash -c '
        exec 4>&1 5>&2
        options=$1
        shift
        ( ( (exec 3>&-; ulimit $options || exit 99; exec "$@") 4>&- 5>&- | cat >&4; exit "${PIPESTATUS[0]}") 2>&1 | cat >&5
            exit "${PIPESTATUS[0]}")' - "$@"
    [[ $status -ne 99 ]] || skip "ulimit $1 is refused here"
    # Too little even to start: that is the dynamic loader's word, not ours.
    started=yes
    [[ $status -ne 127 && $output != *"error while loading shared libraries"* ]] || started=no
}

@test "few descriptors: it works, or one line says so" {
    seen=0
    for program in $matched; do
        for descriptors in 4 5 6 8 12; do
            with_ulimit "-n $descriptors" "$bin/$program" latency "${short[@]}"
            [[ $started == yes ]] || continue
            assert_works_or_refused "$program" 69 "Too many open files"
            [[ $status -eq 0 ]] || seen=$((seen + 1))
        done
    done
    [[ $seen -gt 0 ]] || complain "descriptors never ran out"
    for descriptors in 5 7 9; do
        with_ulimit "-n $descriptors" "$bin/shm" latency --wait semop "${short[@]}"
        [[ $started == no ]] || assert_works_or_refused shm 69 "Too many open files"
        with_ulimit "-n $descriptors" "$bin/pipe" relay --source file --sink file "${short[@]}"
        [[ $started == no ]] || assert_works_or_refused pipe 69 "Too many open files"
        with_ulimit "-n $descriptors" "$bin/shm" throughput --pairs-parallel 2 --size 64 --seconds 0.002 --timeout 5
        [[ $started == no ]] || assert_works_or_refused shm 69 "Too many open files"
        with_ulimit "-n $descriptors" "$bin/shm" send --name x --timeout 1 --input "$repository/VERSION"
        [[ $started == no ]] || assert_refused_cleanly shm "1|69" "Too many open files|no receiver"
        with_ulimit "-n $descriptors" "$bin/server" --timeout 1
        [[ $started == no ]] || assert_nothing_left
        with_ulimit "-n $descriptors" "$bin/report" "$repository/results/reference"
        [[ $started == no ]] || assert_works_or_refused report 69 "Too many open files"
    done
}

@test "few descriptors for the suite: refused before a folder is made, or the samples that failed are told" {
    for descriptors in 6 8 10 12 16; do
        rm -rf out
        with_ulimit "-n $descriptors" "$bin/suite" "${tiny[@]}" --out out
        [[ $started == yes ]] || continue
        case $status in
        0) [[ -f out/latest/manifest.json ]] || complain "$descriptors: no bundle" ;;
        69) [[ ${#lines[@]} -eq 1 && $output == *"Too many open files" && ! -e out ]] || complain "$descriptors: refused" ;;
        1) [[ $output == *errors.tsv* || $output == *"is kept in"* ]] || complain "$descriptors: failed" ;;
        *) complain "$descriptors: exit code" ;;
        esac
        assert_nothing_left
    done
}

@test "little address space, and little data: it works, or one line says so" {
    [[ $BUILD != */asan && $BUILD != */tsan ]] || skip "a sanitizer itself needs the address space"
    seen=0
    for program in $matched; do
        for kib in 3000 4000 5000 8000; do
            with_ulimit "-v $kib" "$bin/$program" throughput --size 1M --count 3 --seconds 0.001 --timeout 5
            [[ $started == yes ]] || continue
            assert_works_or_refused "$program" 69 "Cannot allocate memory|are available"
            [[ $status -eq 0 ]] || seen=$((seen + 1))
        done
        for kib in 300 500 700 1000; do
            with_ulimit "-d $kib" "$bin/$program" throughput --size 1M --count 3 --seconds 0.001 --timeout 5
            [[ $started == yes ]] || continue
            assert_works_or_refused "$program" 69 "Cannot allocate memory|are available"
            [[ $status -eq 0 ]] || seen=$((seen + 1))
        done
    done
    [[ $seen -gt 0 ]] || complain "memory never ran out"
    for kib in 6000 10000 20000 30000; do
        for program in "report" "verify"; do
            with_ulimit "-v $kib" "$bin/$program" "$repository/results/reference"
            [[ $started == yes ]] || continue
            [[ $status -ne 0 ]] || continue
            [[ $status -lt 128 ]] || complain "$program with $kib KiB: ended by a signal"
            [[ $program == verify || $printed -eq 0 ]] || complain "$program: printed a part"
            [[ ${#lines[@]} -le 1 ]] || complain "$program with $kib KiB: more than one line"
        done
    done
}

@test "no more processes for the user: one line says which could not be started" {
    need_other_user
    open_to_others "$TMPDIR"
    open_to_others "$PWD"
    for program in pipe shm; do
        for processes in 1 2; do
            # shellcheck disable=SC2016
            measure_limits "${as_nobody[@]}" bash -c 'ulimit -u "$1"; shift; exec "$@"' - "$processes" \
                "$bin/$program" latency "${short[@]}"
            assert_refused_cleanly "$program" 69 "starting the (writer|reader) process: Resource temporarily"
        done
    done
    # shellcheck disable=SC2016
    measure_limits "${as_nobody[@]}" bash -c 'ulimit -u 1; exec "$@"' - "$bin/suite" "${tiny[@]}" --out out
    assert_refused_cleanly suite 69 "Resource temporarily"
    [[ ! -e out ]] || complain "left: $(find out)"
}

@test "processor time used up: the end of a worker is told, and nothing stays" {
    for program in pipe shm; do
        for options in "-t 1" "-S -t 1"; do
            with_ulimit "$options" "$bin/$program" latency --size 64 --wait spin --seconds 30 --timeout 5
            assert_refused_cleanly "$program" 1 "was killed by signal"
        done
    done
}

@test "files that may not grow: an error with the file's name, and no signal" {
    head -c 100000 /dev/urandom >data
    for program in pipe shm; do
        for blocks in 0 1 4; do
            with_ulimit "-f $blocks" "$bin/$program" relay --input data --output copy --timeout 5
            assert_refused_cleanly "$program" 69 "File too large"
            rm -f copy
        done
        with_ulimit "-f 0" "$bin/$program" relay --source file --sink file "${short[@]}"
        assert_refused_cleanly "$program" 69 "File too large"
    done
    with_ulimit "-f 0" "$bin/shm" latency "${short[@]}"
    assert_refused_cleanly shm 69 "File too large"
    for blocks in 0 2 8; do
        rm -rf out
        with_ulimit "-f $blocks" "$bin/suite" "${tiny[@]}" --out out
        [[ $status -ne 0 && $status -lt 128 ]] || complain "$blocks: exit code"
        [[ ${lines[0]} == "suite: "*"File too large" ]] || complain "$blocks: not what is in the way"
        [[ ! -e out ]] || assert_rows_intact out/*.partial
        assert_nothing_left
    done
}

@test "one CPU, and affinity without the first one" {
    last=$(allowed_cpus)
    for cpu in "${last%,*}" "${last#*,}"; do
        for program in $matched; do
            measure_limits taskset -c "$cpu" "$bin/$program" latency "${short[@]}" --format tsv
            [[ $status -eq 0 ]] || complain "$program on CPU $cpu alone"
            [[ $(column_of "$BATS_TEST_TMPDIR/printed" writer_cpu) == "$cpu" ]] || complain "not on CPU $cpu"
            [[ $(column_of "$BATS_TEST_TMPDIR/printed" placement) == same ]] || complain "not placed as one CPU is"
        done
        measure_limits taskset -c "$cpu" "$bin/pipe" latency --cpus 0,1 "${short[@]}"
        assert_refused_cleanly pipe 69 "CPU .*allowed: $cpu"
        rm -rf out
        measure_limits taskset -c "$cpu" "$bin/suite" "${tiny[@]}" --out out
        [[ $status -eq 0 ]] || complain "the suite on CPU $cpu alone"
        [[ -z $(column_of out/latest/samples.tsv placement mechanism=pipe | grep -vx same) ]] ||
            complain "placements that one CPU does not have"
    done
    assert_nothing_left
}

@test "a control group without the first CPU" {
    need_root "make a control group"
    cpus=$(allowed_cpus)
    [[ ${cpus%,*} != "${cpus#*,}" ]] || skip "there is one CPU only"
    group=/sys/fs/cgroup/cpuset/limits-$$
    [[ -d /sys/fs/cgroup/cpuset ]] || group=/sys/fs/cgroup/limits-$$
    mkdir "$group" 2>/dev/null || skip "no control group can be made here"
    echo "${cpus#*,}" 2>/dev/null >"$group/cpuset.cpus" && { [[ ! -f $group/cpuset.mems ]] ||
        echo 0 >"$group/cpuset.mems"; } 2>/dev/null || {
        rmdir "$group"
        skip "control groups choose no CPUs here"
    }
    # shellcheck disable=SC2016
    measure_limits bash -c 'echo $$ >"$1/cgroup.procs" || exit 99; shift; exec "$@"' - "$group" \
        "$bin/shm" latency "${short[@]}" --format tsv
    sleep 0.2
    rmdir "$group" || true
    [[ $status -ne 99 ]] || skip "no process can be put into a control group here"
    [[ $status -eq 0 ]] || complain "did not work"
    [[ $(column_of "$BATS_TEST_TMPDIR/printed" reader_cpu) == "${cpus#*,}" ]] || complain "on another CPU"
    assert_nothing_left
}

@test "a container's small /dev/shm matters to POSIX shared memory alone, which says so" {
    need_namespaces --mount
    for program in $matched; do
        # shellcheck disable=SC2016
        measure_limits unshare --mount bash -c 'mount -t tmpfs -o size=8k small /dev/shm || exit 99; exec "$@"' - \
            "$bin/$program" throughput --size 1M --count 3 --seconds 0.001 --timeout 5
        [[ $status -ne 99 ]] || skip "no tmpfs can be mounted here"
        if [[ $program == posix_shm ]]; then
            assert_refused_cleanly "$program" 69 "making 68 KiB of shared memory .*/dev/shm"
        else
            assert_works_or_refused "$program" none ""
        fi
    done
}
