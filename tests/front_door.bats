#!/usr/bin/env bats
# run_bench.sh and its scripts before anything is measured: help, refusals, the set-up.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    front_door=$repository/run_bench.sh
    ipc_before=$(list_ipc)
    cd "$BATS_TEST_TMPDIR"
}

teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
}

# A folder that looks like a bundle from outside, and is none.
make_false_bundle() {
    mkdir "$BATS_TEST_TMPDIR/false bundle"
    echo '{"schema": 1, "id": "x"}' >"$BATS_TEST_TMPDIR/false bundle/manifest.json"
}

@test "help names every command and lists the options of suite, from anywhere" {
    for form in help --help -h; do
        run "$front_door" "$form"
        assert_done
        for word in "plot BUNDLE" "show BUNDLE" "report BUNDLE" "compare A B" "verify BUNDLE" "test [NAME" --quick --full --no-install \
            --sizes --seed --rounds "Exit codes"; do
            [[ $output == *"$word"* ]] || complain "help lacks $word"
        done
    done
}

@test "--version is the version of the project" {
    run "$front_door" --version
    assert_done
    [[ $output == "pipe-vs-shm $(cat "$repository/VERSION")" ]]
}

@test "an unknown command is refused with those that exist" {
    run "$front_door" frobnicate
    assert_refused 2 "plot BUNDLE, show BUNDLE, report BUNDLE, compare A B, gallery FOLDER, export BUNDLE, verify BUNDLE, claims [BUNDLE], clean, test, help"
}

@test "an unknown option is refused by name, and nothing is measured" {
    run "$front_door" --frobnicate --out "$BATS_TEST_TMPDIR/out"
    assert_refused 2 "--frobnicate"
    [[ ! -e $BATS_TEST_TMPDIR/out ]] || complain "a folder was made"
}

@test "bad values are refused with the option and what is allowed" {
    for arguments in "--sizes 64X" "--sizes 0" "--sizes 16M:64" "--rounds 0" "--budget -1" \
        "--mechanisms pipe,socket" "--waits sleep" "--modes none" "--placement nowhere" \
        "--preset huge" "--seconds 0"; do
        read -r -a words <<<"$arguments"
        run "$front_door" "${words[@]}" --out "$BATS_TEST_TMPDIR/out"
        assert_refused 2 "${words[0]}"
        [[ ! -e $BATS_TEST_TMPDIR/out ]] || complain "a folder was made"
    done
}

@test "plot, report and verify refuse what is not a bundle" {
    mkdir empty
    for command in plot report verify; do
        run "$front_door" "$command"
        assert_refused 2 "$command"
        run "$front_door" "$command" "$BATS_TEST_TMPDIR/nothing"
        assert_refused 2 "not a bundle"
        run "$front_door" "$command" empty
        assert_refused 2 "not a bundle"
    done
}

