# Sourced, never run.
# shellcheck shell=bash

# Prints a text as it can stand in a line of a terminal. Names of bundles and files are anybody's:
# what is not plain ASCII is shown as the shell would take it.
plain() {
    local LC_ALL=C
    if [[ $1 == *[!\ -~]* ]]; then
        printf '%q' "$1"
    else
        printf '%s' "$1"
    fi
}
