#!/usr/bin/env bats
# From a clone to charts: ./run_bench.sh --quick in a fresh clone whose path has a space, and what
# it leaves. The run is made once; every test looks at another side of it.

load helpers

setup_file() {
    [[ -z ${SANITIZE-} ]] || return 0
    # The clone builds in its own folder with its own flags.
    unset BUILD CFLAGS WERROR
    export CLONE="$BATS_FILE_TMPDIR/a clone"
    "$BATS_TEST_DIRNAME/fresh-clone.sh" "$BATS_TEST_DIRNAME/.." "$CLONE"
    # Called from elsewhere: results still go into the clone.
    cd "$BATS_FILE_TMPDIR"
    local status=0
    "$CLONE/run_bench.sh" --quick --seed 7 --label "a test" >"$BATS_FILE_TMPDIR/output" \
        2>"$BATS_FILE_TMPDIR/errors" </dev/null || status=$?
    echo "$status" >"$BATS_FILE_TMPDIR/status"
}

setup() {
    [[ -z ${SANITIZE-} ]] || skip "measuring with a sanitizer shows nothing"
    unset BUILD CFLAGS WERROR
    status=$(cat "$BATS_FILE_TMPDIR/status")
    output=$(cat "$BATS_FILE_TMPDIR/output" "$BATS_FILE_TMPDIR/errors")
    bundle=$(echo "$CLONE"/results/2*Z-*)
    id=${bundle##*/}
    plots=$CLONE/plots/$id
    samples=$bundle/samples.tsv
    summary=$bundle/summary.tsv
}

@test "the whole command ends with 0 and with the report" {
    assert_done
    grep -q "shm" "$BATS_FILE_TMPDIR/output" || complain "no report on standard output"
    grep -q "plots/$id" "$BATS_FILE_TMPDIR/output" || complain "does not say where the charts lie"
}

@test "the report fits a terminal of 80 columns" {
    # How long a path is, is not ours to choose.
    [[ -z $(LC_ALL=C.UTF-8 awk 'length($0) > 80 && !/^(charts|report): \//' \
        "$BATS_FILE_TMPDIR/output") ]] ||
        complain "a line is longer than 80 columns"
}

@test "what the quick preset leaves out is named" {
    [[ $output == *"outer clock: skipped by --quick"* ]] || complain "hyperfine is not named"
}

@test "the bundle is whole, has its final name, and latest points to it" {
    [[ $id =~ ^[0-9]{8}T[0-9]{6}Z-[a-z0-9-]+$ ]] || complain "the name is '$id'"
    for file in samples.tsv latency.tsv summary.tsv manifest.json report.md report.html; do
        [[ -s $bundle/$file ]] || complain "no $file"
    done
    [[ ! -e $bundle/errors.tsv ]] || complain "$(cat "$bundle/errors.tsv")"
    [[ -z $(find "$CLONE/results" "$CLONE/plots" -name '*.partial*') ]] || complain "partial files"
    [[ $(readlink "$CLONE/results/latest") == "$id" ]] || complain "latest points elsewhere"
}

@test "the bundle verifies, with every file under its checksum" {
    run "$CLONE/build/bin/verify" "$bundle"
    assert_done
    grep -q "^ok       checksums: " <<<"$output" || complain "no checksums"
    ! grep -q "^absent" <<<"$output" || complain "something is absent"
    for file in samples.tsv latency.tsv summary.tsv stability.tsv gates.tsv copies.tsv claims.tsv \
        report.md report.html; do
        [[ $(cat "$bundle/manifest.json") == *"\"$file\": \"$(sha256sum "$bundle/$file" |
            cut -d ' ' -f 1)\""* ]] || complain "no checksum of $file"
    done
}

