#!/usr/bin/env bats
# scripts/plot.sh: what it draws, what it refuses, and that a bundle's texts run no commands.

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    plot=$repository/scripts/plot.sh
    bundle="$BATS_TEST_TMPDIR/a bundle"
    out="$BATS_TEST_TMPDIR/drawn here"
    make_bundle "AMD EPYC"
    cd "$BATS_TEST_TMPDIR"
}

# A small bundle of pipe and shm; the CPU model as JSON text.
make_bundle() {
    mkdir -p "$bundle"
    printf '{"schema": 1, "id": "made-up", "machine": {"cpu_model": "%s", "kernel_release": "6"}}\n' \
        "$1" >"$bundle/manifest.json"
    {
        printf 'mechanism\ttest\twait\tcopies\ttouch\tplacement\tsize_bytes\tmetric\tmedian'
        printf '\tci95_lo\tci95_hi\tsamples\n'
        row throughput throughput_bytes_per_s 1e9
        row throughput cpu_ns_per_kib 250
        row latency latency_p50_ns 33000
        local test
        for test in throughput latency; do
            printf 'shm\t%s\tblock\town\tfull\tcache\t64\tratio_to_pipe\t1.5\t1.4\t1.6\t10\n' "$test"
        done
    } >"$bundle/summary.tsv"
}

row() {
    local mechanism size
    for mechanism in pipe shm; do
        for size in 64 4096; do
            printf '%s\t%s\tblock\town\tfull\tcache\t%s\t%s\t%s\tnan\tnan\t3\n' \
                "$mechanism" "$1" "$size" "$2" "$3"
        done
    done
}

# Counted copies of one path, its time, and the gap at one size; the copies' share as a fraction.
add_evidence() {
    sed -i -e '1s/placement/&\tsource\tsink\textra_copies\tworking_set/' \
        -e '2,$s/\tcache\t/&memory\tuse\t0\tnone\t/' "$bundle/summary.tsv"
    printf 'pipe\trelay\tblock\town\tfull\tcache\tfile\tfile\t0\tnone\t65536\t%s\t1e10\t9e9\t1.1e10\t10\n' \
        throughput_bytes_per_s >>"$bundle/summary.tsv"
    {
        printf 'mechanism source sink copies source_stage transfer_in_stage transfer_out_stage '
        printf 'sink_stage predicted_copies kernel_io_copies expected_kernel_io_copies '
        printf 'ledger_user_copies user_copies expected_user_copies mutation expected_mutation '
        printf 'mutation_source mutation_transfer_in mutation_transfer_out mutation_sink agrees note\n'
        printf 'pipe file file own kernel kernel kernel kernel 4 4 4 0 0 0 4 4 copied copied copied '
        printf 'copied yes -\n'
    } | tr ' ' '\t' >"$bundle/copies.tsv"
    {
        printf 'placement size_bytes factor ns_per_kib ci95_lo ci95_hi least most share '
        printf 'share_ci95_lo share_ci95_hi orders rounds\n'
        printf 'cache 65536 from 100 95 105 nan nan nan nan nan 15 10\n'
        printf 'cache 65536 mechanism 35 33 37 30 45 0.5 0.45 0.55 15 10\n'
        printf 'cache 65536 copies 28 26 30 20 33 %s 0.05 0.95 15 10\n' "$1"
        printf 'cache 65536 waiting 7 5 9 -2 12 0.1 0.05 0.15 15 10\n'
        printf 'cache 65536 gap 70 66 74 nan nan 1 1 1 15 10\n'
        printf 'cache 65536 to 30 28 32 nan nan nan nan nan 15 10\n'
    } | tr ' ' '\t' >"$bundle/gap.tsv"
}

need_gnuplot() {
    command -v gnuplot >/dev/null || skip "gnuplot is missing"
}

@test "four charts are drawn as SVG and PNG, and nothing else is left" {
    need_gnuplot
    run "$plot" "$bundle" --out "$out"
    assert_done
    [[ $output == "$out" ]] || complain "expected the folder's name"
    [[ $(cd "$out" && echo *) == "cpu.png cpu.svg latency.png latency.svg ratio.png ratio.svg \
throughput.png throughput.svg" ]] || complain "other files: $(ls -A "$out")"
    for chart in throughput latency ratio cpu; do
        [[ $(head -c 300 "$out/$chart.svg") == *"<svg"* ]]
        [[ $(tail -c 10 "$out/$chart.svg") == *"</svg>"* ]]
        [[ $(head -c 4 "$out/$chart.png" | tr -d '\211') == PNG ]]
    done
    grep -q 'AMD EPYC, Linux 6' "$out/throughput.svg"
    [[ $(ls -A "$BATS_TEST_TMPDIR") == $'a bundle\ndrawn here' ]] || complain "left: $(ls -A)"
}

