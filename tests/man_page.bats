#!/usr/bin/env bats
# The man pages say all that the commands know, and are pages that man can show.

load helpers

setup() {
    page=$repository/docs/pipe-vs-shm.1
    programs_page=$repository/docs/pipe-vs-shm-programs.1
}

# has_words PAGE WORD...: fails with all words that the page does not have.
has_words() {
    local text word missing=""
    # As it is read: a minus, no markup.
    text=$(sed -e 's/\\-/-/g' -e 's/\\f[A-Z]//g' "$1")
    shift
    for word in "$@"; do
        grep -qw -- "$word" <<<"$text" || missing+=" $word"
    done
    [[ -z $missing ]] || { echo "not in the man page:$missing" >&2 && return 1; }
}

# All options of a program's help, each once.
options_of() {
    "$@" --help | sed -n 's/^  \(--[a-z-]*\).*/\1/p' | sort -u
}

@test "it names every option of a run" {
    local options
    options=$(options_of "$bin/suite")
    [[ $(wc -l <<<"$options") -gt 20 ]]
    # shellcheck disable=SC2086
    has_words "$page" $options --no-install --no-charts --no-outer-clock --quick --full --color
}

@test "it names every command" {
    local commands
    commands=$("$repository/run_bench.sh" help | sed -n 's/^  \.\/run_bench\.sh \([a-z]*\) .*/\1/p')
    [[ $(wc -l <<<"$commands") -gt 6 ]]
    # shellcheck disable=SC2086
    has_words "$page" $commands
}

@test "that of the matched programs names each of them, its subcommands and options" {
    local program words count=0
    for program in $mechanisms null ceiling server client; do
        words=$(options_of "$bin/$program"; "$bin/$program" --help | sed -n 's/^  \([a-z]*\) .*/\1/p')
        # shellcheck disable=SC2086
        has_words "$programs_page" "$program" $words || { echo "$program" >&2 && return 1; }
        count=$((count + $(wc -w <<<"$words")))
    done
    [[ $count -gt 200 ]]
}

@test "their tables of exit codes are that of the programs" {
    local codes file listed
    codes=$(sed -n 's/^ *EXIT_CODE_[A-Z]* = \([0-9]*\).*/\1/p' "$repository/src/base/exit_code.h" | tr '\n' ' ')
    for file in "$page" "$programs_page"; do
        listed=$(sed -n '/^\.SH EXIT STATUS/,/^\.SH E[NX]/s/^\.B \([0-9]*\)$/\1/p' "$file" | tr '\n' ' ')
        [[ $codes == "0 1 2 69 130 " && $listed == "$codes" ]] || {
            echo "programs: $codes; $file: $listed" >&2
            return 1
        }
    done
}

@test "man shows them without a warning" {
    command -v groff >/dev/null || command -v mandoc >/dev/null || skip "neither groff nor mandoc"
    for file in "$page" "$programs_page"; do
        if command -v groff >/dev/null; then
            run groff -man -Tutf8 -ww -z "$file"
            [[ $status -eq 0 && -z $output ]] || complain "$file: groff warns"
        fi
        if command -v mandoc >/dev/null; then
            run mandoc -T lint -W warning "$file"
            [[ $status -eq 0 && -z $output ]] || complain "$file: mandoc warns"
        fi
    done
}
