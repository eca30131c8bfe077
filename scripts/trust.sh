#!/usr/bin/env bash
# Does a comparison call equal runs different, and does it find a known difference?
#
#   trust.sh [--pairs N] [--budget S] [--out DIR]     (20 pairs, 20 s a run, build/trust)
#
# A/A: N pairs of runs of the same programs, one after the other; every cell called different is
# wrong. The same of runs that one or two others lie between. A/B: the same programs with one mechanism
# made slower by 5, 10 or 20 % (bench/trust), against a run without: every settled cell of that
# mechanism that is compared and not called different is missed. Runs
# that are there already are kept, so an interrupted experiment goes on; the table is printed as
# Markdown and written to DIR/table.md. With the default some 25 minutes, in which nothing else should
# run. Exit 0: both goals reached; 1: not, or a run failed; 2: bad usage; 69: not built.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about "${BASH_SOURCE[0]}" "$@"

readonly AA_MOST_PERCENT=1 AB_LEAST_PERCENT=95
readonly MECHANISMS=(shm pipe fifo) # in turn
readonly PRECISION=2.5              # of a settled cell: a quarter of the difference to be found

fail() {
    printf 'trust: %s\n' "$2" >&2
    exit "$1"
}

is_count() {
    [[ $1 =~ ^[1-9][0-9]{0,3}$ ]]
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
programs=$(cd -- "$root" && cd -- "${BUILD:-build}/bin" 2>/dev/null && pwd -P) || programs=''
pairs=20 budget=20 out=''
while [[ $# -gt 0 ]]; do
    case $1 in
    --pairs | --budget | --out)
        [[ -n ${2-} ]] || fail 2 "$1 needs a value"
        case $1 in
        --pairs) pairs=$2 ;;
        --budget) budget=$2 ;;
        --out) out=$2 ;;
        esac
        shift
        ;;
    *) fail 2 "unknown option ${1:0:40}; allowed: --pairs N, --budget S, --out DIR" ;;
    esac
    shift
done
is_count "$pairs" || fail 2 "--pairs: '${pairs:0:20}' is not allowed; allowed: 1 to 9999"
is_count "$budget" || fail 2 "--budget: '${budget:0:20}' is not allowed; allowed: 1 to 9999"
[[ -x $programs/suite && -x $programs/compare && -x $programs/trust/shm ]] ||
    fail 69 "not built: run make all trust-programs"
[[ -n $out ]] || out=$root/build/trust
mkdir -p -- "$out" || fail 2 "--out: can't write into '$out'"

# ---- measuring ----

# measure NAME SLOWDOWN SEED: one run, which ends up as $out/NAME.
measure() {
    local folder=$out/$1 bundle
    [[ ! -f $folder/summary.tsv ]] || return 0
    rm -rf -- "$folder" "$out/measuring"
    printf 'trust: run %s (%s)\n' "$1" "$2" >&2
    bundle=$(PIPE_VS_SHM_SLOWDOWN=$2 "$programs/suite" --programs "$programs/trust" \
        --mechanisms pipe,fifo,shm --tests latency,throughput --sizes 64,4K,64K \
        --waits block,spin --modes own --seconds 0.003 --precision "$PRECISION" \
        --budget "$budget" --seed "$3" --label "trust: $2" --out "$out/measuring" \
        2>"$out/log") || { cat "$out/log" >&2; fail 1 "run $1 failed"; }
    mv -- "$bundle" "$folder"
    rm -rf -- "$out/measuring"
}

mechanism_of() {
    printf '%s' "${MECHANISMS[$((($1 - 1) % ${#MECHANISMS[@]}))]}"
}

# The first quarter of the pairs has a run with 5 %, the second one with 20 %.
percents_of() {
    if [[ $1 -le $(((pairs + 3) / 4)) ]]; then
        printf '10 5'
    elif [[ $1 -le $(((pairs + 1) / 2)) ]]; then
        printf '10 20'
    else
        printf '10'
    fi
}

measure_all() {
    local pair percent
    for ((pair = 1; pair <= pairs; pair++)); do
        measure "$pair.a" shm:0 "${pair}1"
        measure "$pair.again" shm:0 "${pair}2"
        for percent in $(percents_of "$pair"); do
            measure "$pair.$percent" "$(mechanism_of "$pair"):$percent" "$pair$percent"
        done
    done
}

# ---- counting ----

