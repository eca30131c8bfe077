#!/usr/bin/env bats
# report.html: what stands in it, with and without a browser. In a browser (headless Chromium) a test
# copy of the page looks at itself and tries what a reader does: tests/page/probe.js.

load helpers
load page/browser

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    bundle=$repository/results/reference
}

teardown() {
    wait_for_browser
}

# Makes page.html of a bundle.
make_page() {
    "$bin/report" "${1:-$bundle}" --format html >page.html
}

# ---- without a browser ----

@test "the page is one file, well formed, and fetches nothing" {
    local word
    make_page
    [[ $(head -n 1 page.html) == "<!DOCTYPE html>" ]]
    for word in 'http:' 'https:' '//www' ' src=' 'url(' '@import' 'srcset' '<link' '<iframe' '<object' 'fetch(' XMLHttp; do
        [[ $(grep -Fc -- "$word" page.html) -eq 0 ]] || complain "expected no '$word'"
    done
    [[ $(grep -c '<script' page.html) -eq 1 && $(grep -c '<style' page.html) -eq 1 ]]
    [[ $(stat -c %s page.html) -lt 600000 ]]
    command -v xmllint >/dev/null || skip "xmllint is missing: not looked at as XML"
    xmllint --noout page.html
    sed 's|</section>||' page.html >broken.html
    ! xmllint --noout broken.html 2>/dev/null || complain "expected that a missing end is seen"
}

@test "it says what the Markdown says, word for word" {
    make_page
    # Tags and marks gone, both are the same words in the same order, but for the charts themselves.
    sed -e '/^<script>/,/^\/\*\]\]>\*\/<\/script>/d' -e '/^<style>/,/<\/style>/d' -e '/^<head>/,/^<\/head>/d' \
        -e '/^<figure/,/^<\/figure>/d' -e 's/<\/*\(strong\|code\|a\)\b[^>]*>//g' \
        -e 's/<[^>]*>/ /g' -e "s/&#39;/'/g" -e 's/&#34;/"/g' -e 's/&lt;/</g' \
        -e 's/&gt;/>/g' -e 's/&amp;/\&/g' page.html | tr -s ' \n' '\n' | grep -v '^$' >words.html
    "$bin/report" "$bundle" --format markdown |
        sed -e '/^!\[/d' -e '/^|[-:|]*$/d' -e 's/<[^>]*>/ /g' -e 's/^ *- //' -e 's/^[0-9]\. //' -e 's/^#* //' -e 's/^> //' \
            -e 's/\[\(docs[^]]*\)\]([^)]*)/\1/g' -e 's/\*\*//g' -e 's/`//g' -e 's/^| / /' -e 's/ |$//' -e 's/ | / /g' \
            -e 's/ |  | /  /g' -e 's/\\\(.\)/\1/g' -e 's/&lt;/</g' -e 's/&gt;/>/g' -e 's/&amp;/\&/g' -e 's/&#58;/:/g' -e 's/&#64;/@/g' |
        tr -s ' \n' '\n' | grep -v '^$' >words.md
    sed -i '1,/^answer$/d' words.html # the skip link
    diff words.md words.html
}

