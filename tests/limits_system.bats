#!/usr/bin/env bats
# Systems that lack what others have: /proc, /sys, a home, an environment, a point in numbers, a name
# without spaces, a clock that goes forwards, gnuplot, hyperfine, rights.

load helpers
load limits

setup() {
    setup_limits
    bundle=$repository/results/reference
}

# A copy of what a user runs: scripts, programs, sources and one bundle.
copy_clone() {
    mkdir -p -- "$1/results" "$1/build"
    # With their times, and with what was built of them, so that little is built again.
    cp -a -- "$repository"/{run_bench.sh,VERSION,Makefile,scripts,plots,src,bench} "$1/"
    cp -a -- "$BUILD"/{bin,src,bench,audit,generated} "$BUILD"/*.a "$1/build/"
    cp -R -- "$bundle" "$1/results/reference"
}

# Runs a command where a folder of the system is covered by an empty one.
without() {
    local folder=$1
    shift
    # shellcheck disable=SC2016
    measure_limits unshare --mount bash -c 'mount -t tmpfs none "$1" || exit 99; shift; exec "$@"' - "$folder" "$@"
    [[ $status -ne 99 ]] || skip "$folder cannot be covered here"
}

@test "without /proc: everything is measured, or one line says what is missing" {
    need_namespaces --mount
    for program in $matched; do
        without /proc "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" 69 "/proc"
    done
    without /proc "$bin/pipe" copies
    assert_works_or_refused pipe 69 "/proc"
    without /proc "$bin/report" "$bundle"
    [[ $status -eq 0 ]] || complain "a report needs no /proc"
    without /proc "$bin/verify" "$bundle"
    [[ $status -eq 0 ]] || complain "verifying needs no /proc"
    without /proc "$bin/suite" "${tiny[@]}" --out out
    assert_refused_cleanly suite 69 "--programs"
    without /proc "$bin/suite" "${tiny[@]}" --programs "$bin" --out out
    [[ $status -eq 0 ]] || complain "the suite with --programs"
    grep -q '"/proc[^"]*: ' out/latest/manifest.json || complain "the manifest does not tell what could not be read"
    run "$bin/verify" out/latest
    assert_done
}

@test "without /sys: everything is measured, or one line says what is missing" {
    need_namespaces --mount
    for program in $matched; do
        without /sys "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" 69 "/sys|cache"
    done
    without /sys "$bin/suite" "${tiny[@]}" --out out
    assert_works_or_refused suite 69 "/sys|cache"
}

@test "processes of others hidden (hidepid), as another user" {
    need_namespaces --mount
    need_other_user
    open_to_others "$TMPDIR"
    open_to_others "$PWD"
    hidden() {
        # shellcheck disable=SC2016
        measure_limits unshare --mount --pid --fork bash -c 'mount -t proc -o hidepid=2 proc /proc || exit 99
            exec setpriv --reuid 64321 --regid 64321 --clear-groups "$@"' - "$@"
        [[ $status -ne 99 ]] || skip "/proc cannot be mounted here"
    }
    for program in $matched; do
        hidden "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" 69 "permission|not permitted|ptrace"
    done
    hidden "$bin/suite" "${tiny[@]}" --out out
    [[ $status -eq 0 ]] || complain "the suite"
    run "$bin/verify" out/latest
    assert_done
}

@test "no home, and no environment at all" {
    for program in $matched; do
        measure_limits env -i TMPDIR="$TMPDIR" "$bin/$program" latency "${short[@]}"
        [[ $status -eq 0 ]] || complain "$program with an empty environment"
    done
    measure_limits env -i TMPDIR="$TMPDIR" "$bin/suite" "${tiny[@]}" --out out
    [[ $status -eq 0 ]] || complain "the suite with an empty environment"
    measure_limits env -u HOME -u USER -u LOGNAME "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock \
        "${tiny[@]}" --out home
    [[ $status -eq 0 ]] || complain "run_bench.sh without HOME"
    assert_nothing_left
}

# A locale with a comma in numbers, compiled into $PWD/locales.
make_comma_locale() {
    command -v localedef >/dev/null || skip "localedef is missing"
    [[ -f /usr/share/i18n/locales/de_DE ]] || skip "no locale sources (package locales)"
    mkdir locales
    localedef -i de_DE -f UTF-8 "$PWD/locales/de_DE.UTF-8" || skip "no locale could be made"
    export LOCPATH=$PWD/locales LC_ALL=de_DE.UTF-8 LANG=de_DE.UTF-8
    [[ $(printf '%.1f' 1,5 2>/dev/null) == 1,5 ]] || skip "the locale does not take effect"
}

@test "a locale with a decimal comma changes no figure" {
    make_comma_locale
    measure_limits "$bin/shm" latency "${short[@]}" --rate 1000.5 --format json
    [[ $status -eq 0 ]] || complain "shm"
    grep -q '"rate_per_s":1000.5' "$BATS_TEST_TMPDIR/printed" || complain "not JSON"
    measure_limits "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}" --out out
    [[ $status -eq 0 ]] || complain "a run"
    ! grep -nE '(^|\t)-?[0-9]+,[0-9]+(\t|$)' out/latest/*.tsv || complain "commas in a table"
    run "$bin/verify" out/latest
    assert_done
    "$bin/report" "$bundle" --format markdown >comma.md
    LC_ALL=C "$bin/report" "$bundle" --format markdown >point.md
    cmp comma.md point.md || complain "the report depends on the locale"
    if command -v gnuplot >/dev/null; then
        measure_limits "$repository/run_bench.sh" --no-install plot "$bundle" --out charts
        [[ $status -eq 0 ]] || complain "charts"
        LC_ALL=C "$repository/run_bench.sh" --no-install plot "$bundle" --out point
        cmp charts/ratio.svg point/ratio.svg || complain "a chart depends on the locale"
    fi
}

@test "paths with spaces, quotes and newlines" {
    local clone=$PWD/$'a clone \'of\' "some"\nkind; $(false)'
    copy_clone "$clone"
    mkdir -p -- "$clone/tmp dir"
    export TMPDIR=$clone/tmp\ dir
    head -c 5000 /dev/urandom >"$clone/in put"
    # Nothing is to be built there: the names go through make, too, which knows no such names.
    chmod -R a-w -- "$clone/build"
    for program in pipe shm fifo; do
        measure_limits "$clone/build/bin/$program" relay --input "$clone/in put" --output "$clone/out put" --timeout 5
        [[ $status -eq 0 ]] || complain "$program"
        cmp -- "$clone/in put" "$clone/out put" || complain "$program: not what was sent"
    done
    measure_limits "$clone/build/bin/suite" "${tiny[@]}" --rounds 6 --input "$clone/in put" --out "$clone/re sults"
    [[ $status -eq 0 && -f $clone/re\ sults/latest/manifest.json ]] || complain "the suite"
    for program in report verify summarise seal claims; do
        measure_limits "$clone/build/bin/$program" "$clone/re sults/latest"
        [[ $status -eq 0 ]] || complain "$program"
    done
    measure_limits "$clone/build/bin/compare" "$clone/re sults/latest" "$clone/re sults/latest"
    [[ $status -eq 0 ]] || complain "compare"
    if command -v gnuplot >/dev/null; then
        measure_limits bash "$clone/scripts/plot.sh" --out "$clone/char ts" "$clone/results/reference"
        [[ $status -eq 0 && -f $clone/char\ ts/ratio.svg ]] || complain "charts"
    fi
    [[ -z $(ls -A -- "$TMPDIR") ]] || complain "left in TMPDIR"
    chmod -R u+w -- "$clone"
}

@test "run_bench.sh in a folder with spaces and quotes" {
    local clone=$PWD/"it's a \"clone\" of mine"
    copy_clone "$clone"
    mkdir -- "$clone/tmp"
    export TMPDIR=$clone/tmp
    measure_limits env -u BUILD bash "$clone/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}"
    [[ $status -eq 0 && -f $clone/results/latest/report.md ]] || complain "a run"
    measure_limits env -u BUILD bash "$clone/run_bench.sh" --no-install verify "$clone/results/latest"
    [[ $status -eq 0 ]] || complain "verify"
    [[ -z $(ls -A -- "$TMPDIR") ]] || complain "left in TMPDIR"
}

# Makes clock.so, which, preloaded, tells a wall clock that goes back by a minute with each question.
make_clock() {
    ${CC:-cc} -shared -fPIC -o clock.so "$repository/tests/faults/clock.c" || skip "no compiler"
}

@test "a wall clock that goes backwards: no time is negative, and no bundle is overwritten" {
    [[ $BUILD != */asan && $BUILD != */tsan ]] || skip "a sanitizer has to be loaded first"
    make_clock
    export LD_PRELOAD=$PWD/clock.so
    measure_limits "$bin/shm" latency "${short[@]}" --format tsv
    unset LD_PRELOAD
    [[ $status -eq 0 ]] || complain "shm"
    ! grep -q $'\t-' "$BATS_TEST_TMPDIR/printed" || complain "a negative figure"
    for round in 1 2; do
        LD_PRELOAD=$PWD/clock.so measure_limits "$bin/suite" "${tiny[@]}" --rounds 2 --out out
        [[ $status -eq 0 ]] || complain "the suite"
    done
    # Both began in the same second of that clock, so the second one took another name.
    [[ $(find out -mindepth 1 -maxdepth 1 -type d | wc -l) -eq 2 ]] || complain "$(ls out): not two bundles"
    for folder in out/2*; do
        # A CPU of -1 is none: the ceiling of memcpy has one process only.
        negative=$(awk -F '\t' 'NR == 1 { split($0, name, FS) }
            { for (i = 1; i <= NF; i++) if ($i ~ /^-[0-9]/ && name[i] !~ /_cpu$/) print name[i], $i }' "$folder/samples.tsv")
        [[ -z $negative ]] || complain "negative in $folder: $negative"
        run "$bin/verify" "$folder"
        assert_done
    done
    assert_nothing_left
}

