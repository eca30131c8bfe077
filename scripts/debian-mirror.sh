#!/usr/bin/env bash
# Prints the Debian mirror that this machine itself uses, so that proxies and private mirrors work;
# FRESH_MIRROR wins.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

uri=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list /etc/apt/sources.list.d/*.sources \
    2>/dev/null | sed -n -e 's/^URIs: *\([^ ]*\).*/\1/p' \
    -e 's/^deb \(\[[^]]*\] \)\{0,1\}\([^ ]*\) .*/\2/p' | grep -m 1 '/debian/*$') || true
echo "${FRESH_MIRROR:-${uri:-http://deb.debian.org/debian}}"
