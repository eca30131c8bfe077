#!/bin/sh
# Prints a test copy of a page: without its policy, which lets no other script run, and with a script
# at the end, behind look.js: with-probe.sh PAGE SCRIPT. OPEN=yes opens what is folded away.
set -eu

awk -v look="${0%/*}/look.js" -v script="$2" -v open="${OPEN-}" '
    function put(file) {
        print "<script>"
        while ((getline line <file) > 0)
            print line
        print "</script>"
    }
    /^<meta http-equiv="Content-Security-Policy"/ { next }
    open != "" { gsub(/<details>/, "<details open=\"open\">") }
    $0 == "</body>" {
        put(look)
        put(script)
    }
    { print }' "$1"
