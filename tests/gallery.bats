#!/usr/bin/env bats
# The gallery: which folders it takes, where it goes, and, with headless Chromium, what a reader does
# with it (tests/page/gallery-probe.js).

load helpers
load page/browser

setup_file() {
    WHOLE=no "$BATS_TEST_DIRNAME/many-bundles.sh" 200 "$BATS_FILE_TMPDIR/many"
}

teardown() {
    wait_for_browser
}

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    many=$BATS_FILE_TMPDIR/many
    fixture=$repository/tests/fixtures/bundle
    probe_script=gallery-probe.js
}

make_gallery() {
    "$bin/gallery" "$@" --out out >said 2>warnings
    cp out/index.html page.html
}

# ---- without a browser ----

@test "one page, well formed, fetches nothing, its answer first" {
    local word
    make_gallery "$many"
    [[ $(cat said) == out/index.html && ! -s warnings && $(ls -A out) == index.html ]]
    for word in 'http:' 'https:' '//www' ' src=' 'url(' '@import' '<link' '<iframe' 'fetch(' XMLHttp; do
        [[ $(grep -Fc -- "$word" page.html) -eq 0 ]] || complain "expected no '$word'"
    done
    [[ $(grep -c '<script' page.html) -eq 1 && $(grep -c '<style' page.html) -eq 1 ]]
    [[ $(grep -c '<tr data-run=' page.html) -eq 200 ]]
    [[ $(grep -c '^<path class="run ' page.html) -eq $((6 * 200)) ]]
    # What stands for each bundle is a few hundred bytes for each of its lines.
    [[ $(stat -c %s page.html) -lt 700000 ]] || complain "$(stat -c %s page.html) bytes"
    grep -A 1 '^<ol>' page.html | grep -Fq '<strong>Bundles:</strong> 200, of 20 machines'
    command -v xmllint >/dev/null || skip "xmllint is missing: not looked at as XML"
    xmllint --noout page.html
}

@test "answer and table are what the bundles say" {
    local row least most
    make_gallery "$many"
    row=(mechanism=shm test=throughput wait=block copies=own size_bytes=65536 metric=ratio_to_pipe source=memory extra_copies=0)
    for bundle in "$many"/*/; do
        column_of "$bundle/summary.tsv" median "${row[@]}"
    done | sort -g >ratios
    least=$(LC_ALL=C awk 'NR == 1 { printf "%.2f", $1 }' ratios)
    most=$(LC_ALL=C awk 'END { printf "%.2f", $1 }' ratios)
    [[ $(wc -l <ratios) -eq 200 ]]
    grep -Fq "<strong>${least}x to ${most}x</strong>" page.html || complain "expected ${least}x to ${most}x"
    # The newest first, and a name that leads to the report.
    [[ $(grep -m 1 '<tr data-run' page.html) == *"made-up-199</a></th><td>SiFive U74</td><td>"* ]]
    [[ $(grep -m 1 '<tr data-run' page.html) == *'<td class="number">14 of 25</td></tr>' ]] ||
        complain "$(grep -m 1 '<tr data-run' page.html)"
    while read -r link; do
        [[ -f out/$link ]] || complain "'$link' leads nowhere"
    done < <(sed -n 's/^<tr.*<a href="\([^"]*\)".*/\1/p' page.html)
}

