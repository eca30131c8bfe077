#!/usr/bin/env bash
# The README's two commands on a bare system: a Debian of the smallest variant in a temporary
# folder, a fresh clone of this repository in it, and nothing else.
#
#   test-fresh.sh            FRESH_SUITES="bookworm trixie" picks the releases (default: this
#                            system's when it is a Debian, else bookworm); FRESH_TESTS="name..."
#                            the tests, FRESH_TESTS=all runs all of them; FRESH_DEB=FILE a package
#
# FRESH_DEB, of `make deb` on this release, is installed first, used by an ordinary user, and removed.
#
# Without FRESH_TESTS the second command gets the names of tests that look at the system around
# them: its facts and CPUs, its kernel objects, gnuplot, bats. All others try the same code with
# the same outcome as outside.
#
# Needs root, debootstrap, unshare and the network; without one of them it says which and exits 77
# (skipped). All mounts live in a mount namespace that ends with the script; nothing stays behind.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
[[ ${1-} == --inside ]] || about_only "${BASH_SOURCE[0]}" "$@"

readonly EXIT_SKIPPED=77
readonly DEFAULT_TESTS="manifest cpu placement channel leftover meeting seal report plot summarise"
# A system with all packages of both commands needs about 1.5 GiB; it lies in memory where there
# is plenty, because dpkg syncs every file to a disk.
readonly MEMORY_FOR_TMPFS_KIB=$((6 * 1024 * 1024))

skip() {
    echo "skip: $*"
    exit "$EXIT_SKIPPED"
}

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
PATH=$PATH:/usr/sbin:/sbin

[[ -z ${PIPE_VS_SHM_FRESH-} ]] || skip "this is the fresh system already"
[[ $EUID -eq 0 ]] || skip "test-fresh needs root"
command -v debootstrap >/dev/null || skip "debootstrap is missing"
unshare --mount --pid --fork --ipc true 2>/dev/null || skip "this system allows no namespaces"

# The rest runs in namespaces of its own; whatever still runs in there ends with it.
if [[ ${1-} != --inside ]]; then
    folder=$(mktemp -d)
    trap 'rm -rf --one-file-system -- "$folder"' EXIT
    # In the background with wait, so that a signal reaches the namespaces at once.
    unshare --mount --pid --fork --ipc --kill-child "$BASH" "${BASH_SOURCE[0]}" --inside "$folder" &
    inside=$!
    trap 'kill -TERM "$inside" 2>/dev/null || true' INT TERM HUP
    while kill -0 "$inside" 2>/dev/null; do
        wait "$inside" || true
    done
    status=0
    wait "$inside" || status=$?
    exit "$status"
fi

folder=$2

default_suite() {
    local ID="" VERSION_CODENAME=""
    # shellcheck disable=SC1091
    . /etc/os-release
    if [[ $ID == debian && -n $VERSION_CODENAME ]]; then
        echo "$VERSION_CODENAME"
    else
        echo bookworm
    fi
}

available_memory_kib() {
    awk '$1 == "MemAvailable:" { print $2 }' /proc/meminfo
}

make_system() {
    local suite=$1 system=$2 mirror=$3
    debootstrap --variant=minbase "$suite" "$system" "$mirror" >"$folder/debootstrap.log" 2>&1
}

# What a container has, too: no device but these, and its own /dev/shm.
mount_kernel_files() {
    local system=$1 device
    mount -t proc proc "$system/proc"
    mount -t sysfs -o ro sysfs "$system/sys" 2>/dev/null || mount --rbind /sys "$system/sys"
    mount -t tmpfs -o mode=755 tmpfs "$system/dev"
    for device in null zero full random urandom tty; do
        : >"$system/dev/$device"
        mount --bind "/dev/$device" "$system/dev/$device"
    done
    mkdir "$system/dev/shm"
    mount -t tmpfs -o mode=1777 tmpfs "$system/dev/shm"
    ln -s /proc/self/fd "$system/dev/fd"
    ln -s /proc/self/fd/0 "$system/dev/stdin"
    ln -s /proc/self/fd/1 "$system/dev/stdout"
    ln -s /proc/self/fd/2 "$system/dev/stderr"
}

# How packages are reached is the machine's matter; what is installed is not.
copy_network_settings() {
    local system=$1
    cp -L /etc/resolv.conf "$system/etc/resolv.conf" 2>/dev/null || true
    cp -L /etc/hosts "$system/etc/hosts" 2>/dev/null || true
    apt-config dump 2>/dev/null | grep -E '^Acquire::(https?::|Check-)' \
        >"$system/etc/apt/apt.conf.d/90host" || true
    cp -R /usr/local/share/ca-certificates "$system/usr/local/share/" 2>/dev/null || true
    mkdir -p "$system/etc/ssl/certs"
    [[ ! -f /etc/ssl/certs/ca-certificates.crt ]] ||
        cp -L /etc/ssl/certs/ca-certificates.crt "$system/etc/ssl/certs/"
}

