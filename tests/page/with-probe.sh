#!/bin/sh
# Prints a test copy of a page: without its policy, which lets no other script run, and with a script
# at the end: with-probe.sh PAGE SCRIPT. OPEN=yes opens what is folded away.
set -eu

awk -v script="$2" -v open="${OPEN-}" '
    /^<meta http-equiv="Content-Security-Policy"/ { next }
    open != "" { gsub(/<details>/, "<details open=\"open\">") }
    $0 == "</body>" {
        print "<script>"
        while ((getline line <script) > 0)
            print line
        print "</script>"
    }
    { print }' "$1"
