#!/usr/bin/env bash
# fresh-clone.sh REPOSITORY TARGET: what a stranger would get, plus the changes not committed yet.
# With git a real clone; without it a copy of everything but what a build or a run leaves.
set -euo pipefail

# shellcheck source-path=SCRIPTDIR source=../scripts/about.sh
source "$(dirname -- "${BASH_SOURCE[0]}")/../scripts/about.sh"
about_only "${BASH_SOURCE[0]}" "$@"

source=$1 target=$2
mkdir -p -- "$target"
target=$(cd -- "$target" && pwd -P)
cd -- "$source"

if command -v git >/dev/null && [[ -e .git ]] && git rev-parse --verify --quiet HEAD >/dev/null; then
    git clone --quiet --no-hardlinks -- . "$target"
    git ls-files --deleted -z | (cd -- "$target" && xargs -0 -r rm -f --)
    # A file may vanish while it is copied: somebody else's editor at work.
    git ls-files --modified --others --exclude-standard -z | while IFS= read -r -d '' file; do
        [[ ! -f $file ]] || cp --parents -P -- "$file" "$target/" || true
    done
else
    tar -cf - --exclude=./build --exclude='./results/2*' --exclude='./plots/2*' . |
        tar -xf - -C "$target"
fi
