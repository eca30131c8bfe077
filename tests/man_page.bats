#!/usr/bin/env bats
# The man page says all that the commands know, and is a page that man can show.

load helpers

setup() {
    page=$repository/docs/pipe-vs-shm.1
    # As it is read: a minus, no markup.
    text=$(sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' "$page")
}

# Fails with all words that the page does not have.
has_words() {
    local word missing=""
    for word in "$@"; do
        grep -qw -- "$word" <<<"$text" || missing+=" $word"
    done
    [[ -z $missing ]] || { echo "not in the man page:$missing" >&2 && return 1; }
}

@test "it names every option of a run" {
    local options
    options=$("$bin/suite" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p')
    [[ $(wc -l <<<"$options") -gt 20 ]]
    # shellcheck disable=SC2086
    has_words $options --no-install --no-charts --no-outer-clock --quick --full
}

@test "it names every command" {
    local commands
    commands=$("$repository/run_bench.sh" help | sed -n 's/^  \.\/run_bench\.sh \([a-z]*\) .*/\1/p')
    [[ $(wc -l <<<"$commands") -gt 6 ]]
    # shellcheck disable=SC2086
    has_words $commands
}

@test "its table of exit codes is that of the programs" {
    local codes listed
    codes=$(sed -n 's/^ *EXIT_CODE_[A-Z]* = \([0-9]*\).*/\1/p' "$repository/src/base/exit_code.h" | tr '\n' ' ')
    listed=$(sed -n '/^\.SH EXIT STATUS/,/^\.SH ENV/s/^\.B \([0-9]*\)$/\1/p' "$page" | tr '\n' ' ')
    [[ $codes == "0 1 2 69 130 " && $listed == "$codes" ]] || {
        echo "programs: $codes; page: $listed" >&2
        return 1
    }
}

@test "man shows it without a warning" {
    command -v groff >/dev/null || skip "no groff"
    run groff -man -Tutf8 -ww -z "$page"
    [[ $status -eq 0 && -z $output ]] || complain "warnings"
}
