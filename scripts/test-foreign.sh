#!/usr/bin/env bash
# Builds everything for another processor and runs C tests of it under qemu's user mode:
#
#   test-foreign.sh arm64|riscv64 [NAME...]     ALL=1 runs all C tests, not only the short selection
#
# The libraries come from Debian packages of that processor, unpacked (never installed) below
# BUILD/ARCH; nothing outside of it is changed, and nothing needs root. What is missing here is
# named, with exit code 77 (skipped). The last line is "N passed, N failed, N skipped".
# This shows that it builds and works there, not that its memory orderings are right: qemu runs the
# program's loads and stores on this machine's processor, with this one's ordering.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

readonly EXIT_SKIPPED=77 LIMIT_SECONDS=600
readonly KEYRING=/usr/share/keyrings/debian-archive-keyring.gpg
readonly PACKAGES=(libc6-dev libhwloc-dev libjansson-dev libcmocka-dev)

# What shows the most in a short time: ring, waits and the contract of every mechanism, bytes and
# their digests, atomics in shared memory, clean-up, what is read and written, the machine's facts.
readonly SHORT="bundle_writer channel cpu extra_copies gates histogram kernel_io leftover letters
    manifest meeting options payload placement pool random ring running_digest sample
    sample_json seal sha256 source_sink statistics table units vmsplice wait_descriptor"

# Tests that say nothing under qemu, each with its reason; their names are printed as skipped.
# Single cases that qemu cannot run skip themselves, after asking the kernel.
readonly -A not_under_qemu=(
    [runner]="qemu's user mode lets nobody adopt orphans (PR_SET_CHILD_SUBREAPER)"
    [distance]="times a cache line between two CPUs, which translation does not keep"
    [conductor]="starts hundreds of programs, each translated anew: longer than any limit"
)

skip() {
    echo "skip: $*"
    exit "$EXIT_SKIPPED"
}

cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."

# magic: the machine of the ELF header, as its two bytes. riscv64 is official from Debian 13 on.
case ${1-} in
arm64) triplet=aarch64-linux-gnu qemu=aarch64 magic='\xb7\x00' suite=bookworm ;;
riscv64) triplet=riscv64-linux-gnu qemu=riscv64 magic='\xf3\x00' suite=trixie ;;
*)
    echo "test-foreign.sh: give it a processor: arm64 or riscv64" >&2
    exit 2
    ;;
esac
arch=$1
shift
names=("$@")
suite=${FOREIGN_SUITE:-$suite}
mkdir -p -- "${BUILD:-build}/$arch"
folder=$(cd -- "${BUILD:-build}/$arch" && pwd -P)
sysroot=$folder/sysroot

command -v apt-get >/dev/null || skip "apt-get is missing: the libraries are Debian's"
[[ -r $KEYRING ]] || skip "$KEYRING is missing (package debian-archive-keyring)"
"$BASH" scripts/packages.sh --check "$arch" ||
    skip "a cross compiler or qemu is missing: $("$BASH" scripts/packages.sh --no-install "$arch" 2>&1)"
emulator=$(command -v "qemu-$qemu" || command -v "qemu-$qemu-static")

# --- The libraries -----------------------------------------------------------------------------

# apt-get with lists, cache and state of its own, as if nothing at all were installed.
foreign_apt() {
    apt-get -q -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::Cache="$apt/cache" \
        -o Dir::State::status="$apt/status" -o Dir::Etc::sourcelist="$apt/sources.list" \
        -o Dir::Etc::sourceparts=/dev/null -o Dir::Etc::preferencesparts=/dev/null \
        -o APT::Architecture="$arch" -o APT::Architectures="$arch" -o APT::Sandbox::User="" \
        -o Acquire::Languages=none "$@" </dev/null
}

# Only what holds libraries and headers: the tools that packages want beside them do not run here.
make_sysroot() {
    local apt=$folder/apt package log=$folder/packages.log mirror
    rm -rf -- "$apt" "$sysroot"
    mkdir -p -- "$apt/lists/partial" "$apt/cache/archives/partial" "$sysroot"
    : >"$apt/status"
    mirror=$("$BASH" scripts/debian-mirror.sh)
    echo "deb [signed-by=$KEYRING] $mirror $suite main" >"$apt/sources.list"
    # Stale lists are no error to apt-get, so that an unreachable mirror shows at the download.
    foreign_apt update >"$log" 2>&1 || true
    if ! foreign_apt -y --no-install-recommends --download-only install "${PACKAGES[@]}" \
        >>"$log" 2>&1; then
        grep -E '^(E|W|Err)' "$log" | tail -n 3 | sed 's/^/      | /'
        skip "the packages of $suite for $arch could not be had from $mirror"
    fi
    for package in "$apt"/cache/archives/{lib*,linux-libc-dev*,zlib1g*}.deb; do
        dpkg-deb -x "$package" "$sysroot"
    done
    # The links that the base system brings where everything lies below usr.
    [[ -e $sysroot/lib ]] || ln -s usr/lib "$sysroot/lib"
    rm -rf -- "$apt"
    # Last, so that an interrupted one is made anew.
    echo "$suite" >"$sysroot/.complete"
}

# --- The build ---------------------------------------------------------------------------------

# All programs, and the test programs named.
build() {
    PKG_CONFIG_SYSROOT_DIR=$sysroot \
        PKG_CONFIG_LIBDIR=$sysroot/usr/lib/$triplet/pkgconfig:$sysroot/usr/share/pkgconfig \
        make -s -j "${JOBS:-$(nproc)}" BUILD="$folder" WERROR=1 AR="$triplet-ar" \
        CC="${FOREIGN_CC:-$triplet-gcc} --sysroot=$sysroot" all "${@/#/$folder/tests/}"
}

