#!/usr/bin/env bats
# Exports, as the programs that read them do.

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    bundle=$repository/results/reference
}

check_openmetrics() {
    run env LC_ALL=C awk -f "$repository/tests/openmetrics.awk" "$1"
}

@test "csv: a row for each row of the summary, with as many fields as its header" {
    "$bin/export" "$bundle" >table.csv
    [[ $(wc -l <table.csv) -eq $(wc -l <"$bundle/summary.tsv") ]]
    [[ $(grep -c $'\r$' table.csv) -eq $(wc -l <table.csv) ]]
    # No text of this bundle needs quotes, so that its commas part fields.
    [[ $(awk -F, '{ print NF }' table.csv | sort -u) == 22 ]]
    diff <(tail -n +2 table.csv | tr -d '\r' | cut -d , -f 6-17,19-22 | sort) \
        <(tail -n +2 "$bundle/summary.tsv" | cut -f 1-16 | sed 's/\tnan/\t/g' | tr '\t' , | sort)
}

# The units of a file, each once.
units() {
    sed -n 's/^  "unit": \(.*\),$/\1/p' "$1.json" | sort -u | paste -sd ' '
}

@test "benchmark-json: what customSmallerIsBetter and customBiggerIsBetter need, no name twice" {
    local direction names smaller bigger row
    for direction in smaller bigger both; do
        "$bin/export" "$bundle" --format benchmark-json --direction "$direction" --out "$direction.json"
        names=$(sed -n 's/^  "name": //p' "$direction.json")
        [[ $(wc -l <<<"$names") -gt 100 && -z $(sort <<<"$names" | uniq -d) ]]
        # Ranges as src/extractRangeInfo.ts of that tool reads them.
        ! grep '"range"' "$direction.json" | grep -Evq '^  "range": "± [0-9][-+.e0-9]*",$' || complain "a range"
    done
    [[ $(units smaller) == '"ns" "ns/KiB"' && $(units bigger) == '"bytes/s" "messages/s" "x"' ]]
    smaller=$(grep -c '"name"' smaller.json) bigger=$(grep -c '"name"' bigger.json)
    [[ $(grep -c '"name"' both.json) -eq $((smaller + bigger)) ]]
    row=(mechanism=shm test=throughput wait=block copies=own size_bytes=65536 metric=ratio_to_pipe source=memory extra_copies=0)
    grep -A 2 -F '"shm throughput block own full cache 65536 B: ratio_to_pipe"' bigger.json |
        grep -Fq "\"value\": $(column_of "$bundle/summary.tsv" median "${row[@]}"),"
    [[ ! -e smaller.json.partial ]]
}

@test "openmetrics: the strict grammar takes it, and every known number is in it" {
    local numbers
    "$bin/export" "$bundle" --format openmetrics >text
    check_openmetrics text
    assert_done
    # Median, both ends, samples, and the line that tells the machine.
    numbers=$(tail -n +2 "$bundle/summary.tsv" | cut -f 13-16 | tr '\t' '\n' | grep -vc nan)
    [[ $output == "$((numbers + 1)) samples" ]] || complain "expected $((numbers + 1)) samples"
}

@test "the strict grammar sees what is wrong" {
    local change
    "$bin/export" "$repository/tests/fixtures/bundle" --format openmetrics >whole
    while IFS= read -r change; do
        sed -E "$change" whole >text
        ! cmp -s whole text || complain "expected that '$change' changes something"
        check_openmetrics text
        [[ $status -eq 1 ]] || complain "expected that '$change' is seen"
    done <<'CHANGES'
$d
$a# EOF
2i# a remark
s/cpu_model="/cpu_model=""/
s/cpu_model="/cpu_model="\\q/
s/,cpu_model=/ cpu_model=/
s/,cpu_model=/,label=/
s/^(# UNIT .*) seconds$/\1 ns/
/^# TYPE pipe_vs_shm_latency_p50_seconds/d
5p
6p
s/^(pipe_vs_shm_latency_p50_seconds.*) [^ ]*$/\1 nan/
s/^(pipe_vs_shm_latency_p50_seconds.*)$/\1 \1/
/^# HELP pipe_vs_shm_latency_p50_seconds/{s/$/\\x/}
$i# TYPE pipe_vs_shm_bundle info
$ipipe_vs_shm_bundle_info{bundle="other"} 1
s/$/\r/
CHANGES
}

@test "texts of a stranger's bundle end no field and no label" {
    cp -R "$repository/tests/fixtures/bundle" "quote\"comma,line
end"
    cd quote* || return
    sed -i 's/"cpu_model": .*/"cpu_model": "=cmd|\\"x\\"\\n, \\\\ \\u001b[2J\\r",/' manifest.json
    "$bin/export" . --format openmetrics >../text
    "$bin/export" . >../table.csv
    "$bin/export" . --format benchmark-json >../figures.json
    cd ..
    check_openmetrics text
    assert_done
    grep -Fq 'bundle="quote\"comma,line\nend"' text
    grep -Fq 'cpu_model="=cmd|\"x\"\n, \\ [2J"' text
    ! grep -q $'\033' text table.csv figures.json || complain "expected no escape"
    # Read as RFC 4180 says: quotes are pairs, and with what stands within them gone rows are whole.
    [[ $(tr -d '\n' <table.csv | sed -E 's/"([^"]|"")*"/q/g' | tr '\r' '\n' | awk -F, '{ print NF }' | sort -u) == 22 ]]
    grep -Fq '"quote""comma,line' table.csv
    grep -Fq "\"'=cmd|\"\"x\"\"" table.csv
}

@test "a file is written whole or not at all, and never through a link" {
    echo old >target
    ln -s target table.csv
    "$bin/export" "$bundle" --out table.csv
    [[ ! -L table.csv && $(cat target) == old && $(wc -l <table.csv) -gt 1000 ]]
    mkdir folder
    run "$bin/export" "$bundle" --out folder
    assert_refused 2 "folder"
    [[ ! -e folder.partial ]]
}

@test "bad usage is one line" {
    run "$bin/export"
    assert_refused 2 "needs one BUNDLE"
    run "$bin/export" "$bundle" --format yaml
    assert_refused 2 "--format"
    run "$bin/export" "$bundle" --direction smaller
    assert_refused 2 "--direction is for --format benchmark-json alone"
    run "$bin/export" "$bundle" --out ""
    assert_refused 2 "--out"
    run "$bin/export" nothing
    assert_refused 2 "nothing"
    [[ ! -e /dev/full ]] || {
        run bash -c '"$1" "$2" >/dev/full' - "$bin/export" "$bundle"
        assert_refused 1 "can't write to standard output"
    }
}
