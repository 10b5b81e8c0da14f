/**
 * Making files as the caller: with the caller's uid and gid, so that owner, quota, group inheritance
 * and default ACLs are the kernel's business, and with the caller's umask or none.
 *
 * setfsuid(2) acts on this thread alone, and takes away the capabilities that let root pass
 * permission checks. They are taken back at once: whether the caller may was decided before the
 * request came here, with groups that this thread does not have.
 *
 * Between `become` and `revert` nothing may wait. Sources: setfsuid(2), capabilities(7).
 */
import type { Stack } from '../../../core/frame.ts';
import * as libc from '../../../sys/libc.ts';

/** `_LINUX_CAPABILITY_VERSION_3`: two times effective, permitted and inherited, 32 bits each. */
const CAPABILITY_VERSION_3 = 0x20080522;
const CAP_SETGID = 6;
const CAP_SETUID = 7;

export class Identity {
  private readonly uid = process.geteuid?.() ?? 0;
  private readonly gid = process.getegid?.() ?? 0;
  private readonly header = Uint32Array.of(CAPABILITY_VERSION_3, 0);
  private readonly sets = new Uint32Array(6);
  /** Whether this process can make files for others. */
  readonly canSwitch: boolean;
  private umask = 0;
  private switched = false;

  constructor() {
    const known = libc.capget(bytesOf(this.header), bytesOf(this.sets)) >= 0;
    const needed = (1 << CAP_SETUID) | (1 << CAP_SETGID);
    this.canSwitch = this.uid === 0 && known && (this.sets[0]! & needed) === needed;
  }

  /** @param umask 0 when the mode to make things with is the one that they shall have */
  become(caller: Stack, umask: number): void {
    this.umask = libc.umask(umask);
    this.switched = this.canSwitch && (caller.uid !== this.uid || caller.gid !== this.gid);
    if (!this.switched) return;
    libc.setfsgid(caller.gid);
    libc.setfsuid(caller.uid);
    libc.capset(bytesOf(this.header), bytesOf(this.sets));
  }

  revert(): void {
    libc.umask(this.umask);
    if (!this.switched) return;
    libc.setfsuid(this.uid);
    libc.setfsgid(this.gid);
    this.switched = false;
  }
}

const bytesOf = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer);
