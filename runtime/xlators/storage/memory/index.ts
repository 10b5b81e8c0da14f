/**
 * storage/memory: a volume that lives and dies with the process. The same contract as
 * storage/posix, for tests, demonstrations and the browser: nothing here needs Node.
 */
import { defineTranslator } from '../../../core/xlator.ts';
import { attrFops } from './attr.ts';
import { dataFops } from './data.ts';
import { dirFops } from './dir.ts';
import { namespaceFops } from './namespace.ts';
import { Disk, type Opened } from './node.ts';
import { PAGE_SIZE } from './pages.ts';
import { xattrFops } from './xattr.ts';

/** The last use of an fd is over. */
function letGo(opened: unknown): void {
  const { disk, node } = opened as Opened;
  node.opens -= 1;
  disk.letGo(node);
}

const pagesIn = (size: number | undefined): number =>
  size === undefined ? Number.POSITIVE_INFINITY : Math.floor(size / PAGE_SIZE);

export default defineTranslator({
  type: 'storage/memory',
  description: 'Keeps files in memory, for as long as the process lives.',
  children: [0, 0],
  options: {
    size: {
      type: 'sizet',
      min: PAGE_SIZE,
      reconfigurable: true,
      description: 'Bytes that the data of all files may take; without it, what there is.',
    },
  },
  init(xl, options) {
    return new Disk(xl.context, pagesIn(options.size));
  },
  fops: { ...namespaceFops, ...attrFops, ...dataFops, ...dirFops, ...xattrFops },
  reconfigure(xl, { size }) {
    xl.priv.budget.limit = pagesIn(size);
  },
  holds: ({ priv }) => (priv.named.size > 1 ? 'files' : null),
  release(_xl, _fd, opened) {
    letGo(opened);
  },
  releasedir(_xl, _fd, opened) {
    letGo(opened);
  },
  dump(xl) {
    const { named, budget } = xl.priv;
    return { inodes: named.size, 'data-bytes': budget.used * PAGE_SIZE };
  },
});
