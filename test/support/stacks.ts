/** The stacks under test on mounts, as volfiles. */
import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fops } from '../../runtime/core/fops.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { Scratch } from './mount.ts';
import { renderPerformanceVolfile } from './performance-volfiles.ts';

/**
 * `posix` a folder and nothing above it; `python` volfiles/python-negative.vol, a cache of absent
 * names in Python with counters above and below it; `memory` the same over a volume in memory; `files` a
 * file system by path in Python (examples/files/memory.py), `files-javascript` the same in JavaScript;
 * `rebuilt` and `awaited` a folder below a module that sees every fop and every reply; `locks` a
 * folder with features/locks above it, and `awaited-locks` with such a module above that; `real-brick`
 * a client of a brick that GlusterFS serves, and `own-brick` of one that glossa serves; `real-client`
 * GlusterFS's own client of such a brick; `distribute-…` clients of two bricks that share the files: both of
 * GlusterFS, both of glossa, or one of each; `tutorial` the stack with Python that GlusterFS's translator
 * tutorial prints (examples/tutorial), over two bricks of GlusterFS; `performance` a folder with all of
 * performance/ above it, and `performance-bricks` the same as glusterd writes it for two bricks, one of
 * GlusterFS and one of glossa.
 */
export type Kind =
  | 'posix'
  | 'python'
  | 'memory'
  | 'files'
  | 'files-javascript'
  | 'rebuilt'
  | 'awaited'
  | 'locks'
  | 'awaited-locks'
  | 'real-brick'
  | 'own-brick'
  | 'real-client'
  | 'distribute-real'
  | 'distribute-own'
  | 'distribute-mixed'
  | 'tutorial'
  | 'performance'
  | 'performance-bricks';

export const titles: Readonly<Record<Kind, string>> = {
  posix: 'storage/posix',
  python: 'Python over storage/posix',
  memory: 'Python over storage/memory',
  files: 'a file system by path in Python',
  'files-javascript': 'a file system by path in JavaScript',
  rebuilt: 'Python that makes every value anew',
  awaited: 'Python that awaits every fop',
  locks: 'features/locks over storage/posix',
  'awaited-locks': 'Python that awaits every fop over features/locks',
  'real-brick': 'protocol/client over a brick of GlusterFS',
  'own-brick': 'protocol/client over a brick of glossa',
  'real-client': "GlusterFS's client over a brick of glossa",
  'distribute-real': 'cluster/distribute over two bricks of GlusterFS',
  'distribute-own': 'cluster/distribute over two bricks of glossa',
  'distribute-mixed': 'cluster/distribute over bricks of GlusterFS and of glossa',
  tutorial: "the tutorial's stack over two bricks of GlusterFS",
  performance: 'all of performance/ over storage/posix',
  'performance-bricks': 'all of performance/ over bricks of GlusterFS and of glossa',
};

/** The stacks that users mount. */
export const allKinds: readonly Kind[] = ['posix', 'python', 'memory'];
/**
 * Stacks that run in `test:long` only: Python over storage/memory, whose contract has its own
 * tests, and stacks that test the path through Python. Stacks on bricks run in `test:more`, but our client
 * of other bricks in `test:long` if a mixed volume covers it.
 */
export const otherKinds: readonly Kind[] = ['memory', 'rebuilt', 'awaited', 'awaited-locks'];

const STORAGE = /type storage\/posix\n\s+option directory data\n/;

/** Clients of two bricks. */
export const distributeKinds: readonly Kind[] = [
  'distribute-real',
  'distribute-own',
  'distribute-mixed',
];
/** Clients of bricks with gfid handles: each file has one link more than clients see. */
export const brickKinds: readonly Kind[] = ['real-brick', 'own-brick', 'real-client'];
/** Those in which the client is ours. */
export const ourKinds: readonly Kind[] = ['real-brick', 'own-brick'];

/** The kinds of stacks with caches above bricks. */
export const cachingKinds: readonly Kind[] = ['tutorial', 'performance-bricks'];

/** Whether the files of a stack are on bricks. */
export const isOnBricks = (kind: Kind): boolean =>
  [...brickKinds, ...distributeKinds, ...cachingKinds].includes(kind);

/** Whether a stack is a file system by path, in a module's memory. */
export const isByPath = (kind: Kind): boolean => kind === 'files' || kind === 'files-javascript';

/** Whether the files of a stack are on a disk, with the disk's features. */
export const isOnDisk = (kind: Kind): boolean => kind !== 'memory' && !isByPath(kind);

