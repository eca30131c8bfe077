#!/usr/bin/env bash
# How near each mechanism is to what this machine allows: runs the program that measures pairs, adds
# what has to be measured from outside, prints the table and writes it into docs/PERFORMANCE.md,
# between the two marked lines.
#
#   perf.sh [--rows FILE] [--document FILE] [OPTION...]
#
#   --rows FILE      measure nothing: the table of this file (perf --format tsv); the rows of the last
#                    run stay in build/perf/rows.tsv
#   --document FILE  write into this one (default: docs/PERFORMANCE.md); "-" writes into none
#   OPTION           of the program: --rounds, --seconds, --only, --cpus, --seed
# BUILD is the folder of the build (default: build). Exit codes are those of the program.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about "${BASH_SOURCE[0]}" "$@"

readonly EXIT_FAILED=1 EXIT_USAGE=2 EXIT_UNAVAILABLE=69 EXIT_INTERRUPTED=130
readonly BEGIN_LINE='<!-- begin of what make perf writes -->' END_LINE='<!-- end of what make perf writes -->'

cd "$(dirname -- "${BASH_SOURCE[0]}")/.."
build=${BUILD:-build}
program=$build/perf/perf
# shellcheck source-path=SCRIPTDIR source=plain.sh
source scripts/plain.sh
# shellcheck source-path=SCRIPTDIR source=tidy.sh
source scripts/tidy.sh
# shellcheck source-path=SCRIPTDIR source=perf-rows.sh
source scripts/perf-rows.sh

say() {
    printf 'perf: %s\n' "$(plain "$*")" >&2
}

wanted() {
    [[ -z $only || ",$only," == *",$1,"* ]]
}

# --- The table ---------------------------------------------------------------------------------

measure() {
    local result=0
    # Symbols bound at the start, as the suite starts the programs.
    (LD_BIND_NOW=1 become_bound "$program" --format tsv "${options[@]}") >"$rows_file" || result=$?
    [[ $result -le $EXIT_FAILED ]] || exit "$result"
    ! wanted 10 || add_futex_rows
    ! wanted 11 || add_instruction_rows
    ! wanted 12 || add_run_rows
}

# Puts the table between the marked lines of the document, and leaves all else as it is.
write_document() {
    local result=0
    "$program" --rows "$rows_file" --format markdown >"$scratch/table" || result=$?
    [[ $result -le $EXIT_FAILED ]] || exit "$result"
    awk -v begin="$BEGIN_LINE" -v end="$END_LINE" -v table="$scratch/table" '
        $0 == begin { print; print ""; while ((getline line < table) > 0) print line; print ""; inside = 1 }
        $0 == end { inside = 0 }
        !inside && $0 != begin { print }' "$document" >"$scratch/document"
    cat "$scratch/document" >"$document"
}

check_document() {
    [[ $document != - ]] || return 0
    if [[ ! -f $document || ! -w $document ]]; then
        say "--document $document: is no file that can be written"
        exit "$EXIT_USAGE"
    fi
    if [[ $(grep -cxF "$BEGIN_LINE" "$document") -ne 1 || $(grep -cxF "$END_LINE" "$document") -ne 1 ]]; then
        say "--document $document: needs one line '$BEGIN_LINE' and one '$END_LINE'"
        exit "$EXIT_USAGE"
    fi
}

# --- Options -----------------------------------------------------------------------------------

# What is not ours is the program's; it also says what is wrong with it.
parse_options() {
    rows="" document=docs/PERFORMANCE.md only="" options=()
    while [[ $# -gt 0 ]]; do
        case $1 in
        --rows=* | --document=* | --only=*) set -- "${1%%=*}" "${1#*=}" "${@:2}" ;;
        esac
        case $1 in
        --rows | --document | --only)
            if [[ $# -lt 2 ]]; then
                say "$1 needs a value"
                exit "$EXIT_USAGE"
            fi
            case $1 in
            --rows) rows=$2 ;;
            --document) document=$2 ;;
            --only) only=$2 options+=("$1" "$2") ;;
            esac
            shift 2
            ;;
        --format | --format=*)
            say "--format: the program has it, $program"
            exit "$EXIT_USAGE"
            ;;
        *)
            options+=("$1")
            shift
            ;;
        esac
    done
}

main() {
    local result=0
    parse_options "$@"
    if [[ ! -x $program ]]; then
        say "$program is missing; make perf builds it"
        exit "$EXIT_UNAVAILABLE"
    fi
    check_document
    make_scratch
    trap 'rm -rf -- "$scratch"' EXIT
    trap 'exit "$EXIT_INTERRUPTED"' INT TERM HUP
    # What was measured stays, to be judged or put into another document again.
    rows_file=$build/perf/rows.tsv
    if [[ -n $rows ]]; then
        rows_file=$scratch/rows
        "$program" --rows "$rows" --format tsv >"$rows_file" || result=$?
        [[ $result -le $EXIT_FAILED ]] || exit "$result"
    else
        measure
    fi
    [[ $document == - ]] || write_document
    result=0
    "$program" --rows "$rows_file" || result=$?
    exit "$result"
}

main "$@"
