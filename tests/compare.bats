#!/usr/bin/env bats
# build/bin/compare and ./run_bench.sh compare on bundles written by hand: what they say, what they
# refuse, their exit codes, and that a stranger's texts do no harm.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    compare=$bin/compare
    cd "$BATS_TEST_TMPDIR" || return 1
    make_bundle one
}

# make_bundle NAME: pipe, fifo and shm at two sizes, six rounds, each round 1 % faster than the last;
# so two bundles of the same cells never differ, and one that is 30 % faster always does.
make_bundle() {
    mkdir "$1"
    echo '{"schema": 2, "id": "x", "label": "a label", "rounds_done": 6, "plan": {"sample_seconds":
        0.01}, "machine": {"cpu_model": "Made Up", "kernel_release": "6.1", "build_dirty": false,
        "build_compiler": "cc 12", "load_average_before": [1, 1, 1]}}' >"$1/manifest.json"
    awk -v OFS='\t' 'BEGIN {
        print "round", "order", "mechanism", "test", "wait", "copies", "touch", "placement",
            "source", "sink", "extra_copies", "working_set", "size_bytes", "messages",
            "capacity_bytes", "checksum_ok", "throughput_bytes_per_s", "messages_per_s",
            "cpu_ns_per_kib", "latency_mean_ns", "latency_p50_ns"
        for (round = 1; round <= 6; round++)
            for (m = 1; m <= 3; m++)
                for (size = 64; size <= 65536; size *= 1024) {
                    # The pipe is steady, or ratios would be, and all equal.
                    speed = m * (m == 1 ? 1 : 1 + round / 100) * 1e9
                    name = m == 1 ? "pipe" : m == 2 ? "fifo" : "shm"
                    print round, ++order, name, "throughput", "block", "own", "full", "cache",
                        "memory", "use", 0, "none", size, 1, 65536, 1, speed, "nan", "nan", "nan",
                        "nan"
                }
        }' >"$1/samples.tsv"
}

# speed_up NAME FACTOR MECHANISM [SIZE]: makes cells of a bundle that many times as fast.
speed_up() {
    awk -F '\t' -v OFS='\t' -v factor="$2" -v mechanism="$3" -v size="${4-}" '
        $3 == mechanism && (size == "" || $13 == size) { $17 *= factor }
        { print }' "$1/samples.tsv" >"$1/changed"
    mv "$1/changed" "$1/samples.tsv"
}

@test "a bundle beside itself is the same: exit 0, first line says so" {
    run "$compare" one one
    assert_done
    [[ ${lines[0]} == "the same: 0 of 4 ratios differ" ]] || complain "another verdict"
    [[ $output == *"differ in no recorded fact"* ]] || complain "no word of the machines"
}

@test "a faster mechanism is named: exit 1, with its cells" {
    cp -r one two
    speed_up two 1.3 shm
    run "$compare" one two
    [[ $status -eq 1 ]] || complain "expected exit code 1"
    [[ ${lines[0]} == "2 of 4 ratios differ: shm is 30 % faster in B (2 of 2 ratio cells, 1.30 [1.30, 1.30]); in absolute figures shm 1.30, pipe 1.00" ]] ||
        complain "another verdict"
    [[ $output == *"shm throughput block own 64 KiB "*"1.30 ["* ]] || complain "no cell"
    [[ $output != *"fifo throughput"* ]] || complain "a cell that does not differ"
    run "$compare" one two --all
    [[ $output == *"fifo throughput block own 64 B "*"1.00 ["* ]] || complain "not all cells"
}

@test "a slower pipe is named, not the others" {
    cp -r one two
    speed_up two 0.7 pipe
    run "$compare" one two
    [[ ${lines[0]} == "4 of 4 ratios differ: pipe is 30 % slower in B (2 of 2 pipe cells, 0.70 [0.70, 0.70]): the ratios of all others to it moved alike" ]] ||
        complain "another verdict"
    [[ $output != *"fifo is"* && $output != *"shm is"* ]] || complain "others are named"
}

@test "the table has a row per cell and kind" {
    cp -r one two
    speed_up two 1.3 shm 64
    local code=0
    "$compare" one two --format tsv >table 2>notes || code=$?
    [[ $code -eq 1 ]]
    [[ $(wc -l <table) -eq 11 ]] || complain "expected a header, 6 absolute figures and 4 ratios"
    [[ $(column_of table factor kind=ratio mechanism=shm size_bytes=64) == 1.3 ]]
    [[ $(column_of table differs kind=ratio mechanism=shm) == $'yes\nno' ]]
    [[ $(column_of table before_rounds kind=absolute mechanism=pipe size_bytes=64) == 6 ]]
    [[ $(column_of table before kind=ratio mechanism=shm size_bytes=64) == one ]]
}

@test "what decides can be chosen" {
    cp -r one two
    for mechanism in pipe fifo shm; do speed_up two 2 "$mechanism"; done
    run "$compare" one two
    assert_done
    run "$compare" one two --by absolute
    [[ $status -eq 1 && ${lines[0]} == "6 of 6 absolute figures differ: "* ]]
    run "$compare" one two --by normalised
    assert_refused 2 "not comparable by normalised figures"
    run "$compare" one two --by luck
    assert_refused 2 "ratio|normalised|absolute"
}

