# What the script tests share. Tests are run by tests/run-tests.sh, which sets BUILD to the folder
# of the build; by hand, `bats tests/front_door.bats` takes build/.
# shellcheck shell=bash

repository=$(cd -- "$BATS_TEST_DIRNAME/.." && pwd -P)
BUILD=${BUILD:-$repository/build}
bin=$BUILD/bin

# Every mechanism that moves bytes, as transfer/mechanisms.c lists them.
mechanisms="pipe fifo shm posix_shm memfd unix_stream unix_seqpacket tcp posix_mq sysv_mq vmsplice process_vm_readv"

# CPUs that this process may use, the first two as "W,R"; one CPU twice where there is just one.
allowed_cpus() {
    local list first second
    list=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status | tr ',' '\n' |
        while IFS=- read -r low high; do seq "$low" "${high:-$low}"; done | head -n 2)
    first=${list%%$'\n'*} second=${list##*$'\n'}
    echo "$first,$second"
}

# Fails with what was seen; `run` has set status and output.
complain() {
    printf '%s\nexit code %s, output:\n%s\n' "$1" "$status" "$output" >&2
    return 1
}

# The command was refused with the exit code and exactly one line, which holds the text.
assert_refused() {
    local code=$1 text=$2
    [[ $status -eq $code ]] || complain "expected exit code $code"
    [[ ${#lines[@]} -eq 1 ]] || complain "expected exactly one line"
    [[ $output == *"$text"* ]] || complain "expected '$text' in the line"
}

assert_done() {
    [[ $status -eq 0 ]] || complain "expected exit code 0"
}

# All segments, semaphore sets and message queues by id, POSIX shared memory and message queues of
# ours by name: what a test must find again at its end.
list_ipc() {
    awk 'FNR > 1 { print FILENAME " " $2 }' /proc/sysvipc/shm /proc/sysvipc/sem /proc/sysvipc/msg
    compgen -G '/dev/shm/pipe-vs-shm-*' || true
    compgen -G '/dev/mqueue/pipe-vs-shm-*' || true
}

# Prints the column `name` of the rows of a TSV file for which the other arguments
# (COLUMN=VALUE...) hold.
column_of() {
    local file=$1 name=$2
    shift 2
    awk -F '\t' -v name="$name" -v conditions="$*" '
        NR == 1 {
            for (i = 1; i <= NF; i++) column[$i] = i
            n = split(conditions, pairs, " ")
            if (!(name in column)) { print "no column " name > "/dev/stderr"; exit 1 }
            next
        }
        {
            for (i = 1; i <= n; i++) {
                split(pairs[i], pair, "=")
                if ($column[pair[1]] != pair[2]) next
            }
            print $column[name]
        }' "$file"
}
