/** Makes the errors of mounting and unmounting, each with a line that names the remedy. */
import { FUSE_NATIVE_REMEDY } from '../fuse-native/install-command.ts';

/** The reasons why a mount fails. */
export type MountErrorCode =
  | 'MOUNT_POINT_MISSING'
  | 'MOUNT_POINT_NOT_DIRECTORY'
  | 'MOUNT_POINT_BUSY'
  | 'MOUNT_POINT_DEAD'
  | 'MOUNT_POINT_STUCK'
  | 'MOUNT_POINT_DENIED'
  | 'MOUNT_NO_FUSE'
  | 'MOUNT_NOT_PERMITTED'
  | 'MOUNT_NO_FUSERMOUNT'
  | 'MOUNT_NO_USER_NAME'
  | 'MOUNT_NO_FUSE_NATIVE'
  | 'MOUNT_ALLOW_OTHER_REFUSED'
  | 'MOUNT_UNSUPPORTED_PLATFORM'
  | 'MOUNT_FAILED';

/** Thrown when a graph cannot be mounted or unmounted. */
export class MountError extends Error {
  override readonly name = 'MountError';
  readonly code: MountErrorCode;

  constructor(code: MountErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The text of each code; `%m` is the mount point, `%d` a detail. */
const messageTemplates: Record<MountErrorCode, string> = {
  MOUNT_POINT_MISSING: "it does not exist; make it with 'mkdir -p %m'",
  MOUNT_POINT_NOT_DIRECTORY: 'it is not a directory; name an empty directory to mount on',
  MOUNT_POINT_BUSY: "glossa is mounted there already (%d); unmount it first with 'umount %m'",
  MOUNT_POINT_DEAD: "a mount whose server ended is left there; remove it with 'umount -l %m'",
  MOUNT_POINT_STUCK: '%d',
  MOUNT_POINT_DENIED: '%d; mount on a directory that you may search and write to',
  MOUNT_NO_FUSE:
    "the kernel's FUSE is not available (%d); load it with 'modprobe fuse', give a container " +
    "'--device /dev/fuse', or, where permission is denied, let the user open /dev/fuse",
  MOUNT_NOT_PERMITTED:
    'the kernel does not permit it (%d); mounting as root needs CAP_SYS_ADMIN, which containers ' +
    "get by '--cap-add SYS_ADMIN --device /dev/fuse'",
  MOUNT_NO_FUSERMOUNT:
    "'fusermount3' was not found, which mounts for users other than root; install the package fuse3",
  MOUNT_NO_USER_NAME:
    'the user has no name, by which fusermount3 knows users; add a line for uid %d to /etc/passwd, ' +
    'or mount as another user',
  MOUNT_NO_FUSE_NATIVE: `the package 'fuse-native' cannot be loaded (%d); ${FUSE_NATIVE_REMEDY}`,
  MOUNT_ALLOW_OTHER_REFUSED:
    "allow-other is not permitted to users; add the line 'user_allow_other' to /etc/fuse.conf, or " +
    'leave the option out',
  MOUNT_UNSUPPORTED_PLATFORM:
    "only Linux's FUSE is spoken here, and only on the main thread; on %d use the programming interface",
  MOUNT_FAILED: '%d',
};

/** Makes the error of a code, with its text. @param detail replaces `%d` */
export function makeMountError(code: MountErrorCode, mountpoint: string, detail = ''): MountError {
  const text = messageTemplates[code]
    .replaceAll('%m', () => mountpoint)
    .replaceAll('%d', () => detail);
  return new MountError(code, `cannot mount on ${mountpoint}: ${text}`);
}

/** Returns the code for fusermount3's error output, which is English in the locale C. */
export function classifyFusermountError(text: string): MountErrorCode {
  if (/user_allow_other/.test(text)) return 'MOUNT_ALLOW_OTHER_REFUSED';
  if (/could not determine username/.test(text)) return 'MOUNT_NO_USER_NAME';
  if (/device not found|open \/dev\/fuse: (No such|Permission)/.test(text)) return 'MOUNT_NO_FUSE';
  if (/no write access|Permission denied|access mountpoint/.test(text)) return 'MOUNT_POINT_DENIED';
  return 'MOUNT_FAILED';
}
