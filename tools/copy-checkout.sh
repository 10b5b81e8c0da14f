#!/usr/bin/env bash
# Copies the checkout, with changes that are not committed, as an archive of it would be: without .git, and
# without what npm ci makes. The copy is the caller's, with the modes that its umask leaves.
#
#   tools/copy-checkout.sh [--built] FOLDER
#
# --built: with what npm ci has made; the files of node_modules and dist are links to those of the checkout
set -euo pipefail
built=
if [ "$1" = --built ]; then built=yes; shift; fi
mkdir -p "$1"
folder=$(realpath "$1")
cd "$(dirname "${BASH_SOURCE[0]}")/.."
exclude=(--exclude=./node_modules --exclude=./.git --exclude=./dist --exclude='./.dist-*')
# The generated sources.
if [ ! "$built" ]; then
    exclude+=(--exclude='*.gen.*')
    while read -r file; do exclude+=(--exclude=".$file"); done < <(grep '^/python/' .gitignore)
fi
tar "${exclude[@]}" -cf - . | tar -C "$folder" --no-same-owner --no-same-permissions -xf -
# Later than the sources, so that dist is newer.
[ ! "$built" ] || cp -a --link node_modules dist "$folder"
