#!/usr/bin/env bash
# Runs the project on a bare system with only the base packages, fuse3, the Node and npm of PATH and the
# library libatomic1, which Node 26 needs: no compiler, git, attr, procps, GlusterFS, btrfs or fuse-native.
#
#   sudo tools/bare-root.sh                   README's two commands as an ordinary user without /dev/fuse,
#                                             with umask 077 and in a folder that has to be quoted; then the
#                                             demo and tests of mounts as root
#   sudo tools/bare-root.sh root COMMAND      a shell command instead, as root in a copy of the checkout
#   sudo tools/bare-root.sh user COMMAND      the same as the user
#   sudo tools/bare-root.sh make FOLDER       only makes the system, for a run to come with
#                                             GLOSSA_BARE_SYSTEM=FOLDER, which can change it
#
# debootstrap makes the system in a temporary folder, from apt's mirror. Its mounts and processes are in
# namespaces of their own: at any end of the script, the kernel ends them, and no mount outside changes.
#
# Without root or debootstrap the script prints the reason and skips; with GLOSSA_REQUIRE_ALL=1 it fails.
# The status is not 0 when a command failed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
readonly CHECKOUT=$PWD USER_ID=1000 USER_FOLDER="a student's häuschen"

fail() {
    echo "bare-root: $*" >&2
    exit 1
}

# Codename and address of this system's own packages, from apt's settings.
mirror() {
    # shellcheck disable=SC2016
    apt-get indextargets --format '$(CODENAME) $(BASE_URI)' 'Created-By: Packages' \
        | sed -nE "s#^($1) (.*)/dists/.*#\1 \2#p" | head -n 1
}

why_not() {
    [ "$(id -u)" = 0 ] || { echo "only root can make a system in a folder"; return; }
    command -v debootstrap >/dev/null || { echo "debootstrap is not installed"; return; }
    unshare --mount --pid --fork true 2>/dev/null || { echo "no namespaces"; return; }
    local codename
    codename=$(. /etc/os-release && echo "${VERSION_CODENAME:-none}")
    [ -n "$(mirror "$codename")" ] || echo "apt names no mirror for '$codename'"
}

# ---- in namespaces of its own from here on

make_system() {
    local codename address log=$1.log proxy
    read -r codename address < <(mirror "$(. /etc/os-release && echo "$VERSION_CODENAME")")
    proxy=$(apt-config shell proxy Acquire::http::Proxy)
    eval "$proxy"
    if [ -n "${proxy:-}" ]; then export http_proxy=$proxy https_proxy=$proxy; fi
    debootstrap --variant=minbase --include=fuse3,libatomic1 "$codename" "$1" "$address" >"$log" 2>&1 \
        || { tail "$log" >&2; fail "debootstrap failed"; }
    # As container runtimes do.
    ln -sf /proc/mounts "$1/etc/mtab"
    cp /etc/resolv.conf /etc/hosts "$1/etc/"
    echo "student:x:$USER_ID:$USER_ID::/home/student:/bin/sh" >> "$1/etc/passwd"
    echo "student:x:$USER_ID:" >> "$1/etc/group"
}

# Node and npm, and what npm needs to reach the registry from here.
copy_node() {
    local npm certificates
    npm=$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")
    mkdir -p "$1/usr/local/lib/node_modules"
    cp "$(readlink -f "$(command -v node)")" "$1/usr/local/bin/node"
    cp -r "$npm" "$1/usr/local/lib/node_modules/npm"
    ln -s ../lib/node_modules/npm/bin/npm-cli.js "$1/usr/local/bin/npm"
    ln -s ../lib/node_modules/npm/bin/npx-cli.js "$1/usr/local/bin/npx"
    for certificates in "${NODE_EXTRA_CA_CERTS:-}" "$(npm_setting cafile)"; do
        [ -f "$certificates" ] && install -D -m 644 "$certificates" "$1$certificates"
    done
    return 0
}

npm_setting() {
    npm config get "$1" 2>/dev/null | sed 's/^null$//'
}

