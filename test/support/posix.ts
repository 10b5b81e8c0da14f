/** Directories on disk and volumes over them, for tests of storage/posix. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { type Gfid, gfidFromBytes, gfidToBytes, ROOT_GFID } from '../../runtime/core/gfid.ts';
import * as libc from '../../runtime/sys/libc.ts';
import { toCString } from '../../runtime/sys/struct.ts';
import posix from '../../runtime/xlators/storage/posix/index.ts';
import type { Store } from '../../runtime/xlators/storage/posix/store.ts';
import { startVolume, type TestVolume, testContext } from '../contract/driver.ts';

export const isRoot = process.geteuid?.() === 0;
const KEY = toCString(isRoot ? 'trusted.gfid' : 'user.glossa.gfid');

/** A volume over the directory, stopped with the test. */
export async function startPosix(
  directory: string,
  options: Readonly<Record<string, string>> = {},
): Promise<TestVolume> {
  const vol = await startBrick(directory, options);
  onTestFinished(() => vol.stop());
  return vol;
}

/** Starts a volume over the directory, for a test that stops it. */
export const startBrick = (
  directory: string,
  options: Readonly<Record<string, string>> = {},
  context = testContext(),
): Promise<TestVolume> =>
  startVolume([{ name: 'disk', translator: posix, options: { directory, ...options } }], context);

export const getStore = (vol: TestVolume): Store => vol.graph.top.priv as Store;

/** The gfid stored with a file; null if it is absent. */
export function readGfid(path: string): Gfid | null {
  const bytes = new Uint8Array(16);
  return libc.lgetxattr(toCString(path), KEY, bytes, 16) === 16 ? gfidFromBytes(bytes) : null;
}

export function storeGfid(path: string, gfid: Gfid): void {
  expect(libc.lsetxattr(toCString(path), KEY, gfidToBytes(gfid), 16, 0)).toBe(0);
}

/** Every gfid handle of a brick but the root's, and its path. */
export function listGfidHandles(directory: string): Map<Gfid, string> {
  const handles = new Map<Gfid, string>();
  const own = join(directory, '.glusterfs');
  for (const first of readdirSync(own)) {
    for (const second of readdirSync(join(own, first))) {
      for (const gfid of readdirSync(join(own, first, second))) {
        if (gfid !== ROOT_GFID) handles.set(gfid, join(own, first, second, gfid));
      }
    }
  }
  return handles;
}
