/**
 * storage/memory: keeps files in memory until the process ends. It has the same contract as
 * storage/posix. Tests, demonstrations and the browser use it, as it does not need Node.
 */
import { defineReconfigurableOptions } from '../../../core/options.ts';
import { defineTranslator } from '../../../core/xlator.ts';
import { attrFops } from './attr.ts';
import { dataFops } from './data.ts';
import { dirFops } from './dir.ts';
import {
  MemoryVolume,
  type MemoryXlator,
  type Node,
  type OpenNode,
  releaseUnused,
} from './memory-nodes.ts';
import { namespaceFops } from './namespace.ts';
import { PAGE_SIZE } from './page-store.ts';
import { xattrFops } from './xattr.ts';

/** Releases an fd. @param context the fd's context, an `OpenNode` */
function releaseFd(xl: MemoryXlator, context: unknown): void {
  const { node } = context as OpenNode;
  node.openCount -= 1;
  releaseUnused(xl, node);
}

/** Converts option `size`, in bytes, to the most pages; undefined means no limit. */
const computePageLimit = (size: number | undefined): number =>
  size === undefined ? Number.POSITIVE_INFINITY : Math.floor(size / PAGE_SIZE);

export default defineTranslator({
  type: 'storage/memory',
  description: 'Keeps files in memory, for as long as the process lives.',
  children: [0, 0],
  listsUnopened: true,
  options: defineReconfigurableOptions({
    size: {
      type: 'sizet',
      min: PAGE_SIZE,
      description: 'Bytes that the data of all files may take; without it, all memory.',
    },
    inodes: {
      type: 'int',
      min: 1,
      description: 'Most files, folders and other inodes; without it, there is no limit.',
    },
  }),
  init(xl, options) {
    return new MemoryVolume(
      xl.context,
      computePageLimit(options.size),
      options.inodes ?? Number.POSITIVE_INFINITY,
    );
  },
  fops: { ...namespaceFops, ...attrFops, ...dataFops, ...dirFops, ...xattrFops },
  reconfigure(xl, { size, inodes }) {
    xl.priv.store.pageLimit = computePageLimit(size);
    xl.priv.inodeLimit = inodes ?? Number.POSITIVE_INFINITY;
  },
  // The root exists always.
  holds: ({ priv }) => (priv.nodesByGfid.size > 1 ? 'files' : null),
  forget(xl, _inode, node) {
    xl.priv.destroyIfUnused(node as Node);
  },
  release(xl, _fd, context) {
    releaseFd(xl, context);
  },
  releasedir(xl, _fd, context) {
    releaseFd(xl, context);
  },
  dump(xl) {
    const { inodeCount: inodes, store } = xl.priv;
    return { inodes, 'data-bytes': store.usedPageCount * PAGE_SIZE };
  },
});