@test "gates.tsv has a row per gate, stability.tsv one per cell" {
    [[ $(cut -f 1 "$bundle/gates.tsv" | tr '\n' ' ') == \
        "gate ceiling fifo-equals-pipe clocks-agree floor latency-above-bounce " ]]
    [[ $(column_of "$bundle/gates.tsv" state gate=floor) =~ ^(passed|tripped)$ ]]
    [[ $(tail -n +2 "$bundle/stability.tsv" | wc -l) -eq \
        $(column_of "$samples" order round=1 | wc -l) ]] || complain "another number of cells"
}

@test "every table is rectangular and has its columns" {
    for file in "$samples" "$bundle/latency.tsv" "$summary"; do
        awk -F '\t' 'NR == 1 { n = NF } NF != n { exit 1 }' "$file" ||
            complain "$file: a row has another number of columns"
    done
    for column in round order at_s bounce_before_ns bounce_after_ns writer_work_ns reader_work_ns mechanism test wait copies touch placement size_bytes messages bytes \
        wall_ns writer_user_ns writer_sys_ns reader_user_ns reader_sys_ns voluntary_switches \
        minor_faults capacity_bytes checksum_ok writer_cpu reader_cpu seed clock_read_ns \
        environment_bytes buffer_offset_bytes rate_per_s late_messages \
        first_ns_per_message last_ns_per_message; do
        column_of "$samples" "$column" >/dev/null
    done
    [[ $(head -n 1 "$summary") == $'mechanism\ttest\twait\tcopies\ttouch\tplacement\tsource\tsink\textra_copies\tworking_set\tsize_bytes\tmetric\tmedian\tci95_lo\tci95_hi\tsamples\tsettled' ]]
    [[ $(head -n 1 "$bundle/latency.tsv") == $'round\torder\tround_trip_lower_ns\tround_trip_upper_ns\tcount' ]]
}

@test "every round has every cell once, in another order" {
    # The least rounds; settled cells are left out of later ones.
    rounds=$(column_of "$samples" round | awk '$1 <= 6' | sort -n | uniq -c | awk '{ print $1 }' | sort -u | wc -l)
    [[ $rounds -eq 1 ]] || complain "rounds of different length"
    [[ $(column_of "$samples" round | sort -un | wc -l) -ge 3 ]] || complain "fewer than 3 rounds"
    first=$(column_of "$samples" mechanism round=1)
    second=$(column_of "$samples" mechanism round=2)
    [[ $first != "$second" ]] || complain "both rounds in the same order"
}

@test "matching rule: the bytes in flight are the same for pipe, fifo and shm" {
    for mechanism in pipe fifo shm; do
        [[ $(column_of "$samples" capacity_bytes mechanism=$mechanism copies=own | sort -u) == 65536 ]] ||
            complain "$mechanism has another capacity"
    done
}

@test "matching rule: all ran on the same CPUs with the same touch and the same seed" {
    for column in touch seed writer_cpu reader_cpu; do
        for mechanism in pipe fifo shm; do
            column_of "$samples" $column mechanism=$mechanism test=throughput round=1
        done | sort -u >"$BATS_TEST_TMPDIR/values"
        [[ $(wc -l <"$BATS_TEST_TMPDIR/values") -eq 1 ]] || complain "different $column"
    done
}

@test "matching rule: copies in user space are what the mode says" {
    # own: the pipe's two copies are the kernel's, shm makes both of its own in user space.
    [[ $(column_of "$samples" user_copy_bytes mechanism=pipe copies=own | sort -u) == 0 ]]
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["mechanism"] == "shm" && $c["copies"] == "own" &&
        $c["user_copy_bytes"] != 2 * $c["bytes"] { exit 1 }' "$samples" ||
        complain "shm own is not two copies per byte"
    [[ $(column_of "$samples" user_copy_bytes mechanism=shm copies=inplace \
        extra_copies=0 | sort -u) == 0 ]]
    # The padded control makes as many as it says.
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["copies"] == "inplace" && $c["user_copy_bytes"] != $c["extra_copies"] * $c["bytes"] { exit 1 }
        ' "$samples" || complain "extra copies are not what they say"
}