# A clone of the last commit with the files on top that were changed since.
copy_repository() {
    "$root/tests/fresh-clone.sh" "$root" "$1"
}

# One command of the README, as a person at a bare system would type it.
run_command() {
    local name=$1 system=$2 log started=$SECONDS status=0
    shift 2
    log=$folder/${name//[ \/]/-}.log
    chroot "$system" /usr/bin/env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
        HOME=/root TERM=dumb PIPE_VS_SHM_FRESH=1 ${http_proxy:+"http_proxy=$http_proxy"} \
        ${https_proxy:+"https_proxy=$https_proxy"} \
        /bin/bash -c 'cd /pipe-vs-shm && exec "$@"' bash "$@" >"$log" 2>&1 </dev/null || status=$?
    if [[ $status -eq 0 ]]; then
        echo "ok    $name ($((SECONDS - started)) s): $(tail -n 1 "$log")"
        return 0
    fi
    echo "FAIL  $name ($((SECONDS - started)) s): exit code $status"
    tail -n "${FRESH_LOG_LINES:-60}" "$log" | sed 's/^/      | /'
    return 1
}

# Enough to see that the installed programs measure, write a bundle and judge it.
# shellcheck disable=SC2016 # expanded in there
readonly PACKAGE_RUN='set -e
    cd "$(mktemp -d)"
    pipe-vs-shm --version
    pipe-vs-shm --no-install --quick --no-charts --sizes 4K --rounds 6 >summary
    pipe-vs-shm --no-install show results/latest >again
    pipe-vs-shm --no-install verify results/latest >/dev/null
    cmp <(grep -v "^report: " summary) <(grep -v "^report: " again)
    test -s results/latest/report.html
    grep -m 1 ^Speed summary'

# The package on the system as it is: installed with what it depends on and no more, and then gone.
test_package() {
    local suite=$1 system=$2 package=$3
    cp -- "$package" "$system/package.deb"
    run_command "$suite: apt-get install the package" "$system" /bin/bash -c '
        export DEBIAN_FRONTEND=noninteractive
        apt-get -q update && apt-get -q install -y --no-install-recommends /package.deb' || return
    run_command "$suite: the installed command, as nobody" "$system" \
        setpriv --reuid 65534 --regid 65534 --clear-groups env HOME=/nonexistent /bin/bash -c "$PACKAGE_RUN" || return
    run_command "$suite: apt-get purge the package" "$system" /bin/bash -c '
        apt-get -q purge -y --autoremove pipe-vs-shm && [[ ! -e /usr/lib/pipe-vs-shm && ! -e /usr/bin/pipe-vs-shm ]]'
}

test_suite() {
    local suite=$1 system=$folder/$1 mirror failed=0 tests=${FRESH_TESTS:-$DEFAULT_TESTS} names
    [[ $tests != all ]] || tests=""
    read -r -a names <<<"$tests"
    mirror=$("$BASH" "$root/scripts/debian-mirror.sh")
    mkdir "$system"
    if [[ $(available_memory_kib) -gt $MEMORY_FOR_TMPFS_KIB ]]; then
        mount -t tmpfs -o mode=755,size=4G tmpfs "$system"
    fi
    if ! make_system "$suite" "$system" "$mirror"; then
        # Without the network there is nothing to test; anything else is told.
        tail -n 3 "$folder/debootstrap.log" | sed 's/^/      | /'
        skip "debootstrap could not make a $suite from $mirror"
    fi
    mount_kernel_files "$system"
    copy_network_settings "$system"
    copy_repository "$system/pipe-vs-shm"

    [[ -z ${FRESH_DEB-} ]] || test_package "$suite" "$system" "$FRESH_DEB" || failed=1
    run_command "$suite: ./run_bench.sh --quick" "$system" ./run_bench.sh --quick || failed=1
    run_command "$suite: ./run_bench.sh test${tests:+ $tests}" "$system" \
        ./run_bench.sh test "${names[@]}" || failed=1
    if ! compgen -G "$system/pipe-vs-shm/plots/*/throughput.svg" >/dev/null; then
        echo "FAIL  $suite: no chart was drawn"
        failed=1
    fi
    umount --recursive --lazy "$system/dev" "$system/sys" "$system/proc"
    if mountpoint -q "$system"; then
        umount --lazy "$system"
    else
        rm -rf --one-file-system -- "$system"
    fi
    return "$failed"
}

mount --make-rprivate /
failed=0
for suite in ${FRESH_SUITES:-$(default_suite)}; do
    status=0
    (test_suite "$suite") || status=$?
    [[ $status -ne "$EXIT_SKIPPED" ]] || exit "$EXIT_SKIPPED"
    [[ $status -eq 0 ]] || failed=1
done
exit "$failed"