@test "several bundles are each compared with the first; the worst code is returned" {
    cp -r one two
    cp -r one three
    speed_up three 1.3 shm
    run "$compare" one two three --format markdown
    [[ $status -eq 1 ]]
    grep -Fqx '1. **B against A: the same**: 0 of 4 ratios differ' <<<"$output"
    grep -q '^2\. \*\*C against A: they differ\*\*: 2 of 4 ratios differ: shm is 30 % faster in C' <<<"$output"
    [[ $(grep '^## ' <<<"$output") == $'## B against A\n## C against A\n## Method' ]]
    sed -i 's/\tfull\t/\tedges\t/' two/samples.tsv
    run "$compare" one two three
    [[ $status -eq 2 && $output == *"C against A: 2 of 4"* ]] || complain "the third is lost"
}

@test "bundles without a cell in common are refused by the word that differs" {
    local words=("full edges touch" "own inplace mode" "block spin wait" "cache same placement")
    local word before after name
    for word in "${words[@]}"; do
        read -r before after name <<<"$word"
        rm -rf two
        cp -r one two
        sed -i "s/\t$before\t/\t$after\t/" two/samples.tsv
        run "$compare" one two
        assert_refused 2 "A and B are not comparable: no cell in common: $name"
        [[ $output == *"$before against $after"* ]] || complain "the words are missing"
    done
    rm -rf two
    cp -r one two
    sed -i 's/\t6[0-9]*\t1\t65536\t/\t128\t1\t65536\t/; 5,$d' two/samples.tsv
    sed -i '3d' two/samples.tsv
    run "$compare" one two
    assert_refused 2 "size 64 B to 64 KiB against 128 B"
}

@test "another capacity is left out and named" {
    cp -r one two
    sed -i '/\tpipe\t.*\t64\t1\t65536\t/s/\t1\t65536\t/\t1\t8192\t/' two/samples.tsv
    run "$compare" one two
    assert_done
    [[ ${lines[0]} == "the same: 0 of 2 ratios differ" ]] || complain "ratios to it were compared"
    [[ $output == *"note: capacity_bytes differs, left out: 1 of 6 cells: pipe throughput block own 64 B (65536 against 8192 bytes)"* ]] ||
        complain "no note"
    sed -i 's/\t1\t65536\t/\t1\t8192\t/' two/samples.tsv
    run "$compare" one two
    assert_refused 2 "capacity_bytes differs in all 6 cells"
}

@test "five rounds decide nothing" {
    cp -r one two
    sed -i '/^6\t/d' two/samples.tsv
    run "$compare" one two
    assert_refused 2 "none of 6 cells in common was measured in 6 rounds of both"
}

@test "other conditions are noted and stop nothing" {
    cp -r one two
    sed -i -e 's/"schema": 2/"schema": 3/' -e 's/"build_dirty": false/"build_dirty": true/' \
        -e 's/0.01/0.1/' -e 's/cc 12/clang 14/' -e 's/\[1, 1, 1\]/[9, 9, 9]/' \
        -e 's/"6.1"/"6.2"/' two/manifest.json
    # A column that a later schema brings.
    sed -i -e '1s/$/\tlater/' -e '2,$s/$/\tx/' two/samples.tsv
    run "$compare" one two
    assert_done
    for note in "build_dirty: the programs of B" "schema differs: 2 in A, 3 in B" \
        "build_compiler differs: cc 12 in A, clang 14 in B" "sample_seconds differs"; do
        [[ $output == *"note: $note"* ]] || complain "no note of $note"
    done
    [[ $output == *"kernel_release: "*"A  6.1"*"B  6.2"* ]] || complain "no kernels side by side"
    [[ $output != *load_average* ]] || complain "a fact of the moment is told"
}

@test "a bundle of schema 1, without sources and sinks, is compared" {
    cp -r one two
    cut -f 1-8,13-14,16- two/samples.tsv >two/changed
    mv two/changed two/samples.tsv
    sed -i 's/"schema": 2/"schema": 1/' two/manifest.json
    run "$compare" one two
    assert_done
    [[ ${lines[0]} == "the same: 0 of 4 ratios differ" ]]
}

@test "a stranger's texts do no harm" {
    cp -r one $'two\e[31m'
    sed -i -e 's/a label/\\u001b[2J<script>|`x`\\nnext/' -e 's/Made Up/\\u202eMade\\u0007 @Up/' \
        -e 's/"6.1"/"6.2\\u001b]0;x"/' $'two\e[31m/manifest.json'
    speed_up $'two\e[31m' 1.3 shm
    for format in terminal markdown html tsv; do
        run "$compare" one $'two\e[31m' --format "$format" --all
        [[ $status -eq 1 ]] || complain "expected exit code 1"
        [[ $output != *$'\e'* && $output != *$'\a'* && $output != *$'\u202e'* ]] ||
            complain "control characters with $format"
    done
    run "$compare" one $'two\e[31m' --format markdown
    [[ $output != *"<script>"* && $output == *"&lt;script&gt;"* ]] || complain "markup"
    run "$compare" one $'two\e[31m' --format html
    [[ $output != *"<script>|"* && $output == *"&lt;script&gt;|\`x\`"* ]] || complain "markup"
    # A word of a table is no text: it is refused.
    sed -i $'s/\tshm\t/\ts\e[1m|h\t/' one/samples.tsv
    run "$compare" one $'two\e[31m'
    assert_refused 2 "one/samples.tsv: row"
    [[ $output == *"mechanism: 's?[1m|h' is not a word"* ]] || complain "the word as it stands there"
}