@test "each chart has a point for each of its rows, with value, interval and samples" {
    local chart metric tests points rows
    make_page
    for chart in throughput:throughput_bytes_per_s:throughput latency:latency_p50_ns:latency \
        ratio:ratio_to_pipe:throughput,latency cpu:cpu_ns_per_kib:throughput; do
        IFS=: read -r chart metric tests <<<"$chart"
        points=$(sed -n "/^<figure data-chart=\"$chart\">/,/^<\/figure>/p" page.html | awk '
            /^<g class="series / { reference = /role-(null|memcpy|bounce)/ }
            /^<g class="point"/ && !reference { points++ }
            END { print points + 0 }')
        rows=$(awk -F '\t' -v metric="$metric" -v tests="$tests" '
            NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i; next }
            $column["metric"] == metric && index("," tests ",", "," $column["test"] ",") &&
                $column["source"] == "memory" && $column["sink"] == "use" && $column["extra_copies"] == "0" &&
                $column["mechanism"] != "null" && $column["mechanism"] != "ceiling" { rows++ }
            END { print rows + 0 }' "$bundle/summary.tsv")
        [[ $points -eq $rows && $rows -gt 0 ]] || complain "$chart: $points points of $rows rows"
    done
    # One of them, against its row.
    [[ $(column_of "$bundle/summary.tsv" samples mechanism=shm test=throughput wait=block copies=own size_bytes=65536 \
        metric=ratio_to_pipe source=memory extra_copies=0) == 11 ]]
    grep -Fq '<title>shm, block, 64 KiB: 2.12x, 95 % interval 1.44x to 2.18x, 11 samples</title>' page.html
}

@test "a bundle without evidence, intervals or machine has its page" {
    cp -R "$bundle" poor
    rm poor/{claims,copies,gap,price,stability,noise}.tsv poor/hyperfine.json
    awk -F '\t' -v OFS='\t' 'NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        NR > 1 { $column["ci95_lo"] = $column["ci95_hi"] = "nan" } { print }' "$bundle/summary.tsv" >poor/summary.tsv
    printf '{"schema": 3}\n' >poor/manifest.json
    make_page poor
    grep -Fq ', no interval, 11 samples</title>' page.html
    grep -Fq 'No chart <code>gap</code>: this bundle has no data for it.' page.html
    ! grep -Eq '(nan|inf)[" ,<]' page.html || complain "expected no number that is none"
}

@test "many placements fold, and a page of a large bundle stays within some megabytes" {
    "$repository/tests/large-bundle.sh" --cells 2000 20000 "$PWD/large"
    make_page large
    [[ $(grep -c '^<details>' page.html) -gt 20 ]]
    [[ $(stat -c %s page.html) -lt 6000000 ]] || complain "$(stat -c %s page.html) bytes"
    [[ $(grep -c 'class="point"' page.html) -le 12000 ]]
    [[ $(grep -c '^<figure' page.html) -gt 4 ]]
}

# ---- in a browser ----

@test "at 360 and 1440 px, light and dark, nothing is wrong" {
    local width scheme back
    need_browser
    make_page
    for width in 360 1440; do
        for scheme in light dark; do
            # What is folded away must be right, too: it is open once.
            export OPEN=
            [[ $scheme == light ]] || OPEN=yes
            back="back: rgb(255, 255, 255)" options=()
            if [[ $scheme == dark ]]; then
                back="back: rgb(20, 23, 26)" options=(--blink-settings=preferredColorScheme=0)
            fi
            probe "$width" ${options[@]+"${options[@]}"}
            assert_nothing_wrong
            assert_found "width: $width of $width" "language: en" "answer: 5" "$back" "requests: 0" \
                "chart ratio: measured 120, reference 0, panels 4" \
                "chart throughput: measured 100, reference 40, panels 2"
            # All that was to be tried was there: buttons, points, columns of numbers.
            grep -Eq '^switched: [0-9]{2}' <<<"$output" && grep -Eq '^moves: [0-9]{2}' <<<"$output"
            grep -Eq '^hovered: 12' <<<"$output" && grep -Eq '^sorted: [0-9]{3}' <<<"$output"
            # The answer begins within the first screen.
            [[ $(sed -n 's/^answer top: //p' <<<"$output") -lt 200 ]]
        done
    done
}

@test "what is wrong with a page is seen" {
    local change wanted
    need_browser
    make_page
    cp page.html whole.html
    while IFS= read -r change; do
        wanted=${change##* => } change=${change% => *}
        sed -E "$change" whole.html >page.html
        ! cmp -s whole.html page.html || complain "expected that '$change' changes something"
        probe 360
        [[ $output == *"WRONG $wanted"* || $(cat console.txt) == *"$wanted"* ]] || complain "$change: expected '$wanted'"
    done <<'CHANGES'
s/--quiet: #555d66/--quiet: #aab0b6/ => text of contrast
s/--fifo: #3a94d0/--fifo: #b9defa/ => drawn with contrast
s/^\.scroll \{ overflow-x: auto;/.scroll {/ => the page is too wide
s/\.off \{ display: none/.off { opacity: 0.5/ => a switch hides not just its series
s/direction \* \(one - other\)/direction * (other - one)/ => not ascending
s/nearest\(points.filter/nearest(points.slice(0, 0).filter/;s/event.target.closest\(".point"\) \|\|/null \|\|/ => pointermove tells
s/case "ArrowRight": return series\[index \+ 1\]/case "ArrowRight": return series[0]/ => ArrowRight leads elsewhere
s/, 11 samples</</ => a point does not tell
s/ scope="row"// => a header without scope
s/<h2 id="the-claims-title">The claims<.h2>/<h3 id="the-claims-title">The claims<\/h3>/ => a heading skips a level
s/<h2 id="charts-title">Charts<.h2>/<h4 id="charts-title">Charts<\/h4>/ => a foreign element h4
s/listSections\(\);$/listSection();/ => Uncaught ReferenceError
CHANGES
}

@test "the shipped page runs under its own policy, and no other script does" {
    need_browser
    make_page
    output=$(browse --dump-dom "file://$PWD/page.html")
    status=0
    [[ $output == *'data-ready="yes"'* && $output == *'aria-pressed="true"'* ]] || complain "expected that its script ran"
    [[ ! -s console.txt ]] || complain "expected an empty console: $(cat console.txt)"
    sed 's|^</body>|<script>document.body.dataset.foreign = "yes"</script><p onclick="x()">p</p>&|' page.html >foreign.html
    output=$(browse --dump-dom "file://$PWD/foreign.html")
    [[ $output == *'data-ready="yes"'* && $output != *'data-foreign='* ]] || complain "expected that no other script runs"
    grep -q "Content Security Policy" console.txt
}

@test "without scripts all can be read, and nothing is offered that does nothing" {
    need_browser
    make_page
    # A page whose script does not run; the option of the browser for that also ends --dump-dom.
    sed 's|^<script>|<script type="text/plain">|' page.html >still.html
    output=$(browse --dump-dom "file://$PWD/still.html")
    status=0
    [[ $output != *'data-ready'* && $output != *'<button'* ]] || complain "expected no buttons"
    [[ $output == *'<title>shm, block, 64 KiB: 2.12x'* && $output == *'<td><strong>does not hold</strong></td>'* ]]
}

@test "a picture of the page shows its points" {
    need_browser
    make_page
    sed 's/\.off { display: none; }/&.series { display: none; }/' page.html |
        sed '/http-equiv="Content-Security-Policy"/d' >bare.html
    for name in page bare; do
        browse --window-size=800,12000 --screenshot="$PWD/$name.png" "file://$PWD/$name.html"
        [[ $(od -An -tx1 -j16 -N8 $name.png | tr -d ' \n') == 0000032000002ee0 ]] || complain "expected 800 x 12000 pixels"
    done
    browse --window-size=800,12000 --screenshot="$PWD/again.png" "file://$PWD/page.html"
    cmp page.png again.png
    ! cmp -s page.png bare.png || complain "expected that without points it looks otherwise"
    # Some 400 points with their lines are many more bytes of a picture than their empty axes.
    [[ $(stat -c %s page.png) -gt $(($(stat -c %s bare.png) + 20000)) ]]
}

@test "in print the answer comes first, and charts and tables are there" {
    need_browser
    command -v pdftotext >/dev/null || skip "pdftotext is missing; scripts/packages.sh page adds it"
    make_page
    browse --no-pdf-header-footer --print-to-pdf="$PWD/page.pdf" "file://$PWD/page.html"
    pdftotext -layout page.pdf page.txt
    head -n 40 page.txt | grep -q 'Count: copies per payload byte, pipe against shared memory: 4 against 1'
    for text in 'The claims' 'Throughput by payload size' 'payload size' 'throughput, inplace' 'mechanism' 'Run and machine'; do
        grep -Fq -- "$text" page.txt || complain "expected '$text' in print"
    done
    # What only a screen can do is not printed.
    ! grep -Fq 'Skip to the answer' page.txt || complain "expected no skip link"
    ! grep -Fq 'Point at or tap' page.txt || complain "expected no hint"
}
