#!/usr/bin/env bats
# The program that tries the article's claims: what it prints and writes, its exit codes, and that
# nothing stays behind, also when it is interrupted.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR
    ipc_before=$(list_ipc)
    bundle="$BATS_TEST_TMPDIR/a bundle"
    mkdir "$bundle"
    cp "$repository"/results/reference/{manifest.json,summary.tsv} "$bundle"
}

teardown() {
    [[ $(list_ipc) == "$ipc_before" ]]
    [[ -z $(find "$BATS_TEST_TMPDIR" -mindepth 1 -name 'pipe-vs-shm*' -print -quit) ]]
}

@test "without a bundle everything live is decided, and the rest says how to get it" {
    run "$bin/claims"
    assert_done
    [[ $output == *"ipc-excl-fails: holds"* ]] || complain "a live claim is missing"
    [[ $output == *"shm-is-faster: unresolved"* ]] || complain "speed can't be known"
    [[ $output == *"./run_bench.sh, then run"* ]] || complain "how to get measurements is missing"
    [[ $output == *"does not hold"* ]] || complain "some of it does not hold on any Linux"
    ! grep -n '.\{81\}' <<<"$output" || complain "a line has more than 80 columns"
}

@test "as a table it has one row per claim, none of them damaged" {
    run "$bin/claims" --format tsv
    assert_done
    [[ ${lines[0]} == $'id\tclaim\tverdict\tevidence\tdone\tevidence_zh' ]] || complain "another header"
    [[ ${#lines[@]} -ge 25 ]] || complain "claims are missing"
    [[ -z $(awk -F '\t' 'NF != 6 || /\t\t/ || /\t$/' <<<"$output") ]] || complain "a damaged row"
    [[ -z $(cut -f 1 <<<"$output" | sort | uniq -d) ]] || complain "an id twice"
    [[ $(cut -f 3 <<<"$output" | sort -u | tr '\n' ,) == \
        "does not hold,holds,holds in part,unresolved,verdict," ]] || complain "another verdict"
}

@test "in Chinese it is told whole, in 80 columns, and the table is the same" {
    run "$bin/claims" --lang zh
    assert_done
    [[ $output == *"ipc-excl-fails：成立"* ]] || complain "no verdict in Chinese"
    [[ $output == *"  论断    IPC_CREAT|IPC_EXCL：已有"* ]] || complain "no claim in Chinese"
    [[ $output == *"25 条论断：成立 "* ]] || complain "no totals in Chinese"
    ! grep -E '[a-z]{3,} (the|of|was|is|and) ' <<<"$output" || complain "English is left"
    # A Han character has three bytes and two columns.
    ! LC_ALL=C awk '{ rest = $0; han = gsub(/[\343-\357][\200-\277][\200-\277]/, "", rest)
                      if (length(rest) + 2 * han > 80) print }' <<<"$output" | grep . ||
        complain "a line has more than 80 columns"
    LC_ALL=zh_CN.UTF-8 run "$bin/claims" --format tsv
    assert_done
    [[ ${lines[0]} == id* && $output == *$'\tShared memory is much faster than a pipe.\t'* ]] ||
        complain "a table has no language"
    run "$bin/claims" --lang fr
    [[ $status -eq 2 && $output == *"--lang"*en*zh* ]] || complain "another language"
}

@test "a bundle decides about speed, and --write leaves the same table in it" {
    run "$bin/claims" "$bundle" --write --format tsv
    assert_done
    [[ $(column_of "$bundle/claims.tsv" verdict id=shm-is-faster) != unresolved ]] ||
        complain "the bundle has measurements"
    [[ $(cat "$bundle/claims.tsv") == "$output" ]] || complain "another table was written"
    [[ $(cd "$bundle" && echo *) == "claims.tsv manifest.json summary.tsv" ]] ||
        complain "something else was left: $(ls "$bundle")"
    # And once more over it.
    run "$bin/claims" --write "$bundle"
    assert_done
}

@test "numbers are the bundle's: other numbers turn the verdict round" {
    awk -F '\t' -v OFS='\t' '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        $column["metric"] == "ratio_to_pipe" {
            $column["median"] = 0.5; $column["ci95_lo"] = 0.4; $column["ci95_hi"] = 0.6
        }
        { print }' "$repository/results/reference/summary.tsv" >"$bundle/summary.tsv"
    run "$bin/claims" "$bundle" --write
    assert_done
    [[ $(column_of "$bundle/claims.tsv" verdict id=shm-is-faster) == "does not hold" ]] ||
        complain "everything is slower now"
}

@test "a folder that is no bundle, and a damaged file of one, are refused" {
    run "$bin/claims" "$BATS_TEST_TMPDIR"
    assert_refused 2 "not a bundle"
    printf 'id\tclaim\tverdict\tevidence\tdone\nx\tc\tmaybe\te\td\n' >"$bundle/claims.tsv"
    run "$bin/claims" "$bundle"
    assert_refused 2 "row 2, verdict: 'maybe'"
}

@test "bad usage is refused" {
    run "$bin/claims" --write
    assert_refused 2 "--write needs a BUNDLE"
    run "$bin/claims" "$bundle" "$bundle"
    assert_refused 2 "one BUNDLE"
    run "$bin/claims" --format xml
    assert_refused 2 "text|tsv"
    run "$bin/claims" --frobnicate
    assert_refused 2 "--frobnicate"
    run "$bin/claims" --help
    assert_done
    [[ $output == *"usage: claims"* && $output == *"Exit code 0"* ]] || complain "no help"
}

@test "a try that fails is exit code 1, and the others are still there" {
    local errors=$BATS_TEST_TMPDIR/errors
    run bash -c 'TMPDIR=/nowhere/at/all "$1" "$2" 2>"$3"' _ "$bin/claims" "$bundle" "$errors"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ $(cat "$errors") == "claims: "*"could not be tried" ]] || complain "$(cat "$errors")"
    [[ $output == *"shm-is-faster: holds"* ]] || complain "the bundle's claims need no folder"
    [[ $output == *"The try failed: "*TMPDIR* ]] || complain "what to do is missing"
}

