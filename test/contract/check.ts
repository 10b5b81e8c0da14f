/** Helpers of the named checks of the storage contract. */
import { expect } from 'vitest';
import type { Iatt } from '../../runtime/core/iatt.ts';
import type { Inode } from '../../runtime/core/inode.ts';
import { Fd } from '../../runtime/core/operands.ts';
import type { Reply, TestVolume } from './driver.ts';

/** The capabilities of a set-up. */
export interface Traits {
  /** Whether the storage runs as root, and can set owners, devices and `trusted.` attributes. */
  readonly privileged: boolean;
}

/** A check gets a fresh, empty volume. */
export type Check = (vol: TestVolume, traits: Traits) => Promise<void>;
export type Checks = Readonly<Record<string, Check>>;

export const [S_IFIFO, S_IFCHR, S_IFBLK, S_IFREG, S_IFSOCK] = [
  0o010000, 0o020000, 0o060000, 0o100000, 0o140000,
];

/** The reply, of which success was expected. */
export function ok(reply: Reply): Reply {
  expect(reply.err).toBe('');
  return reply;
}

export async function mkdir(vol: TestVolume, parent: Inode, name: string): Promise<Inode> {
  return ok(await vol.mkdir(parent, name)).inode!;
}

/** A closed file with this content. */
export async function file(
  vol: TestVolume,
  parent: Inode,
  name: string,
  content: string | Uint8Array = '',
): Promise<Inode> {
  const created = ok(await vol.create(parent, name));
  if (content.length > 0) ok(await vol.write(created.fd!, content, 0));
  created.fd!.release();
  return created.inode!;
}

export async function iatt(vol: TestVolume, inode: Inode): Promise<Iatt> {
  return ok(await vol.stat(inode)).buf!;
}

/** The whole file as text. */
export async function content(vol: TestVolume, inode: Inode): Promise<string> {
  const { fd } = ok(await vol.open(inode, 0));
  const { text } = ok(await vol.read(fd!, 1 << 20, 0));
  fd!.release();
  return text;
}

export const nlink = async (vol: TestVolume, inode: Inode): Promise<number> =>
  (await iatt(vol, inode)).iaNlink;

/** An fd without an open, as translators may wind with. */
export const bareFd = (inode: Inode, flags: number): Fd => new Fd(inode, flags, 1);

export const time = (sec: number, nsec: number): number => sec * 1e9 + nsec;
