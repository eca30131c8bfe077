#!/usr/bin/env bats
# What every program and every script answers about itself: --help, --version, and an option that
# none of them has. A new one is tried without being registered here.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    version=$(<"$repository/VERSION")
    mkdir "$BATS_TEST_TMPDIR/empty"
    cd "$BATS_TEST_TMPDIR/empty"
}

# All programs, those for the audit included, and all scripts that are not only sourced.
answering=("$bin"/* "$bin"/audit/* "$repository/run_bench.sh" "$repository"/{scripts,tests}/*.sh
    "$repository/.ci/run")

# Runs each of them with the words; calls `check NAME` for each.
each_of_them() {
    local file count=0
    for file in "${answering[@]}"; do
        [[ -f $file && -x $file ]] || continue
        # What goes to standard output, and apart from it whether there is anything else.
        run --separate-stderr "$file" "$@" </dev/null
        check "${file##*/}"
        count=$((count + 1))
    done
    [[ $count -gt 50 ]] || complain "only $count were tried"
}

@test "--help is told by all, on standard output" {
    bats_require_minimum_version 1.5.0
    check() {
        [[ $status -eq 0 && -z $stderr ]] || complain "$1: $stderr"
        [[ -n $output ]] || complain "$1 tells nothing about itself"
        # A script tells what it is for; a program also how it is called.
        [[ $1 == *.sh || $1 == run || $output == *"usage: $1 "* ]] || complain "$1: no usage"
    }
    each_of_them --help
}

@test "--version is one line of all: its name, the project, the version" {
    bats_require_minimum_version 1.5.0
    check() {
        local name=$1
        [[ $status -eq 0 && -z $stderr ]] || complain "$1: $stderr"
        if [[ $name == run_bench.sh ]]; then
            [[ $output == "pipe-vs-shm $version" ]] || complain "$1"
        else
            [[ $output == "$name (pipe-vs-shm) $version" ]] || complain "$1"
        fi
    }
    each_of_them --version
}

@test "an unknown option is refused by all in one line, and nothing is done" {
    bats_require_minimum_version 1.5.0
    check() {
        [[ $status -eq 2 && -z $output ]] || complain "$1: expected exit code 2 and nothing on standard output"
        [[ ${#stderr_lines[@]} -eq 1 && $stderr == *"--frobnicate"* ]] || complain "$1: $stderr"
    }
    each_of_them --frobnicate
    [[ -z $(find . -mindepth 1 -print) ]] || complain "made: $(find . -mindepth 1)"
}