# --- Running -----------------------------------------------------------------------------------

# The kernel starts foreign programs by itself, so that programs can start programs: in a user
# namespace whoever is root there may say so, for this namespace alone (from Linux 6.7 on).
# shellcheck disable=SC2016
readonly REGISTER='
    mount -t binfmt_misc binfmt_misc /proc/sys/fs/binfmt_misc &&
    printf "%s" "$1" >/proc/sys/fs/binfmt_misc/register &&
    shift && exec "$@"'

# The head of an ELF file of 64 bits, little endian, executable or shared object, and which of its
# bits count. P: the program sees its own name as argv[0].
binfmt_line() {
    printf '%s' ':foreign:M::' '\x7fELF\x02\x01\x01\x00' '\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00' \
        "$magic" ':' '\xff\xff\xff\xff\xff\xff\xff\x00' '\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff' \
        '\xff\xff' ":$emulator:P"
}

in_namespace() {
    unshare --user --map-root-user --mount --ipc "$BASH" -c "$REGISTER" bash "$(binfmt_line)" "$@"
}

directly() {
    "$@"
}

# A whole run: the suite starts the measuring programs, and what reads a bundle reads this one.
run_the_suite() {
    local bin=$folder/bin bundle
    bundle=$("$bin/suite" --sizes 4K --rounds 2 --mechanisms pipe,shm --tests latency,throughput \
        --waits block --modes own --seconds 0.01 --out "$1/run" | tail -n 1) || return
    "$bin/claims" "$bundle" --write --format tsv >/dev/null || [[ $? -eq 1 ]] || return
    "$bin/report" "$bundle" --format markdown >"$bundle/report.md" || [[ $? -eq 1 ]] || return
    "$bin/report" "$bundle" --format html >"$bundle/report.html" || [[ $? -eq 1 ]] || return
    "$bin/seal" "$bundle" && "$bin/verify" "$bundle"
}

if [[ ${names[0]-} == --run-the-suite ]]; then
    run_the_suite "${names[1]}"
    exit
fi

# Sets chosen to the tests that are to run, and says which are not.
choose_tests() {
    local name
    chosen=()
    if [[ ${#names[@]} -eq 0 && -n ${ALL-} ]]; then
        for name in tests/*_test.c; do
            name=${name#tests/}
            names+=("${name%_test.c}")
        done
    elif [[ ${#names[@]} -eq 0 ]]; then
        read -r -a names -d '' <<<"$SHORT" || true
    fi
    for name in "${names[@]}"; do
        if [[ -n ${not_under_qemu[$name]-} ]]; then
            echo "skip  $name: ${not_under_qemu[$name]}"
            skipped=$((skipped + 1))
        else
            chosen+=("$name")
        fi
    done
}

# What run-tests.sh says, but for its last line, which is added to the counts.
run_tests() {
    local log=$scratch/tests.log last
    "$@" | tee "$log" | grep --line-buffered -vE "$COUNTS" || true
    last=$(grep -E "$COUNTS" "$log" | tail -n 1) || true
    if [[ $last =~ $COUNTS ]]; then
        passed=$((passed + BASH_REMATCH[1]))
        failed=$((failed + BASH_REMATCH[2]))
        skipped=$((skipped + BASH_REMATCH[3]))
    else
        failed=$((failed + 1))
    fi
}

# step NAME COMMAND...: one case, which fails when the command does.
step() {
    local name=$1 started=$SECONDS
    shift
    if "$@" >"$scratch/step.log" 2>&1; then
        echo "ok    $name ($((SECONDS - started)) s)"
        passed=$((passed + 1))
        return
    fi
    echo "FAIL  $name ($((SECONDS - started)) s)"
    sed 's/^/      | /' "$scratch/step.log"
    failed=$((failed + 1))
    return 1
}

readonly COUNTS='^([0-9]+) passed, ([0-9]+) failed, ([0-9]+) skipped$'
passed=0 failed=0 skipped=0
scratch=$(mktemp -d)
trap 'rm -rf -- "$scratch"' EXIT

[[ $(cat "$sysroot/.complete" 2>/dev/null) == "$suite" ]] || make_sysroot
choose_tests
if step "built for $arch with the libraries of Debian $suite" build "${chosen[@]/%/_test}"; then
    export QEMU_LD_PREFIX=$sysroot TEST_EMULATOR=$emulator # tests may ask for it
    runner=(tests/run-tests.sh --build "$folder" --c-only --limit "$LIMIT_SECONDS")
    start=directly
    "$folder/bin/shm" --version >/dev/null 2>&1 || start=in_namespace
    if [[ $start == directly ]] || in_namespace "$folder/bin/shm" --version >/dev/null 2>&1; then
        run_tests "$start" "${runner[@]}" "${chosen[@]}"
        step "a run of the suite: measured, judged, reported, sealed, verified" \
            "$start" "$BASH" scripts/test-foreign.sh "$arch" --run-the-suite "$scratch"
    else
        run_tests "${runner[@]}" --under "$emulator" "${chosen[@]}"
        echo "skip  a run of the suite: this kernel starts no foreign program (binfmt_misc)"
        skipped=$((skipped + 1))
    fi
fi
echo "$passed passed, $failed failed, $skipped skipped"
[[ $failed -eq 0 ]]
