#!/usr/bin/env bash
# Copies the checkout, with changes that are not committed, as an archive of it would be: without .git, and
# without what npm ci makes. The copy is the caller's, with the modes that its umask leaves.
#
#   tools/copy-checkout.sh FOLDER
set -euo pipefail
mkdir -p "$1"
tar -C "$(dirname "${BASH_SOURCE[0]}")/.." --exclude=./node_modules --exclude=./.git --exclude=./dist \
    --exclude='./.dist-*' -cf - . | tar -C "$1" --no-same-owner --no-same-permissions -xf -
