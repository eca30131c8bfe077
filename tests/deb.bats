#!/usr/bin/env bats
# The Debian package: what is in it, and that the same build gives the same bytes. Whether it runs is
# tried in a fresh system (scripts/test-fresh.sh).

load helpers

setup() {
    export TMPDIR=$BATS_TEST_TMPDIR BUILD
    "$repository/scripts/packages.sh" --check deb || skip "dpkg-dev is missing; scripts/packages.sh deb adds it"
    cd "$BATS_TEST_TMPDIR"
}

# make_package FOLDER: from what is built already.
make_package() {
    # One folder shall have one name: another one is another flag, and builds everything anew.
    make -s -C "$repository" BUILD="${BUILD#"$repository"/}" install DESTDIR="$PWD/root" PREFIX=/usr >/dev/null
    "$repository/scripts/deb.sh" root "$1" | tail -n 1
    rm -r root
}

@test "it holds the command, programs, pages and completion, and depends on the libraries" {
    package=$(make_package first)
    [[ $package == *"/pipe-vs-shm_$(<"$repository/VERSION")_$(dpkg --print-architecture).deb" ]]
    for file in bin/pipe-vs-shm lib/pipe-vs-shm/build/bin/shm lib/pipe-vs-shm/build/bin/audit/shm \
        lib/pipe-vs-shm/scripts/about.sh share/man/man1/pipe-vs-shm.1.gz \
        share/man/man1/pipe-vs-shm-programs.1.gz share/bash-completion/completions/pipe-vs-shm \
        share/doc/pipe-vs-shm/copyright; do
        dpkg-deb -c "$package" | grep -q " \./usr/$file\( -> .*\)\{0,1\}$" || {
            echo "no $file" >&2
            return 1
        }
    done
    run dpkg-deb -f "$package" Depends
    [[ $output == *libc6*libhwloc*libjansson* ]] || complain "not what it needs"
    run dpkg-deb -f "$package" Recommends
    [[ $output == *gnuplot-nox*hyperfine* ]] || complain "not what it can use"
    # The sums are those of the files.
    dpkg-deb -R "$package" unpacked
    (cd unpacked && md5sum --quiet --check DEBIAN/md5sums)
    unpacked/usr/bin/pipe-vs-shm --version
    ! command -v lintian >/dev/null || lintian --fail-on error,warning "$package"
}

@test "the same build gives the same bytes" {
    SOURCE_DATE_EPOCH=1700000000 make_package first >/dev/null
    sleep 1.1
    SOURCE_DATE_EPOCH=1700000000 make_package second >/dev/null
    cmp first/*.deb second/*.deb
}

@test "what is no installation is refused" {
    mkdir empty
    run "$repository/scripts/deb.sh" empty out
    assert_refused 2 "usr/lib"
    [[ ! -e out ]] || complain "something was made"
}
