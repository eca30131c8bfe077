#!/usr/bin/env bats
# compare.html: what stands in it, with and without a browser, for two bundles of which one was made
# slower, and a third that is not comparable. What the browser tries: tests/page/probe.js.

load helpers
load page/browser

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    cp -R "$repository/results/reference" one
    cp -R one two
    cp -R one three
    # Blocking shm becomes 30 % faster; each sample a little off, the same at each run of the test.
    awk -F '\t' -v OFS='\t' '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; print; next }
        {
            factor = 1 + (NR * 7919 % 101 - 50) / 5000
            if ($column["mechanism"] == "shm" && $column["wait"] == "block") factor *= 1.3
            $column["throughput_bytes_per_s"] *= factor
            if ($column["latency_p50_ns"] != "nan") $column["latency_p50_ns"] /= factor
            print
        }' one/samples.tsv >two/samples.tsv
    sed -i 's/"kernel_release": "[^"]*"/"kernel_release": "<b>other<\/b>"/' two/manifest.json
    sed -i 's/\tfull\t/\tedges\t/' three/samples.tsv
}

teardown() {
    wait_for_browser
}

# Makes page.html of the bundles; that some differ is wanted.
make_page() {
    local code=0
    "$bin/compare" "$@" --format html >page.html 2>errors.txt || code=$?
    [[ $code -eq ${wanted_code:-1} ]] || complain "expected exit code ${wanted_code:-1}: $(cat errors.txt)"
}

# chart_of NAME: the lines of one chart.
chart_of() {
    sed -n "/^<figure data-chart=\"$1\">/,/^<\/figure>/p" page.html
}

# ---- without a browser ----

@test "the page is one file, well formed, with the verdict first" {
    local word
    make_page one two
    [[ $(head -n 1 page.html) == "<!DOCTYPE html>" && ! -s errors.txt ]]
    for word in 'http:' 'https:' ' src=' 'url(' '@import' '<link' '<iframe' 'fetch('; do
        [[ $(grep -Fc -- "$word" page.html) -eq 0 ]] || complain "expected no '$word'"
    done
    grep -Fq '<title>Runs compared: one against two</title>' page.html
    sed -n '/id="answer"/,/<\/section>/p' page.html >answer.html
    grep -Eq '^<ol>$' <(sed -n 2p answer.html)
    grep -Eq '<strong>B against A: they differ</strong>: [0-9]+ of 160 ratios differ: shm is 30 % faster in B' answer.html
    ! grep -Fq '<b>other' page.html || complain "expected that nothing of a bundle is markup"
    grep -Fq '&lt;b&gt;other&lt;/b&gt;' page.html
    command -v xmllint >/dev/null || skip "xmllint is missing: not looked at as XML"
    xmllint --noout page.html
}

@test "the same, and not comparable, are said as such" {
    wanted_code=0 make_page one one
    grep -Fq '<strong>B against A: the same</strong>: 0 of 160 ratios differ' page.html
    grep -Fq '<p>None.</p>' page.html
    grep -Fq 'The machines differ in no recorded fact.' page.html
    wanted_code=2 make_page one two three
    grep -Fq '<strong>B against A: they differ</strong>' page.html
    grep -Fq '<strong>C against A: not comparable</strong>: A and C are not comparable: no cell in common: touch' page.html
    [[ $(grep -c '^<section id="[bc]-against-a"' page.html) -eq 2 ]]
    [[ $(wc -l <errors.txt) -eq 1 ]]
    wanted_code=2 make_page one three
    grep -Fq '<strong>B against A: not comparable</strong>' page.html
}

@test "it says what the Markdown says, but for the charts" {
    local code=0
    make_page one two
    "$bin/compare" one two --format markdown --all >page.md || code=$?
    [[ $code -eq 1 ]]
    # Each row of a table, in both.
    sed -n 's/^<tr>//p' page.html | sed -e 's/<[^>]*>/|/g' -e 's/||*/|/g' -e 's/^|//' -e 's/[| ]*$//' | grep '\[' >rows.html
    grep '^| [a-z]' page.md | sed -e 's/^| //' -e 's/ | /|/g' -e 's/[| ]*$//' -e 's/\\//g' | grep '\[' >rows.md
    [[ $(wc -l <rows.md) -gt 350 ]] || complain "expected all rows: $(wc -l <rows.md)"
    diff rows.md rows.html
    [[ $(grep '^##' page.md | grep -v '^##* \(Notes\)$') == $'## B against A\n### Cells that differ\n### In what the machines differ\n## Method' ]]
}

