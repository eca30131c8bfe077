#!/usr/bin/env bash
# Makes a Debian package of what `make install PREFIX=/usr` has put below a folder:
#
#   deb.sh ROOT FOLDER      ROOT is changed; the package comes into FOLDER, its path is the last line
#
# What the programs need is found by dpkg-shlibdeps; what draws charts and times from outside is
# recommended, by the names of packages.sh. Same files, same bytes: times are those of the last commit,
# or SOURCE_DATE_EPOCH. DEBFULLNAME and DEBEMAIL are the maintainer. Exit 69: a tool is missing.
set -euo pipefail

here=$(dirname -- "${BASH_SOURCE[0]}")
# shellcheck source-path=SCRIPTDIR source=about.sh
source "$here/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

repository=$(cd -- "$here/.." && pwd -P)
readonly repository name=pipe-vs-shm
if [[ $# -ne 2 || ! -d $1/usr/lib/$name ]]; then
    echo "deb.sh: give it the folder with $name below usr/lib, and one for the package" >&2
    exit 2
fi
"$repository/scripts/packages.sh" --no-install deb
mkdir -p -- "$2"
root=$(cd -- "$1" && pwd -P)
folder=$(cd -- "$2" && pwd -P)
read -r version <"$repository/VERSION"
architecture=$(dpkg --print-architecture)
readonly root folder version architecture
if [[ -z ${SOURCE_DATE_EPOCH-} ]]; then
    SOURCE_DATE_EPOCH=$(git -C "$repository" log -1 --format=%ct 2>/dev/null) ||
        SOURCE_DATE_EPOCH=$(stat -c %Y -- "$repository/CHANGELOG.md")
fi
export SOURCE_DATE_EPOCH LC_ALL=C
umask 022

programs() {
    find "$root/usr/lib/$name/build/bin" -type f -perm -u+x | sort
}

list() {
    local words
    words=$("$repository/scripts/packages.sh" --packages apt-get "$@")
    echo "${words// /, }"
}

# dpkg-shlibdeps wants to be called beside a source package's control file.
find_libraries() {
    local scratch
    scratch=$(mktemp -d)
    mkdir "$scratch/debian"
    printf 'Source: %s\n\nPackage: %s\nArchitecture: any\n' "$name" "$name" >"$scratch/debian/control"
    # shellcheck disable=SC2046 # the programs' names hold no blanks
    (cd -- "$scratch" && dpkg-shlibdeps -O $(programs) 2>/dev/null) | sed -n 's/^shlibs:Depends=//p'
    rm -rf -- "$scratch"
}

# What policy asks of every package: a licence and a log of changes in their place, compressed pages.
add_documents() {
    local documents=$root/usr/share/doc/$name
    mkdir -p -- "$documents"
    {
        echo 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/'
        printf 'Upstream-Name: %s\n\nFiles: *\n' "$name"
        sed -n 's/^Copyright (c) /Copyright: /p' "$repository/LICENSE"
        echo 'License: Expat'
        sed -e '1,/^Copyright/d' -e 's/^$/./' -e 's/^/ /' "$repository/LICENSE" | sed '1{/^ \.$/d}'
    } >"$documents/copyright"
    rm -f -- "$root/usr/lib/$name/LICENSE"
    printf '%s (%s) unstable; urgency=medium\n\n  * See CHANGELOG.md.\n\n -- %s  %s\n' "$name" "$version" \
        "$maintainer" "$(date -R -u -d "@$SOURCE_DATE_EPOCH")" | gzip -9n >"$documents/changelog.gz"
    cp -- "$repository/CHANGELOG.md" "$documents/"
    find "$root/usr/share/man" -name '*.1' -exec gzip -9n -f -- {} +
}

write_control() {
    local libraries
    libraries=$(find_libraries)
    [[ -n $libraries ]] || { echo "deb.sh: dpkg-shlibdeps found no libraries" >&2 && exit 1; }
    mkdir -p -- "$root/DEBIAN"
    cat >"$root/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Section: utils
Priority: optional
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -k -s --apparent-size --exclude=DEBIAN -- "$root" | cut -f 1)
Depends: $libraries
Recommends: $(list charts clock)
Suggests: bash-completion
Description: how much faster is shared memory than a pipe, and why
 Measures how fast an anonymous pipe, a FIFO and System V shared memory move
 data between two processes of this machine, counts the copies, takes the
 difference apart into its causes, and writes charts and a report.
CONTROL
    (cd -- "$root" && find usr -type f -print0 | sort -z | xargs -0 md5sum) >"$root/DEBIAN/md5sums"
}

maintainer="${DEBFULLNAME:-$name contributors} <${DEBEMAIL:-$name@localhost.invalid}>"
readonly maintainer
# shellcheck disable=SC2046
strip --strip-unneeded --remove-section=.comment --remove-section=.note $(programs)
add_documents
write_control
find "$root" -newermt "@$SOURCE_DATE_EPOCH" -exec touch -h -d "@$SOURCE_DATE_EPOCH" -- {} +
package=$folder/${name}_${version}_$architecture.deb
dpkg-deb --root-owner-group -Zxz --build "$root" "$package.partial" >/dev/null
mv -f -- "$package.partial" "$package"
echo "$package"