# A PATH on which everything is but the commands named.
path_without() {
    local folder command words=" $* "
    mkdir path
    for folder in /usr/local/bin /usr/bin /bin; do
        for command in "$folder"/*; do
            [[ $words == *" ${command##*/} "* || -e path/${command##*/} ]] || ln -s "$command" path/ 2>/dev/null || true
        done
    done
    echo "$PWD/path"
}

@test "without gnuplot and hyperfine: the data is kept, and the missing part is named" {
    path=$(path_without gnuplot hyperfine)
    measure_limits env PATH="$path" "$repository/run_bench.sh" --no-install "${tiny[@]}" --out out
    assert_refused_cleanly_by_script 69 "missing: .*hyperfine.*gnuplot|missing: .*gnuplot.*hyperfine"
    [[ ! -e out ]] || complain "measured all the same"
    measure_limits env PATH="$path" "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}" --out out
    [[ $status -eq 0 && -f out/latest/report.md ]] || complain "a run without both"
    measure_limits env PATH="$path" "$repository/run_bench.sh" --no-install plot out/latest --out charts
    assert_refused_cleanly_by_script 69 "missing: gnuplot"
    # Gone in the middle: the scripts name what cannot be had, and where the data is.
    measure_limits env PATH="$path" bash "$repository/scripts/plot.sh" --out charts out/latest
    [[ $status -ne 0 && $output == *gnuplot* ]] || complain "plot.sh does not name gnuplot"
    measure_limits env PATH="$path" bash "$repository/scripts/outer-clock.sh" out/latest
    [[ $status -ne 0 && $output == *hyperfine* ]] || complain "outer-clock.sh does not name hyperfine"
    run "$bin/verify" out/latest
    assert_done
}

