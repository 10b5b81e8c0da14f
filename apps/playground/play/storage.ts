/**
 * Stands before the storage of the playground: the distance to it, in virtual time, and permissions. On a
 * mount the kernel sees to these; here the rules of features/access-control do, with the owners, modes and
 * ACLs of storage/memory, so that a translator meets EACCES among its replies.
 */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { Stack } from '../../../runtime/core/frame.ts';
import { type FopName, type FopTable, fail } from '../../../runtime/core/gen/fops.gen.ts';
import { collect } from '../../../runtime/core/gen/generic.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Interceptor } from '../../../runtime/core/interceptor.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { permits } from '../../../runtime/core/permissions.ts';
import type { Fop, Xlator } from '../../../runtime/core/xlator.ts';
import {
  maskOfOpen,
  type Subject,
  verdict,
} from '../../../runtime/xlators/features/access-control/rules.ts';
import memory from '../../../runtime/xlators/storage/memory/index.ts';
import {
  type MemoryXlator,
  type Node,
  nodeOfInode,
} from '../../../runtime/xlators/storage/memory/node.ts';
import { accessAcl } from '../../../runtime/xlators/storage/memory/node-acls.ts';

type AnyCall = (...args: unknown[]) => void;

/** Before every volume that has none below. */
export class Storage implements Interceptor {
  /** Milliseconds of virtual time, there and back. */
  distanceMs: number;

  constructor(distanceMs: number) {
    this.distanceMs = distanceMs;
  }

  watches(xl: Xlator, _fop: FopName, defines: boolean): boolean {
    return defines && xl.below.length === 0;
  }

  lead<N extends FopName>(name: N, fop: Fop<N, unknown>): Fop<N, unknown> {
    return collect[name]((frame, xl, args) => {
      const arrive = (): void => {
        const errno = refusalOf(name, args, frame.root, xl);
        if (errno === 0) (fop as AnyCall)(frame, xl, ...args);
        else (fail[name] as AnyCall)(frame, errno);
      };
      if (this.distanceMs === 0) arrive();
      else xl.context.after(this.distanceMs, arrive);
    });
  }
}

const subjectOf = (node: Node): Subject => {
  const { type: iaType, prot: iaProt, uid: iaUid, gid: iaGid } = node;
  return { iaType, iaProt, iaUid, iaGid, acl: accessAcl(node) };
};

/** Owners, modes and ACLs as they are stored, without a lookup. */
const subjectsOf = (xl: MemoryXlator) => ({
  find(inode: Inode): Subject | null {
    const node = nodeOfInode(xl, inode);
    return typeof node === 'number' ? null : subjectOf(node);
  },
  findNamed({ parent, name }: Loc): Subject | null {
    const dir = parent === null ? 0 : nodeOfInode(xl, parent);
    const found = typeof dir === 'number' ? undefined : dir.entries?.get(name ?? '');
    return found === undefined ? null : subjectOf(found.node);
  },
});

/** The errno that a request is refused with; 0 when it may be done. Root may do everything. */
function refusalOf(name: FopName, args: readonly unknown[], caller: Stack, xl: Xlator): number {
  if (caller.uid === 0 || xl.translator.type !== memory.type) return 0;
  const subjects = subjectsOf(xl as MemoryXlator);
  if (name === 'create') {
    const [loc, flags] = args as FopTable['create']['args'];
    const found = subjects.findNamed(loc);
    // open(2) with O_CREAT only opens a file that exists.
    if (found !== null) {
      return permits(found, found.acl ?? null, caller, maskOfOpen(flags)) ? 0 : EACCES;
    }
  }
  return verdict(name, caller, subjects, args);
}
