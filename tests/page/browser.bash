# Pages in a browser (headless Chromium), for tests: a test copy of a page looks at itself and tries
# what a reader does (probe.js). The page under test is page.html in the test's own folder.
# shellcheck shell=bash

# The browser's helpers end a moment after it: to be called by teardown.
wait_for_browser() {
    local _
    for _ in {1..50}; do
        pgrep -f -- "$BATS_TEST_TMPDIR/profile" >/dev/null || break
        sleep 0.1
    done
}

find_browser() {
    local name
    for name in chromium chromium-browser google-chrome; do
        if browser=$(command -v "$name"); then
            return
        fi
    done
    skip "chromium is missing; scripts/packages.sh page adds it"
}

# Calls the browser; what its console says stands in console.txt then. Only as root, who has no
# sandbox, it goes without one.
browse() {
    local sandbox=()
    [[ $EUID -ne 0 ]] || sandbox=(--no-sandbox)
    HOME=$BATS_TEST_TMPDIR timeout -k 5 120 "$browser" --headless --disable-gpu --disable-dev-shm-usage \
        --disable-crash-reporter --no-first-run --disable-background-networking --hide-scrollbars \
        --allow-file-access-from-files --user-data-dir="$BATS_TEST_TMPDIR/profile" --enable-logging=stderr \
        ${sandbox[@]+"${sandbox[@]}"} "$@" 2>messages.txt || return
    grep CONSOLE messages.txt >console.txt || true
}

# A browser that is there may still not run: no memory, no name spaces.
need_browser() {
    find_browser
    printf '<!DOCTYPE html><title>x</title><p>it runs</p>' >trial.html
    [[ $(browse --dump-dom "file://$PWD/trial.html" || true) == *"it runs"* ]] || skip "chromium does not run here: $(
        grep -v '^$' messages.txt | tail -n 1
    )"
}

# Lets the page look at itself, WIDTH pixels wide, with further options for the browser; `output` is
# what it found. `probe_script` names another script than probe.js.
probe() {
    local width=$1
    shift
    mkdir -p framed
    "$repository/tests/page/with-probe.sh" page.html "$repository/tests/page/${probe_script:-probe.js}" >framed/page.html
    cp "$repository/tests/page/frame.html" framed/
    output=$(browse "$@" --window-size="$((width < 600 ? 600 : width)),900" --dump-dom \
        "file://$PWD/framed/frame.html#$width" | sed -n '/^<pre id="found">/,/^<\/pre>/p')
    status=$?
    [[ -n $output ]] || complain "the page found nothing of itself: $(cat console.txt)"
}

assert_nothing_wrong() {
    [[ $output != *WRONG* ]] || complain "expected nothing wrong"
    [[ ! -s console.txt ]] || complain "expected an empty console: $(cat console.txt)"
}

assert_found() {
    local line
    for line in "$@"; do
        grep -Fqx -- "$line" <<<"$output" || complain "expected '$line'"
    done
}