@test "every sample was verified, and moved what it says" {
    [[ $(for mechanism in pipe fifo shm null; do
        column_of "$samples" checksum_ok mechanism=$mechanism
    done | sort -u | tr '\n' ' ') =~ ^1\ (nan\ )?$ ]] || complain "a checksum is not 1"
    [[ $(for mechanism in pipe fifo shm; do
        column_of "$samples" checksum_ok mechanism=$mechanism
    done | sort -u) == 1 ]] || complain "a checksum is not 1"
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["test"] == "throughput" && $c["bytes"] != $c["messages"] * $c["size_bytes"] { exit 1 }
        $c["test"] == "latency" && $c["bytes"] != 2 * $c["messages"] * $c["size_bytes"] { exit 1 }
        ' "$samples" || complain "bytes and messages do not fit"
}

@test "ratios stand beside every cell, with an interval around the median" {
    for mechanism in fifo shm; do
        for test in latency throughput; do
            for wait in block spin; do
                for copies in own inplace; do
                    # A FIFO has no other way in place.
                    [[ $mechanism.$copies != fifo.inplace ]] || continue
                    [[ -n $(column_of "$summary" median metric=ratio_to_pipe mechanism=$mechanism \
                        test=$test wait=$wait copies=$copies) ]] ||
                        complain "no ratio for $mechanism $test $wait $copies"
                done
            done
        done
    done
    awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) c[$i] = i; next }
        $c["median"] == "nan" || $c["ci95_lo"] == "nan" { next }
        $c["ci95_lo"] > $c["median"] || $c["median"] > $c["ci95_hi"] { print; exit 1 }' "$summary" ||
        complain "an interval does not hold its median"
    for metric in throughput_bytes_per_s latency_p50_ns latency_p99_ns cpu_ns_per_kib; do
        [[ -n $(column_of "$summary" median metric=$metric mechanism=shm) ]] || complain "no $metric"
    done
}

@test "floor and ceilings are there" {
    [[ -n $(column_of "$summary" median mechanism=ceiling test=memcpy) ]] || complain "no memcpy"
    cpus=$(allowed_cpus)
    [[ ${cpus%,*} == "${cpus#*,}" ]] ||
        [[ -n $(column_of "$summary" median mechanism=ceiling test=bounce) ]] || complain "no bounce"
    [[ -n $(column_of "$summary" median mechanism=null) ]] || complain "no floor"
}

@test "the manifest says what a repetition needs, and nothing about who ran it" {
    manifest=$(cat "$bundle/manifest.json")
    for key in schema id argv seed plan stopped_because machine; do
        [[ $manifest == *"\"$key\""* ]] || complain "no $key"
    done
    [[ $manifest == *'"a test"'* ]] || complain "the label is missing"
    [[ $manifest == *"\"id\": \"$id\""* || $manifest == *"\"id\":\"$id\""* ]] || complain "other id"
    [[ $manifest != *"$BATS_FILE_TMPDIR"* ]] || complain "a path of this machine"
    ! grep -rq -- "$BATS_FILE_TMPDIR" "$bundle" || complain "a path of this machine in the bundle"
}

@test "all charts are drawn, as valid SVG and PNG" {
    for chart in throughput latency ratio cpu; do
        svg=$plots/$chart.svg png=$plots/$chart.png
        [[ -s $svg && -s $png ]] || complain "no $chart"
        [[ $(tail -n 3 "$svg") == *"</svg>"* ]] || complain "$chart.svg has no end"
        ! command -v xmllint >/dev/null || xmllint --noout --nonet "$svg"
        [[ $(grep -c '<path' "$svg") -gt 10 ]] || complain "$chart.svg shows nothing"
        [[ $(head -c 4 "$png" | od -An -c | tr -d ' ') == '211PNG' ]] || complain "$chart.png is none"
        [[ $(tail -c 8 "$png" | head -c 4) == IEND ]] || complain "$chart.png has no end"
    done
}