@test "plot and report refuse a damaged bundle, and draw nothing" {
    make_false_bundle
    run "$front_door" plot "false bundle" --out drawn
    [[ $status -eq 2 && ${#lines[@]} -eq 1 ]] || complain "expected one line and exit code 2"
    [[ ! -e drawn ]] || complain "something was drawn"
    run "$front_door" report "false bundle"
    [[ $status -eq 2 && ${#lines[@]} -eq 1 ]] || complain "expected one line and exit code 2"
}

@test "an unwritable output folder is refused before anything is measured" {
    touch file
    run "$front_door" --quick --out "$BATS_TEST_TMPDIR/file/out"
    [[ ${#lines[@]} -eq 1 && $output == *"file/out"* ]] || complain "expected one line naming it"
    [[ $status -eq 2 || $status -eq 69 ]] || complain "expected exit code 2 or 69"
}

@test "--mechanisms all takes every mechanism that works here, and no floor or ceiling" {
    run "$bin/suite" --dry-run --mechanisms all --sizes 64 --tests throughput --out "$BATS_TEST_TMPDIR/out"
    assert_done
    for mechanism in pipe fifo shm posix_shm memfd unix_stream unix_seqpacket posix_mq sysv_mq; do
        [[ $output == *"$mechanism"* ]] || complain "no $mechanism"
    done
    [[ $output != *"left out null"* && $output != *"left out ceiling"* ]] || complain "a floor was tried"
}

@test "--dry-run shows the plan and measures nothing" {
    run "$front_door" --dry-run --quick --seed 1 --out "$BATS_TEST_TMPDIR/out"
    assert_done
    [[ ! -e $BATS_TEST_TMPDIR/out ]] || complain "a folder was made"
    [[ $output == *cells* ]] || complain "no plan"
}

@test "--no-install without tools: one line with the command, exit 69" {
    mkdir bin
    for arguments in "--no-install" "--no-install --quick" "test --no-install" \
        "--no-install --sizes 64"; do
        read -r -a words <<<"$arguments"
        PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$front_door" "${words[@]}"
        assert_refused 69 "missing: compiler make pkg-config hwloc jansson"
        case "$(. /etc/os-release && echo "$ID ${ID_LIKE-}")" in
        *debian*)
            [[ $output == *"apt-get update && "*"apt-get install -y"*libhwloc-dev* ]] ||
                complain "no command that could be typed"
            ;;
        esac
    done
}

@test "each command asks for what it needs and no more" {
    mkdir bin
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$front_door" --no-install --quick --no-charts
    assert_refused 69 "missing: compiler make pkg-config hwloc jansson;"
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$front_door" --no-install
    assert_refused 69 "gnuplot"
    [[ $output == *hyperfine* && $output != *cmocka* ]] || complain "hyperfine, but no cmocka"
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$front_door" --no-install test
    assert_refused 69 "cmocka"
}

@test "without root and without a terminal nothing is installed" {
    [[ $EUID -eq 0 ]] || skip "needs root to become somebody else"
    command -v setpriv >/dev/null || skip "setpriv is missing"
    mkdir bin
    chmod 755 "$BATS_TEST_TMPDIR"
    setpriv --reuid 65534 --clear-groups test -r "$front_door" || skip "nobody may not read the clone"
    run setpriv --reuid 65534 --clear-groups env PATH="$BATS_TEST_TMPDIR/bin" "$BASH" \
        "$repository/scripts/packages.sh" build </dev/null
    assert_refused 69 "add with: sudo "
}

# Stand-ins for a package manager and what it brings: the set-up is tried for real, without
# touching the machine.
fake_machine() {
    local tool
    # It brings cc; the compiler that these tests are run with is none of its.
    unset CC
    mkdir bin state
    for tool in bash cat rm env mkdir chmod; do
        ln -s "$(command -v "$tool")" "bin/$tool"
    done
    cat >bin/apt-get <<'SCRIPT'
#!/bin/bash
echo "apt-get $*" >>"$STATE/calls"
[[ $* != *hyperfine* || -z ${LACKS_HYPERFINE-} ]] || exit 100
[[ $* == *install* ]] || exit 0
for package in "$@"; do
    case $package in
    make | hyperfine) printf '#!/bin/bash\n' >"$STATE/../bin/$package" ;;
    gnuplot-nox) printf '#!/bin/bash\n' >"$STATE/../bin/gnuplot" ;;
    pkg-config) printf '#!/bin/bash\n' >"$STATE/../bin/pkg-config" ;;
    gcc) printf '#!/bin/bash\n' >"$STATE/../bin/cc" ;;
    esac
done
chmod +x "$STATE"/../bin/{make,hyperfine,gnuplot,pkg-config,cc} 2>/dev/null
exit 0
SCRIPT
    chmod +x bin/apt-get
    export STATE=$BATS_TEST_TMPDIR/state
}

@test "root without a terminal: says what it adds, and adds it" {
    [[ $EUID -eq 0 ]] || skip "needs root"
    fake_machine
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$repository/scripts/packages.sh" build charts clock \
        </dev/null
    assert_done
    [[ $output == *"missing: compiler make pkg-config hwloc jansson gnuplot hyperfine; adding"* ]] ||
        complain "does not say what it does"
    [[ $(head -n 1 state/calls) == *update* ]] || complain "no update before the installation"
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$repository/scripts/packages.sh" --check build
    assert_done
}

@test "a package that the distribution lacks keeps no other away" {
    [[ $EUID -eq 0 ]] || skip "needs root"
    fake_machine
    LACKS_HYPERFINE=1 PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$repository/scripts/packages.sh" \
        build charts clock </dev/null
    assert_done
    [[ $output == *"no package for: hyperfine"* ]] || complain "does not name what is missing"
    [[ -x bin/gnuplot && -x bin/make ]] || complain "the others are not there"
}

@test "something needed that cannot be had is exit 69" {
    [[ $EUID -eq 0 ]] || skip "needs root"
    fake_machine
    PATH=$BATS_TEST_TMPDIR/bin run "$BASH" "$repository/scripts/packages.sh" build test </dev/null
    [[ $status -eq 69 ]] || complain "bats cannot be had from this stand-in"
    [[ ${lines[-1]} == *"missing: bats"* ]] || complain "does not name it"
}

@test "an unknown group of packages is refused" {
    run "$repository/scripts/packages.sh" --check nonsense
    assert_refused 2 "nonsense"
}

# --- The second clock --------------------------------------------------------------------------

write_export() {
    local file=$1 mechanism=$2 count=$3 times=$4
    printf '{"results": [{"command": "%s %s", "times": [%s], "user": 0.5, "system": 0.25,
        "parameters": {"mechanism": "%s", "count": "%s"}}]}\n' \
        "$mechanism" "$count" "$times" "$mechanism" "$count" >"$file"
}

@test "exports of hyperfine are merged, and the cost of a message is their difference" {
    write_export a.json pipe 100 "0.2, 0.4"
    write_export b.json pipe 300 "0.6"
    write_export c.json pipe 100 "0.3"
    run "$bin/merge_hyperfine" merged.json a.json b.json c.json
    assert_done
    merged=$(tr -d ' \n' <merged.json)
    # Three runs of the first command: median 0.3, mean 0.3, deviation 0.1; one of the second.
    [[ $merged == *'"times":[0.2,0.4,0.3]'*'"mean":0.3,'*'"stddev":0.1,'*'"median":0.3,'* ]] ||
        complain "$merged"
    [[ $merged == *'"times":[0.6]'*'"stddev":null'* ]] || complain "$merged"
    # (0.6 s - 0.3 s) / (300 - 100) messages
    [[ $merged == *'"marginal_ns_per_message":{"pipe":1500000.0}'* ]] || complain "$merged"
    [[ $merged != *memory* ]]
}

@test "what the same runs told of themselves is merged beside the outer clock" {
    write_export a.json pipe 20 "0.2"
    write_export b.json pipe 60 "0.6"
    for count in 20 60 60; do
        "$bin/pipe" throughput --size 64 --count "$count" --cpus "$(allowed_cpus)" --seconds 0.001 \
            --format json | sed "s/\"wall_ns\":[0-9]*/\"wall_ns\":$((count * 1000 + 7))/"
    done >inner
    run "$bin/merge_hyperfine" merged.json --inner inner a.json b.json
    assert_done
    merged=$(tr -d ' \n' <merged.json)
    # (60,007 ns - 20,007 ns) / (60 - 20) messages
    [[ $merged == *'"inner_marginal_ns_per_message":{"pipe":1000.0}'* ]] || complain "$merged"
    echo nonsense >>inner
    rm merged.json
    run "$bin/merge_hyperfine" merged.json --inner inner a.json b.json
    assert_refused 2 "inner"
    [[ ! -e merged.json ]] || complain "something was written"
}

@test "merging refuses what is no export, and writes nothing" {
    echo 'nonsense' >bad.json
    echo '{"results": [{"command": "x", "times": ["y"]}]}' >worse.json
    echo '{"results": []}' >empty.json
    for file in bad.json worse.json empty.json missing.json; do
        run "$bin/merge_hyperfine" merged.json "$file"
        assert_refused 2 "$file"
        [[ ! -e merged.json ]] || complain "something was written"
    done
}

@test "the second clock refuses what is not a bundle" {
    run "$repository/scripts/outer-clock.sh" "$BATS_TEST_TMPDIR"
    assert_refused 2 "not a bundle"
}

@test "the second clock times the matched cell of a bundle" {
    command -v hyperfine >/dev/null || skip "hyperfine is missing"
    mkdir bundle
    cpus=$(allowed_cpus)
    {
        printf 'round\torder\tmechanism\ttest\twait\tcopies\tsource\tsink\tsize_bytes\tmessages\t'
        printf 'capacity_bytes\twriter_cpu\treader_cpu\tseed\n'
        for mechanism in pipe fifo shm; do
            printf '1\t1\t%s\trelay\tblock\town\tfile\tfile\t65536\t20\t65536\t%s\t%s\t1\n' \
                "$mechanism" "${cpus%,*}" "${cpus#*,}"
        done
    } >bundle/samples.tsv
    run "$repository/scripts/outer-clock.sh" bundle
    assert_done
    [[ -z $(find bundle -name '*.partial') ]] || complain "a partial file stays"
    merged=$(tr -d ' \n' <bundle/hyperfine.json)
    for mechanism in pipe fifo shm; do
        [[ $merged == *"\"mechanism\":\"$mechanism\""* ]] || complain "no $mechanism"
        # Both clocks, of the same runs.
        [[ $merged =~ inner_marginal_ns_per_message\":\{[^}]*\"$mechanism\":[0-9] ]] ||
            complain "no inner clock of $mechanism"
    done
    # The file of the user, wherever it lies, is read and not named.
    head -c 100000 /dev/zero >"$BATS_TEST_TMPDIR/my input"
    run "$repository/scripts/outer-clock.sh" bundle "$BATS_TEST_TMPDIR/my input"
    assert_done
    [[ $(cat bundle/hyperfine.json) != *"my input"* ]] || complain "a path of this machine"
    [[ $merged != *"$HOME/"* && $merged != *"$repository"* ]] || complain "a path of this machine"
}

@test "a bundle without the cell is skipped by name" {
    mkdir bundle
    printf 'round\torder\tmechanism\ttest\twait\tcopies\ttouch\tsize_bytes\tmessages\n' \
        >bundle/samples.tsv
    run "$repository/scripts/outer-clock.sh" bundle
    assert_done
    [[ $output == *"skipped: "* && ! -e bundle/hyperfine.json ]] || complain "not skipped"
}
