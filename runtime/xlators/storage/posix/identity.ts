/**
 * Switches this thread to a caller's uid, gid and umask while it creates a file, so that the kernel applies owner,
 * quota, group inheritance and default ACLs.
 *
 * setfsuid(2) acts on this thread only, and drops the capabilities by which root passes permission checks. `switchTo`
 * sets the capabilities again at once. Otherwise the kernel would check permissions here without the caller's
 * supplementary groups; the caller's own kernel has checked them already.
 *
 * Callers must not wait between `switchTo` and `switchBack`. Sources: setfsuid(2), capabilities(7).
 */
import type { Stack } from '../../../core/frame.ts';
import * as libc from '../../../sys/libc.ts';

/** `_LINUX_CAPABILITY_VERSION_3`: capget(2) fills two sets of effective, permitted and inherited, 32 bits each. */
const CAPABILITY_VERSION_3 = 0x20080522;
const CAP_SETGID = 6;
const CAP_SETUID = 7;

/** Switches to one caller at a time; a store has one. */
export class IdentitySwitch {
  private readonly uid = process.geteuid?.() ?? 0;
  private readonly gid = process.getegid?.() ?? 0;
  private readonly header = Uint32Array.of(CAPABILITY_VERSION_3, 0);
  private readonly capabilities = new Uint32Array(6);
  /** Whether this process can create files for other users. */
  readonly canSwitch: boolean;
  /** The process's own umask while a caller's is set. */
  private ownUmask = 0;
  /** Whether uid and gid are a caller's. */
  private isSwitched = false;

  constructor() {
    const hasCapabilities = libc.capget(viewBytes(this.header), viewBytes(this.capabilities)) >= 0;
    const neededBits = (1 << CAP_SETUID) | (1 << CAP_SETGID);
    const [effective = 0] = this.capabilities;
    this.canSwitch = this.uid === 0 && hasCapabilities && (effective & neededBits) === neededBits;
  }

  /**
   * Switches to the caller's identity and umask.
   * @param umask 0 if the mode already has the caller's umask applied
   */
  switchTo(caller: Stack, umask: number): void {
    this.ownUmask = libc.umask(umask);
    this.isSwitched = this.canSwitch && (caller.uid !== this.uid || caller.gid !== this.gid);
    if (!this.isSwitched) return;
    libc.setfsgid(caller.gid);
    libc.setfsuid(caller.uid);
    libc.capset(viewBytes(this.header), viewBytes(this.capabilities));
  }

  /** Restores the process's identity and umask. */
  switchBack(): void {
    libc.umask(this.ownUmask);
    if (!this.isSwitched) return;
    libc.setfsuid(this.uid);
    libc.setfsgid(this.gid);
    this.isSwitched = false;
  }
}

const viewBytes = (words: Uint32Array): Uint8Array => new Uint8Array(words.buffer);
