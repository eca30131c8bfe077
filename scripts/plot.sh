#!/usr/bin/env bash
# Draws the charts of a bundle as SVG and PNG, from its files alone.
#
#   plot.sh BUNDLE [--out DIR] [--lang en|zh]   (DIR: plots/<name of the bundle>; by default the locale's language)
#   plot.sh --compare A B [C...] [--out DIR]    (DIR: plots/compare-<A>-<B>...): over all bundles
#
# chart_data, or compare_chart_data, turns bundles into numbers and quoted texts, gnuplot draws them with plots/*.gp, and
# only whole drawings get their final names.
# Exit 0: done; 1: drawing failed; 2: not a bundle, or bad usage; 69: no gnuplot, or not built.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/about.sh"
about "${BASH_SOURCE[0]}" "$@"

root=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd -P)
readonly root started_in=$PWD
# shellcheck source-path=SCRIPTDIR source=plain.sh
source "$root/scripts/plain.sh"
# shellcheck source-path=SCRIPTDIR source=tidy.sh
source "$root/scripts/tidy.sh"

fail() {
    printf 'plot: %s\n' "$(plain "$2")" >&2
    exit "$1"
}

bundles=() out='' compare=no language_options=()
while [[ $# -gt 0 ]]; do
    case $1 in
    --out)
        [[ -n ${2-} ]] || fail 2 "--out needs a value: DIR"
        out=$2
        shift
        ;;
    --out=?*) out=${1#--out=} ;;
    --lang)
        [[ -n ${2-} ]] || fail 2 "--lang needs a value: en or zh"
        language_options=(--lang "$2")
        shift
        ;;
    --lang=?*) language_options=(--lang "${1#--lang=}") ;;
    --compare) compare=yes ;;
    -*) fail 2 "unknown option ${1:0:40}; allowed: --out DIR, --lang en|zh, --compare" ;;
    *) bundles+=("$1") ;;
    esac
    shift
