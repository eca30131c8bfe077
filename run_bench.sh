#!/usr/bin/env bash
# The front door: from a clone to charts in one command. It installs what is missing, builds,
# calls the programs in order and keeps their exit code; it computes nothing itself.
# Before the set-up it uses shell builtins only, so that it can speak on a bare system.
set -euo pipefail

# Whatever ends this script: its temporary files go, and a step that a signal has ended, at whose
# exit code the shell stops without a word, gets its line.
scratch=""
advice="call it again"
on_exit() {
    local code=$?
    [[ -z $scratch ]] || rm -rf -- "$scratch"
    if [[ $code -gt 128 && $code -ne $EXIT_INTERRUPTED && $code -ne $EXIT_READER_GONE ]]; then
        printf 'run_bench.sh: a step was ended by signal %d; %s\n' "$((code - 128))" "$advice" >&2
    fi
}
trap on_exit EXIT

readonly EXIT_FAILED=1 EXIT_USAGE=2 EXIT_UNAVAILABLE=69 EXIT_INTERRUPTED=130
# Whoever read the output, such as head, has enough: no reason to call again.
readonly EXIT_READER_GONE=141

# The folder this script really lies in, also when called through a link.
find_root() {
    local script=$1
    [[ ! -L $script ]] || script=$(readlink -f -- "$script")
    [[ $script == */* ]] || script=./$script
    (cd -- "${script%/*}" && pwd -P)
}

root=$(find_root "${BASH_SOURCE[0]}")
# Where the build lies, for make and for every script: relative to the root, or absolute when it lies
# elsewhere. One folder shall have one name: another one is another flag, and builds everything anew.
export BUILD=${BUILD:-build}
BUILD=${BUILD#"$root"/}
case $BUILD in
/*) programs=$BUILD/bin ;;
*) programs=$root/$BUILD/bin ;;
esac
readonly root programs
# shellcheck source-path=SCRIPTDIR source=scripts/plain.sh
source "$root/scripts/plain.sh"
# shellcheck source-path=SCRIPTDIR source=scripts/tidy.sh
source "$root/scripts/tidy.sh"
suite_pid=""
caller=$PWD
readonly caller

say() {
    printf 'run_bench.sh: %s\n' "$(plain "$*")" >&2
}

refuse() {
    say "$*"
    exit "$EXIT_USAGE"
}

print_help() {
    cat <<'HELP'
How much faster is shared memory than a pipe here, and is it because of the copies?

  ./run_bench.sh [OPTIONS]        set up, build, measure, draw charts, write and show the report
  ./run_bench.sh plot BUNDLE      draw the charts of a finished run again, into plots/<id>/ (--lang en|zh)
  ./run_bench.sh show BUNDLE      print the closing summary of a finished run again
  ./run_bench.sh report BUNDLE    print its report (--format terminal|markdown|html, --lang en|zh)
  ./run_bench.sh compare A B [C...]
                                  compare runs cell by cell with the first one: what differs, and in
                                  what their machines do; a page, compare.html, and charts into
                                  plots/compare-<A>-<B>/
                                  (--format terminal|markdown|tsv, --by ratio|normalised|absolute,
                                  --all, --out DIR, --no-charts; exit code 0: the same, 1: some
                                  cells differ, 2: not comparable)
  ./run_bench.sh gallery FOLDER [FOLDER...]
                                  one page over many runs, such as those in results/: charts overlaid,
                                  a table to sort and filter (--out DIR; results/gallery)
  ./run_bench.sh export BUNDLE    its figures for other programs (--format csv|benchmark-json|openmetrics,
                                  --direction smaller|bigger, --out FILE)
  ./run_bench.sh verify BUNDLE    is it still what its run left? Checksums, all that was derived
                                  against what comes out of the raw rows, rows against the plan
  ./run_bench.sh claims [BUNDLE]  try every statement of the article here, with the measurements of
                                  BUNDLE (results/latest; a quick run is made when there is none;
                                  --format text|tsv, --lang en|zh)
  ./run_bench.sh clean            remove what killed runs left behind: segments, semaphores, temporary
                                  folders whose processes are all gone; never results (--dry-run)
  ./run_bench.sh test [NAME...]   install what tests need, build, run all tests (or those named)
  ./run_bench.sh help             this page; --help and --version work too

A BUNDLE is the folder of one run: results/<id>, or results/latest for the newest.

  --quick                the quick preset: a quarter of a minute instead of two minutes
  --full                 the full preset: every size, wait, mode and placement; takes long
  --like BUNDLE          the same plan, options and seed as that run had, then compare both
  --resume DIR           go on with an interrupted run (its folder ends in .partial)
  --no-install           install nothing: name the command that adds what is missing, exit 69
  --no-charts            draw no charts (gnuplot is not needed then)
  --no-outer-clock       no second timing with hyperfine (hyperfine is not needed then)
  --color WHEN           the summary in colour: auto, always or never (default auto: on a terminal,
                         unless NO_COLOR is set; CLICOLOR_FORCE=1 is always)
  --lang en|zh           the language of summary, reports and charts (default: that of the locale)
HELP
    if [[ -x $programs/suite ]]; then
        echo
        echo "All other options go to build/bin/suite:"
        "$programs/suite" --help | while IFS= read -r line; do
            [[ $line != "  --"* || $line == "  --like "* || $line == "  --resume "* ]] || printf '%s\n' "$line"
        done
    else
        echo
        echo "All other options go to build/bin/suite; once it is built, they are listed here."
    fi
    cat <<'HELP'

Exit codes: 0 done; 1 measured, but something failed; 2 bad usage; 69 something that the machine
lacks, with the command that adds it; 130 interrupted, what was measured is kept.
HELP
}

# --- Set-up ------------------------------------------------------------------------------------

# The needs of an installed copy are fewer: it has nothing to build.
set_up() {
    local mode=$1
    shift
    local groups=("$@")
    if is_clone; then
        groups=(build "${groups[@]}")
    fi
    [[ ${#groups[@]} -gt 0 ]] || return 0
    if [[ $mode == --no-install ]]; then
        "$BASH" "$root/scripts/packages.sh" --no-install "${groups[@]}"
    else
        "$BASH" "$root/scripts/packages.sh" "${groups[@]}"
    fi
}

is_clone() {
    [[ -f $root/Makefile ]]
}

# Where the build goes, or would be made, can be written to.
can_build() {
    local folder=${programs%/bin}
    while [[ ! -e $folder && $folder == */* ]]; do
        folder=${folder%/*}
    done
    [[ -w ${folder:-/} ]]
}

# Two builds at once in one folder would read each other's halves. To be called in a subshell, whose
# end unlocks the folder.
make_alone() {
    local folder=$root/$BUILD lock
    [[ $BUILD != /* ]] || folder=$BUILD
    if mkdir -p -- "$folder" && command -v flock >/dev/null; then
        exec {lock}>>"$folder/.lock"
        flock "$lock"
    fi
    become_bound make -s -C "$root" -j "$(nproc)" "$@"
}

# Makes the targets given, or all programs; silent unless it fails. A clone that cannot be written to is
# used as it was built.
build() {
    local log status=0
    is_clone || return 0
    if ! can_build; then
        [[ ! -x $programs/suite ]] || return 0
        say "the clone cannot be written to, and nothing is built: build elsewhere with BUILD=/a/folder before the command"
        exit "$EXIT_UNAVAILABLE"
    fi
    log=$(make_alone "${@:-all}" 2>&1) || status=$?
    if [[ $status -ne 0 ]]; then
        printf '%s\n' "$log" >&2
        say "the build failed: see above"
        exit "$EXIT_FAILED"
    fi
}

require_bundle() {
    local command=$1 bundle=${2-}
    [[ -n $bundle && $bundle != -* ]] ||
        refuse "$command: give it the folder of a finished run, such as results/latest"
    [[ -d $bundle && -f $bundle/manifest.json ]] ||
        refuse "$command: '$bundle' is not a bundle: it has no manifest.json"
}

# --- The commands ------------------------------------------------------------------------------

command_plot() {
    local groups=(charts)
    require_bundle plot "$@"
    # Only where it is asked for: a locale alone installs nothing.
    [[ " $* " != *" --lang zh "* && " $* " != *" --lang=zh "* ]] || groups+=(chinese)
    set_up "$install_mode" "${groups[@]}"
    build
    find_plot_folder "$1"
    # An --out of the user comes later and wins.
    "$BASH" "$root/scripts/plot.sh" ${plot_folder[@]+"${plot_folder[@]}"} "$@"
}

# Charts lie in the clone; those of an installed copy that cannot be written to, where it is called.
find_plot_folder() {
    local folder
    plot_folder=()
    if [[ ! -w $root ]]; then
        folder=$(cd -- "$1" && pwd -P)
        plot_folder=(--out "plots/${folder##*/}")
    fi
}