@test "bundles and folders of them; what is none is told of, the rest is shown" {
    mkdir results results/foreign results/.hidden
    cp -R "$fixture" results/one
    cp -R "$fixture" results/twin
    cp -R "$fixture" results/broken
    cp -R "$fixture" results/going.partial
    ln -s one results/latest
    ln -s / results/way-out
    echo text >results/file
    sed -i 's/cache/ca che/' results/broken/summary.tsv
    make_gallery results "$repository/results/reference" missing
    [[ $(wc -l <warnings) -eq 3 ]] || complain "$(cat warnings)"
    grep -Fq "gallery: results/broken/summary.tsv" warnings
    grep -Fq "'results/foreign' is not a bundle: it has no manifest.json" warnings
    grep -Fq "missing" warnings
    [[ $(grep -c '<tr data-run=' page.html) -eq 2 ]]
    grep -Fq '1 unfinished run, 1 duplicate, 3 folders that could not be read' page.html
    # Bundles by themselves, through a link that the caller names.
    make_gallery results/latest
    [[ ! -s warnings && $(grep -c '<tr data-run=' page.html) -eq 1 ]]
    grep -Fq '<a href="../results/one/">' page.html
}

@test "it goes beside the bundles, again and again, and never over something else" {
    mkdir results
    cp -R "$fixture" results/one
    run "$bin/gallery" results
    assert_done
    [[ $output == */results/gallery/index.html && -f results/gallery/index.html ]]
    # It is no bundle, and nobody is told so.
    run "$bin/gallery" results/
    assert_done
    [[ ${#lines[@]} -eq 1 && $(grep -c '<tr data-run=' results/gallery/index.html) -eq 1 ]]
    run "$bin/gallery" results/one
    assert_done
    [[ $output == */results/gallery/index.html ]]
    mkdir foreign
    echo mine >foreign/index.html
    run "$bin/gallery" results --out foreign
    assert_refused 2 "neither empty nor a gallery"
    [[ $(ls foreign) == index.html && $(cat foreign/index.html) == mine ]]
    run "$bin/gallery" results --out results/one
    assert_refused 2 "neither empty nor a gallery"
    # A link where the page goes is replaced, not written through.
    echo target >target
    ln -sf "$PWD/target" results/gallery/index.html.partial
    run "$bin/gallery" results
    assert_done
    [[ $(cat target) == target ]]
    run "$bin/gallery" results --out no/such
    assert_refused 2 "no/such"
    mkdir empty
    run "$bin/gallery" empty --out new
    assert_refused 2 "there is no bundle"
    [[ ! -e new && ! -e empty/gallery ]]
    run "$bin/gallery"
    assert_refused 2 "needs a FOLDER or more"
}

@test "texts of a stranger's bundle are no markup" {
    cp -R "$fixture" 'one"><img src=x onerror=alert(1)>'
    cd one* || return
    sed -i -e 's/"cpu_model": .*/"cpu_model": "<script>x()<\/script>\\u001b[2J \\u202e\& '"'"'",/' \
        -e 's/"hypervisor": .*/"hypervisor": "\\" onclick=\\"x()",/' -e 's/"id": .*/"id": "<b>[x](javascript:y)",/' manifest.json
    cd ..
    make_gallery one*
    [[ $(grep -c '<script' page.html) -eq 1 ]]
    ! grep -Eq '<b>|<img|" onclick|href="javascript' page.html || complain "expected no markup"
    ! grep -q $'\033' page.html || complain "expected no escape"
    grep -Fq '&lt;script&gt;x()&lt;/script&gt;[2J &amp; &#39;' page.html
    grep -Fq '<a href="../one%22%3E%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E/">&lt;b&gt;[x](javascript:y)</a>' page.html
    command -v xmllint >/dev/null || skip "xmllint is missing: not looked at as XML"
    xmllint --noout page.html
}

# ---- in a browser ----

@test "at 360 and 1440 px, light and dark: filters filter, lines name their bundle, the table sorts" {
    local width scheme back
    need_browser
    make_gallery "$many" "$repository/results/reference"
    for width in 360 1440; do
        scheme=light back="back: rgb(255, 255, 255)" options=()
        if [[ $width -eq 360 ]]; then
            scheme=dark back="back: rgb(20, 23, 26)" options=(--blink-settings=preferredColorScheme=0)
        fi
        probe "$width" ${options[@]+"${options[@]}"}
        assert_nothing_wrong
        assert_found "width: $width of $width" "bundles: 201" "$back" "requests: 0" "chart ratio: lines 402, panels 2" \
            "chart throughput: lines 402, panels 2" "chart latency: lines 402, panels 2" "pointed: 6" "moves: 18" \
            "sorted: 20" "filtered: 9"
        [[ $(sed -n 's/^answer top: //p' <<<"$output") -lt 200 ]] || complain "$scheme: the answer is not on the first screen"
    done
}

@test "few bundles of one size have their page, too" {
    need_browser
    make_gallery "$fixture"
    probe 360
    assert_nothing_wrong
    assert_found "bundles: 1" "chart ratio: lines 1, panels 2" "filtered: 3"
}

@test "what is wrong with a gallery is seen" {
    local change wanted
    need_browser
    cp -R "$many"/*made-up-{1,2,3,14} .
    make_gallery .
    cp page.html whole.html
    while IFS= read -r change; do
        wanted=${change##* => } change=${change% => *}
        sed -E "$change" whole.html >page.html
        ! cmp -s whole.html page.html || complain "expected that '$change' changes something"
        probe 360
        [[ $output == *"WRONG $wanted"* || $(cat console.txt) == *"$wanted"* ]] || complain "$change: expected '$wanted'"
    done <<'CHANGES'
s/run\.row\.classList\.toggle\("off", !run\.shown\)/run.row.dataset.x = "x"/ => CPU AMD Ryzen 7 filters the table otherwise
s/path\.classList\.toggle\("off", !run\.shown\)/path.dataset.x = "x"/ => CPU AMD Ryzen 7 filters the charts otherwise
s/Math\.abs\(point\.y - y\)/-Math.abs(point.y - y)/ => pointermove tells another value
s/case "ArrowDown": return \[plot\.column, visible\[visible\.indexOf\(plot\.point\) \+ 1\]\]/case "ArrowDown": return [null, null]/ => ArrowDown leads nowhere
s/direction \* \(one\.key - other\.key\)/direction * (other.key - one.key)/ => not ascending
s/^\.scroll \{ overflow-x: auto;/.scroll {/ => the page is too wide
s/--quiet: #555d66/--quiet: #aab0b6/ => text of contrast
s/addFilters\(\);$/addFilter();/ => Uncaught ReferenceError
CHANGES
}

@test "the shipped gallery runs under its own policy, and no other script does" {
    need_browser
    make_gallery "$fixture"
    output=$(browse --dump-dom "file://$PWD/page.html")
    status=0
    [[ $output == *'data-ready="yes"'* && $output == *'<select name="CPU">'* ]] || complain "expected that its script ran"
    [[ ! -s console.txt ]] || complain "expected an empty console: $(cat console.txt)"
    sed 's|^</body>|<script>document.body.dataset.foreign = "yes"</script>&|' page.html >foreign.html
    output=$(browse --dump-dom "file://$PWD/foreign.html")
    [[ $output == *'data-ready="yes"'* && $output != *'data-foreign='* ]] || complain "expected that no other script runs"
}

@test "without scripts all bundles can be read, and in print nothing is offered" {
    need_browser
    make_gallery "$fixture"
    sed 's|^<script>|<script type="text/plain">|' page.html >still.html
    output=$(browse --dump-dom "file://$PWD/still.html")
    status=0
    [[ $output != *'<button'* && $output != *'<select'* && $output == *'<tr data-run="0"'* ]] || complain "expected no controls"
    command -v pdftotext >/dev/null || skip "pdftotext is missing; scripts/packages.sh page adds it"
    browse --no-pdf-header-footer --print-to-pdf="$PWD/page.pdf" "file://$PWD/page.html"
    pdftotext -layout page.pdf page.txt
    head -n 12 page.txt | grep -q 'Bundles: 1, of 1 machine'
    grep -Fq 'payload size' page.txt
    ! grep -Eq 'Show all|Point at or tap' page.txt || complain "expected no controls in print"
}