@test "damaged bundles and bad usage are refused in one line" {
    cp -r one two
    sed -i '3s/e+09\|000000/x/' two/samples.tsv
    run "$compare" one two
    assert_refused 2 "row 3, throughput_bytes_per_s"
    rm two/samples.tsv
    run "$compare" one two
    assert_refused 2 "'two' is not a bundle: it has no samples.tsv"
    head -n 1 one/samples.tsv >two/samples.tsv
    run "$compare" one two
    assert_refused 2 "has no rows"
    echo '{"schema": 4}' >two/manifest.json
    run "$compare" one two
    assert_refused 2 "schema is not 1 to 3"
    echo '[' >two/manifest.json
    run "$compare" one two
    assert_refused 2 "not JSON"
    rm two/manifest.json
    run "$compare" one two
    assert_refused 2 "'two' is not a bundle: it has no manifest.json"
    run "$compare" one
    assert_refused 2 "needs 2 to 16 BUNDLEs"
    run "$compare" one one one one one one one one one one one one one one one one one
    assert_refused 2 "needs 2 to 16 BUNDLEs"
    run "$compare" one one --format pdf
    assert_refused 2 "terminal|markdown|html|tsv"
    run bash -c '"$1" one one >/dev/full' - "$compare"
    assert_refused 2 "standard output"
}

@test "charts over all bundles are drawn, and those of another comparison go" {
    command -v gnuplot >/dev/null || skip "gnuplot is missing"
    local name
    for name in two three four five; do cp -r one "$name"; done
    sed -i "s/Made Up/x'; system('touch ran'); y='/" two/manifest.json
    mkdir drawn
    touch drawn/compare-latency.svg drawn/notes.txt
    run "$repository/scripts/plot.sh" --compare one two three four five --out drawn
    assert_done
    [[ $(cd drawn && echo *) == "compare-ratio.png compare-ratio.svg compare-throughput.png \
compare-throughput.svg notes.txt" ]] || complain "other files: $(ls drawn)"
    grep -q 'left out: the last bundle, fifo' drawn/compare-throughput.svg
    grep -q '5 runs compared' drawn/compare-ratio.svg
    [[ ! -e ran ]] || complain "a command ran"
    run "$repository/scripts/plot.sh" --compare one --out drawn
    assert_refused 2 "--compare"
    # No sizes beyond one, no interval.
    sed -i -e '/\t65536\t1\t65536\t/d' -e '/^[2-6]/d' one/samples.tsv
    run "$repository/scripts/plot.sh" --compare one two --out "drawn too"
    assert_done
    [[ -s "drawn too/compare-ratio.svg" ]]
}

@test "the front door compares, draws and returns the code" {
    # Laid out as an installed copy, which has nothing to build.
    mkdir copy
    cp -r "$repository"/{run_bench.sh,scripts,plots,VERSION} copy
    local front_door=$PWD/copy/run_bench.sh
    run "$front_door" compare one
    assert_refused 2 "two finished runs"
    run "$front_door" compare one nothing
    assert_refused 2 "'nothing' is not a bundle"
    run "$front_door" compare one one --out
    assert_refused 2 "--out needs a value"
    cp -r one two
    speed_up two 1.3 shm
    run "$front_door" --no-install compare --no-charts one two --format tsv
    [[ $status -eq 1 && ${lines[0]} == before* ]] || complain "expected the table"
    run "$front_door" --no-install compare one two --format html
    [[ $status -eq 1 && ${lines[0]} == "<!DOCTYPE html>" && ! -e copy/plots/compare-one-two ]] || complain "expected the page alone"
    # The page needs no gnuplot.
    run "$front_door" --no-install compare --no-charts --by absolute one two
    [[ $status -eq 1 && $output == *"page: "*"/plots/compare-one-two/compare.html"* ]] || complain "no page"
    [[ $(ls copy/plots/compare-one-two) == compare.html ]]
    grep -q 'of 6 absolute figures differ' copy/plots/compare-one-two/compare.html
    run "$front_door" --no-install compare --no-charts one two --out one/samples.tsv/x
    [[ $status -eq 2 && ${lines[-1]} == *"--out: can't write into 'one/samples.tsv/x'"* ]] || complain "no refusal"
    command -v gnuplot >/dev/null || skip "gnuplot is missing"
    run "$front_door" --no-install compare one two --out "drawn here"
    [[ $status -eq 1 && $output == *"charts: drawn here/compare-*.svg"* ]] || complain "no charts"
    [[ -s "drawn here/compare-throughput.png" && -s "drawn here/compare.html" ]]
}
