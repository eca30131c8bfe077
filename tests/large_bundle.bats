#!/usr/bin/env bats
# Bundles of many rows, as tests/large-bundle.sh makes them: read, summarised, told and verified as small ones are.

load helpers

make_bundle() {
    (cd "$BATS_TEST_TMPDIR" && bash "$OLDPWD/tests/large-bundle.sh" "$@")
}

@test "a bundle of many rounds: every row is counted, and everything comes out of them again" {
    make_bundle 20000 many
    cd "$BATS_TEST_TMPDIR"
    rows=$(($(wc -l <many/samples.tsv) - 1))
    [[ $rows -gt 19000 && $rows -lt 21000 ]]
    # Each row counts in a figure, or is told of as one of another state of the machine: none is lost.
    counted=$(awk -F '\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
        $column["metric"] ~ /^(throughput_bytes_per_s|latency_p50_ns)$/ { sum += $column["samples"] }
        END { print sum }' many/summary.tsv)
    elsewhere=$(awk -F '\t' '$2 == "elsewhere" { sum += $6 } END { print sum + 0 }' many/noise.tsv)
    [[ $counted -gt $((rows / 2)) && $((counted + elsewhere)) -eq $rows ]]
    "$bin/report" many >report
    grep -q '666 rounds' report
    run "$bin/verify" many
    [[ $status -eq 0 && $output == *"0 differ"* ]]
}

@test "a bundle of many cells: each has its own figures, and what is cut off is told" {
    make_bundle --cells 600 5000 many
    cd "$BATS_TEST_TMPDIR"
    cells=$(cut -f 3-13 many/samples.tsv | sort -u | wc -l)
    [[ $((cells - 1)) -ge 600 ]]
    "$bin/report" many >report
    [[ $(wc -l <report) -lt 200 ]]
    "$bin/report" --format markdown many >report.md
    [[ $(wc -l <report.md) -gt 600 ]]
}

@test "the same bundle comes out every time" {
    make_bundle 2000 one
    make_bundle 2000 two
    cd "$BATS_TEST_TMPDIR"
    diff -r one two
}
