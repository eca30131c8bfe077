#!/usr/bin/env bash
# Makes a large bundle that nobody measured, to see what reading and judging one costs:
#
#   large-bundle.sh [--cells N] ROWS FOLDER [BUNDLE]
#
# About ROWS raw rows come into FOLDER, which must not be there yet. They repeat the rounds of BUNDLE (tests/fixtures/bundle)
# with noise of +-5 % on what was measured; its cells, or N at least, are copied to further placements and sizes where a
# thousand rounds do not make so many rows. Same input, same bytes. It is summarised and sealed as a run does it, and has no
# claims.tsv: what is tried live cannot be made up. BUILD names the build (build).
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../scripts/about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/about.sh"
about "${BASH_SOURCE[0]}" "$@"

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
bin=$(cd -- "$root" && cd -- "${BUILD:-build}/bin" && pwd -P)
readonly root bin

cells=0
if [[ ${1-} == --cells ]]; then
    cells=${2-}
    shift 2
fi
if [[ ${1-} == -* ]]; then
    echo "large-bundle.sh: unknown option $1; --help tells how to call it" >&2
    exit 2
fi
if [[ $# -lt 2 || $# -gt 3 || ! $1 =~ ^[1-9][0-9]*$ || ! $cells =~ ^[0-9]+$ ]]; then
    echo 'usage: large-bundle.sh [--cells N] ROWS FOLDER [BUNDLE]' >&2
    exit 2
fi
rows=$1 folder=$2 source=${3:-$root/tests/fixtures/bundle}

mkdir -- "$folder"
cp -- "$source"/{copies.tsv,hyperfine.json} "$folder/"
facts=$(LC_ALL=C awk -F '\t' -v folder="$folder" -v rows="$rows" -v cells="$cells" \
    -f "$root/tests/large-bundle.awk" "$source/samples.tsv" "$source/latency.tsv")
fact() {
    awk -v name="$1" '$1 == name { print $2 }' <<<"$facts"
}

# Round after round as the source's, under their new numbers.
LC_ALL=C awk -F '\t' -v OFS='\t' -v rounds="$(fact rounds)" '
    NR == 1 { print; next }
    { row[NR - 2] = $0 }
    END {
        for (round = 1; round <= rounds; round++) {
            $0 = row[(round - 1) % (NR - 1)]
            $1 = round
            $2 = sprintf("%.3f", (round - 1) * 30)
            print
        }
    }' "$source/rounds.tsv" >"$folder/rounds.tsv"

# The manifest is one value a line; checksums are made anew.
LC_ALL=C awk -v placements="$(fact placements)" -v sizes="$(fact sizes)" -v cells="$(fact cells)" \
    -v rounds="$(fact rounds)" -v samples="$(fact samples)" '
    function number(text) {
        gsub(/[^0-9]/, "", text)
        return text
    }
    /^  "files"/ { exit }
    /"(relay_)?sizes_bytes": \[/ { in_sizes = 1 }
    /"placements": \[/ { in_placements = 1 }
    in_sizes && /^ *[0-9]+,?$/ {
        comma = /,$/ ? "," : ""
        for (size = 0; size < sizes; size++)
            print "      " number($0) + size (size + 1 < sizes ? "," : comma)
        next
    }
    in_placements && /^ *\{/ { item = "" }
    in_placements && /^ *(\{|")/ && !/\[/ { item = item $0 "\n"; next }
    in_placements && /^ *\}/ {
        comma = /,$/ ? "," : ""
        for (copy = 0; copy < placements; copy++) {
            text = item
            if (copy > 0)
                sub(/"placement": "[^"]*/, "&-" copy, text)
            printf "%s      }%s\n", text, copy + 1 < placements ? "," : comma
        }
        next
    }
    /^ *\]/ { in_sizes = in_placements = 0 }
    /^    "cells":/ { print "    \"cells\": " cells ","; next }
    /^    "rounds":/ { print "    \"rounds\": " rounds ","; next }
    /^  "rounds_done":/ { print "  \"rounds_done\": " rounds ","; next }
    /^  "samples":/ { print "  \"samples\": " samples ","; next }
    { print }
    ' "$source/manifest.json" >"$folder/manifest.json"
# What stood before the checksums ended in a comma.
sed -i '$ s/,$//' "$folder/manifest.json"
echo '}' >>"$folder/manifest.json"

"$bin/summarise" "$folder"
"$bin/seal" "$folder"
