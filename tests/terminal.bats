#!/usr/bin/env bats
# The closing summary: colour where a terminal has it and nowhere else, bars in what the locale can
# show, 80 columns, and `show`.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD TERM=xterm
    unset NO_COLOR CLICOLOR CLICOLOR_FORCE FORCE_COLOR
    bundle=$repository/results/reference
    escape=$'\033'
    # Symbols of UTF-8 need such a locale; that of C is everywhere.
    utf8=$(locale -a 2>/dev/null | grep -i -m 1 '^C\.utf-\{0,1\}8$') || utf8=""
    cd "$BATS_TEST_TMPDIR"
}

# Runs a command line at a terminal; what came to it, without carriage returns, is output.
at_a_terminal() {
    command -v script >/dev/null || skip "script is missing"
    run script --quiet --return --command "$1" /dev/null </dev/null
    output=${output//$'\r'/}
}

report="$bin/report"

@test "at a terminal the summary has colour, and the same text" {
    at_a_terminal "$report '$bundle'"
    assert_done
    [[ $output == *"${escape}[32m"* && $output == *"${escape}[31m"* ]] || complain "no colour"
    plain=$(sed "s/${escape}\[[0-9;]*m//g" <<<"$output")
    [[ $plain != *"$escape"* ]] || complain "more than colour"
    diff <(printf '%s\n' "$plain") <("$report" "$bundle")
}

@test "no escape in a pipe, under NO_COLOR, on a dumb terminal, with --color never" {
    run "$report" "$bundle"
    assert_done
    [[ $output != *"$escape"* ]] || complain "colour in a pipe"
    for before in "NO_COLOR=1" "TERM=dumb" "TERM=" "CLICOLOR=0" "NO_COLOR=1 CLICOLOR_FORCE=1"; do
        at_a_terminal "env $before $report '$bundle'"
        assert_done
        [[ $output != *"$escape"* ]] || complain "colour with $before"
    done
    at_a_terminal "$report --color never '$bundle'"
    assert_done
    [[ $output != *"$escape"* ]] || complain "colour with --color never"
}

@test "colour can be asked for where there is no terminal" {
    for before in "CLICOLOR_FORCE=1" "FORCE_COLOR=1"; do
        run env "$before" "$report" "$bundle"
        assert_done
        [[ $output == *"${escape}[32m"* ]] || complain "no colour with $before"
    done
    NO_COLOR=1 run "$report" --color=always "$bundle"
    [[ $output == *"${escape}[32m"* ]] || complain "no colour with --color=always"
    # Files have none, whatever is asked for.
    run "$report" --color always --format markdown "$bundle"
    assert_done
    [[ $output != *"$escape"* ]] || complain "colour in Markdown"
}

@test "another word for --color is refused with those there are" {
    for command in "$report $bundle" "$repository/run_bench.sh show $bundle" \
        "$repository/run_bench.sh --dry-run"; do
        read -r -a words <<<"$command"
        run "${words[@]}" --color=sometimes
        assert_refused 2 "--color"
        [[ $output == *auto*always*never* ]] || complain "does not say what is allowed"
    done
    run "$repository/run_bench.sh" --dry-run --color
    assert_refused 2 "--color"
}

@test "bars are ASCII or UTF-8, as the locale says, and 80 columns wide" {
    LC_ALL=C run "$report" "$bundle"
    assert_done
    [[ $output == *"|###"* ]] || complain "no bars"
    [[ $output != *[![:print:][:space:]]* ]] || complain "not ASCII"
    longest=$(awk 'length > longest { longest = length } END { print longest }' <<<"$output")
    [[ $longest -le 80 ]] || complain "$longest columns"
    [[ -n $utf8 ]] || skip "no locale C.UTF-8"
    LC_ALL=$utf8 run "$report" "$bundle"
    [[ $output == *"│███"*"┼"* && $output != *"|###"* ]] || complain "no bars"
    # As many characters as in ASCII.
    ascii=$(sed -e 's/│/|/g' -e 's/█/#/g' -e 's/─/-/g' -e 's/┼/+/g' <<<"$output")
    diff <(printf '%s\n' "$ascii") <(LC_ALL=C "$report" "$bundle")
}

@test "show prints the summary again, and where charts and report are" {
    run "$repository/run_bench.sh" show "$bundle"
    assert_done
    [[ $output == "$("$report" "$bundle")"*"charts: "*"plots/reference/*.svg"*"report: "*"report.md"* ]] ||
        complain "not the summary"
    cp -R "$bundle" moved
    rm moved/report.md
    touch moved/report.html
    run "$repository/run_bench.sh" show moved --color=always
    assert_done
    [[ $output == *"${escape}[32m"*"report: moved/report.html" && $output != *charts:* ]] ||
        complain "names what is not there"
}

@test "show refuses what is not a bundle" {
    mkdir empty
    run "$repository/run_bench.sh" show
    assert_refused 2 "show"
    run "$repository/run_bench.sh" show empty
    assert_refused 2 "not a bundle"
}
