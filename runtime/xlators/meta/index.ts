/**
 * Declares meta: a virtual folder, `.meta`, in the root of a volume, that shows the running graph: volumes with
 * their options and statistics, requests, inodes, the process. Writing to an option's file changes the option.
 *
 * No listing shows the folder; a lookup finds it. Only root and the user who mounted may read it.
 *
 * Source: GlusterFS `xlators/meta/src/meta.c`. Unlike there, options can be written, other users have no
 * access, and listings also hide an entry of the same name in the volume below.
 */
import { InitError } from '../../core/errors.ts';
import { defineOptions } from '../../core/options.ts';
import { defineTranslator } from '../../core/xlator.ts';
import { fops } from './fops.ts';
import { findTreePath, Meta } from './state.ts';
import { makeTree } from './tree.ts';

const options = defineOptions({
  'meta-dir-name': {
    type: 'str',
    default: '.meta',
    description: 'The name of the folder, in the root.',
  },
});

/** Checks the option meta-dir-name. @throws {InitError} for a name that no folder can have */
function checkName(name: string): void {
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
    checkName(name);
  },
  init(xl, { 'meta-dir-name': name }) {
    checkName(name);
    if (xl.graph === null) throw new InitError('there is no graph to show');
    return new Meta(xl.name, name, makeTree(xl.graph), xl.context);
  },
  // Contexts of inodes and fds are valid in the next graph, too.
  succeed() {},
  dataPath: { isOwn: (xl, fd) => findTreePath(xl, fd.inode) !== undefined },
});
