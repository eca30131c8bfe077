#!/usr/bin/env bash
# The second clock: hyperfine times whole relays from outside, a real file in and a real file out,
# with the CPUs and capacity of the bundle's own cell. Every run tells what its own clock saw, so the
# two clocks are compared on the very same runs. The result goes into BUNDLE/hyperfine.json.
#
#   outer-clock.sh BUNDLE [INPUT]      INPUT: the file to read (a generated one of seeded bytes)
#
# Two message counts per mechanism, because the difference of two whole runs is free of what
# starting a program costs. hyperfine finishes all runs of one command before the next, so the
# order is rotated over several calls: a drift of the machine then hits all mechanisms alike.
# Exit 0: done, or not applicable and said so; 2: not a bundle; 69: no hyperfine.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
# shellcheck source-path=SCRIPTDIR source=plain.sh
source "$root/scripts/plain.sh"
# shellcheck source-path=SCRIPTDIR source=tidy.sh
source "$root/scripts/tidy.sh"

readonly ROUNDS=3 RUNS_PER_ROUND=2
# The messages of the shorter and the longer runs, in samples' worth of the slowest mechanism.
readonly FEW=3 MANY=15

say() {
    printf 'outer clock: %s\n' "$(plain "$*")" >&2
}

if [[ $# -lt 1 || $# -gt 2 || ! -f $1/samples.tsv || -L $1/samples.tsv ]]; then
    say "'${1-}' is not a bundle: it has no samples.tsv"
    exit 2
fi
if ! command -v hyperfine >/dev/null; then
    say "skipped: hyperfine is missing"
    exit 69
fi

bundle=$(cd -- "$1" && pwd -P)
readonly bundle

# The first sample of the matched cell at 64 KiB, per mechanism: mechanism, messages, CPUs,
# capacity and seed. Columns are found by name.
find_cells() {
    awk -F '\t' '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        function field(name) { return $column[name] }
        field("test") == "relay" && field("source") == "file" && field("sink") == "file" &&
        field("wait") == "block" && field("copies") == "own" && field("size_bytes") == 65536 &&
        field("mechanism") ~ /^(pipe|fifo|shm)$/ && field("messages") + 0 > 0 &&
        !seen[field("mechanism")]++ {
            print field("mechanism"), field("messages"), field("writer_cpu") "," \
                field("reader_cpu"), field("capacity_bytes"), field("seed")
        }' "$bundle/samples.tsv"
}

# Digits only, and not too many to compute with: bash takes other texts for expressions, and what
# stands in those it runs.
require_numbers() {
    local number
    for number in "$@"; do
        if [[ ! $number =~ ^(0|[1-9][0-9]{0,19})$ ]]; then
            say "'$bundle' is not a bundle: samples.tsv has '${number:0:40}' where a number belongs"
            exit 2
        fi
    done
    if [[ ${#1} -gt 15 ]]; then
        say "'$bundle' is not a bundle: samples.tsv says that one sample had $1 messages"
        exit 2
    fi
}

mechanisms=() messages="" cpus="" capacity="" seed=""
while read -r mechanism its_messages its_cpus its_capacity its_seed; do
    require_numbers "$its_messages" "${its_cpus%,*}" "${its_cpus#*,}" "$its_capacity" "$its_seed"
    mechanisms+=("$mechanism")
    # What the slowest moves in one sample is the measure for all: the same work.
    [[ -n $messages && $messages -le $its_messages ]] || messages=$its_messages
    cpus=$its_cpus capacity=$its_capacity seed=$its_seed
done < <(find_cells)
if [[ ${#mechanisms[@]} -eq 0 ]]; then
    say "skipped: the run has no relay from file to file (block, own, 64 KiB)"
    exit 0
fi
scratch=""
trap '[[ -z $scratch ]] || rm -rf -- "$scratch"' EXIT
make_scratch || {
    say "failed: no private folder for temporary files in ${TMPDIR:-/tmp} (set TMPDIR)"
    exit 1
}

# Older versions know no -N and put a shell in between, whose cost they subtract.
no_shell=()
if [[ $(hyperfine --help) =~ (^|[[:space:]])-N ]]; then
    no_shell=(--shell=none)
fi

# The commands are recorded, and a bundle names no home folder: so relative paths. BUILD itself may
# be relative to the root, as make takes it, or absolute.
input=${2-}
[[ -z $input ]] || input=$(cd -- "$(dirname -- "$input")" && pwd -P)/${input##*/}
cd -- "$root"
cd -- "${BUILD:-build}"
if [[ -z $input ]]; then
    input=$scratch/input
    bin/pipe relay --source memory --sink file --output "$input" --size 64K --count 64 \
        --seed "$seed" --format tsv >/dev/null
fi
# The commands find these under names that say nothing of this machine.
export PVS_INPUT=$input PVS_OUTPUT=$scratch/output PVS_INNER=$scratch/inner
# --seconds makes the warm-up short, which the clock outside cannot tell from the rest.
say "hyperfine times relays of ${mechanisms[*]} from outside, $ROUNDS rounds"
parts=()
for ((round = 0; round < ROUNDS; round++)); do
    first=$((round % ${#mechanisms[@]}))
    order=("${mechanisms[@]:first}" "${mechanisms[@]:0:first}")
    list=$(IFS=, && printf '%s' "${order[*]}")
    part=$scratch/$round.json
    # The shell in between only appends what the program tells of itself.
    # shellcheck disable=SC2016
    if ! (become_bound hyperfine ${no_shell[@]+"${no_shell[@]}"} --style none --warmup 1 --runs "$RUNS_PER_ROUND" \
        --parameter-list mechanism "$list" \
        --parameter-list count "$((FEW * messages)),$((MANY * messages))" \
        --export-json "$part" \
        "sh -c 'bin/{mechanism} relay --source file --input \"\$PVS_INPUT\" --sink file \
--output \"\$PVS_OUTPUT\" --size 64K --wait block --copies own --cpus $cpus \
--capacity $capacity --seed $seed --seconds 0.001 --count {count} --format json >>\"\$PVS_INNER\"'") \
        >"$scratch/log" 2>&1; then
        say "failed: $(tail -n 1 "$scratch/log")"
        exit 1
    fi
    parts+=("$part")
done
bin/merge_hyperfine "$bundle/hyperfine.json" --inner "$scratch/inner" "${parts[@]}"