@test "git takes no notice of a run" {
    command -v git >/dev/null || skip "git is missing"
    [[ -d $CLONE/.git ]] || skip "not a clone of git"
    [[ -z $(git -C "$CLONE" status --porcelain -- results plots | grep -- "$id" || true) ]]
}

@test "a bundle alone is enough to draw and report it again, elsewhere" {
    mkdir "$BATS_TEST_TMPDIR/moved away"
    cp -R "$bundle" "$BATS_TEST_TMPDIR/moved away/"
    cd "$BATS_TEST_TMPDIR"
    run "$CLONE/run_bench.sh" plot "moved away/$id" --out drawn --no-install
    assert_done
    for chart in throughput latency ratio cpu; do
        [[ $(cat "drawn/$chart.svg") == "$(cat "$plots/$chart.svg")" ]] ||
            complain "another $chart: $(diff "drawn/$chart.svg" "$plots/$chart.svg" | head -n 20)"
    done
    run "$CLONE/run_bench.sh" report "moved away/$id" --no-install
    assert_done
    [[ $output == *shm* ]] || complain "no report"
}

@test "--out takes results elsewhere, and --no-charts draws none" {
    cd "$BATS_TEST_TMPDIR"
    run "$CLONE/run_bench.sh" --quick --sizes 64 --rounds 1 --no-charts --out "my results"
    assert_done
    its_id=$(cd "my results" && echo 2*Z-*)
    [[ -s "my results/$its_id/summary.tsv" ]] || complain "no bundle"
    [[ ! -e $CLONE/plots/$its_id ]] || complain "charts were drawn"
}

@test "an interruption keeps the rows, ends with 130 and leaves no process" {
    cd "$BATS_TEST_TMPDIR"
    default_signals=(env --default-signal=INT)
    "${default_signals[@]}" true 2>/dev/null || skip "this env cannot restore SIGINT"
    for signal in INT TERM; do
        ${default_signals[@]+"${default_signals[@]}"} "$CLONE/run_bench.sh" --quick --no-charts \
            --out "stopped $signal" >output 2>errors </dev/null 3>&- &
        started=$!
        for waited in {1..100}; do
            rows=$(cat "stopped $signal"/*.partial/samples.tsv 2>/dev/null | wc -l)
            [[ $rows -lt 5 ]] || break
            sleep 0.1
        done
        kill -"$signal" "$started"
        status=0
        wait "$started" || status=$?
        output=$(cat errors)
        [[ $status -eq 130 ]] || complain "SIG$signal"
        [[ -s $(echo "stopped $signal"/*.partial/samples.tsv) ]] || complain "no rows"
        [[ ! -e "stopped $signal/latest" ]] || complain "latest points to half a run"
    done
}

@test "a full disk is said in one line, and nothing has a final name" {
    [[ $EUID -eq 0 ]] || skip "needs root"
    unshare --mount true 2>/dev/null || skip "this system allows no mount namespace"
    mkdir "$BATS_TEST_TMPDIR/tiny"
    cd "$BATS_TEST_TMPDIR"
    # shellcheck disable=SC2016 # the inner shell expands it
    run unshare --mount bash -c 'mount -t tmpfs -o size=32k tmpfs tiny || exit 77
        "$1/build/bin/suite" --preset quick --rounds 1 --out tiny/out 2>errors
        status=$?
        grep -c "No space left" errors
        ls tiny/out
        exit "$status"' bash "$CLONE"
    [[ $status -ne 77 ]] || skip "this system allows no mount"
    [[ $status -eq 69 || $status -eq 1 ]] || complain "expected exit code 69 or 1"
    [[ ${lines[0]} -eq 1 ]] || complain "expected one line"
    ! printf '%s\n' "${lines[@]:1}" | grep -q -v '\.partial$' || complain "a final name"
}