# count MECHANISM A B: "code cells called settled compared found others wrong named" of the ratio cells;
# MECHANISM is what was slowed in B, - for nothing. Cells are settled where both runs say so of the
# ratio; compared where both had enough rounds in the same state of the machine.
count() {
    local text code=0 named=0
    text=$("$programs/compare" "$out/$2" "$out/$3" 2>/dev/null) || code=$?
    [[ ! ${text%%$'\n'*} =~ :\ $1\ is\ [0-9.]+\ %\ slower ]] || named=1
    "$programs/compare" --format tsv "$out/$2" "$out/$3" 2>/dev/null >"$out/compared" || true
    awk -F '\t' -v mechanism="$1" -v named="$named" -v code="$code" '
        # The pipe stands below every ratio.
        function is_slowed(name) { return mechanism == "pipe" || name == mechanism }
        FNR == 1 {
            table++
            split("", column)
            for (i = 1; i <= NF; i++) column[$i] = i
            next
        }
        {
            key = ""
            for (i = column["mechanism"]; i <= column["size_bytes"]; i++) key = key " " $i
        }
        table < 3 {
            if ($column["metric"] == "ratio_to_pipe" && $column["settled"] == "settled" &&
                ++settled[key] == 2)
                sure += is_slowed($column["mechanism"])
            next
        }
        $column["kind"] == "ratio" && $column["factor"] != "nan" {
            differs = $column["differs"] == "yes"
            cells++
            called += differs
            slowed = is_slowed($column["mechanism"])
            slower = mechanism == "pipe" ? $column["factor"] > 1 : $column["factor"] < 1
            if (slowed && settled[key] == 2) {
                compared++
                found += differs && slower
            }
            if (!slowed) {
                others++
                wrong += differs
            }
        }
        END {
            print code, cells + 0, called + 0, sure + 0, compared + 0, found + 0, others + 0, wrong + 0,
                named
        }
    ' "$out/$2/summary.tsv" "$out/$3/summary.tsv" "$out/compared"
    rm -f -- "$out/compared"
}

# sum_up LABEL: adds up lines of count, prints a row and sets the two figures of its goal.
rows=()
sum_up() {
    local label=$1 line codes=(0 0 0) sums=(0 0 0 0 0 0 0 0) index
    while read -r -a line; do
        [[ ${line[0]} -gt 2 ]] || codes[line[0]]=$((codes[line[0]] + 1))
        # A run that is not comparable names nobody.
        [[ ${line[0]} -le 1 ]] || line[8]=0
        for index in {0..7}; do
            sums[index]=$((sums[index] + line[index + 1]))
        done
    done
    local said="${codes[0]} / ${codes[1]} / ${codes[2]}"
    if [[ $label == A/A* ]]; then
        numerator=${sums[1]} denominator=${sums[0]}
        rows+=("| $label | $said | $numerator of $denominator ($(percent "$numerator" "$denominator")) | | | |")
    else
        numerator=${sums[4]} denominator=${sums[3]}
        rows+=("| $label | $said | | $numerator of $denominator ($(percent "$numerator" "$denominator")), ${sums[2]} settled | ${sums[6]} of ${sums[5]} | ${sums[7]} of $((codes[0] + codes[1])) |")
    fi
}

percent() {
    awk -v part="$1" -v whole="$2" \
        'BEGIN { if (whole > 0) printf "%.1f %%", 100 * part / whole; else print "none" }'
}

count_all() {
    local pair percent counts
    counts=$(for ((pair = 1; pair <= pairs; pair++)); do count - "$pair.a" "$pair.again"; done)
    sum_up A/A <<<"$counts"
    aa_called=$numerator aa_cells=$denominator
    counts=$(for ((pair = 1; pair < pairs; pair++)); do
        count - "$pair.again" "$((pair + 1)).a"
    done)
    [[ -z $counts ]] || sum_up "A/A, others between" <<<"$counts"
    for percent in 5 10 20; do
        counts=$(for ((pair = 1; pair <= pairs; pair++)); do
            [[ ! -d $out/$pair.$percent ]] ||
                count "$(mechanism_of "$pair")" "$pair.a" "$pair.$percent"
        done)
        [[ -n $counts ]] || continue
        sum_up "A/B, $percent % slower" <<<"$counts"
        if [[ $percent -eq 10 ]]; then
            ab_found=$numerator ab_sure=$denominator
        fi
    done
}

print_table() {
    printf '| experiment | pairs: same / different / not comparable | cells called different | settled cells of the slowed mechanism found, of those compared | other cells called different | verdict names it |\n'
    printf '|---|---:|---:|---:|---:|---:|\n'
    printf '%s\n' "${rows[@]}"
}

measure_all
aa_called=0 aa_cells=0 ab_found=0 ab_sure=0
count_all
print_table | tee -- "$out/table.md"
[[ $((100 * aa_called)) -le $((AA_MOST_PERCENT * aa_cells)) ]] ||
    fail 1 "A/A: more than $AA_MOST_PERCENT % of the cells are called different"
[[ $((100 * ab_found)) -ge $((AB_LEAST_PERCENT * ab_sure)) && $ab_sure -gt 0 ]] ||
    fail 1 "A/B, 10 %: fewer than $AB_LEAST_PERCENT % of the settled cells are found"
