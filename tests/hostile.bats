#!/usr/bin/env bats
# Bundles from strangers: whatever their folders are called and whatever lies in them, no program
# runs, shows or overwrites anything that is not its own, and what is wrong is named in one line.

load helpers

setup() {
    cd "$BATS_TEST_TMPDIR" || return
    cp -R "$repository/tests/fixtures/bundle" bundle
    cp -R bundle good
    mkdir out
}

# A program may take some seconds (more on a busy machine) and a gigabyte, whatever it is given.
bounded() {
    (
        ulimit -v 1500000
        exec timeout 60 "$@"
    )
}

# Runs a program on a bundle, the bundle last.
show() {
    run bounded "$bin/$1" "${@:2}"
}

# Nothing in the output could move a cursor, call a terminal to order or turn the text around.
assert_harmless() {
    local LC_ALL=C bad
    for bad in $'\e' $'\a' $'\b' $'\r' $'\177' $'\xc2\x9b' $'\xc2\x85' $'\x9b31m' $'\xe2\x80\xae' $'\xff'; do
        [[ $output != *"$bad"* ]] || complain "expected no $(printf %q "$bad") in the output"
    done
    [[ ! -e pwned && ! -e bundle/pwned ]] || complain "expected that nothing runs"
}

# The output is one line that names all the texts, with exit code 2 or the one given first.
assert_named() {
    local text
    [[ $status -eq 2 ]] || complain "expected exit code 2"
    [[ ${#lines[@]} -eq 1 ]] || complain "expected exactly one line"
    for text in "$@"; do
        [[ $output == *"$text"* ]] || complain "expected '$text' in the line"
    done
    assert_harmless
}

# Replaces one field: FILE ROW COLUMN TEXT; rows as editors count them.
doctor() {
    text=$4 awk -F '\t' -v OFS='\t' -v row="$2" -v column="$3" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) place = i }
        NR == row { $place = ENVIRON["text"] }
        { print }' "bundle/$1" >changed
    ! cmp -s "bundle/$1" changed || return 1
    cp changed "bundle/$1"
}

# Puts a JSON text in the place of the manifest's label.
relabel() {
    json=$1 awk '/^  "label":/ { print "  \"label\": " ENVIRON["json"] ","; next } { print }' \
        good/manifest.json >bundle/manifest.json
}

# Runs a reader of a bundle on `bundle`.
read_with() {
    case $1 in
    compare) show compare -- bundle good ;;
    chart_data) show chart_data --out out bundle ;;
    *) show "$1" bundle ;;
    esac
}

# ---- names ----