command_report() {
    require_bundle report "$@"
    set_up "$install_mode"
    build
    "$programs/report" "$@"
}

# The closing summary: what the report says for a terminal, and where the rest of it lies.
command_show() {
    local bundle drawn="" file written=()
    require_bundle show "$@"
    bundle=$1
    shift
    set_up "$install_mode"
    build
    "$programs/report" "$bundle" --format terminal "$@"
    drawn=$(cd -- "$bundle" && pwd -P)
    find_plot_folder "$bundle"
    drawn=${plot_folder[1]-$root/plots/${drawn##*/}}
    compgen -G "$drawn/*.svg" >/dev/null || drawn=""
    for file in "${bundle%/}"/report.{md,html}; do
        [[ ! -f $file ]] || written+=("$file")
    done
    name_files
}

# Where charts (drawn) and files of the report (written) are.
name_files() {
    local file
    [[ -z $drawn ]] || echo "charts: $(plain "$(shown "$drawn")")/*.svg"
    for file in ${written[@]+"${written[@]}"}; do
        echo "report: $(plain "$(shown "$file")")"
    done
}

# What is no bundle among the folders, the program tells of; where none is, it ends.
command_gallery() {
    set_up "$install_mode"
    build
    "$programs/gallery" "$@"
}

command_export() {
    require_bundle export "$@"
    set_up "$install_mode"
    build
    "$programs/export" "$@"
}

command_verify() {
    require_bundle verify "$@"
    set_up "$install_mode"
    build
    "$programs/verify" "$@"
}

# The exit code is that of the comparison: 2 also when only the charts failed.
command_compare() {
    local charts=yes page=yes out="" words=() bundles=() groups=() drawn="" status=0
    while [[ $# -gt 0 ]]; do
        case $1 in
        --help | -h)
            print_help
            return
            ;;
        --no-charts) charts=no ;;
        --out=*) out=${1#--out=} ;;
        --out | --format | --by)
            [[ -n ${2-} ]] || refuse "compare: $1 needs a value"
            if [[ $1 == --out ]]; then out=$2; else words+=("$1=$2"); fi
            shift
            ;;
        -*) words+=("$1") ;;
        *)
            require_bundle compare "$1"
            bundles+=("$1")
            ;;
        esac
        shift
    done
    [[ ${#bundles[@]} -gt 1 ]] || refuse "compare: give it the folders of two finished runs or more"
    # A table is for machines, who look at neither charts nor pages; a page has its charts in it.
    if [[ " ${words[*]-} " == *" --format=tsv "* || " ${words[*]-} " == *" --format=html "* ]] && [[ -z $out ]]; then
        charts=no page=no
    fi
    [[ $charts == no ]] || groups+=(charts)
    set_up "$install_mode" ${groups[@]+"${groups[@]}"}
    build
    "$programs/compare" ${words[@]+"${words[@]}"} -- "${bundles[@]}" || status=$?
    [[ $page == yes && $status -le "$EXIT_FAILED" ]] || return "$status"
    find_compare_folder
    write_compare_page
    [[ $charts == yes ]] || return "$status"
    drawn=$("$BASH" "$root/scripts/plot.sh" --compare --out "$compare_folder" "${bundles[@]}") ||
        refuse "compare: no charts; what stands above is complete"
    say "charts: $(shown "$drawn")/compare-*.svg"
    return "$status"
}

# An --out of the user wins; else as scripts/plot.sh names it, below the root or, where that is not
# ours to write into, below this folder.
find_compare_folder() {
    local bundle name=compare
    for bundle in "${bundles[@]}"; do
        bundle=$(cd -- "$bundle" && pwd -P)
        name+=-${bundle##*/}
    done
    compare_folder=plots/${name:0:200}
    [[ ! -w $root ]] || compare_folder=$root/$compare_folder
    [[ -z $out ]] || compare_folder=$out
}

# The same comparison as a page; under its name only when it is whole.
write_compare_page() {
    local file=$compare_folder/compare.html by=() word
    for word in ${words[@]+"${words[@]}"}; do
        [[ $word != --by=* ]] || by+=("$word")
    done
    if ! mkdir -p -- "$compare_folder" 2>/dev/null || [[ ! -w $compare_folder ]]; then
        refuse "compare: --out: can't write into '$compare_folder'"
    fi
    "$programs/compare" --format html ${by[@]+"${by[@]}"} -- "${bundles[@]}" >"$file.partial" || true
    if [[ ! -s $file.partial ]] || ! mv -f -- "$file.partial" "$file"; then
        rm -f -- "$file.partial"
        refuse "compare: can't write '$file'"
    fi
    say "page: $(shown "$file")"
}

# What killed runs left behind, and nothing else: results are no leftovers.
command_clean() {
    set_up "$install_mode"
    build
    "$programs/clean" "$@"
}

# The statements that are tried live need no bundle; those about copies and speed do.
command_claims() {
    local bundle=${1-} results=results
    if [[ -n $bundle && $bundle != -* ]]; then
        require_bundle claims "$@"
        shift
    else
        bundle=""
    fi
    set_up "$install_mode"
    build
    if [[ -z $bundle ]]; then
        [[ ! -w $root ]] || results=$root/results
        if [[ ! -f $results/latest/manifest.json ]]; then
            say "no results yet: measuring with --quick first"
            (command_run --quick --no-charts --no-outer-clock >/dev/null) || return
        fi
        bundle=$results/latest
    fi
    "$programs/claims" "$bundle" "$@"
}

command_test() {
    is_clone || refuse "test: only a clone of the repository can run the tests"
    set_up "$install_mode" charts clock test
    build all tests
    cd -- "$root"
    exec tests/run-tests.sh --build "$BUILD" "$@"
}

command_run() {
    local suite_options=() groups=() charts=yes outer_clock=yes dry_run=no out="" input="" like="" path=""
    local colour=auto language=by-locale language_options=()
    local status=0 drawn=""
    read_run_options "$@"
    [[ $outer_clock != yes ]] || groups+=(clock)
    [[ $charts == no ]] || groups+=(charts)
    # Only where it is asked for: a locale alone installs nothing.
    [[ $charts == no || $language != zh ]] || groups+=(chinese)

    refuse_early
    set_up "$install_mode" ${groups[@]+"${groups[@]}"}
    build
    choose_folder
    if [[ $dry_run == yes ]]; then
        exec "$programs/suite" ${suite_options[@]+"${suite_options[@]}"}
    fi

    # What a killed run left takes memory, and would slow this one; what cannot go says so itself.
    "$programs/clean" --quiet >&2 || true
    measure
    trap 'interrupted_late' INT TERM HUP
    time_from_outside
    judge
    draw
    write_report
    seal
    trap - INT TERM HUP
    return "$status"
}

# The run changes its folder; a file that the caller names stays the same.
absolute() {
    case $1 in
    /*) printf '%s' "$1" ;;
    *) printf '%s/%s' "$caller" "$1" ;;
    esac
}

# Sets path to a file or folder that an option names, and what else the option means here.
keep_path() {
    path=$(absolute "$2")
    case $1 in
    --input) input=$path ;;
    --like) like=$path ;;
    esac
}

read_run_options() {
    local previous="" option
    for option in "$@"; do
        case $option in
        --quick | --full)
            suite_options+=(--preset "${option#--}")
            ;;
        --no-charts) charts=no ;;
        --no-outer-clock) outer_clock=no ;;
        --dry-run)
            dry_run=yes charts=no outer_clock=no
            suite_options+=("$option")
            ;;
        --out=*)
            out=${option#--out=}
            suite_options+=("$option")
            ;;
        --color) colour="" ;;
        --color=*) colour=${option#--color=} ;;
        --lang) language="" ;;
        --lang=*) language=${option#--lang=} ;;
        --input=* | --like=* | --resume=*)
            keep_path "${option%%=*}" "${option#*=}"
            suite_options+=("${option%%=*}=$path")
            continue
            ;;
        *)
            case $previous in
            --input | --like | --resume)
                keep_path "$previous" "$option"
                option=$path
                ;;
            esac
            [[ $previous != --out ]] || out=$option
            if [[ $previous == --color ]]; then
                colour=$option previous=""
                continue
            fi
            if [[ $previous == --lang ]]; then
                language=$option previous=""
                continue
            fi
            suite_options+=("$option")
            ;;
        esac
        previous=$option
    done
    case $colour in
    auto | always | never) ;;
    *) refuse "--color: '$colour' is not allowed; allowed: auto, always, never" ;;
    esac
    case $language in
    by-locale) ;;
    en | zh) language_options=(--lang "$language") ;;
    *) refuse "--lang: '$language' is not allowed; allowed: en, zh" ;;
    esac
    case " ${suite_options[*]-} " in
    *" --preset quick "* | *" --preset=quick "*)
        # A quick look has no time for a second clock.
        [[ $outer_clock == no ]] || outer_clock=quick
        ;;
    esac
}

# Nobody shall wait for an installation to learn of a typing error: programs that stand from an
# earlier build know the options.
refuse_early() {
    local status=0
    [[ -x $programs/suite ]] || return 0
    ! "$BASH" "$root/scripts/packages.sh" --check build ${groups[@]+"${groups[@]}"} || return 0
    "$programs/suite" --dry-run ${suite_options[@]+"${suite_options[@]}"} >/dev/null || status=$?
    [[ $status -ne "$EXIT_USAGE" ]] || exit "$EXIT_USAGE"
}

# Without --out results go into the clone, from wherever it is called; an installed copy that
# cannot be written to keeps them where it is called.
choose_folder() {
    if [[ -z $out && -w $root ]]; then
        cd -- "$root"
    fi
}

# Sets bundle and status. The suite runs beside the shell, so that a signal sent to this script
# alone reaches it at once.
measure() {
    make_scratch || {
        say "no private folder for temporary files in ${TMPDIR:-/tmp}: set TMPDIR"
        exit "$EXIT_FAILED"
    }
    advice="finished rows are kept in the folder that ends in .partial: go on with --resume"
    trap 'forward INT' INT
    trap 'forward TERM' TERM HUP
    become_bound "$programs/suite" ${suite_options[@]+"${suite_options[@]}"} \
        >"$scratch/output" <&0 &
    suite_pid=$!
    # A signal ends wait, not the suite, which still has its rows to bring home. Of a killed one the
    # shell would tell its own line number.
    while kill -0 "$suite_pid" 2>/dev/null; do
        wait "$suite_pid" 2>/dev/null || true
    done
    status=0
    wait "$suite_pid" 2>/dev/null || status=$?
    trap - INT TERM HUP
    [[ $status -gt 128 ]] || advice="call it again"

    local line
    bundle=""
    while IFS= read -r line; do
        bundle=$line
    done <"$scratch/output"
    if [[ $status -gt "$EXIT_FAILED" ]]; then
        exit "$status"
    fi
    if [[ ! -f $bundle/manifest.json ]]; then
        [[ $status -ne 0 ]] || say "suite named no finished bundle"
        exit "$EXIT_FAILED"
    fi
}

interrupted_late() {
    "$programs/seal" "$bundle" 2>/dev/null || true
    say "interrupted; the data is complete: ./run_bench.sh plot or report $(shown "$bundle")"
    exit "$EXIT_INTERRUPTED"
}

forward() {
    kill -"$1" "$suite_pid" 2>/dev/null || true
}

# What follows works on the finished bundle: if a part of it fails, the data is there, the line
# says what is missing, and the exit code is 1.
time_from_outside() {
    case $outer_clock in
    no) return ;;
    quick)
        say "outer clock: skipped by --quick"
        return
        ;;
    esac
    local result=0
    (become_bound "$BASH" "$root/scripts/outer-clock.sh" "$bundle" ${input:+"$input"}) || result=$?
    note_result "$result"
    # Whether both clocks agree is one of the gates.
    result=0
    "$programs/summarise" "$bundle" || result=$?
    note_result "$result"
}

# Every statement of the article, with this run's data: claims.tsv of the bundle.
judge() {
    local result=0
    (become_bound "$programs/claims" "$bundle" --write --format tsv) >/dev/null || result=$?
    note_result "$result"
}

# A path as the caller can use it, wherever the script works.
shown() {
    if [[ $1 == /* || $PWD == "$caller" ]]; then
        printf '%s' "${1#"$caller"/}"
    else
        printf '%s/%s' "$PWD" "$1"
    fi
}

draw() {
    [[ $charts == yes ]] || return 0
    if ! command -v gnuplot >/dev/null; then
        say "no charts: gnuplot is missing; './run_bench.sh plot $bundle' draws them later"
        note_result "$EXIT_UNAVAILABLE"
        return
    fi
    local result=0
    find_plot_folder "$bundle"
    drawn=$(become_bound "$BASH" "$root/scripts/plot.sh" \
        ${plot_folder[@]+"${plot_folder[@]}"} ${language_options[@]+"${language_options[@]}"} \
        "$bundle") || result=$?
    note_result "$result"
}

# write_report_file FORMAT FILE: into the bundle, whole or not at all.
write_report_file() {
    local file=$bundle/$2
    # Never through a link: a run that is gone on with may have come from a stranger.
    rm -f -- "$file.partial"
    if ! "$programs/report" "$bundle" --format "$1" \
        ${language_options[@]+"${language_options[@]}"} >"$file.partial"; then
        say "no $2 in $bundle"
    elif mv -f -T -- "$file.partial" "$file"; then
        written+=("$file")
        return
    fi
    rm -f -- "$file.partial"
    note_result 1
}

write_report() {
    local result=0 written=()
    write_report_file markdown report.md
    write_report_file html report.html
    "$programs/report" "$bundle" --format terminal --color "$colour" \
        ${language_options[@]+"${language_options[@]}"} || result=$?
    name_files
    note_result "$result"
}

# The last step: checksums of all that the steps before have written.
seal() {
    local result=0
    "$programs/seal" "$bundle" || result=$?
    note_result "$result"
}

# A run that was made like another is held against it.
compare_with_like() {
    local result=0
    [[ -n $like ]] || return 0
    echo
    "$programs/compare" -- "$like" "$bundle" || result=$?
    note_result "$result"
}

note_result() {
    case $1 in
    0) ;;
    "$EXIT_INTERRUPTED" | 143) interrupted_late ;;
    *) status=$EXIT_FAILED ;;
    esac
}

# --- Which command -----------------------------------------------------------------------------

main() {
    local option rest=()
    install_mode=--install
    for option in "$@"; do
        case $option in
        --no-install) install_mode=--no-install ;;
        *) rest+=("$option") ;;
        esac
    done
    set -- ${rest[@]+"${rest[@]}"}

    case ${1-} in
    help | --help | -h) print_help ;;
    --version)
        local version
        read -r version <"$root/VERSION"
        echo "pipe-vs-shm $version"
        ;;
    plot | show | report | compare | gallery | export | verify | claims | clean | test)
        local command=$1
        shift
        "command_$command" "$@"
        ;;
    "" | -*)
        for option in "$@"; do
            if [[ $option == --help || $option == -h ]]; then
                print_help
                return
            fi
        done
        command_run "$@"
        ;;
    *) refuse "unknown command '$1'; allowed: plot BUNDLE, show BUNDLE, report BUNDLE, compare A B, gallery FOLDER, export BUNDLE, verify BUNDLE, claims [BUNDLE], clean, test, help" ;;
    esac
}

main "$@"
