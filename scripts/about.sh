# Sourced by every script that is run, never run itself: what each answers about itself. Its help is
# the comment at its top, its version the project's. Builtins of any shell only, for scripts that must
# speak on a bare system.
# shellcheck shell=sh

# about SCRIPT [WORD...]: when the first word is --help or --version, prints that and ends.
about() {
    about_script=$1
    shift
    case ${1-} in
    --help | -h)
        while IFS= read -r about_line; do
            case $about_line in
            '#!'*) ;;
            '# '*) printf '%s\n' "${about_line#??}" ;;
            '#') echo ;;
            *) exit 0 ;;
            esac
        done <"$about_script"
        exit 0
        ;;
    --version)
        read -r about_line <"${about_script%"${about_script##*/}"}../VERSION"
        printf '%s (pipe-vs-shm) %s\n' "${about_script##*/}" "$about_line"
        exit 0
        ;;
    esac
}

# The same for scripts that take no options: every other one is bad usage.
about_only() {
    about "$@"
    case ${2-} in
    -*)
        printf '%s: unknown option %.40s; --help tells how to call it\n' "${1##*/}" "$2" >&2
        exit 2
        ;;
    esac
}
