/**
 * Extended attributes of directories: those of applications are on all children, and where one was
 * away, they are brought there from the child whose attributes count (MDS), which knows of it.
 *
 * Source: GlusterFS `dht-selfheal.c` (dht_dir_xattr_heal), `dht-common.c` (dht_xattr_heal).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import type { Sight } from '../sight.ts';
import type { Steps, Task } from '../task.ts';
import { INTERNAL_FOP } from './linkto.ts';

/** Those of applications, and ACLs. All others are a translator's or a brick's own. */
const SHARED = ['user.', 'security.', 'system.posix_acl_'];
/** What a directory may hold: bricks take them from ourselves alone, and give them up for management. */
const LIMITS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.quota.limit-set',
  'trusted.glusterfs.quota.limit-objects',
]);
const ADD_ARRAY = 0;

const isShared = (name: string): boolean =>
  LIMITS.has(name) || SHARED.some((prefix) => name.startsWith(prefix));

/** With what all children get these attributes. */
export const sharing = (attributes: Dict): Dict | null =>
  [...LIMITS].some((name) => attributes.has(name)) ? new Dict().set(INTERNAL_FOP, 1) : null;

const counterOf = (volume: Distribute, { mds, answers }: Sight): number => {
  const bytes = answers[mds]?.values[2]?.bytes(volume.keys.mds);
  if (bytes === undefined || bytes.length < 4) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
};

/** Whether the MDS has something that others may lack. */
export const mdsIsDirty = (volume: Distribute, sight: Sight): boolean =>
  sight.mds !== NOWHERE && counterOf(volume, sight) !== 0;

/** What a child has that all should have. */
export function* attributesOf(task: Task, child: number, dir: Loc): Steps<Dict> {
  const all = yield* task.own(child, 'getxattr', dir, null, null);
  const shared = new Dict();
  all.values[0]?.forEach((name, value, type) => {
    if (isShared(name)) shared.set(name, value, type);
  });
  return shared;
}

export function* healXattrs(task: Task, dir: Loc, sight: Sight): Steps<void> {
  const { mds } = sight;
  const counter = counterOf(task.volume, sight);
  const wanted = yield* attributesOf(task, mds, dir);
  let isWhole = true;
  for (const child of task.volume.all) {
    if (child === mds) continue;
    const there = yield* attributesOf(task, child, dir);
    for (const name of there.keys()) {
      if (wanted.has(name) || LIMITS.has(name)) continue;
      yield* task.own(child, 'removexattr', dir, name, null);
    }
    if (wanted.size === 0) continue;
    const set = yield* task.own(child, 'setxattr', dir, wanted, 0, sharing(wanted));
    if (set.opRet < 0) isWhole = false;
  }
  if (isWhole) yield* countMds(task, mds, dir, -counter);
}

/**
 * Counts changes that other children have not seen: one less for each, and one more once all have it.
 * GlusterFS repairs what is below zero, and nothing else. Deltas, so that others may count, too.
 */
export function* countMds(task: Task, mds: number, dir: Loc, delta: number): Steps<number> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, delta);
  const dict = new Dict().set(task.volume.keys.mds, bytes);
  const counted = yield* task.own(mds, 'xattrop', dir, ADD_ARRAY, dict, null);
  return counted.opRet < 0 ? counted.opErrno : 0;
}
