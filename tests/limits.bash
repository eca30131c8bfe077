# What the tests of limits share: a command is run where something has run out, and afterwards it
# has either worked or said why not, in one line, and nothing of it is left.
# shellcheck shell=bash

# Options that keep a single measurement short.
short=(--size 64 --count 20 --seconds 0.001 --timeout 5 --seed 1)
# The smallest run of the suite that still has two mechanisms to compare.
tiny=(--sizes 64 --rounds 1 --seconds 0.002 --mechanisms "pipe,shm" --tests latency --waits block --modes own
    --seed 1)
matched="$mechanisms null"

setup_limits() {
    export TMPDIR=$BATS_TEST_TMPDIR/tmp
    export XDG_RUNTIME_DIR=""
    work=$BATS_TEST_TMPDIR/work
    mkdir -p -- "$TMPDIR" "$work"
    cd -- "$work" || return
    ipc_before=$(list_ipc)
}

# Runs a command; sets status, printed (how many bytes of result) and lines (what it complained of).
# The notice of a busy machine and the line of progress are no complaints.
measure_limits() {
    status=0
    "$@" >"$BATS_TEST_TMPDIR/printed" 2>"$BATS_TEST_TMPDIR/complaints" || status=$?
    printed=$(wc -c <"$BATS_TEST_TMPDIR/printed")
    output=$(grep -v -e '^suite: other programs are busy' -e $'^\r\\?\\[' -e "^$" "$BATS_TEST_TMPDIR/complaints" || true)
    lines=()
    [[ -z $output ]] || mapfile -t lines <<<"$output"
}

assert_nothing_left() {
    local left tenths
    for ((tenths = 0; tenths < 20; tenths++)); do
        left=$(ls -A -- "$TMPDIR")
        [[ -n $left || $(list_ipc) != "$ipc_before" ]] || return 0
        sleep 0.1
    done
    complain "left behind: $left $(list_ipc)"
}

# The command failed with one of the exit codes (a pattern), told it in one line that holds the text
# (a pattern, too) and begins with its name, and printed no result.
assert_refused_cleanly() {
    local name=$1 codes=$2 text=$3
    [[ $status =~ ^($codes)$ ]] || complain "$name: expected exit code $codes"
    [[ ${#lines[@]} -eq 1 ]] || complain "$name: expected exactly one line"
    [[ ${lines[0]} == "$name: "* ]] || complain "$name: the line does not begin with its name"
    [[ ${lines[0]} =~ $text ]] || complain "$name: expected '$text' in the line"
    [[ $printed -eq 0 ]] || complain "$name: printed a result all the same"
    assert_nothing_left
}

# It worked, or was refused as above.
assert_works_or_refused() {
    local name=$1 codes=$2 text=$3
    if [[ $status -eq 0 ]]; then
        [[ $printed -gt 0 ]] || complain "$name: exit code 0 without a result"
        assert_nothing_left
    else
        assert_refused_cleanly "$@"
    fi
}

need_root() {
    [[ $EUID -eq 0 ]] || skip "needs root, to $1"
}

# Skips unless root may make the namespaces that the options of unshare name.
need_namespaces() {
    need_root "make namespaces"
    unshare "$@" true 2>/dev/null || skip "unshare $* is not allowed here"
}

# A folder that the suite left is a run that has all rows whole: as many fields as the header, and a
# newline at the end.
assert_rows_intact() {
    local file
    for file in "$1"/samples.tsv "$1"/latency.tsv "$1"/rounds.tsv; do
        [[ -f $file ]] || continue
        [[ ! -s $file || -z $(tail -c 1 "$file") ]] || complain "$file: cut off"
        awk -F '\t' 'NR == 1 { n = NF } NF != n { exit 1 }' "$file" || complain "$file: a row is not whole"
    done
}

# Lets another user work in a folder, which may lie below closed ones.
open_to_others() {
    local folder=$1
    chmod 1777 "$folder"
    while [[ $folder != / ]]; do
        folder=$(dirname -- "$folder")
        [[ -n $(find "$folder" -maxdepth 0 -perm -001) ]] || chmod a+x "$folder"
    done
}

# Skips unless a user without any rights can be had who may run what was built.
need_other_user() {
    need_root "be another user"
    "${as_nobody[@]}" test -x "$bin/pipe" -a -r "$bin/pipe" 2>/dev/null ||
        skip "another user may not run what was built here"
}
as_nobody=(setpriv --reuid 64321 --regid 64321 --clear-groups)