@test "with counted copies and a gap there are two charts more, whose titles are the data's" {
    need_gnuplot
    add_evidence 0.4
    run "$plot" "$bundle" --out "$out"
    assert_done
    for chart in copies gap; do
        [[ $(tail -c 10 "$out/$chart.svg") == *"</svg>"* ]]
        [[ $(head -c 4 "$out/$chart.png" | tr -d '\211') == PNG ]]
    done
    grep -q 'copies explain 40 % \[5, 95\] (not resolved) of the gap' "$out/gap.svg"
    grep -q 'the pipe with 4 copies takes 102 \[93.1, 114\] ns/KiB' "$out/copies.svg"
    sed -i 's/\t0.4\t/\t0.6\t/' "$bundle/gap.tsv"
    rm "$bundle/copies.tsv"
    run "$plot" "$bundle" --out "$out"
    assert_done
    grep -q 'copies explain 60 %' "$out/gap.svg"
    [[ ! -e $out/copies.svg && ! -e $out/copies.png ]] || complain "an old chart stayed"
}

@test "a share below 0, one without end and a gap without shares are drawn" {
    need_gnuplot
    local share
    for share in -0.8 nan 0.06; do
        make_bundle "AMD EPYC"
        add_evidence "$share"
        sed -i 's/\t0.05\t0.95\t/\t-90\t90\t/' "$bundle/gap.tsv"
        run "$plot" "$bundle" --out "$out"
        assert_done
        [[ -s $out/gap.svg && -s $out/gap.png ]]
    done
}

@test "damaged evidence is refused by charts and report alike" {
    add_evidence 0.4
    sed -i '3s/\t35\t/\tmany\t/' "$bundle/gap.tsv"
    run "$plot" "$bundle" --out "$out"
    assert_refused 2 "gap.tsv"
    [[ $output == *"row 3"* && $output == *ns_per_kib* ]] || complain "expected row and column"
    run "$bin/report" "$bundle"
    assert_refused 2 "gap.tsv"
}

@test "charts that the bundle no longer has are removed, other files stay" {
    need_gnuplot
    mkdir "$out"
    touch "$out/ratio-far.svg" "$out/notes.txt"
    run "$plot" "$bundle" --out "$out"
    assert_done
    [[ ! -e $out/ratio-far.svg && -e $out/notes.txt ]]
}

@test "a bundle of one mechanism, one size and no interval is drawn" {
    need_gnuplot
    sed -i -e '/^shm/d' -e '/\t4096\t/d' "$bundle/summary.tsv"
    run "$plot" "$bundle" --out "$out"
    assert_done
    [[ -s $out/latency.svg && ! -e $out/ratio.svg ]]
}

@test "a machine's name runs no command" {
    need_gnuplot
    make_bundle "x'; system('touch ran1'); y='\`touch ran2\` \$(touch ran3) @touch \\\\"
    run "$plot" "$bundle" --out "$out"
    assert_done
    [[ -s $out/throughput.svg ]]
    [[ -z $(find "$BATS_TEST_TMPDIR" -name 'ran*') ]] || complain "a command ran"
}

@test "what is no bundle is refused in one line" {
    run "$plot" "$BATS_TEST_TMPDIR/nothing"
    assert_refused 2 "not a bundle"
    rm "$bundle/summary.tsv"
    run "$plot" "$bundle" --out "$out"
    assert_refused 2 summary.tsv
    rm "$bundle/manifest.json"
    run "$plot" "$bundle" --out "$out"
    assert_refused 2 "not a bundle"
    [[ ! -e $out ]]
}

@test "a damaged table is refused with its row and column" {
    sed -i '3s/1e9/fast/' "$bundle/summary.tsv"
    run "$plot" "$bundle" --out "$out"
    assert_refused 2 median
    [[ $output == *"row 3"* ]] || complain "expected the row"
    [[ ! -e $out ]]
}

@test "bad usage is refused in one line" {
    run "$plot"
    assert_refused 2 BUNDLE
    run "$plot" "$bundle" --outside x
    assert_refused 2 --outside
    run "$plot" "$bundle" --out
    assert_refused 2 --out
    run "$plot" "$bundle" "$bundle"
    assert_refused 2 "more than one"
}

@test "an output folder that can't be made is refused" {
    need_gnuplot
    touch "$out"
    run "$plot" "$bundle" --out "$out"
    assert_refused 2 --out
}

@test "without gnuplot: exit 69 and the way to get it" {
    local tool
    mkdir tools
    for tool in bash dirname rm mktemp; do
        ln -s "$(command -v "$tool")" "tools/$tool"
    done
    PATH=$PWD/tools run "$plot" "$bundle" --out "$out"
    assert_refused 69 gnuplot
    [[ ! -e $out ]]
}

@test "the report program refuses what is no bundle, and bad options" {
    run "$bin/report" "$BATS_TEST_TMPDIR/nothing"
    assert_refused 2 "not a bundle"
    run "$bin/report" "$bundle" --format pdf
    assert_refused 2 "terminal|markdown"
    run "$bin/report"
    assert_refused 2 BUNDLE
    run bash -c '"$1" "$2" >/dev/full' - "$bin/report" "$bundle"
    assert_refused 1 "standard output"
}

