#!/usr/bin/env bash
# Runs fuzz targets, one after the other, each over its corpus and for as long as asked.
#
#   fuzz.sh FOLDER SECONDS [NAME...]     FOLDER: where the targets are, and where what they find goes
#
# New inputs are kept in FOLDER/corpus/NAME, for the next run; an input that breaks a target in
# FOLDER/found. The last line is "N passed, N failed, 0 skipped": a target fails by a finding.
# Exit 0: no finding; 1: some; 2: bad usage; 77: not built, because clang or its runtime is missing.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

say() {
    printf 'fuzz: %s\n' "$*" >&2
}

if [[ $# -lt 2 || ! $2 =~ ^[1-9][0-9]{0,6}$ ]]; then
    say "usage: fuzz.sh FOLDER SECONDS [NAME...]"
    exit 2
fi
folder=$(cd -- "$1" && pwd -P)
seconds=$2
shift 2
root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly folder seconds root

names=("$@")
if [[ ${#names[@]} -eq 0 ]]; then
    for source in "$root"/tests/fuzz/*_fuzz.c; do
        source=${source##*/}
        names+=("${source%_fuzz.c}")
    done
fi
for name in "${names[@]}"; do
    if [[ ! -x $folder/$name ]]; then
        say "no target '$name'; they are tests/fuzz/NAME_fuzz.c"
        exit 2
    fi
done

# Targets write bundles, thousands of times a second: into memory where there is any.
scratch=$(TMPDIR=$([[ -d /dev/shm && -w /dev/shm ]] && echo /dev/shm || echo "${TMPDIR:-/tmp}") mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
mkdir -p -- "$folder/found"

# What libFuzzer tells at its end: executions, coverage, size of the corpus.
tell() {
    awk -v name="$1" -v seconds="$2" '
        /^#[0-9]+[[:space:]]+DONE/ { for (i = 1; i < NF; i++) { if ($i == "cov:") cov = $(i + 1); if ($i == "ft:") ft = $(i + 1) } }
        /^stat::number_of_executed_units:/ { runs = $2 }
        END { printf "%s: %d executions in %d s, %d edges, %d features\n", name, runs, seconds, cov, ft }
    ' "$3"
}

passed=0 failed=0
for name in "${names[@]}"; do
    corpus=$folder/corpus/$name log=$folder/$name.log
    seeds=() dictionary=() started=$SECONDS result=0
    mkdir -p -- "$corpus"
    [[ ! -d $root/tests/fuzz/corpus/$name ]] || seeds+=("$root/tests/fuzz/corpus/$name")
    [[ ! -f $root/tests/fuzz/$name.dict ]] || dictionary+=("-dict=$root/tests/fuzz/$name.dict")
    # Freed memory is watched for long enough; more of it would only be touched and slow.
    TMPDIR=$scratch ASAN_OPTIONS=quarantine_size_mb=16 nice -n 19 "$folder/$name" -max_total_time="$seconds" -timeout=10 \
        -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1 -artifact_prefix="$folder/found/$name-" \
        ${dictionary[@]+"${dictionary[@]}"} "$corpus" ${seeds[@]+"${seeds[@]}"} \
        >"$log" 2>&1 </dev/null || result=$?
    if [[ $result -eq 0 ]]; then
        passed=$((passed + 1))
        tell "$name" "$((SECONDS - started))" "$log"
    else
        failed=$((failed + 1))
        echo "FAIL  $name: a finding, see $log"
        grep -E 'broken promise|ERROR|runtime error|SUMMARY|Test unit written' "$log" | sed 's/^/      | /'
    fi
done
echo "$passed passed, $failed failed, 0 skipped"
[[ $failed -eq 0 ]]
