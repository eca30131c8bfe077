#!/usr/bin/env bash
# Checks the models of the hand-shake and of the ring (src/transfer/*.pml) with spin: exhaustively
# that they are right, and that each fault that could be made is found.
#
#   model.sh [NAME...]     NAME picks some of the rows below by a part of them
#
# One line per check, and the last line "N passed, N failed, N skipped". Exit 1 when a right model has
# an error or a faulty one has none; 69 when spin or the compiler is missing.
set -uo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about "${BASH_SOURCE[0]}" "$@"
# Not about_only: rows have names such as -DRELEASE_BEFORE_READ.
if [[ ${1-} == --* ]]; then
    printf 'model.sh: unknown option %.40s; --help tells how to call it\n' "$1" >&2
    exit 2
fi

cd "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 2
readonly EXIT_UNAVAILABLE=69
models=$PWD/src/transfer
compiler=${CC:-cc}

# What must be: none (no error) or found; the model; its switches.
checks() {
    cat <<'ROWS'
none  wait.pml
none  wait.pml -DTSO
none  wait.pml -DSEMOP
none  wait.pml -DSEMOP -DTSO
none  wait.pml -DWAKE_AT_AFTER_FLAG
none  wait.pml -DFLAG_LOADED_RELAXED
none  ring.pml
none  ring.pml -DTSO
none  ring.pml -DLOANS
none  ring.pml -DLOANS -DTSO
none  ring.pml -DLOANS -DSEMOP
found wait.pml -DLOOK_BEFORE_ANNOUNCE
found wait.pml -DLOOK_BEFORE_ANNOUNCE -DSEMOP -DTSO
found wait.pml -DFLAG_BEFORE_PUBLISH
found wait.pml -DFLAG_BEFORE_PUBLISH -DSEMOP -DTSO
found wait.pml -DACQUIRE_RELEASE
found wait.pml -DACQUIRE_RELEASE -DTSO
found wait.pml -DACQUIRE_RELEASE -DSEMOP
found wait.pml -DFLAG_STORED_RELAXED
found wait.pml -DNO_COMPARE
found ring.pml -DLOANS -DACQUIRE_RELEASE
found ring.pml -DLOANS -DPUBLISH_RELAXED
found ring.pml -DLOANS -DREAD_BEFORE_POSITION
found ring.pml -DLOANS -DRELEASE_BEFORE_READ
found ring.pml -DLOANS -DSKIP_FORGOTTEN
found ring.pml -DLOANS -DFINISH_WITHOUT_WAKING
found ring.pml -DROOM_FOR_ONE_MORE
ROWS
}

# Searches all states of a model; leaves what spin says in FOLDER/log.
search() {
    local folder=$1 model=$2
    shift 2
    mkdir "$folder" || return
    cd "$folder" || return
    # spin looks for included files where it is started.
    cp "$models"/*.pml .
    {
        # Compiling takes longer than searching: not optimised. CC may be several words.
        # shellcheck disable=SC2086
        spin -a "$@" "$model" && $compiler -O0 -w -DSAFETY -o search pan.c &&
            ./search -m1000000 -w22
    } >log 2>&1
}

# Says whether a search came out as it must; adds to passed or failed.
judge() {
    local folder=$1 wanted=$2 name=$3 errors states what
    errors=$(sed -n 's/.*errors: \([0-9]*\)$/\1/p' "$folder/log")
    states=$(sed -n 's/^ *\([0-9]*\) states, stored.*/\1/p' "$folder/log")
    what=$(sed -n 's/^pan:1: \(.*\) (at depth.*/\1/p' "$folder/log")
    if grep -qE '^error: max search depth too small|^pan: reached -DMEMLIM|out of memory' "$folder/log"; then
        errors=unfinished
    fi
    case $wanted:${errors:-none} in
    none:0) echo "ok    $name: no error in $states states" ;;
    found:[1-9]*) echo "ok    $name: found ($what)" ;;
    *)
        echo "FAIL  $name: ${errors:-no} errors, $([[ $wanted == none ]] && echo 0 || echo 1) expected"
        sed 's/^/      | /' "$folder/log"
        failed=$((failed + 1))
        return
        ;;
    esac
    passed=$((passed + 1))
}

is_chosen() {
    local name
    [[ $# -gt 1 ]] || return 0
    for name in "${@:2}"; do
        [[ $1 != *"$name"* ]] || return 0
    done
    return 1
}

for tool in spin "${compiler%% *}"; do
    if ! command -v "$tool" >/dev/null; then
        echo "model.sh: $tool is missing; scripts/packages.sh model adds it" >&2
        exit "$EXIT_UNAVAILABLE"
    fi
done

scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT
trap 'exit 130' INT TERM HUP
rows=() passed=0 failed=0
while read -r row; do
    ! is_chosen "${row#* }" "$@" || rows+=("$row")
done < <(checks)

# As many at once as there are CPUs.
running=0
for index in "${!rows[@]}"; do
    if ((running >= $(nproc))); then
        wait -n
        running=$((running - 1))
    fi
    read -r _ model switches <<<"${rows[index]}"
    # shellcheck disable=SC2086
    search "$scratch/$index" "$model" $switches &
    running=$((running + 1))
done
wait

for index in "${!rows[@]}"; do
    read -r wanted name <<<"${rows[index]}"
    judge "$scratch/$index" "$wanted" "$name"
done
echo "$passed passed, $failed failed, 0 skipped"
[[ $failed -eq 0 && $passed -gt 0 ]]
