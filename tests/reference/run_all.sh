#!/bin/sh
# Make the reference values again: every R script of every room, in its own folder.
# lib*.R is shared code, not a script. Needs Rscript; see the README.md of each folder.
set -eu
command -v Rscript >/dev/null 2>&1 || {
    echo "make reference needs R (Debian: apt install r-base-core r-bioc-limma r-cran-statmod r-cran-car r-cran-lme4 r-cran-pbkrtest r-cran-proc)"
    exit 2
}
here=$(cd "$(dirname "$0")" && pwd)
for script in "$here"/*/*.R; do
    case $(basename "$script") in lib*) continue ;; esac
    echo "$(basename "$(dirname "$script")")/$(basename "$script")"
    (cd "$(dirname "$script")" && Rscript --vanilla "$(basename "$script")")
done