/** Whether the files of a stack are in a folder here, where they can be compared, too. */
export const hasFolder = (kind: Kind): boolean => isOnDisk(kind) && !isOnBricks(kind);

/**
 * The stacks on bricks for everyday requests: our client with GlusterFS's brick, and our brick with
 * GlusterFS's client.
 */
export const foreignKinds: readonly Kind[] = ['real-brick', 'real-client'];

/** Those in which programs of GlusterFS have a part. */
export const usesGlusterfs = (kind: Kind): boolean =>
  [...foreignKinds, 'distribute-real', 'distribute-mixed', ...cachingKinds].includes(kind);

/** The volfile of a stack over the storage `directory`; writes its modules into `scratch`. */
export async function makeVolfile(
  scratch: Scratch,
  kind: Kind,
  directory: string,
): Promise<string> {
  const posix = `type storage/posix\n    option directory ${directory}\n`;
  const plain = `volume brick\n    ${posix}end-volume\n`;
  if (kind === 'posix') return plain;
  if (isByPath(kind)) {
    const name = kind === 'files' ? 'memory.py' : 'javascript/memory.mjs';
    const module = join(packageRoot, 'examples/files', name);
    await scratch.writeFile(basename(module), await readFile(module, 'utf8'));
    return readFile(join(dirname(module), 'memory.vol'), 'utf8');
  }
  if (kind === 'performance') return renderPerformanceVolfile(directory);
  if (isOnBricks(kind)) throw new Error('who uses a brick starts it, and has its volfile');
  const locked = `${plain}volume locks\n    type features/locks\n    subvolumes brick\nend-volume\n`;
  if (kind === 'locks') return locked;
  if (kind === 'awaited-locks') {
    return withModule(scratch, locked, { name: 'awaited', text: modules.awaited });
  }
  if (kind === 'rebuilt' || kind === 'awaited') {
    return withModule(scratch, plain, { name: kind, text: modules[kind] });
  }
  const text = await readFile(join(packageRoot, 'volfiles/python-negative.vol'), 'utf8');
  if (!STORAGE.test(text)) throw new Error('python-negative.vol has no storage to replace');
  return text.replace(STORAGE, kind === 'python' ? posix : 'type storage/memory\n');
}

/** A module in Python to put on top of a stack. */
export interface Module {
  /** The name of the volume, and with underscores of the module. */
  readonly name: string;
  readonly text: string;
  /** Lines of the volfile besides. */
  readonly options?: readonly string[];
}

/** The volume at the top of a volfile: the last. */
const findTop = (volfile: string): string => [...volfile.matchAll(/^volume (\S+)$/gm)].at(-1)![1]!;

/** A volfile with the module on top. The module's file is made in the folder of the volfile. */
export async function withModule(
  scratch: Scratch,
  volfile: string,
  { name, text, options = [] }: Module,
): Promise<string> {
  const module = name.replaceAll('-', '_');
  await scratch.writeFile(`${module}.py`, text);
  const lines = ['type features/glupy', `option module-name ${module}`, ...options];
  const body = [...lines, `subvolumes ${findTop(volfile)}`].map((line) => `    ${line}\n`).join('');
  return `${volfile}volume ${name}\n${body}end-volume\n`;
}

const names = fops.map(({ name }) => name);

const modules = {
  rebuilt: `from glupy import Data, Dict, Iatt, Loc, Translator


def again(value):
    """The same, made anew: nothing is handed on as it came."""
    if isinstance(value, Loc):
        return value.replace(name=value.name and "".join(value.name))
    if isinstance(value, Iatt):
        return value.copy(ia_size=value.ia_size)
    if isinstance(value, Dict):
        return dict(value)
    if isinstance(value, Data):
        return bytes(value)
    if isinstance(value, list):
        return [entry._replace(name=entry.name, off=entry.off) for entry in value]
    return value


class xlator(Translator):
${names
  .map(
    (name) => `    def ${name}(self, frame, *args):
        frame.wind(*map(again, args))

    def ${name}_cbk(self, frame, op_ret, op_errno, *reply):
        if op_ret < 0:
            return frame.unwind(op_ret, op_errno, *reply)
        frame.unwind(op_ret, op_errno, *map(again, reply))
`,
  )
  .join('\n')}`,
  awaited: `from glupy import Translator


class xlator(Translator):
${names
  .map(
    (name) => `    async def ${name}(self, frame, *args):
        return await self.child.${name}(*args)
`,
  )
  .join('\n')}`,
};