# The texts of an SVG, one a line.
texts_of_svg() {
    sed -n 's/.*<text[^>]*>\(.*\)<\/text>.*/\1/p' "$1" | sed 's/<[^>]*>//g'
}

@test "in Chinese, title, axes and legend have Han characters, and nothing that has a translation is English" {
    need_gnuplot
    add_evidence 0.4
    run "$plot" "$bundle" --out "$out" --lang zh
    assert_done
    local chart text foreign
    # The title, an axis and an entry of the legend.
    local -A wanted=(
        [throughput]="吞吐量，按载荷大小|每秒载荷|等待方式：block"
        [latency]="延迟，按载荷大小：半程往返时间，闭环，中位数|载荷大小|等待方式：block"
        [ratio]="速度是管道的多少倍，按载荷大小|吞吐量：机制 / 管道|1：与管道一样快"
        [cpu]="每 KiB 载荷的 CPU 时间，按载荷大小：单向流，写者与读者合计|载荷大小|等待方式：block"
        [copies]="4 次拷贝的管道耗时 102 [93.1, 114] ns/KiB|每个载荷字节的拷贝次数|墙钟时间，ns/KiB 载荷|实心：own"
        [gap]="拷贝解释了管道与共享内存之间差距的 40 % [5, 95]（不可分辨）|占差距的份额，%|64 KiB 时，从管道到共享内存|合计：差距"
    )
    for chart in "${!wanted[@]}"; do
        while IFS= read -r text; do
            texts_of_svg "$out/$chart.svg" | grep -qF -- "$text" || complain "no '$text' in $chart"
        done < <(tr '|' '\n' <<<"${wanted[$chart]}")
        # Names, words of options and units are the same in both languages.
        foreign=$(texts_of_svg "$out/$chart.svg" | grep -oE '[A-Za-z]{2,}' | LC_ALL=C sort -u |
            grep -vxE 'AMD|EPYC|Linux|CPU|KiB|MiB|GiB|ns|us|pipe|shm|block|spin|own|inplace|cache' || true)
        [[ -z $foreign ]] || complain "English in $chart: $foreign"
        grep -q 'font-family="sans-serif, .*CJK' "$out/$chart.svg" || complain "no font with Han characters in $chart"
    done
}

@test "the locale decides what charts speak" {
    need_gnuplot
    run env LC_ALL=zh_CN.UTF-8 "$plot" "$bundle" --out "$out"
    assert_done
    texts_of_svg "$out/cpu.svg" | grep -q '载荷大小'
    run env LC_ALL=zh_CN.UTF-8 "$plot" "$bundle" --out "$out" --lang en
    assert_done
    texts_of_svg "$out/cpu.svg" | grep -q 'payload size'
    ! LC_ALL=C grep -q '[^ -~[:space:]]' "$out/cpu.svg" || complain "Chinese in an English chart"
}

@test "without a font with Han characters a PNG is in English, and that is said in one line" {
    need_gnuplot
    mkdir bin
    printf '#!/bin/sh\n' >bin/fc-list
    chmod +x bin/fc-list
    PATH=$PWD/bin:$PATH run "$plot" "$bundle" --out "$out" --lang zh
    assert_done
    [[ ${#lines[@]} -eq 2 && ${lines[0]} == *"no font with Han characters"* ]] || complain "expected one line"
    texts_of_svg "$out/cpu.svg" | grep -q '载荷大小'
    run "$plot" "$bundle" --out "$out-en" --lang en
    assert_done
    cmp "$out/cpu.png" "$out-en/cpu.png"
    rm -r bin
}

@test "with such a font a PNG is in Chinese" {
    need_gnuplot
    [[ -n $(fc-list :lang=zh-cn family 2>/dev/null) ]] || skip "no font with Han characters"
    run "$plot" "$bundle" --out "$out" --lang zh
    assert_done
    [[ ${#lines[@]} -eq 1 ]] || complain "expected the folder alone"
    run "$plot" "$bundle" --out "$out-en" --lang en
    assert_done
    ! cmp -s "$out/cpu.png" "$out-en/cpu.png" || complain "both are the same"
}

@test "a machine's name in Chinese is not drawn, our own words are" {
    need_gnuplot
    make_bundle "龙芯 EPYC"
    run "$plot" "$bundle" --out "$out" --lang zh
    assert_done
    texts_of_svg "$out/cpu.svg" | grep -q '?? EPYC，Linux 6'
}

@test "a language that there is not is refused" {
    run "$plot" "$bundle" --out "$out" --lang fr
    assert_refused 2 "--lang: 'fr'"
    run "$plot" "$bundle" --lang
    assert_refused 2 "--lang"
    run "$plot" --compare "$bundle" "$bundle" --lang zh
    assert_refused 2 "--lang"
}