@test "a full disk is exit code 1" {
    run bash -c '"$1" >/dev/full' _ "$bin/claims"
    assert_refused 1 "standard output"
}

@test "without ipcs the claim is unresolved and names the package" {
    mkdir "$BATS_TEST_TMPDIR/empty"
    PATH=$BATS_TEST_TMPDIR/empty run "$bin/claims" --format tsv
    assert_done
    row=$(grep $'^ipcs-lists-ipcrm-removes\t' <<<"$output")
    [[ $row == *$'\tunresolved\t'*util-linux* ]] || complain "$row"
}

@test "ipcs that lists nothing and ipcrm that removes nothing turn the verdict round" {
    mkdir "$BATS_TEST_TMPDIR/tools"
    printf '#!/bin/sh\nexit 0\n' >"$BATS_TEST_TMPDIR/tools/ipcs"
    printf '#!/bin/sh\nexit 1\n' >"$BATS_TEST_TMPDIR/tools/ipcrm"
    chmod +x "$BATS_TEST_TMPDIR"/tools/*
    PATH=$BATS_TEST_TMPDIR/tools:$PATH run "$bin/claims" --format tsv
    assert_done
    row=$(grep $'^ipcs-lists-ipcrm-removes\t' <<<"$output")
    [[ $row == *$'\tdoes not hold\t'*"exited with 1"* ]] || complain "$row"
}

# Interrupts it at many moments; whatever was made then has to go (see teardown).
@test "interrupted at any moment it leaves nothing behind" {
    local signal delay
    for signal in INT TERM; do
        for delay in 0.01 0.03 0.05 0.07 0.09 0.11 0.13 0.15; do
            run timeout --preserve-status --foreground -s "$signal" "$delay" "$bin/claims"
            # 143: it was so early that nothing was there yet to clean up.
            [[ $status -eq 130 || $status -eq 143 || $status -eq 0 ]] ||
                complain "$signal after $delay s"
        done
    done
    sleep 0.3 # a second process ends a moment after the first
}
