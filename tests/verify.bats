#!/usr/bin/env bats
# verify on the reference bundle, and on copies of it that were doctored in one place each.

load helpers

# A copy of the reference bundle, whichever that is: no test here knows its figures.
setup() {
    verify=$bin/verify
    bundle=$BATS_TEST_TMPDIR/bundle
    cp -R "$repository/results/reference" "$bundle"
}

# Like a bundle of today, whichever schema it has.
complete() {
    "$bin/summarise" "$bundle"
    "$bin/seal" "$bundle"
}

# Replaces one field: FILE ROW COLUMN TEXT; rows as editors count them.
doctor() {
    awk -F '\t' -v OFS='\t' -v row="$2" -v column="$3" -v text="$4" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) place = i }
        NR == row { $place = text }
        { print }' "$bundle/$1" >"$bundle/$1.new"
    ! cmp -s "$bundle/$1" "$bundle/$1.new" || return 1
    mv "$bundle/$1.new" "$bundle/$1"
}

# The field of a row: FILE ROW COLUMN.
field_of() {
    awk -F '\t' -v row="$2" -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) place = i }
        NR == row { print $place }' "$bundle/$1"
}

# The first rows of samples.tsv whose column has that value.
row_of() {
    awk -F '\t' -v column="$1" -v text="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) place = i; next }
        $place == text { print NR; exit }' "$bundle/samples.tsv"
}

# verify says DIFFERS in a line with all of the texts.
assert_differs() {
    local text lines_left
    run "$verify" "$bundle"
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    lines_left=$(grep '^DIFFERS' <<<"$output") || complain "nothing differs"
    for text in "$@"; do
        lines_left=$(grep -F -- "$text" <<<"$lines_left") || complain "expected '$text' in a line"
    done
}

@test "the reference bundle is what it says, as far as it says" {
    run "$verify" "$bundle"
    assert_done
    [[ $output != *DIFFERS* ]] || complain "something differs"
    for file in summary.tsv price.tsv gap.tsv; do
        [[ $output == *"ok       $file: comes out the same"* ]] || complain "$file is not compared"
    done
    [[ $output == *"claims.tsv: 4 verdicts that come from the bundle are the same"* ]]
    [[ $output == *"not run  claims.tsv: 21 verdicts were tried live"*ftok-same-key* ]]
    [[ $output == *"drawings are no part of a bundle"* ]]
    [[ ${lines[-1]} =~ ^[0-9]+\ checks:\ .*\ 0\ differ ]] || complain "no count"
}

@test "a sealed bundle has every check" {
    complete
    run "$verify" "$bundle"
    assert_done
    [[ $output == *"ok       checksums: "*" files are as the manifest says"* ]]
    for file in stability.tsv gates.tsv; do
        [[ $output == *"ok       $file: comes out the same"* ]] || complain "$file is not compared"
    done
    ! grep -q "^absent" <<<"$output" || complain "something is absent"
}

@test "a bundle of schema 1 is checked where it can be" {
    rm -r "$bundle"
    mkdir "$bundle"
    command -v git >/dev/null || skip "git is missing"
    git -C "$repository" cat-file -e 26c94d8:results/reference/samples.tsv 2>/dev/null ||
        skip "this clone has no such commit"
    for file in samples.tsv latency.tsv summary.tsv manifest.json hyperfine.json; do
        git -C "$repository" show "26c94d8:results/reference/$file" >"$bundle/$file"
    done
    run "$verify" "$bundle"
    assert_done
    [[ $output == *"absent   checksums: this bundle of schema 1"* ]]
    [[ $output == *"summary.tsv: comes out the same, without the columns source, sink,"* ]]
    doctor summary.tsv 100 median 1
    assert_differs "summary.tsv: row 100, median: '1' stands there"
}

@test "one digit of a sample is found by its checksum" {
    complete
    row=$(row_of test throughput)
    doctor samples.tsv "$row" throughput_bytes_per_s 3.4896877e+05
    assert_differs "samples.tsv: checksum"
}

