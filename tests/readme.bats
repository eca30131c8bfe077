#!/usr/bin/env bats
# The README in both languages tells the same: the same commands, figures, links and words in code, under as many headings.
# shellcheck disable=SC2016  # backquotes stand in Markdown

load helpers

setup() {
    english=$repository/README.md
    chinese=$repository/README.zh-CN.md
}

# The lines of code blocks, or those outside, without the line in which the languages name each other.
part_of() {
    awk -v wanted="$1" '
        /README\.(zh-CN\.)?md\)/ && /\|/ { next }
        /^```/ { inside = !inside; next }
        wanted == (inside ? "code" : "prose") { print }' "$2"
}

# Code without comments, and with one space where there are several.
commands_of() {
    part_of code "$1" | sed -e 's/[[:space:]]#.*//' -e 's/[[:space:]]\{1,\}/ /g' -e 's/ $//'
}

# tell_alike WHAT COMMAND...: what the command finds in both files, sorted, is the same, and not nothing.
tell_alike() {
    local what=$1 difference
    shift
    [[ -n $("$@" "$english") ]] || { echo "found no $what" >&2 && return 1; }
    difference=$(diff -- <("$@" "$english") <("$@" "$chinese")) || {
        printf '%s of README.md (<) and README.zh-CN.md (>) differ:\n%s\n' "$what" "$difference" >&2
        return 1
    }
}

# The marks of headings without their words.
headings_of() {
    part_of prose "$1" | sed -n 's/^\(#\{1,\}\) .*/\1/p'
}

links_of() {
    part_of prose "$1" | grep -o ']([^)]*)' | LC_ALL=C sort
}

figures_of() {
    part_of prose "$1" | sed 's/]([^)]*)//g' | LC_ALL=C grep -oE -- '-?[0-9]+(\.[0-9]+)?' | LC_ALL=C sort
}

# Names in code font: files, options, commands. A line break within one is a space.
code_words_of() {
    part_of prose "$1" | tr '\n' ' ' | grep -o '`[^`]*`' | LC_ALL=C sort -u
}

@test "both READMEs have the same commands" {
    tell_alike "commands" commands_of
}

@test "both READMEs have the same headings" {
    tell_alike "headings" headings_of
}

@test "both READMEs link to the same places" {
    tell_alike "links" links_of
}

@test "both READMEs give the same figures" {
    tell_alike "figures" figures_of
}

@test "both READMEs name the same files and options" {
    tell_alike "words in code font" code_words_of
}

@test "each README links to the other at its top" {
    head -n 4 "$english" | grep -qF '(README.zh-CN.md)'
    head -n 4 "$chinese" | grep -qF '(README.md)'
}

@test "the READMEs say how to read Chinese" {
    grep -qF -- '--lang zh' "$english"
    grep -qF -- '--lang zh' "$chinese"
}
