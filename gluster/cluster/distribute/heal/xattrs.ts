/**
 * Repairs the xattrs of directories: copies those of applications from the child whose attributes
 * count (MDS) to children that missed a change.
 * Source: GlusterFS `dht-selfheal.c` (dht_dir_xattr_heal), `dht-common.c` (dht_xattr_heal).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import type { Loc } from '../../../../runtime/core/loc.ts';
import type { DirView } from '../directory-view.ts';
import { type Distribute, NOWHERE } from '../distribute.ts';
import type { Steps, Task } from '../task.ts';
import { INTERNAL_FOP } from './linkto.ts';

/** Prefixes of applications' xattrs and ACLs; others belong to a translator or a brick. */
const SHARED = ['user.', 'security.', 'system.posix_acl_'];
/** Quota limits, which bricks accept from internal clients only and release to management. */
const LIMITS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.quota.limit-set',
  'trusted.glusterfs.quota.limit-objects',
]);
const ADD_ARRAY = 0;

const isShared = (name: string): boolean =>
  LIMITS.has(name) || SHARED.some((prefix) => name.startsWith(prefix));

/** The xdata with which all children accept these attributes. */
export const limitsXdata = (attributes: Dict): Dict | null =>
  [...LIMITS].some((name) => attributes.has(name)) ? new Dict().set(INTERNAL_FOP, 1) : null;

const counterOf = (volume: Distribute, { mds, replies }: DirView): number => {
  const bytes = replies[mds]?.values[2]?.bytes(volume.keys.mds);
  if (bytes === undefined || bytes.length < 4) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
};

/** Whether the MDS has changes that others may lack. */
export const mdsIsDirty = (volume: Distribute, sight: DirView): boolean =>
  sight.mds !== NOWHERE && counterOf(volume, sight) !== 0;

/** The attributes of a child that all children should have. */
export function* readShared(task: Task, child: number, dir: Loc): Steps<Dict> {
  const all = yield* task.own(child, 'getxattr', dir, null, null);
  const shared = new Dict();
  all.values[0]?.forEach((name, value, type) => {
    if (isShared(name)) shared.set(name, value, type);
  });
  return shared;
}

export function* healXattrs(task: Task, dir: Loc, sight: DirView): Steps<void> {
  const { mds } = sight;
  const counter = counterOf(task.volume, sight);
  const wanted = yield* readShared(task, mds, dir);
  let isWhole = true;
  for (const child of task.volume.all) {
    if (child === mds) continue;
    const there = yield* readShared(task, child, dir);
    for (const name of there.keys()) {
      if (wanted.has(name) || LIMITS.has(name)) continue;
      yield* task.own(child, 'removexattr', dir, name, null);
    }
    if (wanted.size === 0) continue;
    const set = yield* task.own(child, 'setxattr', dir, wanted, 0, limitsXdata(wanted));
    if (set.opRet < 0) isWhole = false;
  }
  if (isWhole) yield* countMds(task, mds, dir, -counter);
}

/**
 * Counts changes that other children lack: one less for each, one more once all have it. GlusterFS
 * repairs only negative counts. Sends deltas, so that several clients may count.
 */
export function* countMds(task: Task, mds: number, dir: Loc, delta: number): Steps<number> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, delta);
  const dict = new Dict().set(task.volume.keys.mds, bytes);
  const counted = yield* task.own(mds, 'xattrop', dir, ADD_ARRAY, dict, null);
  return counted.opRet < 0 ? counted.opErrno : 0;
}
