# Rows of `make perf` that have to be measured from outside a process: sleeps as the kernel sees them,
# instructions, whole runs. Sourced by perf.sh, which sets build, scratch and rows_file.
# shellcheck shell=bash
# shellcheck disable=SC2154 # build, scratch, rows_file: set by perf.sh

# add_row GOAL NAME RELATION BOUND MEASURED UNIT NOTE: one row, as the program writes them. Whether
# it is met the program judges when it reads them.
add_row() {
    printf '%s\t%s\t%s\t%s\t%s\tnan\tnan\t1\t%s\tnan\tnan\t%s\t-\n' "$@" >>"$rows_file"
}

# add_missing GOAL NAME RELATION BOUND NOTE
add_missing() {
    add_row "$1" "$2" "$3" "$4" nan "" "$5"
}

# The field of the one sample in a TSV file.
sample_field() {
    awk -F '\t' -v name="$2" '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == name) column = i }
        NR == 2 { print $column }' "$1"
}

# What cannot be divided is a missing figure.
divide() {
    awk -v a="$1" -v b="$2" 'BEGIN { if (a == "" || b + 0 == 0) print "nan"; else printf "%.6g\n", a / b }'
}

# --- 10: system calls that sleep or wake, as the kernel counts them --------------------------------

# futex_calls FILE COMMAND...: how many futex system calls it makes, its children included.
futex_calls() {
    local file=$1
    shift
    if perf stat -e syscalls:sys_enter_futex -x ';' -o "$file" -- "$@" >"$scratch/sample"; then
        awk -F ';' '$3 ~ /futex/ && $1 ~ /^[0-9]+$/ { print $1 }' "$file"
    else
        return 1
    fi
}

add_futex_rows() {
    local size label calls
    for size in 64 4096; do
        label="shm stream, own, block, $size B: futex system calls per message, by perf stat"
        if calls=$(futex_calls "$scratch/futex" "$build/bin/shm" throughput --wait block \
            --size "$size" --count 1000000 --format tsv 2>/dev/null) && [[ -n $calls ]]; then
            add_row 10 "$label" '<=' 0.01 \
                "$(divide "$calls" "$(sample_field "$scratch/sample" messages)")" "" \
                "$calls calls; set-up and warm-up count, too"
        else
            add_missing 10 "$label" '<=' 0.01 'needs perf and its tracepoints (as root)'
        fi
    done
}

# --- 11: instructions ------------------------------------------------------------------------------

# count_instructions COUNT ARGUMENT...: sets messages, and instructions of writer and reader.
count_instructions() {
    local count=$1 files=()
    shift
    rm -f "$scratch"/callgrind.*
    valgrind --tool=callgrind --callgrind-out-file="$scratch/callgrind.%p" "$@" \
        --count "$count" --seconds 0.001 --format tsv >"$scratch/sample" 2>"$scratch/said" || return 1
    # Of three processes the program is the first, then comes the writer.
    mapfile -t files < <(printf '%s\n' "$scratch"/callgrind.* | sort -t . -k 2 -V)
    [[ ${#files[@]} -eq 3 ]] || return 1
    messages=$(($(sample_field "$scratch/sample" messages) + $(sample_field "$scratch/sample" warmup_messages)))
    instructions=("$(awk -f scripts/instructions.awk "${files[1]}")"
        "$(awk -f scripts/instructions.awk "${files[2]}")")
}

# add_instruction_rows_of MECHANISM COPIES WAIT
add_instruction_rows_of() {
    local label="$1 stream, 64 B, $2, $3: instructions per message" few=() few_messages side
    local command=("$build/bin/$1" throughput --size 64 --copies "$2" --wait "$3")
    if ! count_instructions 2000 "${command[@]}"; then
        add_missing 11 "$label" - nan 'callgrind could not run it'
        return
    fi
    few=("${instructions[@]}") few_messages=$messages
    if ! count_instructions 42000 "${command[@]}"; then
        add_missing 11 "$label" - nan 'callgrind could not run it'
        return
    fi
    for side in 0 1; do
        add_row 11 "$label, $([[ $side -eq 0 ]] && echo sending || echo receiving)" - nan \
            "$(divide $((instructions[side] - few[side])) $((messages - few_messages)))" "" \
            'waiting not counted'
    done
}

add_instruction_rows() {
    local mechanism copies wait
    if ! command -v valgrind >/dev/null; then
        add_missing 11 'instructions per message' - nan 'needs valgrind (scripts/packages.sh perf)'
        return
    fi
    for mechanism in null pipe fifo shm; do
        for copies in own inplace; do
            for wait in block spin; do
                add_instruction_rows_of "$mechanism" "$copies" "$wait"
            done
        done
    done
}

# --- 12: whole runs --------------------------------------------------------------------------------

# seconds_of COMMAND...: how long it takes; what it prints is not shown. Its exit code is ours; 1
# (measured, something differs) is none.
seconds_of() {
    local start=$EPOCHREALTIME result=0
    (become_bound "$@") >"$scratch/said" 2>&1 || result=$?
    local end=$EPOCHREALTIME
    [[ $result -le 1 ]] || return "$result"
    awk -v start="$start" -v end="$end" 'BEGIN { printf "%.3f\n", end - start }'
}

# add_time NAME BOUND COMMAND...
add_time() {
    local name=$1 bound=$2 seconds
    shift 2
    if seconds=$(seconds_of "$@"); then
        add_row 12 "$name" '<=' "$bound" "$seconds" s ''
    else
        add_missing 12 "$name" '<=' "$bound" "it failed: $(tail -n 1 "$scratch/said" | tr -d '\t|')"
    fi
}

# Part of the cells of the newest bundle in a folder that reached the precision asked for.
add_settled() {
    local bundle
    bundle=$(find "$1" -mindepth 2 -maxdepth 2 -name summary.tsv 2>/dev/null | head -n 1)
    if [[ -z $bundle ]]; then
        add_missing 12 'default run, cells settled at 5 %' '>=' 95 'there is no bundle'
        return
    fi
    add_row 12 'default run, cells settled at 5 %' '>=' 95 "$(awk -F '\t' '
        NR == 1 { for (i = 1; i <= NF; i++) if ($i == "settled") column = i; next }
        $column != "" && $column != "nan" { all++; settled += $column == "settled" }
        END { printf "%.3g\n", (all > 0 ? 100 * settled / all : 0) }' "$bundle")" % ''
}

# Makes a bundle of so many raw rows in a folder, 0; or 1 where nobody can.
make_large_bundle() {
    [[ -x tests/large-bundle.sh ]] || return 1
    tests/large-bundle.sh "$1" "$2" >"$scratch/said" 2>&1
}

add_run_rows() {
    local report='report of 1,000,000 rows' plot='plot of 1,000,000 rows'
    add_time 'default run' 90 ./run_bench.sh --no-install --out "$scratch/default"
    add_settled "$scratch/default"
    add_time '--quick, to its verdict' 15 ./run_bench.sh --quick --no-install --out "$scratch/quick"
    if make_large_bundle 1000000 "$scratch/large"; then
        add_time "$report" 10 ./run_bench.sh report "$scratch/large"
        add_time "$plot" 10 ./run_bench.sh plot "$scratch/large"
    else
        add_missing 12 "$report" '<=' 10 'nothing here makes such a bundle'
        add_missing 12 "$plot" '<=' 10 'nothing here makes such a bundle'
    fi
}
