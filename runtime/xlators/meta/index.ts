/**
 * meta: a virtual folder, `.meta`, in the root of a volume, that shows the running graph: its volumes
 * with their options and what they tell of themselves, requests, inodes, the process. An option that
 * may change while the volume runs is changed by writing to its file.
 *
 * The folder is found by its name and listed nowhere. Only root and the user who mounted see what is
 * in it.
 *
 * Source: GlusterFS `xlators/meta/src/meta.c`. Unlike there, options can be written, others than the
 * owner are kept out, and what the volume below has under the folder's name is hidden in listings, too.
 */
import { InitError } from '../../core/errors.ts';
import { defineOptions } from '../../core/options.ts';
import { defineTranslator } from '../../core/xlator.ts';
import { fops } from './fops.ts';
import { Meta, placeOf } from './places.ts';
import { treeOf } from './tree.ts';

const options = defineOptions({
  'meta-dir-name': {
    type: 'str',
    default: '.meta',
    description: 'The name of the folder, in the root.',
  },
});

/** @throws {InitError} */
function refuseName(name: string): void {
  if (name === '.' || name === '..' || name.includes('/')) {
    throw new InitError(`option 'meta-dir-name': '${name}' cannot be the name of a folder`);
  }
}

export default defineTranslator<Meta, typeof options>({
  type: 'meta',
  description: 'Shows the running graph in a folder .meta, where options can be changed.',
  children: [1, 1],
  options,
  fops,
  async check(_xl, { 'meta-dir-name': name }) {
    refuseName(name);
  },
  init(xl, { 'meta-dir-name': name }) {
    refuseName(name);
    if (xl.graph === null) throw new InitError('there is no graph to show');
    return new Meta(xl.name, name, treeOf(xl.graph), xl.context);
  },
  // What is kept with inodes and open files says all, and is either's.
  succeed() {},
  dataPath: { isOwn: (xl, fd) => placeOf(xl, fd.inode) !== undefined },
});
