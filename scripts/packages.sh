#!/usr/bin/env bash
# Finds out which tools are missing and adds them with the system's package manager.
#
#   packages.sh [--check | --no-install] GROUP...
#
# Groups: build charts chinese clock test page lint fuzz fresh arm64 riscv64 model perf deb. Each is a list of needs; a
# need is looked for itself (the command, the pkg-config module), never the package that would bring it.
#   --check       only answer: exit 0 when nothing is missing, 69 otherwise, silently
#   --no-install  name the command that would add what is missing, exit 69
#   --packages MANAGER  print the packages that bring the groups there, missing or not
# Without either it asks on a terminal, and just does it when it is root and nobody is there.
# Exit 0: all there (or only something optional could not be had: said in one line); 69: missing.
#
# Uses shell builtins only until something is installed: it must be able to say what is missing
# on a system where nothing else is there.
set -euo pipefail

here=${BASH_SOURCE[0]%"${BASH_SOURCE[0]##*/}"}
# shellcheck source-path=SCRIPTDIR source=about.sh
source "${here:-./}about.sh"
about "${BASH_SOURCE[0]}" "$@"

readonly EXIT_USAGE=2 EXIT_UNAVAILABLE=69

# --- What is needed ----------------------------------------------------------------------------

declare -A group_needs=(
    [build]="compiler make pkg-config hwloc jansson"
    [charts]="gnuplot"
    [chinese]="han-font"
    [clock]="hyperfine"
    [test]="cmocka bats strace script xgettext"
    [page]="chromium xmllint pdftotext"
    [lint]="clang clang-format clang-tidy cppcheck shellcheck"
    [fuzz]="libfuzzer"
    [fresh]="debootstrap unshare"
    [model]="compiler spin"
    [perf]="valgrind perf"
    [deb]="dpkg-deb dpkg-shlibdeps strip"
    [arm64]="aarch64-linux-gnu-gcc qemu-aarch64"
    [riscv64]="riscv64-linux-gnu-gcc qemu-riscv64"
)

# Needs without which a run still measures: if no package has them, the run says so and goes on.
readonly optional_needs=" gnuplot han-font hyperfine "

need_is_there() {
    case $1 in
    compiler) compiler_works ;;
    hwloc | jansson | cmocka) has pkg-config && pkg-config --exists "$1" 2>/dev/null ;;
    debootstrap) has debootstrap || [[ -x /usr/sbin/debootstrap ]] ;;
    qemu-*) has "$1" || has "$1-static" ;;
    libfuzzer) fuzzer_links ;;
    han-font) has fc-list && [[ -n $(fc-list :lang=zh-cn family 2>/dev/null) ]] ;;
    chromium) has chromium || has chromium-browser || has google-chrome ;;
    *) has "$1" ;;
    esac
}

has() {
    command -v "$1" >/dev/null 2>&1
}

# A compiler without the C library's headers is of no use.
compiler_works() {
    # CC may be several words, such as "ccache gcc".
    # shellcheck disable=SC2086
    has ${CC:-cc} && ${CC:-cc} -E -x c - >/dev/null 2>&1 <<<'#include <stdio.h>'
}

# clang may come without the library that makes a program a fuzz target.
fuzzer_links() {
    has clang &&
        clang -fsanitize=fuzzer,address -x c - -o /dev/null >/dev/null 2>&1 \
            <<<'int LLVMFuzzerTestOneInput(const char *data, unsigned long size) { return !data && size; }'
}

