#!/usr/bin/env bats
# build/bin/summarise on a bundle written by hand: which files it makes of which rows.

load helpers

setup() {
    summarise=$bin/summarise
    bundle=$BATS_TEST_TMPDIR/bundle
    mkdir "$bundle"
    echo '{"schema": 2, "seed": 1}' >"$bundle/manifest.json"
    row round order mechanism test wait copies touch placement source sink extra_copies \
        working_set size_bytes messages checksum_ok messages_per_s throughput_bytes_per_s \
        latency_mean_ns latency_p50_ns cpu_ns_per_kib >"$bundle/samples.tsv"
}

row() {
    local IFS=$'\t'
    echo "$*"
}

# sample MECHANISM TEST COPIES SOURCE SINK EXTRA WORKING_SET THROUGHPUT CPU: one row, in round 1
sample() {
    local order
    order=$(wc -l <"$bundle/samples.tsv")
    row 1 "$order" "$1" "$2" block "$3" full cache "$4" "$5" "$6" "$7" 65536 1 1 nan "$8" nan nan \
        "$9" >>"$bundle/samples.tsv"
}

@test "extra copies make price.tsv" {
    # Of CPU time 4 + 2 k, for k = 0, 1, 4.
    sample shm throughput inplace memory use 0 none 102.4e9 4
    sample shm throughput inplace memory use 1 hot 51.2e9 6
    sample shm throughput inplace memory use 4 hot 25.6e9 12
    run "$summarise" "$bundle"
    [[ $status -eq 0 && -z $output ]]
    grep -q $'^block\thot\tcache\t65536\tcpu\t2\tnan\tnan\t4\tnan\tnan\t1\t3\t1$' "$bundle/price.tsv"
    [[ ! -e $bundle/gap.tsv ]]
}

@test "relays make gap.tsv" {
    sample pipe relay own file file 0 none 10.24e9 nan
    sample shm relay inplace file use 0 none 102.4e9 nan
    run "$summarise" "$bundle"
    [[ $status -eq 0 && -z $output ]]
    grep -q $'^cache\t65536\tfrom\t100\tnan\tnan\tnan\tnan\tnan\tnan\tnan\t0\t1$' "$bundle/gap.tsv"
    [[ ! -e $bundle/price.tsv ]]
}

@test "other rows make neither, and files of older rows go" {
    sample shm throughput inplace memory use 0 none 102.4e9 4
    touch "$bundle/price.tsv" "$bundle/gap.tsv" "$bundle/noise.tsv"
    run "$summarise" "$bundle"
    [[ $status -eq 0 && -z $output ]]
    [[ $(cd "$bundle" && echo *) == \
        "gates.tsv manifest.json samples.tsv stability.tsv summary.tsv" ]]
}

@test "rounds.tsv makes noise.tsv" {
    # Others used 2 of 4 s of a CPU; on two CPUs 1 % of the time would be 0.08 s.
    sample shm throughput inplace memory use 0 none 102.4e9 4
    row round at_s seconds samples online_cpus steal_ns other_busy_ns interrupts context_switches \
        load_1min frequency_mean_hz frequency_least_hz throttles >"$bundle/rounds.tsv"
    row 1 0.000 4.000 1 2 8e7 2e9 5 6 0.5 nan nan nan >>"$bundle/rounds.tsv"
    run "$summarise" "$bundle"
    [[ $status -eq 0 && -z $output ]]
    [[ $(tail -n +2 "$bundle/noise.tsv") == $'1\tbusy\t0.5\tnan\t0.1\t1' ]]
}

@test "a damaged rounds.tsv is refused with its place" {
    sample shm throughput inplace memory use 0 none 102.4e9 4
    row round at_s >"$bundle/rounds.tsv"
    run "$summarise" "$bundle"
    [[ $status -eq 2 && ${#lines[@]} -eq 1 && $output == *"rounds.tsv: no column 'seconds'" ]]
}

@test "what cannot be replaced is named in one line" {
    sample shm throughput inplace memory use 1 hot 102.4e9 4
    mkdir "$bundle/price.tsv"
    run "$summarise" "$bundle"
    [[ $status -eq 2 && ${#lines[@]} -eq 1 ]]
    [[ $output == "summarise: "*"price.tsv: Is a directory" ]]
}

@test "a sealed bundle stays sealed, and what summarise does not write keeps its checksum" {
    sample shm throughput inplace memory use 0 none 102.4e9 4
    "$bin/seal" "$bundle"
    sample pipe throughput inplace memory use 0 none 102.4e9 4
    run "$summarise" "$bundle"
    [[ $status -eq 0 && -z $output ]]
    manifest=$(cat "$bundle/manifest.json")
    for file in summary.tsv stability.tsv gates.tsv; do
        [[ $manifest == *"\"$file\": \"$(sha256sum "$bundle/$file" | cut -d ' ' -f 1)\""* ]]
    done
    [[ $manifest == *'"samples.tsv": "'* ]]
    [[ $manifest != *"$(sha256sum "$bundle/samples.tsv" | cut -d ' ' -f 1)"* ]]
}