@test "the chart of effects has a point for each ratio, with the figures of its row" {
    local cell factor lo hi
    make_page one two
    "$bin/compare" one two --format tsv >table.tsv || [[ $? -eq 1 ]]
    [[ $(chart_of effect-B | grep -c '^<g class="point') -eq $(column_of table.tsv kind kind=ratio | wc -l) ]]
    [[ $(chart_of effect-B | grep -c '^<g class="point marked"') -eq $(column_of table.tsv kind kind=ratio differs=yes | wc -l) ]]
    [[ $(chart_of effect-B | grep -c '^<g class="point marked"') -gt 10 ]]
    cell="mechanism=shm test=latency wait=block copies=own size_bytes=1024 kind=ratio source=memory"
    # shellcheck disable=SC2086 # words
    factor=$(column_of table.tsv factor $cell) lo=$(column_of table.tsv ci95_lo $cell) hi=$(column_of table.tsv ci95_hi $cell)
    printf -v cell '<title>shm latency block own 1 KiB: %.2fx, 95 %% interval %.2fx to %.2fx, 11 rounds, differs</title>' \
        "$factor" "$lo" "$hi"
    chart_of effect-B | grep -Fq "$cell" || complain "expected $cell"
    printf -v cell '<td>block</td><td>own</td><td class="number">1 KiB</td><td class="number">%.2f [%.2f, %.2f] *</td>' "$factor" "$lo" "$hi"
    grep -Fq "<tr><th scope=\"row\">shm</th><td>latency</td>$cell" page.html || complain "expected $cell"
}

@test "charts over all runs have the medians of each, up to four runs" {
    make_page one two
    # Without samples of another state its median is that of the summary.
    chart_of compare-throughput | grep -Eq '<title>A, shm, 64 KiB: [0-9.]+ GiB/s, 95 % interval [0-9.]+ GiB/s to [0-9.]+ GiB/s, 1[0-9] samples</title>'
    chart_of compare-ratio | grep -q '<title>B, shm, 64 KiB: '
    chart_of compare-latency | grep -q '<title>B, pipe, 64 B: '
    wanted_code=1 make_page one one two one one
    grep -Fq 'Left out, because more could not be told apart: the last 1 of the runs.' page.html
    [[ $(grep -c '<figure data-chart="effect-' page.html) -eq 4 ]]
}

# ---- in a browser ----

@test "at 360 and 1440 px, light and dark, nothing is wrong with a comparison" {
    local width scheme back
    need_browser
    wanted_code=2 make_page one two three
    # What is folded away must be right, too: it is open once.
    while read -r width scheme OPEN; do
        export OPEN
        back="back: rgb(255, 255, 255)" options=()
        if [[ $scheme == dark ]]; then
            back="back: rgb(20, 23, 26)" options=(--blink-settings=preferredColorScheme=0)
        fi
        probe "$width" ${options[@]+"${options[@]}"}
        assert_nothing_wrong
        assert_found "width: $width of $width" "language: en" "answer: 2" "$back" "requests: 0" \
            "chart effect-B: measured 160, reference 0, panels 6"
        grep -Eq '^chart compare-ratio: measured [0-9]{2,}, reference 0, panels 4' <<<"$output"
        grep -Eq '^switched: [0-9]{2}' <<<"$output" && grep -Eq '^moves: [0-9]{2}' <<<"$output"
        grep -Eq '^hovered: [0-9]' <<<"$output" && grep -Eq '^sorted: [0-9]' <<<"$output"
        [[ $(sed -n 's/^answer top: //p' <<<"$output") -lt 200 ]]
    done <<'LOOKS'
360 light yes
1440 dark
LOOKS
}

@test "what is wrong with a comparison is seen" {
    local change wanted
    need_browser
    make_page one two
    cp page.html whole.html
    while IFS= read -r change; do
        wanted=${change##* => } change=${change% => *}
        sed -E "$change" whole.html >page.html
        ! cmp -s whole.html page.html || complain "expected that '$change' changes something"
        probe 360
        [[ $output == *"WRONG $wanted"* ]] || complain "$change: expected '$wanted'"
    done <<'CHANGES'
s/\.role-run-b \{ --paint: var\(--shm\)/.role-run-b { --paint: #b9defa/ => drawn with contrast
s/, 11 rounds, d/, d/ => a point does not tell
s/<figure data-chart="effect-B">/<p id="answer">x<\/p>&/ => an id stands twice
CHANGES
}

@test "in print a comparison has its verdict, charts and tables" {
    need_browser
    command -v pdftotext >/dev/null || skip "pdftotext is missing; scripts/packages.sh page adds it"
    make_page one two
    browse --no-pdf-header-footer --print-to-pdf="$PWD/page.pdf" "file://$PWD/page.html"
    pdftotext -layout page.pdf page.txt
    head -n 20 page.txt | grep -q 'B against A: they differ'
    for text in 'How many times faster B is than A' 'throughput, own' 'Cells that differ' 'why it matters' 'Charts of all runs'; do
        grep -Fq -- "$text" page.txt || complain "expected '$text' in print"
    done
    # The charts begin on the page of the verdict.
    grep -Fq 'throughput, own' <(sed '/\f/q' page.txt) || complain "expected the first chart on the first page"
    ! grep -Fq 'Point at or tap' page.txt || complain "expected no hint"
}
