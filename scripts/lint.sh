#!/usr/bin/env bash
# Looks at every source file with the formatter, clang-tidy, cppcheck and shellcheck.
#
#   lint.sh [BUILD]      BUILD has generated/build_info.h (default: build)
#
# One line per check, the findings of those that fail, and the last line
# "N passed, N failed, N skipped". A missing tool is named and counts as skipped.
set -uo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

cd "$(dirname -- "${BASH_SOURCE[0]}")/.." || exit 2
build=${1:-build}
shopt -s nullglob
sources=(src/*/*.c bench/*.c bench/*/*.c tests/*.c tests/*/*.c)
headers=(src/*/*.h bench/*.h bench/*/*.h tests/*.h tests/*/*.h)
scripts=(run_bench.sh scripts/*.sh scripts/completion/* tests/*.sh .ci/run)
bats=(tests/*.bats tests/*.bash)
passed=0 failed=0 skipped=0

# check NAME TOOL COMMAND...
check() {
    local name=$1 tool=$2 output result=0
    shift 2
    if ! command -v "$tool" >/dev/null; then
        echo "skip  $name: $tool is missing"
        skipped=$((skipped + 1))
        return
    fi
    output=$("$@" 2>&1) || result=$?
    if [[ $result -eq 0 ]]; then
        echo "ok    $name"
        passed=$((passed + 1))
    else
        echo "FAIL  $name"
        # clang-tidy counts what it found in foreign headers: nothing to read.
        printf '%s\n' "$output" | sed -e '/^[0-9]* warnings* generated\.$/d' -e 's/^/      | /'
        failed=$((failed + 1))
    fi
}

tidy() {
    # One process per file, as many at once as there are CPUs. The file's own flags do not matter
    # here, only the language and where headers lie.
    # shellcheck disable=SC2046
    # Those of tests/faults stand in for functions of the C library, whose names they cannot choose.
    printf '%s\0' "${sources[@]}" | grep -zv '^tests/faults/' | xargs -0 -P "$(nproc)" -I FILE clang-tidy --quiet FILE -- \
        -std=c17 -D_GNU_SOURCE -Isrc -I"$build/generated" $(pkg-config --cflags hwloc jansson)
}

# Hard limits of the machine's headers are not our business, nor is a function only tests call.
cpp_check() {
    cppcheck --quiet --std=c11 --enable=warning,performance,portability --inline-suppr \
        --suppress=missingIncludeSystem --suppress=checkersReport --error-exitcode=1 \
        -D_GNU_SOURCE -D__linux__ -Isrc -j "$(nproc)" src bench
}

check clang-format clang-format clang-format --dry-run -Werror "${sources[@]}" "${headers[@]}"
check clang-tidy clang-tidy tidy
check cppcheck cppcheck cpp_check
check shellcheck shellcheck shellcheck "${scripts[@]}"
# bats sets status, output and lines, sources helpers by `load`, and runs each test in a subshell.
check "shellcheck of bats files" shellcheck shellcheck --shell=bats --severity=warning \
    --exclude=SC2034,SC2154,SC2164 "${bats[@]}"

echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