# The packages that bring a need, per package manager; nothing where none is known.
packages_of() {
    case $1:$2 in
    apt-get:compiler) echo "gcc libc6-dev" ;;
    apk:compiler) echo "gcc musl-dev linux-headers" ;;
    zypper:compiler | dnf:compiler) echo "gcc glibc-devel" ;;
    pacman:compiler) echo "gcc" ;;
    *:make) echo "make" ;;
    apt-get:pkg-config) echo "pkg-config" ;;
    dnf:pkg-config) echo "pkgconf-pkg-config" ;;
    zypper:pkg-config) echo "pkg-config" ;;
    *:pkg-config) echo "pkgconf" ;;
    apt-get:hwloc) echo "libhwloc-dev" ;;
    dnf:hwloc | zypper:hwloc) echo "hwloc-devel" ;;
    pacman:hwloc) echo "hwloc" ;;
    apk:hwloc) echo "hwloc-dev" ;;
    apt-get:jansson) echo "libjansson-dev" ;;
    dnf:jansson) echo "jansson-devel" ;;
    zypper:jansson) echo "libjansson-devel" ;;
    pacman:jansson) echo "jansson" ;;
    apk:jansson) echo "jansson-dev" ;;
    # A chart needs a font, and a minimal system has none.
    apt-get:gnuplot) echo "gnuplot-nox fonts-dejavu-core" ;;
    dnf:gnuplot) echo "gnuplot dejavu-sans-fonts" ;;
    zypper:gnuplot) echo "gnuplot dejavu-fonts" ;;
    pacman:gnuplot) echo "gnuplot ttf-dejavu" ;;
    apk:gnuplot) echo "gnuplot font-dejavu" ;;
    # A chart in Chinese needs one with Han characters, and fc-list to find it.
    apt-get:han-font) echo "fontconfig fonts-wqy-zenhei" ;;
    dnf:han-font | zypper:han-font) echo "fontconfig wqy-zenhei-fonts" ;;
    pacman:han-font) echo "fontconfig wqy-zenhei" ;;
    apk:han-font) echo "fontconfig font-wqy-zenhei" ;;
    *:hyperfine) echo "hyperfine" ;;
    apt-get:cmocka) echo "libcmocka-dev" ;;
    dnf:cmocka | zypper:cmocka) echo "libcmocka-devel" ;;
    pacman:cmocka) echo "cmocka" ;;
    apk:cmocka) echo "cmocka-dev" ;;
    pacman:bats) echo "bash-bats" ;;
    *:bats) echo "bats" ;;
    *:strace) echo "strace" ;;
    zypper:xgettext) echo "gettext-tools" ;;
    *:xgettext) echo "gettext" ;;
    # Tests of what a terminal gets.
    apt-get:script) echo "bsdutils" ;;
    apk:script) echo "util-linux-misc" ;;
    *:script) echo "util-linux" ;;
    # A page needs fonts, one of them with Han characters, and a minimal system has none.
    apt-get:chromium) echo "chromium fonts-dejavu-core fonts-wqy-zenhei" ;;
    apk:chromium) echo "chromium font-dejavu font-wqy-zenhei" ;;
    pacman:chromium) echo "chromium ttf-dejavu wqy-zenhei" ;;
    dnf:chromium) echo "chromium dejavu-sans-fonts wqy-zenhei-fonts" ;;
    zypper:chromium) echo "chromium dejavu-fonts wqy-zenhei-fonts" ;;
    apt-get:xmllint) echo "libxml2-utils" ;;
    apk:xmllint) echo "libxml2-utils" ;;
    zypper:xmllint) echo "libxml2-tools" ;;
    *:xmllint) echo "libxml2" ;;
    zypper:pdftotext) echo "poppler-tools" ;;
    pacman:pdftotext) echo "poppler" ;;
    *:pdftotext) echo "poppler-utils" ;;
    *:clang) echo "clang" ;;
    apt-get:clang-format) echo "clang-format" ;;
    apt-get:clang-tidy) echo "clang-tidy" ;;
    dnf:clang-format | dnf:clang-tidy) echo "clang-tools-extra" ;;
    zypper:clang-format | zypper:clang-tidy) echo "clang-tools" ;;
    pacman:clang-format | pacman:clang-tidy) echo "clang" ;;
    apk:clang-format | apk:clang-tidy) echo "clang-extra-tools" ;;
    *:cppcheck) echo "cppcheck" ;;
    dnf:shellcheck | zypper:shellcheck) echo "ShellCheck" ;;
    *:shellcheck) echo "shellcheck" ;;
    apt-get:libfuzzer) echo "clang libclang-rt-dev" ;;
    dnf:libfuzzer | apk:libfuzzer) echo "clang compiler-rt" ;;
    pacman:libfuzzer) echo "clang compiler-rt" ;;
    *:libfuzzer) echo "clang" ;;
    *:debootstrap) echo "debootstrap" ;;
    *:unshare) echo "util-linux" ;;
    apt-get:spin) echo "spin" ;;
    *:dpkg-deb) echo "dpkg" ;;
    apt-get:dpkg-shlibdeps) echo "dpkg-dev" ;;
    *:strip) echo "binutils" ;;
    *:valgrind) echo "valgrind" ;;
    apt-get:perf) echo "linux-perf" ;;
    *:perf) echo "perf" ;;
    apt-get:aarch64-linux-gnu-gcc) echo "gcc-aarch64-linux-gnu" ;;
    apt-get:riscv64-linux-gnu-gcc) echo "gcc-riscv64-linux-gnu" ;;
    apt-get:qemu-*) echo "qemu-user" ;;
    esac
}

