#!/usr/bin/env bats
# The report in each language, by option and by locale.

load helpers

setup() {
    unset LC_ALL LC_MESSAGES LANG
    report=$bin/report
    reference=$repository/results/reference
}

@test "the locale decides, LC_ALL before LC_MESSAGES before LANG" {
    LANG=zh_CN.UTF-8 run "$report" "$reference"
    [[ $output == "管道对共享内存"* ]]
    LC_ALL=C LANG=zh_CN.UTF-8 run "$report" "$reference"
    [[ $output == "pipe against shared memory"* ]]
    LC_MESSAGES=zh_CN LANG=de_DE.UTF-8 run "$report" "$reference"
    [[ $output == "管道对共享内存"* ]]
    run "$report" "$reference"
    [[ $output == "pipe against shared memory"* ]]
}

@test "--lang wins, in every form" {
    local format
    for format in terminal markdown html; do
        LC_ALL=zh_CN.UTF-8 run "$report" "$reference" --format "$format" --lang en
        [[ $status -eq 0 && $output != *论断* ]]
        run "$report" "$reference" --format "$format" --lang zh
        [[ $status -eq 0 && $output == *论断* ]]
    done
    [[ $output == *'<html lang="zh-CN">'* && $output == *'<section id="the-claims"'* ]]
}

@test "claims are told in Chinese where the bundle has it, else as they stand" {
    local old new="$BATS_TEST_TMPDIR/bundle"
    old=$("$report" "$reference" --lang zh --format markdown | grep 'shm-is-faster')
    [[ $old == *"共享内存比管道快很多"*"Of 80 cells"* ]]
    mkdir "$new"
    cp "$reference"/*.tsv "$reference"/manifest.json "$new"
    "$bin/claims" "$new" --write --format tsv >/dev/null
    run "$report" "$new" --lang zh --format markdown
    [[ $status -eq 0 && $output == *"80 个测量单元"*"shm-is-faster"* && $output != *"Of 80 cells"* ]]
    run "$report" "$new" --lang en --format markdown
    [[ $status -eq 0 && $output == *"Of 80 cells"* ]]
}

@test "another language is refused with those there are" {
    run "$report" "$reference" --lang fr
    [[ $status -eq 2 && $output == *"--lang"*en*zh* ]]
    run "$repository/run_bench.sh" --dry-run --lang fr
    [[ $status -eq 2 && $output == *"--lang"*en*zh* ]]
    run "$repository/run_bench.sh" --dry-run --lang
    [[ $status -eq 2 && $output == *"--lang"* ]]
}

# What our words are not: code, links, words of the bundle in tables, names and units.
@test "no English sentence is left where we speak Chinese" {
    local left
    left=$("$report" "$reference" --lang zh --format markdown |
        grep -v '^|\|^>\|^ *- \|^ *<\|^!\[' | sed -e 's/`[^`]*`//g' -e 's/([^)]*)//g' |
        grep -E '[a-z]{3,} [a-z]{2,} [a-z]{2,}' || true)
    [[ -z $left ]] || {
        echo "$left"
        return 1
    }
}
