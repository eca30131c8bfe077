#!/usr/bin/env bash
# Makes many bundles that nobody measured, to see what a gallery over them costs and shows:
#
#   many-bundles.sh COUNT FOLDER [BUNDLE]
#
# COUNT bundles of made-up machines come into FOLDER, which must not be there yet. They are BUNDLE
# (results/reference) with all figures of shared memory moved by a factor of the machine's own, all
# others by another, and another CPU, kernel and hypervisor each; without raw rows, which a gallery
# does not read. WHOLE=no keeps only rows that a gallery draws. Same input, same bytes.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../scripts/about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/about.sh"
about "${BASH_SOURCE[0]}" "$@"

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root
if [[ ${1-} == -* ]]; then
    echo "many-bundles.sh: unknown option $1; --help tells how to call it" >&2
    exit 2
fi
if [[ $# -lt 2 || $# -gt 3 || ! $1 =~ ^[1-9][0-9]*$ ]]; then
    echo 'usage: many-bundles.sh COUNT FOLDER [BUNDLE]' >&2
    exit 2
fi
count=$1 folder=$2 source=${3:-$root/results/reference}

mkdir -- "$folder"
# The name of each, from its number; its first part is a time.
names() {
    LC_ALL=C awk -v count="$count" 'BEGIN {
        for (number = 0; number < count; number++)
            printf "20260101T%02d%02d%02dZ-made-up-%d\n", number / 3600, number / 60 % 60, number % 60, number
    }'
}
(cd -- "$folder" && names | xargs mkdir --)
names | LC_ALL=C awk -F '\t' -v OFS='\t' -v folder="$folder" -v whole="${WHOLE:-yes}" '
    # From 0 to 1, of a number and what it is for.
    function chance(number, salt) {
        return (number * 7919 + salt * 104729) % 1009 / 1009
    }
    function moved(value, factor) {
        return value == "nan" ? value : sprintf("%.9g", value * factor)
    }
    FILENAME == "-" { name[names++] = $0; next }
    FNR == 1 {
        split("", column)
        for (i = 1; i <= NF; i++)
            column[$i] = i
    }
    FILENAME ~ /manifest\.json$/ { manifest[lines++] = $0; next }
    whole == "no" && FNR > 1 && ($column["source"] != "memory" || $column["sink"] != "use" ||
        $column["extra_copies"] != 0 || $column["metric"] !~ /^(throughput|latency_p50|ratio)/) { next }
    { row[rows++] = $0 }
    END {
        split("AMD EPYC 9,Intel Xeon Gold,Neoverse-N2,AMD Ryzen 7,SiFive U74", cpus, ",")
        split("5.15.0,6.1.0,6.8.12,6.12.3,6.18.44", kernels, ",")
        split("none,kvm,xen,microsoft", hypervisors, ",")
        for (number = 0; number < names; number++) {
            file = folder "/" name[number] "/manifest.json"
            for (line = 0; line < lines; line++) {
                text = manifest[line]
                if (text ~ /^  "id":/)
                    text = "  \"id\": \"" name[number] "\","
                else if (text ~ /^    "cpu_model":/)
                    text = "    \"cpu_model\": \"" cpus[number % 5 + 1] "\","
                else if (text ~ /^    "kernel_release":/)
                    text = "    \"kernel_release\": \"" kernels[int(number / 5) % 5 + 1] "-" number "\","
                else if (text ~ /^    "hypervisor":/)
                    text = "    \"hypervisor\": \"" hypervisors[int(number / 3) % 4 + 1] "\","
                print text >file
            }
            close(file)
            file = folder "/" name[number] "/summary.tsv"
            shm = exp(chance(number, 1) * 1.6 - 1)
            others = exp(chance(number, 2) - 0.5)
            for (line = 0; line < rows; line++) {
                $0 = row[line]
                if (line > 0) {
                    factor = $column["metric"] == "ratio_to_pipe" ? shm : $1 == "ceiling" ? 1 : $1 == "shm" ? shm * others : others
                    for (i = column["median"]; i <= column["ci95_hi"]; i++)
                        $i = moved($i, factor)
                }
                print >file
            }
            close(file)
        }
    }' - "$source/manifest.json" "$source/summary.tsv"
# hand_out FILE: the same into all of them, some hundred at once.
hand_out() {
    # shellcheck disable=SC2016
    (cd -- "$folder" && names | sed "s|\$|/${1##*/}|" |
        xargs -n 200 sh -c 'tee -- "$@" <"$0" >/dev/null' "$1")
}
hand_out "$(realpath -- "$source/gap.tsv")"
hand_out "$(realpath -- "$source/claims.tsv")"
echo "# Made up" >"$folder/report.md"
hand_out "$(realpath -- "$folder/report.md")"
rm -- "$folder/report.md"