# --- What is missing ---------------------------------------------------------------------------

# Sets missing (the needs) of the groups given.
find_missing() {
    local group need
    missing=()
    for group in "$@"; do
        if [[ -z ${group_needs[$group]-} ]]; then
            say "unknown group '$group'; allowed: ${!group_needs[*]}"
            exit "$EXIT_USAGE"
        fi
        for need in ${group_needs[$group]}; do
            need_is_there "$need" || missing+=("$need")
        done
    done
}

only_optional_missing() {
    local need
    for need in "${missing[@]}"; do
        [[ $optional_needs == *" $need "* ]] || return 1
    done
}

# --- How it would be added ---------------------------------------------------------------------

find_manager() {
    local candidate line
    for candidate in apt-get dnf pacman zypper apk; do
        if has "$candidate"; then
            manager=$candidate
            return
        fi
    done
    # The manager may be out of PATH; the distribution's name still tells which it is.
    manager=""
    [[ -r /etc/os-release ]] || return 0
    while IFS= read -r line; do
        case $line in
        ID=*debian* | ID=*ubuntu* | ID_LIKE=*debian*) manager=apt-get ;;
        ID=*fedora* | ID_LIKE=*fedora* | ID_LIKE=*rhel*) manager=dnf ;;
        ID=*arch* | ID_LIKE=*arch*) manager=pacman ;;
        ID=*suse* | ID_LIKE=*suse*) manager=zypper ;;
        ID=*alpine*) manager=apk ;;
        esac
    done </etc/os-release
}

# The packages of all needs given, each once, in packages.
collect_packages() {
    local need package
    packages=()
    for need in "$@"; do
        for package in $(packages_of "$manager" "$need"); do
            [[ " ${packages[*]-} " == *" $package "* ]] || packages+=("$package")
        done
    done
}

# The commands that add the packages given, as one line; also what is run, word by word.
install_command() {
    local prefix=""
    [[ $EUID -eq 0 ]] || prefix="sudo "
    case $manager in
    apt-get)
        echo "${prefix}apt-get update && ${prefix}apt-get install -y --no-install-recommends $*"
        ;;
    dnf) echo "${prefix}dnf install -y $*" ;;
    pacman) echo "${prefix}pacman -Sy --needed --noconfirm $*" ;;
    zypper) echo "${prefix}zypper --non-interactive install $*" ;;
    apk) echo "${prefix}apk add $*" ;;
    esac
}

# --- Adding it ---------------------------------------------------------------------------------

say() {
    printf 'pipe-vs-shm: %s\n' "$*" >&2
}

