/**
 * Repairs the xattrs of directories: copies those that applications set from the metadata server (MDS), the child
 * with the authoritative attributes, to children that missed a change.
 * Source: GlusterFS `dht-selfheal.c` (dht_dir_xattr_heal), `dht-common.c` (dht_xattr_heal).
 */
import { Dict } from '../../../../runtime/core/dict.ts';
import type { Loc } from '../../../../runtime/core/operands.ts';
import type { DirectoryView } from '../directory-view.ts';
import { type Distribute, NO_CHILD } from '../distribute.ts';
import type { Steps, Task } from '../task.ts';
import { INTERNAL_FOP } from './make-linkto.ts';

/** Prefixes of xattrs that applications set, and of ACLs; other xattrs belong to a translator or a brick. */
const SHARED_PREFIXES = ['user.', 'security.', 'system.posix_acl_'];
/** Quota limits. Bricks accept them from internal clients only, and a repair never removes them. */
const QUOTA_LIMITS: ReadonlySet<string> = new Set([
  'trusted.glusterfs.quota.limit-set',
  'trusted.glusterfs.quota.limit-objects',
]);
/** The operation of xattrop that adds numbers (GF_XATTROP_ADD_ARRAY). */
const ADD_ARRAY = 0;

const isSharedXattr = (name: string): boolean =>
  QUOTA_LIMITS.has(name) || SHARED_PREFIXES.some((prefix) => name.startsWith(prefix));

/** Makes the xdata with which all children accept these xattrs; null if they need no xdata. */
export const makeQuotaLimitsXdata = (xattrs: Dict): Dict | null =>
  [...QUOTA_LIMITS].some((name) => xattrs.has(name)) ? new Dict().set(INTERNAL_FOP, 1) : null;

/** Reads from the MDS's reply how many changes other children may lack; 0 if the reply does not contain the count. */
const readMissedChanges = (volume: Distribute, { mds, replies }: DirectoryView): number => {
  const bytes = replies[mds]?.values[2]?.bytes(volume.xattrNames.mds);
  if (bytes === undefined || bytes.length < 4) return 0;
  return new DataView(bytes.buffer, bytes.byteOffset).getInt32(0);
};

/** Whether the MDS has changes that others may lack. */
export const isMdsDirty = (volume: Distribute, view: DirectoryView): boolean =>
  view.mds !== NO_CHILD && readMissedChanges(volume, view) !== 0;

/** Reads the xattrs of a child that all children should have. */
export function* readSharedXattrs(task: Task, child: number, dir: Loc): Steps<Dict> {
  const reply = yield* task.windInternal(child, 'getxattr', dir, null, null);
  const sharedXattrs = new Dict();
  reply.values[0]?.forEach((name, value, type) => {
    if (isSharedXattr(name)) sharedXattrs.set(name, value, type);
  });
  return sharedXattrs;
}

/** Copies the MDS's xattrs to all other children; resets the count if every child accepted them. */
export function* healXattrs(task: Task, dir: Loc, view: DirectoryView): Steps<void> {
  const { mds } = view;
  const missedChanges = readMissedChanges(task.volume, view);
  const expectedXattrs = yield* readSharedXattrs(task, mds, dir);
  let isComplete = true;
  for (const child of task.volume.children) {
    if (child === mds) continue;
    const actualXattrs = yield* readSharedXattrs(task, child, dir);
    for (const name of actualXattrs.keys()) {
      if (expectedXattrs.has(name) || QUOTA_LIMITS.has(name)) continue;
      yield* task.windInternal(child, 'removexattr', dir, name, null);
    }
    if (expectedXattrs.size === 0) continue;
    const reply = yield* task.windInternal(
      child,
      'setxattr',
      dir,
      expectedXattrs,
      0,
      makeQuotaLimitsXdata(expectedXattrs),
    );
    if (reply.opRet < 0) isComplete = false;
  }
  if (isComplete) yield* addToMdsCount(task, mds, dir, -missedChanges);
}

/**
 * Adds to the MDS's count of changes that other children lack: callers add -1 before each change, and +1 once all
 * children have it. GlusterFS repairs only negative counts. Sent as a difference, so that clients count concurrently.
 * @returns 0, or the errno
 */
export function* addToMdsCount(task: Task, mds: number, dir: Loc, delta: number): Steps<number> {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setInt32(0, delta);
  const dict = new Dict().set(task.volume.xattrNames.mds, bytes);
  const reply = yield* task.windInternal(mds, 'xattrop', dir, ADD_ARRAY, dict, null);
  return reply.opRet < 0 ? reply.opErrno : 0;
}
