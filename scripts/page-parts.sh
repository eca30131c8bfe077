#!/bin/sh
# Prints text files as C, each as an array of its lines that ends with NULL: page-parts.sh NAME FILE...
set -eu

# shellcheck source-path=SCRIPTDIR source=about.sh
. "$(dirname -- "$0")/about.sh"
about_only "$0" "$@"

echo '/* Generated: see the Makefile. */'
echo '#include <stddef.h>'
while [ $# -gt 1 ]; do
    echo "static const char *const $1[] = {"
    sed -e 's/[\\"?]/\\&/g' -e 's/.*/"&\\n",/' "$2"
    echo 'NULL};'
    shift 2
done