@test "a bundle's folder may be called anything" {
    local name
    for name in '$(touch pwned)' '`touch pwned`;touch pwned' "it's \"so\" \\ {x} @y %s%n" $'new\nline' \
        '--format' $'\e[31mred\e]0;title\a' $'C1 \xc2\x9b31m \x9b31m \xff' $'turned \xe2\x80\xae'; do
        mv -T bundle "./$name"
        show report --format markdown "./$name"
        assert_done
        assert_harmless
        show compare -- "./$name" good
        assert_done
        assert_harmless
        show chart_data --out out "./$name"
        assert_done
        show suite --resume "./$name"
        assert_named "is not an interrupted run"
        rm "./$name/manifest.json"
        for program in report verify seal summarise; do
            show "$program" "./$name"
            [[ $status -eq 2 && ${#lines[@]} -eq 1 ]] || complain "$program: one line and exit code 2"
            assert_harmless
        done
        show suite --like "./$name"
        assert_named "--like"
        cp good/manifest.json "./$name/"
        mv -T "./$name" bundle
    done
}

@test "scripts take any name, and draw titles as they are" {
    local name=$'$(touch pwned)`touch pwned`\'";touch pwned;{}@\e[31m'
    command -v gnuplot >/dev/null || skip "gnuplot is missing"
    relabel '"x"'
    sed -i 's|"cpu_model": "[^"]*"|"cpu_model": "`touch pwned` \\" . system(\\"touch pwned\\") . '"'"' {/Bold @x} \\\\n"|' \
        bundle/manifest.json
    grep -q 'touch pwned' bundle/manifest.json
    mv -T bundle "$name"
    run "$repository/scripts/plot.sh" --out "$BATS_TEST_TMPDIR/out" "./$name"
    assert_done
    assert_harmless
    [[ $(find . -name pwned) == "" && -s out/throughput.svg ]]
    # SVG is XML: markup of a name stays text.
    [[ -z $(grep -l '<script' out/*.svg) ]]
    run "$repository/run_bench.sh" report "./gone $name"
    assert_named "is not a bundle"
    run "$repository/scripts/plot.sh" "./gone $name"
    assert_named "is not a bundle"
    run "$repository/scripts/outer-clock.sh" "./gone $name"
    assert_named "is not a bundle"
}

@test "numbers that the outer clock takes from samples.tsv are numbers, not expressions" {
    local row
    command -v hyperfine >/dev/null || skip "hyperfine is missing"
    for row in $(awk -F '\t' '
        NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
        $column["test"] == "relay" && $column["source"] == "file" && $column["sink"] == "file" &&
        $column["wait"] == "block" && $column["copies"] == "own" { print NR }' bundle/samples.tsv); do
        doctor samples.tsv "$row" messages '1+EUID[$(touch${IFS}pwned)]'
    done
    run "$repository/scripts/outer-clock.sh" bundle
    assert_named "samples.tsv has '1+EUID[" "where a number belongs"
    cp good/samples.tsv bundle/
    sed -i "s/\t65536\t\([0-9]*\)\t/\t65536\t99999999999999999\t/" bundle/samples.tsv
    run "$repository/scripts/outer-clock.sh" bundle
    assert_named "samples.tsv says that one sample had 99999999999999999 messages"
}

# ---- texts ----

# Nothing that is not ours stands in a page: no element, no attribute, and one script and one style sheet.
assert_page_is_ours() {
    local LC_ALL=C element
    local own_elements="a body circle code details div figcaption figure g h1 h2 h3 head header html li main meta ol p \
path rect section strong summary svg table tbody td text th thead title tr ul !DOCTYPE"
    assert_done
    assert_harmless
    [[ $(grep -oi '<script' <<<"$output" | wc -l) -eq 1 && $(grep -oi '</script' <<<"$output" | wc -l) -eq 1 ]] ||
        complain "expected one script"
    [[ $(grep -oi '<style' <<<"$output" | wc -l) -eq 1 ]] || complain "expected one style sheet"
    # Without the style sheet and the script, where < is no markup.
    awk '/^<(style|script)>/ { out = 1 } !out { print } /<\/(style|script)>$/ { out = 0 }' <<<"$output" >body
    tr '\n' ' ' <body | grep -oE '</?[^ />]*' | sort -u | tr -d '</' | sort -u | while read -r element; do
        [[ " $own_elements " == *" $element "* ]] || complain "a foreign element '$element'" || return
    done
    ! grep -Eiq '<[^>]* (on[a-z]+|src|style|srcdoc|xlink:href)=' body || complain "a foreign attribute"
    ! grep -Eq ']]>|<!--|-->' body || complain "an end of something else"
    ! grep -Eiq 'href="?(javascript|data|http|//)' body || complain "a foreign link"
    command -v xmllint >/dev/null || return 0
    printf '%s\n' "$output" >page.html
    xmllint --noout page.html || complain "expected well-formed markup"
}

# What closes, opens or ends anything in HTML, SVG, XML, JavaScript, CSS and Markdown, as JSON text.
readonly markup='</title></script><script>alert(1)</script>]]>--><!--<svg onload=alert(1)><img src=x onerror=alert(1)></p></td></table>\u0022 onmouseover=\u0022x \u0027 onfocus=\u0027x &lt;b&gt; &#60;i> **b** `c` [x](javascript:alert(1)) */ \u2028 \u0001 \u001b[31m \u009b31m \u202e \ufffe \ud834\udd1e'

@test "texts of a bundle are no markup of its page" {
    local text
    relabel "\"$markup\""
    sed -i "s|\"kernel_release\": \"[^\"]*\"|\"kernel_release\": \"$(sed 's/[\\&|]/\\&/g' <<<"$markup")\"|
        s|\"cpu_model\": \"[^\"]*\"|\"cpu_model\": \"$(sed 's/[\\&|]/\\&/g' <<<"$markup")\"|" bundle/manifest.json
    [[ $(grep -Fc 'onload=alert' bundle/manifest.json) -eq 3 ]]
    text=$'</script><script>x</script>]]><img src=x>\e[31m\xc2\x9b31m\x9b31m\xff \xe2\x80\xae" onclick="x'
    doctor claims.tsv 2 claim "$text"
    doctor claims.tsv 2 evidence "$text"
    doctor copies.tsv 2 note "$text"
    printf '%s\n' $'mechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmessage' \
        $'pipe\tlatency\tblock\town\tfull\tcache\t64\t'"$text" >bundle/errors.tsv
    show report --format html bundle
    assert_page_is_ours
    # It is there, as text: in the title of the page and of the report, in the answer, in the facts and in each table.
    [[ $(grep -oF '&lt;script&gt;' <<<"$output" | wc -l) -ge 10 ]] || complain "expected the texts as texts"
    [[ $(grep -oF $'\xf0\x9d\x84\x9e' <<<"$output" | wc -l) -ge 4 ]] || complain "expected what is text to stay"
}

@test "names of a bundle and words of its tables are no markup of its page" {
    local word
    mv -T bundle './"><script>x<'
    show report --format html './"><script>x<'
    assert_page_is_ours
    mv -T './"><script>x<' bundle
    for word in '<b>' '"x' "it's" 'a&b' '**b**' '`c`' '[x](y)'; do
        for column in mechanism placement wait copies; do
            doctor summary.tsv 2 "$column" "$word"
            show report --format html bundle
            assert_named "summary.tsv: row 2" "$column"
            cp good/summary.tsv bundle/
        done
    done
    # A word of its own is a word.
    sed -i 's/^shm\t/other.thing-2_x\t/; s/\tblock\t/\twhile.it-rains\t/' bundle/summary.tsv
    show report --format html bundle
    assert_page_is_ours
    [[ $output == *'class="series role-other wait-block"'* && $output == *'other.thing-2_x, while.it-rains'* ]]
}

@test "texts of a manifest are no markup, no escapes and no commands" {
    relabel '"<script>alert(1)</script> | [x](javascript:alert(1)) ![y](http://z) `c` www.evil.example \u001b[31m \u009b31m \u202e $(touch pwned)"'
    sed -i 's|"kernel_release": "[^"]*"|"kernel_release": "\\u001b]0;t\\u0007<img src=x>"|' bundle/manifest.json
    show report --format markdown bundle
    assert_done
    assert_harmless
    [[ $output == *'&lt;script&gt;alert(1)'* && $output == *'\[x\](javascript:alert(1))'* ]]
    [[ $output != *'<script'* && $output != *'<img'* && $output != *' www.'* && $output != *'http://'* ]]
    show report bundle
    assert_done
    assert_harmless
    for form in terminal markdown tsv; do
        show compare --all --format "$form" -- bundle good
        assert_done
        assert_harmless
        [[ $form != markdown || $output != *'<img'* ]]
    done
    show verify bundle
    assert_harmless
    show chart_data --out out bundle
    assert_done
    [[ -z $(LC_ALL=C grep -l '[^ -~]' out/*.data) ]]
}

@test "texts of tables are no markup and no escapes" {
    doctor claims.tsv 2 claim $'<script>x</script> | `y` \e[31m\xc2\x9b31m\x9b31m\xff \xe2\x80\xae[x](javascript:y)'
    doctor copies.tsv 2 note $'<b>\e[2J|'
    printf '%s\n' $'mechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmessage' \
        $'shm\tlatency\tspin\town\tfull\tcache\t64\t\e]0;x\a<script>|`rm`$(touch pwned)\xff' >bundle/errors.tsv
    for form in terminal markdown; do
        show report --format "$form" bundle
        assert_done
        assert_harmless
        [[ $form == terminal || ($output != *'<script'* && $output != *'<b>'*) ]]
    done
    show verify bundle
    assert_harmless
}

@test "words of tables are words" {
    local word
    for word in '$(touch pwned)' '`touch pwned`' '<b>' 'a b' '' "'" 'a/../b' $'\e[31m' 'www.evil.example' \
        "$(printf '%032d' 1)"; do
        cp good/summary.tsv bundle/
        doctor summary.tsv 3 mechanism "$word"
        read_with report
        assert_named "summary.tsv: row 3, mechanism:" "is not a word of letters"
        cp good/samples.tsv bundle/
        doctor samples.tsv 3 placement "$word"
        read_with summarise
        assert_named "samples.tsv: row 3, placement:" "is not a word of letters"
    done
    cp good/samples.tsv bundle/
    cp good/summary.tsv bundle/
    doctor stability.tsv 2 outlier_rounds '1;2'
    show report bundle
    assert_named "stability.tsv: row 2, outlier_rounds: '1;2' is not a list of rounds"
}

# ---- numbers ----

@test "what is no number, or none that can be, is named with file, row and column" {
    local number
    for number in NaN inf -1 1e3 0x10 1,5 18446744073709551616 '1 ' ''; do
        cp good/samples.tsv bundle/
        doctor samples.tsv 4 messages "$number"
        read_with summarise
        assert_named "samples.tsv: row 4, messages: '$number'"
    done
    doctor samples.tsv 4 messages 7
    for number in inf 1e309 -nan 1e999999999; do
        doctor samples.tsv 5 throughput_bytes_per_s "$number"
        read_with compare
        assert_named "samples.tsv: row 5, throughput_bytes_per_s: '$number'"
    done
    for number in NaN inf -1 1e309 0x10 '' 1..2; do
        cp good/summary.tsv bundle/
        doctor summary.tsv 5 median "$number"
        read_with report
        assert_named "summary.tsv: row 5, median: '$number' is not a number"
    done
    cp good/summary.tsv bundle/
    doctor summary.tsv 5 size_bytes 18446744073709551616
    read_with report
    assert_named "summary.tsv: row 5, size_bytes: '18446744073709551616'"
}

@test "the largest and the smallest numbers are shown, not fallen over" {
    local number
    for number in 1.7976931348623157e308 5e-324 0; do
        cp good/summary.tsv bundle/
        number=$number awk -F '\t' -v OFS='\t' '
            NR == 1 { for (i = 1; i <= NF; i++) column[$i] = i }
            NR > 1 { $column["median"] = $column["ci95_hi"] = ENVIRON["number"]; $column["ci95_lo"] = 0 }
            { print }' good/summary.tsv >bundle/summary.tsv
        for form in terminal markdown; do
            show report --format "$form" bundle
            assert_done
        done
        show chart_data --out out bundle
        assert_done
        [[ -z $(grep -lw inf out/*.data) ]]
    done
    doctor samples.tsv 4 throughput_bytes_per_s 1e308
    doctor samples.tsv 5 throughput_bytes_per_s 1e-300
    for program in compare verify summarise; do
        read_with "$program"
        [[ $status -le 1 ]] || complain "$program: expected an answer"
    done
}

@test "rows that stand twice, or are beyond what a run makes, are named" {
    sed -n 4p good/samples.tsv >>bundle/samples.tsv
    for program in compare summarise; do
        read_with "$program"
        assert_named "samples.tsv: round" "the same cell twice"
    done
    sed -n 4p good/summary.tsv >>bundle/summary.tsv
    read_with report
    assert_named "summary.tsv:" "stands twice"
    sed -n 2p good/claims.tsv >>bundle/claims.tsv
    cp good/summary.tsv bundle/
    read_with report
    assert_named "claims.tsv: row" "id:" "twice"
    # As many rounds of one cell as nobody measures: what compares every two of them stays quick.
    awk -F '\t' -v OFS='\t' 'NR == 1 { print; for (i = 1; i <= NF; i++) column[$i] = i }
        NR == 2 { for (round = 1; round <= 1001; round++) { $column["round"] = round; print } }' \
        good/samples.tsv >bundle/samples.tsv
    rm bundle/latency.tsv
    read_with summarise
    assert_named "samples.tsv: round 1001" "a cell has more than 1000 rounds"
    sed -i '$d' bundle/samples.tsv
    read_with summarise
    assert_done
}

# ---- the form of a table ----

tables=(samples.tsv summary.tsv noise.tsv stability.tsv copies.tsv price.tsv gap.tsv claims.tsv latency.tsv rounds.tsv)

# The program that reads this file says in one line what is wrong with it.
assert_reader_names() {
    case $1 in
    samples.tsv | latency.tsv | rounds.tsv) read_with summarise ;;
    *) read_with report ;;
    esac
    assert_named "$1" "$2"
}

@test "a table that is no whole table is named" {
    local file
    for file in samples.tsv latency.tsv summary.tsv stability.tsv claims.tsv; do
        : >"bundle/$file"
        assert_reader_names "$file" "empty"
        head -c 20 "good/$file" >"bundle/$file"
        assert_reader_names "$file" "cut off"
        { head -n 1 "good/$file" && printf 'a\0b\n'; } >"bundle/$file"
        assert_reader_names "$file" "row 2"
        cut -f 2- "good/$file" >"bundle/$file"
        assert_reader_names "$file" "no column"
        { head -n 1 "good/$file" && head -c 1048576 /dev/zero | tr '\0' x && echo; } >"bundle/$file"
        assert_reader_names "$file" "row 2 is longer than"
        awk '{ for (i = 0; i < 130; i++) printf "%s%x", i ? "\t" : "", i; print "" }' \
            "good/$file" >"bundle/$file"
        assert_reader_names "$file" "columns; allowed: up to"
        { sed -n 1p "good/$file" && printf '1\t2\n'; } >"bundle/$file"
        assert_reader_names "$file" "row 2 has 2 fields"
        head -n 1 "good/$file" | sed 's/\([^\t]*\)\t\([^\t]*\)/\1\t\1/' >"bundle/$file"
        assert_reader_names "$file" "two columns are named"
        cp "good/$file" bundle/
    done
}

@test "ends of lines from elsewhere are an answer or are named" {
    local file
    for file in summary.tsv claims.tsv latency.tsv rounds.tsv; do
        sed 's/$/\r/' "good/$file" >"bundle/$file"
        read_with report
        [[ $status -ne 0 ]] || read_with verify
        [[ $status -ne 0 && $status -le 2 ]] || complain "$file: expected that somebody sees it"
        [[ $output == *"$file"* ]] || complain "$file: expected its name"
        assert_harmless
        cp "good/$file" bundle/
    done
    sed -i 's/$/\r/' bundle/samples.tsv
    read_with compare
    [[ $status -le 1 ]] || assert_named samples.tsv
    assert_harmless
}

@test "a header without rows is an answer or is named" {
    local file
    for file in "${tables[@]}"; do
        head -n 1 "good/$file" >"bundle/$file"
        for program in report compare; do
            read_with "$program"
            [[ $status -le 2 ]] || complain "$program: expected an answer"
            [[ $status -ne 2 || ${#lines[@]} -eq 1 ]] || complain "$program: expected one line"
        done
        rm -r bundle
        cp -R good bundle
    done
}

@test "ten million rows are answered within seconds and bounded memory" {
    # Ten megabytes of rows, many times over.
    local row=$'1\t1\t5\t6\t1' tens
    tens=$(for _ in 0 1 2 3 4 5 6 7 8 9; do printf '%s\n' "$row"; done)
    { head -n 1 good/latency.tsv && yes "$tens" | head -n 10000000; } >bundle/latency.tsv
    read_with compare
    assert_named "latency.tsv: round 1"
    rm bundle/latency.tsv
    printf 'round\torder\tmechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmessages\tchecksum_ok\tmessages_per_s\tthroughput_bytes_per_s\tlatency_mean_ns\tlatency_p50_ns\tcpu_ns_per_kib\n' \
        >bundle/samples.tsv
    yes $'1\t1\ta\tb\tc\td\te\tf\t1\t1\t1\t1\t1\t1\t1\t1' | head -n 1000001 >>bundle/samples.tsv
    read_with summarise
    assert_named "samples.tsv: more than 1000000 rows"
    cp good/samples.tsv bundle/
    { head -n 1 good/summary.tsv && yes "$(sed -n 2p good/summary.tsv)" | head -n 200001; } >bundle/summary.tsv
    read_with report
    assert_named "summary.tsv: more than 200000 rows"
}

# ---- JSON ----

@test "JSON that is none, too deep, too large or says a thing twice is named" {
    local name
    for name in manifest.json hyperfine.json; do
        head -c 200000 /dev/zero | tr '\0' '[' >"bundle/$name"
        read_with report
        assert_named "$name, line 1: not JSON"
        printf '{"schema": 3, "schema": 3}\n' >"bundle/$name"
        read_with report
        assert_named "$name" "not JSON"
        printf '{"schema": 99999999999999999999, "results": 1e999}\n' >"bundle/$name"
        read_with report
        assert_named "$name" "not JSON"
        printf '{"schema": 3, "label": "a\\u0000b"}\n' >"bundle/$name"
        read_with report
        assert_named "$name" "not JSON"
        printf '[]\n' >"bundle/$name"
        read_with report
        assert_named "$name" "not a JSON object"
        truncate -s 100M "bundle/$name"
        read_with report
        assert_named "$name: larger than 16 MiB"
        cp "good/$name" bundle/
    done
    printf '{"schema": -1}\n' >bundle/manifest.json
    for program in report compare verify; do
        read_with "$program"
        assert_named "schema is not 1 to"
    done
}

@test "a recorded request is held to what options allow" {
    local change
    for change in 's/"sizes": "64K"/"sizes": "64K,64K"/' 's/"rounds": 6,/"rounds": 1001,/' \
        's/"mechanisms": "pipe,shm"/"mechanisms": "..\/evil"/' 's/"sample_seconds": 0.001,/"sample_seconds": -1,/' \
        's/"waits": "block"/"waits": "block,rest"/' 's/"seed": 20261124,/"seed": -1,/'; do
        sed "$change" good/manifest.json >bundle/manifest.json
        [[ $(<good/manifest.json) != "$(<bundle/manifest.json)" ]]
        show suite --like bundle --dry-run
        assert_named "--like: manifest.json"
    done
}

@test "a list of checksums longer than any bundle is one line" {
    awk 'BEGIN { print "{\"schema\": 3, \"seed\": 1, \"files\": {"
        for (i = 0; i < 100000; i++) printf "\"f%d\": \"0\",\n", i
        print "\"x\": \"\\u001b[31m\"}}" }' >bundle/manifest.json
    read_with verify
    [[ $status -eq 1 && ${#lines[@]} -lt 40 ]] || complain "expected few lines"
    assert_harmless
    cp good/manifest.json bundle/
    truncate -s 5G bundle/hole
    show seal bundle
    assert_named "hole" "more than 4 GiB"
    read_with verify
    [[ $status -eq 1 && $output == *"more than 4 GiB"* ]]
}

# ---- what is no file ----

@test "a FIFO, a folder or a link in the place of any file is named at once" {
    local file program kind
    for file in manifest.json samples.tsv summary.tsv claims.tsv errors.tsv; do
        for kind in fifo folder link; do
            rm -rf "bundle/$file"
            case $kind in
            fifo) mkfifo "bundle/$file" ;;
            folder) mkdir "bundle/$file" ;;
            link) ln -s /dev/zero "bundle/$file" ;;
            esac
            for program in report compare; do
                read_with "$program"
                [[ $status -le 2 ]] || complain "$program, $kind $file: expected an answer"
                [[ $status -ne 2 ]] || assert_named "$file"
            done
            if [[ $file == manifest.json ]]; then
                show suite --like bundle
                assert_named "--like:" "manifest.json"
            fi
            if [[ $kind == fifo ]]; then
                read_with verify
                [[ $status -le 2 ]] || complain "verify, $kind $file: expected an answer"
                assert_harmless
            fi
            rm -rf bundle
            cp -R good bundle
        done
    done
}

@test "an interrupted run with a FIFO or a link for a file is not gone on with" {
    mv bundle run.partial
    for file in manifest.json samples.tsv latency.tsv; do
        mv "run.partial/$file" kept
        mkfifo "run.partial/$file"
        show suite --resume run.partial
        assert_named "$file"
        rm "run.partial/$file"
        cp kept victim
        ln -s ../victim "run.partial/$file"
        show suite --resume run.partial
        assert_named "$file"
        cmp kept victim
        rm "run.partial/$file"
        mv kept "run.partial/$file"
    done
}

@test "a file of a bundle is its own: no link is followed, neither to read nor to write" {
    local file
    echo secret >victim
    for file in manifest.json summary.tsv claims.tsv; do
        ln -sf ../victim "bundle/$file"
        read_with report
        assert_named "$file: a symbolic link"
        [[ $output != *secret* ]]
        rm "bundle/$file"
        cp "good/$file" bundle/
    done
    for file in summary.tsv price.tsv gap.tsv noise.tsv stability.tsv gates.tsv manifest.json; do
        ln -s ../victim "bundle/$file.partial"
        ln -s ../victim "bundle/$file.new"
    done
    for file in summary.tsv price.tsv noise.tsv stability.tsv gates.tsv; do
        ln -sf ../victim "bundle/$file"
    done
    show summarise bundle
    assert_done
    show seal bundle
    assert_done
    [[ $(cat victim) == secret && ! -L bundle/summary.tsv && ! -L bundle/gates.tsv && ! -L bundle/manifest.json ]]
    ln -sf ../victim bundle/claims.tsv.partial
    show claims bundle --write --format tsv
    [[ $status -le 1 && $(cat victim) == secret && ! -L bundle/claims.tsv ]]
    ln -s ../victim bundle/hyperfine.json.partial
    cp good/hyperfine.json export.json
    show merge_hyperfine bundle/hyperfine.json export.json
    assert_done
    [[ $(cat victim) == secret && ! -L bundle/hyperfine.json ]]
}

@test "what hyperfine and the programs hand over is checked, too" {
    mkfifo fifo.json
    show merge_hyperfine new.json fifo.json
    assert_named "fifo.json: not a regular file"
    show merge_hyperfine new.json --inner fifo.json good/hyperfine.json
    assert_named "fifo.json: not a regular file"
    printf '{"results": [{"command": "\\u001b[31m", "times": [-1]}]}' >export.json
    show merge_hyperfine new.json export.json
    assert_named "export.json" "a time is not a number"
    printf '{"mechanism": 1}' >inner
    show merge_hyperfine new.json --inner inner good/hyperfine.json
    assert_named "--inner inner"
    [[ ! -e new.json ]]
}
