#!/usr/bin/env bash
# Runs a Debian root on a disk that is served by NBD at the socket FOLDER/socket; for examples/disk/root.long.test.ts.
#
#   disk-root.sh install FOLDER ROOT       makes a file system on the disk, with a copy of the directory ROOT
#   disk-root.sh work FOLDER DELAY COUNT   checks the disk and the system, with the files of COUNT packages; then
#                                          changes it until FOLDER/stop exists or the disk fails. After the loss of
#                                          the connection, qemu waits for a server for DELAY seconds
#
# FOLDER/synced has the checksums of the files that were synced, FOLDER/verified what `dpkg --verify` first reported.
# The script runs in namespaces of its own: at any end, the kernel ends its processes and mounts, with the loop device.
set -euo pipefail

readonly MOST_BYTES=65536 FILES_PER_STEP=3

fail() {
    echo "disk-root: $*" >&2
    exit 1
}

# Offers the disk as the file `raw`. @param the seconds in which a lost server may come back
start_daemon() {
    : >> raw
    local -r server=server.type=unix,server.path=socket,export=disk,reconnect-delay=$1
    qemu-storage-daemon --blockdev "driver=nbd,node-name=n,discard=unmap,$server" \
        --export type=fuse,id=e,node-name=n,mountpoint=raw,writable=on &
    daemon=$!
    until [ -s raw ]; do
        kill -0 "$daemon" 2> /dev/null || fail "qemu-storage-daemon has ended"
        sleep 0.05
    done
}

stop_daemon() {
    kill "$daemon"
    wait "$daemon" || true
}

mount_disk() {
    mkdir -p root
    mount -o loop,discard raw root
}

in_root() {
    chroot root /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@"
}

install_root() {
    start_daemon 0
    mkfs.ext4 -q -F raw
    mount_disk
    cp -a "$1/." root/
    local version number
    for version in 1 2; do
        mkdir -p root/tmp/package/DEBIAN root/tmp/package/opt/greeting
        printf '%s\n' 'Package: greeting' "Version: $version" 'Architecture: all' 'Description: greeting' \
            'Maintainer: nobody <nobody@example.org>' > root/tmp/package/DEBIAN/control
        printf '#!/bin/sh\necho %s > /var/greeting\n' "$version" > root/tmp/package/DEBIAN/postinst
        chmod 755 root/tmp/package/DEBIAN/postinst
        for number in 1 2 3 4 5 6 7 8; do
            head -c $((number * 5000)) /dev/urandom > "root/tmp/package/opt/greeting/$number"
        done
        in_root dpkg-deb --build --root-owner-group -Znone /tmp/package "/root/greeting_$version.deb" > /dev/null
        rm -r root/tmp/package
    done
    mkdir root/srv/synced
    in_root dpkg --verify > verified || true
    : > synced
    umount root
    stop_daemon
}

check_disk() {
    # Replays the journal as a mount does, and repairs nothing.
    e2fsck -p -E journal_only raw > fsck.txt 2>&1 || fail "the journal is not replayed: $(cat fsck.txt)"
    fsck.ext4 -fn raw > fsck.txt 2>&1 || fail "the file system is damaged: $(cat fsck.txt)"
}

# @param the number of packages whose files are compared with their checksums
check_root() {
    [ ! -s synced ] || sha256sum --check --quiet synced > sums.txt 2>&1 || fail "synced files are lost: $(cat sums.txt)"
    # Of an installation that was interrupted, dpkg completes some states itself, and others only by the package.
    if [ -n "$(in_root dpkg --audit)" ]; then
        echo "an installation was interrupted"
        in_root dpkg --install /root/greeting_1.deb > dpkg.txt 2>&1 || fail "dpkg does not install: $(cat dpkg.txt)"
    fi
    in_root dpkg --configure -a > dpkg.txt 2>&1 || fail "dpkg does not go on: $(cat dpkg.txt)"
    in_root dpkg --audit > dpkg.txt 2>&1 || fail "dpkg --audit fails: $(cat dpkg.txt)"
    [ ! -s dpkg.txt ] || fail "dpkg --audit reports: $(cat dpkg.txt)"
    local packages
    packages=$(in_root dpkg-query --show --showformat '${db:Status-Status} ${binary:Package}\n' | sed -n 's/^installed //p')
    # shellcheck disable=SC2046
    in_root dpkg --verify $(shuf -n "$1" <<< "$packages") > dpkg.txt 2>&1 || true
    ! grep -vxFf verified dpkg.txt > lines.txt || fail "dpkg --verify reports: $(cat lines.txt)"
}

# Writes a file, and records it once it is on the disk.
write_file() {
    local name=srv/synced/$RANDOM$RANDOM$RANDOM sum
    in_root sh -c "head -c $((RANDOM * 2 % MOST_BYTES)) /dev/urandom > /$name && sync /$name /srv/synced" \
        && sum=$(sha256sum "root/$name") && echo "$sum" >> synced
}

# Changes the system. @returns a failure when a command has failed
change_root() {
    local version number
    while [ ! -e stop ]; do
        for version in 2 1; do
            in_root dpkg --install "/root/greeting_$version.deb" || return
            for ((number = 0; number < FILES_PER_STEP; number += 1)); do write_file || return; done
            echo step
        done
        in_root dpkg --purge greeting || return
    done
}

work() {
    start_daemon "$1"
    check_disk
    mount_disk
    check_root "$2"
    echo "working with $(wc -l < synced) files"
    if change_root 2> changes.txt > >(grep --line-buffered '^step'); then echo stopped; else echo failed; fi
    umount root
    stop_daemon
}

cd "$2"
case $1 in
    install) install_root "$3" ;;
    work) work "$3" "$4" ;;
    *) fail "unknown command '$1'" ;;
esac
