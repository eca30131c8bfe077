#!/usr/bin/env bats
# Where output goes that cannot be written: a full disk, a closed stream, a tree that is read only.

load helpers
load limits

setup() {
    setup_limits
    bundle=$repository/results/reference
}

# Runs the command with standard output on /dev/full, where each write fails as on a full disk.
refuse_full() {
    local name=${1##*/}
    measure_limits bash -c '"$@" >/dev/full' - "$@"
    [[ $status -eq 1 ]] || complain "$*: expected exit code 1"
    [[ ${#lines[@]} -eq 1 && ${lines[0]} == "$name: "*"No space left on device" ]] ||
        complain "$*: expected one line of $name: no space"
    assert_nothing_left
}

@test "no program takes a full standard output for success" {
    [[ -e /dev/full ]] || skip "no /dev/full"
    for program in $matched; do
        for format in text tsv json; do
            refuse_full "$bin/$program" latency "${short[@]}" --format "$format"
        done
        refuse_full "$bin/$program" describe
    done
    for program in pipe shm; do
        refuse_full "$bin/$program" copies
        refuse_full "$bin/$program" throughput --pairs-parallel 1 --size 64 --seconds 0.002
    done
    refuse_full "$bin/report" "$bundle"
    refuse_full "$bin/report" "$bundle" --format markdown
    refuse_full "$bin/verify" "$bundle"
    for format in csv benchmark-json openmetrics; do
        refuse_full "$bin/export" "$bundle" --format "$format"
    done
    refuse_full "$bin/gallery" "$bundle" --out gallery
    refuse_full "$bin/ceiling" memcpy --size 64 --seconds 0.002
    refuse_full "$bin/claims"
    refuse_full "$bin/suite" "${tiny[@]}" --dry-run
    for program in $matched suite report compare claims verify gallery export chart_data compare_chart_data summarise seal ceiling \
        server client; do
        refuse_full "$bin/$program" --help
    done
    for program in $matched suite report compare claims verify chart_data compare_chart_data summarise seal ceiling \
        server client merge_hyperfine clean; do
        refuse_full "$bin/$program" --version
    done
}

@test "comparing and drawing into a full standard output fails with their own codes" {
    [[ -e /dev/full ]] || skip "no /dev/full"
    for format in terminal markdown tsv; do
        measure_limits bash -c '"$@" >/dev/full' - "$bin/compare" "$bundle" "$bundle" --format "$format"
        assert_refused_cleanly compare 2 "No space left"
    done
    mkdir charts
    measure_limits bash -c '"$@" >/dev/full' - "$bin/chart_data" "$bundle" --out charts
    assert_refused_cleanly chart_data 1 "No space left"
    measure_limits bash -c '"$@" >/dev/full' - "$bin/compare_chart_data" "$bundle" "$bundle" --out charts
    assert_refused_cleanly compare_chart_data 1 "No space left"
    # The bundle is finished and named in its place: only its name could not be told.
    measure_limits bash -c '"$@" >/dev/full' - "$bin/suite" "${tiny[@]}" --out out
    assert_refused_cleanly suite 1 "No space left"
    [[ -f out/latest/manifest.json ]] || complain "no finished bundle"
}

@test "a closed standard output is an error, and no file takes its place" {
    for program in $matched; do
        measure_limits bash -c '"$@" >&-' - "$bin/$program" latency "${short[@]}"
        assert_refused_cleanly "$program" 1 "Bad file descriptor"
    done
    measure_limits bash -c '"$@" >&-' - "$bin/report" "$bundle"
    assert_refused_cleanly report 1 "Bad file descriptor"
    measure_limits bash -c '"$@" >&-' - "$bin/suite" "${tiny[@]}" --out out
    assert_refused_cleanly suite 1 "Bad file descriptor"
    # Its descriptor would have been the first that was free for the rows.
    run "$bin/verify" out/latest
    assert_done
}

@test "with all standard streams closed a run is whole, and says nothing into its files" {
    measure_limits bash -c '"$@" <&- >&- 2>&-' - "$bin/suite" "${tiny[@]}" --out out
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    run "$bin/verify" out/latest
    assert_done
    ! grep -rl '^suite: ' out || complain "a line of the suite stands in a file"
    measure_limits bash -c '"$@" 2>&-' - "$bin/shm" latency "${short[@]}"
    [[ $status -eq 0 && $printed -gt 0 ]] || complain "standard error is not needed"
    measure_limits bash -c '"$@" 2>&-' - "$bin/shm" latency --size 0
    [[ $status -eq 2 && $printed -eq 0 ]] || complain "expected exit code 2"
}

@test "a closed standard input is the end of no test, and an error of what reads it" {
    for program in pipe shm; do
        measure_limits bash -c '"$@" <&-' - "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" none ""
        measure_limits bash -c '"$@" <&-' - "$bin/$program" copies --source stdin
        assert_works_or_refused "$program" none ""
        measure_limits bash -c '"$@" <&-' - "$bin/$program" relay
        assert_refused_cleanly "$program" 69 "reading.*Bad file descriptor"
    done
}

# Runs the command with a file system of the size (in KiB) that is mounted on the folder `small`,
# with so many bytes of it free; what is left there is listed in the file `left`.
within_small() {
    local free=$1
    shift
    # shellcheck disable=SC2016
    measure_limits unshare --mount bash -c '
        mount -t tmpfs -o size=1M,mode=1777 small small || exit 99
        head -c "$((1048576 - $1))" /dev/zero >small/fill
        shift
        "$@"
        status=$?
        rm -f small/fill
        cp -R small/. left
        exit "$status"' - "$free" "$@"
    [[ $status -ne 99 ]] || skip "no tmpfs can be mounted here"
}

@test "a full disk as the folder of bundles is refused before anything is measured" {
    need_namespaces --mount
    mkdir small left
    within_small 0 "$bin/suite" "${tiny[@]}" --out small/out
    assert_refused_cleanly suite 69 "--out: cannot write into 'small/out': No space left"
    [[ -z $(ls -A left) ]] || complain "left: $(find left)"
}

@test "a disk that fills up in the middle keeps the rows that were finished" {
    need_namespaces --mount
    for free in 8192 12288 16384 24576 32768 40960; do
        rm -rf small left
        mkdir small left
        within_small "$free" "$bin/suite" "${tiny[@]}" --rounds 2 --out small/out
        [[ $status -ne 0 ]] || continue
        [[ $status -eq 1 || $status -eq 69 ]] || complain "$free: exit code"
        [[ ${lines[0]} == "suite: "*": No space left on device" ]] || complain "$free: not what is missing"
        [[ $printed -eq 0 ]] || complain "$free: names a finished bundle"
        [[ -n $(ls -A left) ]] || continue
        [[ ${#lines[@]} -eq 2 && ${lines[1]} == "suite: what was measured is kept in small/out/"*.partial ]] ||
            complain "$free: does not name the folder"
        assert_rows_intact left/out/*.partial
        [[ -z $(find left -name '*.new' -o -name '*.tsv.partial' -o -name '*.json.partial') ]] ||
            complain "$free: half a file: $(find left)"
        seen=$free
    done
    [[ -n $seen ]] || complain "it never filled up in the middle"
    # On a disk with room it goes on from there.
    run "$bin/suite" --resume left/out/*.partial
    assert_done
    run "$bin/verify" left/out/latest
    assert_done
}

@test "a full TMPDIR: what needs it says so" {
    need_namespaces --mount
    for program in $matched; do
        rm -rf small left
        mkdir small left
        TMPDIR=$PWD/small within_small 0 "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" 69 "small[/ ].*: No space left"
        [[ -z $(ls -A left) ]] || complain "$program left: $(find left)"
    done
    TMPDIR=$PWD/small within_small 0 "$bin/shm" latency --wait semop "${short[@]}"
    assert_refused_cleanly shm 69 "small[/ ].*: No space left"
    [[ -z $(ls -A left) ]] || complain "shm left: $(find left)"
    for program in fifo shm; do
        TMPDIR=$PWD/small within_small 0 "$bin/$program" send --name x --timeout 1 --input "$repository/VERSION"
        assert_refused_cleanly "$program" "1|69" "small[/ ].*: No space left"
        [[ -z $(ls -A left) ]] || complain "$program left: $(find left)"
    done
    TMPDIR=$PWD/small within_small 0 "$bin/server" --timeout 1
    assert_refused_cleanly server 69 "small[/ ].*: No space left"
    [[ -z $(ls -A left) ]] || complain "server left: $(find left)"
}

@test "files that a full disk cannot take: relay, charts, derived tables" {
    need_namespaces --mount
    bundle=$repository/tests/fixtures/bundle # fits into what is mounted
    mkdir small left
    head -c 100000 /dev/urandom >data
    for program in pipe shm; do
        within_small 4096 "$bin/$program" relay --input data --output small/copy --timeout 5
        assert_refused_cleanly "$program" 69 "small/copy: No space left"
    done
    rm -rf left/*
    # shellcheck disable=SC2016
    within_small 8192 bash -c 'mkdir small/charts; exec "$1" "$2" --out small/charts' - "$bin/chart_data" "$bundle"
    assert_refused_cleanly chart_data 1 "small/charts.*: No space left"
    cp -R "$bundle" left/bundle
    # shellcheck disable=SC2016
    within_small 900000 bash -c 'cp -R "$1" small/bundle; head -c 1M /dev/zero >small/more 2>/dev/null; rm small/fill
        head -c 1M /dev/zero >small/fill 2>/dev/null; "$2" small/bundle' - "$bundle" "$bin/summarise"
    assert_refused_cleanly summarise 69 "small/bundle/.*: No space left"
    for file in "$bundle"/*; do
        cmp "$file" "left/bundle/${file##*/}" || complain "changed: $file"
    done
}

@test "a tree that is read only still measures, with --out elsewhere, and reads bundles" {
    need_namespaces --mount
    # shellcheck disable=SC2016
    read_only='mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" || exit 99; shift; "$@"'
    within() {
        measure_limits unshare --mount bash -c "$read_only" - "$repository" "$@"
        [[ $status -ne 99 ]] || skip "nothing can be mounted read only here"
    }
    within "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}" --out "$work/out"
    [[ $status -eq 0 ]] || complain "expected exit code 0"
    grep -q '^report: ' "$BATS_TEST_TMPDIR/printed" || complain "no report"
    run "$bin/verify" "$work"/out/latest
    assert_done
    within "$repository/run_bench.sh" --no-install report "$bundle"
    [[ $status -eq 0 && $printed -gt 1000 ]] || complain "no report of a bundle"
    within "$repository/run_bench.sh" --no-install compare --no-charts "$bundle" "$bundle"
    [[ $status -eq 0 && $printed -gt 0 ]] || complain "no comparison"
    within "$repository/run_bench.sh" --no-install verify "$bundle"
    [[ $status -eq 0 ]] || complain "not verified"
    # Without --out: beside the caller.
    within "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}"
    [[ $status -eq 0 && -e results/latest ]] || complain "no bundle where it was called"
    assert_nothing_left
}