done
[[ ${#bundles[@]} -gt 0 ]] || fail 2 "needs a BUNDLE, a folder under results/"
if [[ $compare == yes ]]; then
    [[ ${#bundles[@]} -gt 1 ]] || fail 2 "--compare needs two bundles or more"
    [[ ${#language_options[@]} -eq 0 ]] || fail 2 "--lang does not go with --compare"
    program=compare_chart_data
    charts=(compare-throughput compare-latency compare-ratio)
else
    [[ ${#bundles[@]} -eq 1 ]] || fail 2 "more than one bundle given"
    program=chart_data
    charts=(throughput latency ratio cpu copies gap pairs scaling)
fi

# BUILD may be relative to the root, as make takes it, or absolute.
programs=$(cd -- "$root" && cd -- "${BUILD:-build}/bin" 2>/dev/null && pwd -P) || programs=''
[[ -x $programs/$program ]] || fail 69 "build/bin/$program is missing: run make"
folders=() name=''
for bundle in "${bundles[@]}"; do
    [[ -d $bundle ]] || fail 2 "'$bundle' is not a bundle: no such folder"
    folder=$(cd -- "$bundle" && pwd -P) || fail 2 "'$bundle' is not a bundle: can't enter it"
    folders+=("$folder")
    name+=-${folder##*/}
done
name=${name#-}
[[ -n $name ]] || fail 2 "'${bundles[0]}' is not a bundle: no folder of a run"
if [[ $compare == yes ]]; then
    # A folder's name may have 255 bytes; many bundles would have more.
    name=compare-$name
    name=${name:0:200}
fi
[[ -n $out ]] || out=$root/plots/$name

scratch=''
trap '[[ -z $scratch ]] || rm -rf -- "$scratch"' EXIT
make_scratch || fail 1 "can't make a temporary folder in ${TMPDIR:-/tmp} (set TMPDIR)"

# Says itself what is wrong, in one line.
list=$("$programs/$program" --out "$scratch" ${language_options[@]+"${language_options[@]}"} \
    -- "${folders[@]}") || exit $?
[[ -n $list ]] || fail 2 "'${bundles[0]}' has nothing to draw"

command -v gnuplot >/dev/null || fail 69 "gnuplot is missing; on Debian: apt-get install gnuplot-nox"
terminals=$(gnuplot -e 'print GPVAL_TERMINALS' 2>&1 </dev/null) || terminals=''
formats=()
for format in svg png; do
    [[ " $terminals " == *" $format"* ]] && formats+=("$format")
done
[[ ${formats[0]-} == svg ]] || fail 69 "this gnuplot can't draw SVG; on Debian: apt-get install gnuplot-nox"
[[ ${#formats[@]} -eq 2 ]] || printf 'plot: this gnuplot draws no PNG; SVG only\n' >&2

# Drawn in scratch folders under plain names: no path ever becomes part of a gnuplot command.
mkdir -- "$scratch/svg" "$scratch/png"
mv -- "$scratch"/*.data "$scratch/svg/"
# Whoever looks at an SVG brings the fonts; a PNG needs them here.
chinese=no png_language=as-svg
! grep -qsx "language = 'zh'" "$scratch"/svg/*.data || chinese=yes
if [[ $chinese == yes && ${#formats[@]} -eq 2 ]] &&
    ! { [[ " $terminals " == *" pngcairo"* ]] && "$BASH" "$root/scripts/packages.sh" --check chinese; }; then
    printf 'plot: no font with Han characters, so PNG is in English; scripts/packages.sh chinese adds one\n' >&2
    png_language=en
fi
if [[ $png_language == en ]]; then
    "$programs/$program" --out "$scratch/png" --lang en -- "${folders[@]}" >/dev/null || exit $?
else
    cp -- "$scratch"/svg/*.data "$scratch/png/"
fi
for format in "${formats[@]}"; do
    cp -- "$root"/plots/*.gp "$scratch/$format/"
done

# The fonts of whoever looks, by name: some have none but those that are named.
readonly han_fonts="'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'Noto Sans SC', 'WenQuanYi Zen Hei'"
drawn=()
while read -r chart name; do
    for format in "${formats[@]}"; do
        cd -- "$scratch/$format"
        # A decimal comma in the environment would change what gnuplot writes.
        if ! LC_ALL=C GNUPLOT_LIB='' gnuplot -e "name='$name'; format='$format'" "$chart.gp" \
            >log 2>&1 </dev/null || [[ ! -s $name.$format ]]; then
            fail 1 "gnuplot can't draw $name.$format: $(grep -v '^[[:space:]]*^*$' log | tail -n 1)"
        fi
        if [[ $format == svg && $chinese == yes ]]; then
            sed -i "s/font-family=\"sans-serif\"/font-family=\"sans-serif, $han_fonts\"/" "$name.svg"
        fi
        drawn+=("$name.$format")
    done
done <<<"$list"
cd -- "$started_in"

if ! mkdir -p -- "$out" 2>/dev/null || [[ ! -w $out ]]; then
    fail 2 "--out: can't write into '$out'"
fi
for file in "${drawn[@]}"; do
    # Beside its place first: renaming there is atomic, moving from another file system is not.
    if ! cp -- "$scratch/${file##*.}/$file" "$out/$file.partial" || ! mv -f -- "$out/$file.partial" "$out/$file"; then
        rm -f -- "$out/$file.partial"
        fail 1 "can't write '$out/$file'"
    fi
done
# Charts of an earlier drawing that this bundle no longer has would tell of other data.
for chart in "${charts[@]}"; do
    for file in "$out/$chart".{svg,png} "$out/$chart"-*.{svg,png}; do
        [[ " ${drawn[*]} " == *" ${file##*/} "* ]] || rm -f -- "$file"
    done
done
# A script takes the path as it is; a terminal might take what stands in a name for orders.
if [[ -t 1 ]]; then
    printf '%s\n' "$(plain "$out")"
else
    printf '%s\n' "$out"
fi