@test "one digit of a sample is found without a checksum" {
    row=$(row_of test throughput)
    old=$(field_of samples.tsv "$row" messages)
    # The last digit of the messages.
    doctor samples.tsv "$row" messages "${old%?}$(((${old: -1} + 1) % 10))"
    assert_differs "samples.tsv: row $row (round 1, order " ", bytes: "
}

@test "a rate that the counts do not fit is found" {
    row=$(row_of test throughput)
    old=$(field_of samples.tsv "$row" wall_ns)
    doctor samples.tsv "$row" wall_ns $((old + 1000))
    assert_differs "samples.tsv: row $row" "throughput_bytes_per_s" "of the row's other fields"
}

@test "a median that its histogram does not have is found" {
    row=$(row_of test latency)
    doctor samples.tsv "$row" latency_p50_ns 0.25
    assert_differs "latency.tsv: round 1, order $(field_of samples.tsv "$row" order): " \
        "latency_p50_ns 0.25"
}

@test "one digit of the summary is found, with what stands there and what comes out" {
    old=$(field_of summary.tsv 17 median)
    doctor summary.tsv 17 median 1234.5
    assert_differs "summary.tsv: row 17, median: '1234.5' stands there, '$old' comes out"
}

@test "a digit of the summary that is under its checksum is found, too" {
    doctor summary.tsv 17 median 1234.5
    "$bin/seal" "$bundle"
    assert_differs "summary.tsv: row 17, median: '1234.5' stands there"
}

@test "a row of samples that was removed is found" {
    rows=$(($(wc -l <"$bundle/samples.tsv") - 1))
    sed -i "$(row_of test throughput)d" "$bundle/samples.tsv"
    assert_differs "manifest.json: samples: $rows stands there, $((rows - 1)) rows are there"
}

@test "a row of samples that was doubled is found" {
    sed -i '100{p}' "$bundle/samples.tsv"
    order=$(field_of samples.tsv 100 order)
    assert_differs "raw rows: samples.tsv: round 1: the same cell twice, at order $order and $order"
    [[ $output == *"not run  summary.tsv: cannot be recomputed"* ]]
}

@test "two rows that changed places are found by the order of the seed" {
    # No histogram hangs on a stream.
    first=$(row_of test throughput)
    second=$(row_of test relay)
    order=$(field_of samples.tsv "$first" order)
    doctor samples.tsv "$first" order "$(field_of samples.tsv "$second" order)"
    doctor samples.tsv "$second" order "$order"
    assert_differs "plan and rows: round " "the seed puts another cell there"
}

@test "a cell that is not of the plan is found" {
    row=$(row_of mechanism shm)
    doctor samples.tsv "$row" mechanism socket
    assert_differs "plan and rows: samples.tsv: round 1, order " ": mechanism of the cell socket"
}

@test "CPUs that are not those of the placement are found" {
    row=$(row_of mechanism shm)
    doctor samples.tsv "$row" reader_cpu 77
    assert_differs "samples.tsv: row $row" "reader_cpu: 77 stands there, "
}

@test "a row of a histogram that was removed is found" {
    sed -i 2d "$bundle/latency.tsv"
    assert_differs "raw rows: latency.tsv: round 1 order "
}

@test "prices and gap that do not come out are found" {
    old=$(field_of price.tsv 2 slope_ns_per_kib)
    doctor price.tsv 2 slope_ns_per_kib 12.5
    assert_differs "price.tsv: row 2, slope_ns_per_kib: '12.5' stands there, '$old' comes out"
    rows=$(wc -l <"$bundle/gap.tsv")
    sed -i '$d' "$bundle/gap.tsv"
    assert_differs "gap.tsv: row $rows comes out and does not stand there; $((rows - 1)) rows stand"
    rm "$bundle/gap.tsv"
    assert_differs "gap.tsv: comes out of the rows, and there is no such file"
}

@test "gates and steadiness that do not come out are found" {
    complete
    old=$(field_of gates.tsv 5 cells)
    doctor gates.tsv 5 cells 1
    assert_differs "gates.tsv: row 5, cells: '1' stands there, '$old' comes out"
    old=$(field_of stability.tsv 3 state)
    doctor stability.tsv 3 state unknown
    assert_differs "stability.tsv: row 3, state: 'unknown' stands there, '$old' comes out"
}