# A /dev of its own without /dev/fuse: what every container has.
small_dev() {
    local name
    mount -t tmpfs -o mode=755 none "$1/dev"
    for name in null zero full random urandom tty; do
        : > "$1/dev/$name"
        mount --bind "/dev/$name" "$1/dev/$name"
    done
    ln -s /proc/self/fd "$1/dev/fd"
    for name in stdin:0 stdout:1 stderr:2; do
        ln -s "/proc/self/fd/${name#*:}" "$1/dev/${name%:*}"
    done
    mkdir -m 1777 "$1/dev/shm"
}

# Runs a command in the checkout of root or of the user.
as() {
    local who=$1 root=$2 home=/root folder=glossa own=()
    [ "$who" = root ] || {
        home=/home/student folder=$USER_FOLDER own=("--userspec=$USER_ID:$USER_ID" --groups=)
        umask 077
    }
    "$CHECKOUT/tools/copy-checkout.sh" "$root$home/$folder"
    if [ "$who" = root ]; then mount --rbind /dev "$root/dev"; else small_dev "$root"; fi
    mkdir -p "$root/var/cache/npm"
    [ "$who" = root ] || chown -R "$USER_ID:$USER_ID" "$root$home" "$root/var/cache/npm"
    env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME="$home" \
        TERM="${TERM:-dumb}" LANG=C.UTF-8 NODE_EXTRA_CA_CERTS="${NODE_EXTRA_CA_CERTS:-}" \
        http_proxy="${http_proxy:-}" https_proxy="${https_proxy:-}" no_proxy="${no_proxy:-}" \
        npm_config_registry="$(npm_setting registry)" npm_config_cafile="$(npm_setting cafile)" \
        npm_config_cache=/var/cache/npm npm_config_update_notifier=false \
        chroot "${own[@]}" "$root" /bin/sh -ec "cd \"$home/$folder\"; $3"
}

inside() {
    local root=${GLOSSA_BARE_SYSTEM:-$1/root}
    shift
    [ -n "${GLOSSA_BARE_SYSTEM:-}" ] || make_system "$root"
    copy_node "$root"
    # A mount of its own, as the root of a system is: programs change how it is shared.
    mount --bind "$root" "$root"
    mount -t proc proc "$root/proc"
    mount --rbind /sys "$root/sys"
    # Each in a namespace of its own, for its own /dev.
    while [ $# -gt 0 ]; do
        echo "== a bare system, as $1: $2"
        unshare --mount -- "$CHECKOUT/tools/bare-root.sh" --as "$1" "$root" "$2" || status=$?
        shift 2
    done
    exit "${status:-0}"
}

case ${1:-} in
    --inside) shift; inside "$@" ;;
    --as) shift; as "$@"; exit ;;
    --make) make_system "$2"; exit ;;
esac

reason=$(why_not)
if [ -n "$reason" ]; then
    echo "skipped: the project on a bare system: $reason" >&2
    [ "${GLOSSA_REQUIRE_ALL:-}" != 1 ] || exit 1
    exit 0
fi

folder=$(mktemp -d)
finish() {
    # With it goes all that is in its namespaces.
    [ -z "${main:-}" ] || kill -KILL "$main" 2>/dev/null || true
    wait
    rm -rf --one-file-system -- "$folder"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

# Root runs the tests of what programs do on a mount: what else there is does the same for the user. What the
# user has installed root has from there, without the optional package, too; those of the tools have to be there.
readonly MOUNTS='changed-data programs shell user'
# A newcomer's own has ten times as many searches.
readonly DEMO='npm run demo -- --searches 500'
if [ $# = 0 ]; then
    installed="cp -r /home/student/*/node_modules .; npx tsx tools/gen/main.ts sources; cp -r /home/student/*/dist ."
    installed+='; chmod -R a+rX node_modules dist; rm -r node_modules/ffi-rs'
    tests=$(printf 'test/mount/%s.mount. ' $MOUNTS)
    set -- user 'npm ci && npm run demo && npm test' \
        root "$installed; $DEMO; npx vitest run --project test --project more $tests"
fi
if [ "$1" = make ]; then set -- --make "$2"; else set -- --inside "$folder" "$@"; fi
setpriv --pdeathsig KILL unshare --mount --propagation private --pid --fork --kill-child -- \
    "$CHECKOUT/tools/bare-root.sh" "$@" &
main=$!
wait "$main"