assert_refused_cleanly_by_script() {
    [[ $status -eq $1 ]] || complain "expected exit code $1"
    [[ ${#lines[@]} -eq 1 && $output =~ $2 ]] || complain "expected one line with '$2'"
    [[ $printed -eq 0 ]] || complain "printed a result all the same"
    assert_nothing_left
}

@test "without any right: a run, a report, a comparison, verified, in a folder of their own" {
    need_other_user
    open_to_others "$TMPDIR"
    open_to_others "$PWD"
    "${as_nobody[@]}" test -r "$repository/run_bench.sh" || skip "another user may not read the clone"
    as_them() {
        measure_limits env BUILD="$BUILD" HOME=/nonexistent "${as_nobody[@]}" "$@"
    }
    # As many rounds as a comparison needs.
    as_them "$repository/run_bench.sh" --no-install --no-charts --no-outer-clock "${tiny[@]}" --rounds 6 --out "$PWD/out"
    [[ $status -eq 0 && -f out/latest/report.md ]] || complain "a run"
    as_them "$repository/run_bench.sh" --no-install report "$PWD/out/latest"
    [[ $status -eq 0 && $printed -gt 100 ]] || complain "a report"
    as_them "$repository/run_bench.sh" --no-install compare --no-charts "$PWD/out/latest" "$PWD/out/latest"
    [[ $status -eq 0 ]] || complain "a comparison"
    as_them "$repository/run_bench.sh" --no-install verify "$PWD/out/latest"
    [[ $status -eq 0 ]] || complain "verified"
    for program in $matched; do
        as_them "$bin/$program" latency "${short[@]}"
        assert_works_or_refused "$program" 69 "ptrace|not permitted"
    done
    as_them "$bin/suite" "${tiny[@]}" --out "$repository/not-ours"
    assert_refused_cleanly suite 2 "--out: cannot write into .*: Permission denied"
}
