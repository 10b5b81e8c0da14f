/**
 * Takes a mount away whose server has ended without that, by SIGKILL for example: programs get ENOTCONN for a moment
 * only. It detaches the newest mount at the mount point, if that is the server's.
 */
import { findMount } from '../mountinfo.ts';
import { startOrphanShell } from './orphan-shell.ts';

/**
 * The shell's script: `$1` is the mount's device, `$2` the mount point. mountinfo has the device and the
 * escaped mount point as its third and fifth field; printf decodes octal escapes.
 */
const SCRIPT = `
newest=
while read -r _ _ device _ point _; do
  [ "$(printf %b. "$point")" = "$2." ] && newest=$device
done < /proc/self/mountinfo
[ "$newest" = "$1" ] || exit
umount -l "$2" || fusermount3 -u -z -- "$2"`;

/** Starts the unmounter of a mount; the result ends it. */
export function startOrphanUnmounter(mountpoint: string): () => void {
  const mount = findMount(mountpoint);
  if (mount === null) return () => {};
  return startOrphanShell('orphan-unmounter', SCRIPT, [mount.device, mountpoint]);
}