run_manager() {
    local prefix=()
    [[ $EUID -eq 0 ]] || prefix=(sudo)
    case $manager in
    apt-get)
        DEBIAN_FRONTEND=noninteractive ${prefix[@]+"${prefix[@]}"} \
            apt-get -q install -y --no-install-recommends "$@"
        ;;
    dnf) ${prefix[@]+"${prefix[@]}"} dnf install -y "$@" ;;
    pacman) ${prefix[@]+"${prefix[@]}"} pacman -S --needed --noconfirm "$@" ;;
    zypper) ${prefix[@]+"${prefix[@]}"} zypper --non-interactive install "$@" ;;
    apk) ${prefix[@]+"${prefix[@]}"} apk add "$@" ;;
    esac >&2 </dev/null
}

# Lists of packages go stale, and a minimal system has none.
refresh_lists() {
    local prefix=()
    [[ $EUID -eq 0 ]] || prefix=(sudo)
    case $manager in
    apt-get) ${prefix[@]+"${prefix[@]}"} apt-get -q update ;;
    pacman) ${prefix[@]+"${prefix[@]}"} pacman -Sy ;;
    apk) ${prefix[@]+"${prefix[@]}"} apk update ;;
    esac >&2 </dev/null
}

install_missing() {
    local need
    refresh_lists || say "$manager could not refresh its lists; trying with those it has"
    collect_packages "${missing[@]}"
    run_manager "${packages[@]}" && return 0
    # One package that the distribution lacks must not keep all the others away.
    for need in "${missing[@]}"; do
        collect_packages "$need"
        [[ ${#packages[@]} -eq 0 ]] || run_manager "${packages[@]}" || true
    done
}

may_install() {
    local answer
    if [[ -t 0 && -t 2 ]]; then
        [[ $EUID -eq 0 ]] || has sudo || return 1
        printf 'pipe-vs-shm: missing: %s\nAdd with: %s\nDo it now? [Y/n] ' \
            "${missing[*]}" "$command" >&2
        read -r answer
        [[ $answer != [nN]* ]]
        return
    fi
    [[ $EUID -eq 0 ]] || return 1
    say "missing: ${missing[*]}; adding with: $command"
}

# The one line of exit 69.
name_command() {
    if [[ -n $command ]]; then
        say "missing: ${missing[*]}; add with: $command"
    else
        say "missing: ${missing[*]}; add them with this system's package manager"
    fi
    exit "$EXIT_UNAVAILABLE"
}

print_packages() {
    local group needs=()
    for group in "$@"; do
        # shellcheck disable=SC2206 # words
        needs+=(${group_needs[$group]-})
    done
    collect_packages "${needs[@]}"
    echo "${packages[*]}"
}

main() {
    local mode=install
    case ${1-} in
    --check | --no-install)
        mode=${1#--}
        shift
        ;;
    esac
    if [[ ${1-} == --packages && $# -gt 2 ]]; then
        manager=$2
        shift 2
        print_packages "$@"
        return
    fi
    if [[ $# -eq 0 || $1 == -* ]]; then
        say "${1+unknown option $1; }usage: packages.sh [--check | --no-install] GROUP...; groups: ${!group_needs[*]}"
        exit "$EXIT_USAGE"
    fi

    find_missing "$@"
    [[ ${#missing[@]} -gt 0 ]] || exit 0
    [[ $mode != check ]] || exit "$EXIT_UNAVAILABLE"

    find_manager
    collect_packages "${missing[@]}"
    command=""
    if [[ -n $manager && ${#packages[@]} -gt 0 ]]; then
        command=$(install_command "${packages[@]}")
    fi
    [[ $mode == install && -n $command ]] || name_command
    has "$manager" || name_command
    may_install || name_command

    install_missing
    hash -r
    find_missing "$@"
    [[ ${#missing[@]} -gt 0 ]] || exit 0
    if only_optional_missing; then
        say "this system has no package for: ${missing[*]}; going on without"
        exit 0
    fi
    collect_packages "${missing[@]}"
    command=$(install_command "${packages[@]}")
    name_command
}

main "$@"