@test "a verdict that comes from the bundle and was changed is found" {
    row=$(grep -n '^faster-because-of-copies' "$bundle/claims.tsv" | cut -d : -f 1)
    doctor claims.tsv "$row" verdict holds
    assert_differs "claims.tsv: row $row, faster-because-of-copies, verdict: 'holds' stands there"
}

@test "evidence in Chinese that was changed is found" {
    "$bin/claims" "$bundle" --write --format tsv >/dev/null
    run "$verify" "$bundle"
    [[ $output == *"claims.tsv: 4 verdicts that come from the bundle are the same"* ]]
    row=$(grep -n '^faster-because-of-copies' "$bundle/claims.tsv" | cut -d : -f 1)
    doctor claims.tsv "$row" evidence_zh 拷贝
    assert_differs "claims.tsv: row $row, faster-because-of-copies, evidence_zh: "
}

@test "a verdict that was tried live and changed is found by its checksum" {
    complete
    row=$(grep -n '^ftok-same-key' "$bundle/claims.tsv" | cut -d : -f 1)
    doctor claims.tsv "$row" verdict unresolved
    assert_differs "claims.tsv: checksum"
}

@test "a checksum that was removed is found, and so is the whole list" {
    complete
    sed -i '/"samples.tsv"/d' "$bundle/manifest.json"
    assert_differs "samples.tsv: the file is there, and the manifest has no checksum of it"
    complete
    rm "$bundle/latency.tsv"
    assert_differs "latency.tsv: the manifest has its checksum, and there is no such file"
    cp "$repository/results/reference/latency.tsv" "$bundle/"
    complete
    sed -i -e 's/"files": {/"files": 1, "others": {/' "$bundle/manifest.json"
    assert_differs "checksums: the manifest has no list"
}

@test "counts of the manifest that do not fit are found" {
    sed -i 's/"errors": 0/"errors": 1/' "$bundle/manifest.json"
    assert_differs "manifest.json: errors: 1 stands there, 0 rows are there"
    sed -i 's/"rounds_done": [0-9]*/"rounds_done": 2/' "$bundle/manifest.json"
    assert_differs "plan and rows: round 3, order 1: the run did not do such a round"
    sed -i 's/^    "cells": [0-9]*/    "cells": 1/' "$bundle/manifest.json"
    assert_differs "plan and rows: 1 cells stand in the plan, rows are there of "
}

@test "another seed gives other intervals and another order" {
    sed -i 's/^  "seed": [0-9]*/  "seed": 1/' "$bundle/manifest.json"
    assert_differs "summary.tsv: row " "stands there"
    assert_differs "plan and rows: round " "the seed puts another cell there"
}

@test "what is no bundle is refused in one line" {
    run "$verify"
    assert_refused 2 "verify BUNDLE"
    run "$verify" "$BATS_TEST_TMPDIR/nothing"
    assert_refused 2 "not a bundle"
    mkdir "$BATS_TEST_TMPDIR/empty"
    run "$verify" "$BATS_TEST_TMPDIR/empty"
    assert_refused 2 "not a bundle: it has no manifest.json"
    echo '{"schema": 99}' >"$bundle/manifest.json"
    run "$verify" "$bundle"
    assert_refused 2 "schema is not 1 to"
}

@test "a manifest alone is a bundle without rows, and does not hang on a FIFO" {
    rm "$bundle/samples.tsv" "$bundle/summary.tsv"
    mkfifo "$bundle/summary.tsv"
    assert_differs "raw rows: " "samples.tsv"
    [[ $output == *"not run  charts"* ]] || complain "charts without tables"
}

@test "nothing in a bundle moves the cursor" {
    doctor summary.tsv 17 metric $'\e[31mred'
    run "$verify" "$bundle"
    [[ $status -eq 1 && $output != *$'\e'* ]] || complain "an escape was printed"
}

@test "a full disk under the output is an error" {
    [[ -e /dev/full ]] || skip "no /dev/full"
    run bash -c '"$1" "$2" 2>&1 >/dev/full' bash "$verify" "$bundle"
    assert_refused 1 "can't write to standard output"
}
