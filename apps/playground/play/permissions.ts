/**
 * Supplies the rules of features/access-control with the owners, modes and ACLs of storage/memory. All of
 * them are known at once, without a lookup.
 */
import { EACCES } from '../../../runtime/core/errno.ts';
import type { Stack } from '../../../runtime/core/frame.ts';
import type { FopName, FopTable } from '../../../runtime/core/gen/fops.gen.ts';
import type { Inode } from '../../../runtime/core/inode.ts';
import type { Loc } from '../../../runtime/core/loc.ts';
import { permits } from '../../../runtime/core/permissions.ts';
import type { Xlator } from '../../../runtime/core/xlator.ts';
import {
  maskOfOpen,
  type Subject,
  type Subjects,
  verdict,
} from '../../../runtime/xlators/features/access-control/rules.ts';
import memory from '../../../runtime/xlators/storage/memory/index.ts';
import {
  type MemoryXlator,
  type Node,
  nodeOfInode,
} from '../../../runtime/xlators/storage/memory/node.ts';
import { accessAcl } from '../../../runtime/xlators/storage/memory/node-acls.ts';

const subjectOf = (node: Node): Subject => {
  const { type: iaType, prot: iaProt, uid: iaUid, gid: iaGid } = node;
  return { iaType, iaProt, iaUid, iaGid, acl: accessAcl(node) };
};

class StoredSubjects implements Subjects {
  private readonly xl: MemoryXlator;

  constructor(xl: MemoryXlator) {
    this.xl = xl;
  }

  find(inode: Inode): Subject | null {
    const node = nodeOfInode(this.xl, inode);
    return typeof node === 'number' ? null : subjectOf(node);
  }

  findNamed({ parent, name }: Loc): Subject | null {
    const dir = parent === null ? 0 : nodeOfInode(this.xl, parent);
    const found = typeof dir === 'number' ? undefined : dir.entries?.get(name ?? '');
    return found === undefined ? null : subjectOf(found.node);
  }
}

/** The errno that a request is refused with; 0 when it may be done. Root may do everything. */
export function refusalOf(
  name: FopName,
  args: readonly unknown[],
  caller: Stack,
  xl: Xlator,
): number {
  if (caller.uid === 0 || xl.translator.type !== memory.type) return 0;
  const subjects = new StoredSubjects(xl as MemoryXlator);
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
