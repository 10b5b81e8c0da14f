/** The commands that look, and change nothing. */

import { IA_IFDIR, IA_IFLNK, type Iatt } from '../../../../runtime/core/iatt.ts';
import { DIRECTORIES, directoryName } from '../../../bench/engine/searches.ts';
import { type Command, each, FAILED, type Given, joined, MANY, OK, UsageError } from './command.ts';
import { userName } from './users.ts';

const TYPE_LETTERS = '?-dlbcps';
const TYPE_NAMES = [
  'unknown',
  'regular file',
  'directory',
  'symbolic link',
  'block device',
  'character device',
  'fifo',
  'socket',
];
const RIGHTS = 'rwxrwxrwx';

/** As `ls -l` begins: `drwxr-xr-x`. */
export function modeText({ iaType, iaProt }: Iatt): string {
  const letters = [...RIGHTS].map((letter, at) => ((iaProt >> (8 - at)) & 1 ? letter : '-'));
  if ((iaProt & 0o1000) !== 0) letters[8] = letters[8] === 'x' ? 't' : 'T';
  if ((iaProt & 0o2000) !== 0) letters[5] = letters[5] === 'x' ? 's' : 'S';
  if ((iaProt & 0o4000) !== 0) letters[2] = letters[2] === 'x' ? 's' : 'S';
  return TYPE_LETTERS[iaType] + letters.join('');
}

const dateText = (seconds: number): string =>
  new Date(seconds * 1000).toISOString().slice(0, 19).replace('T', ' ');

/** A line of `ls -l`. */
async function longLine({ files }: Given, path: string, shown: string): Promise<string> {
  const { buf } = await files.lookup(path);
  const owner = `${userName(buf.iaUid)} ${userName(buf.iaGid)}`;
  const size = String(buf.iaSize).padStart(6);
  const target = buf.iaType === IA_IFLNK ? ` -> ${await files.readlink(path)}` : '';
  return `${modeText(buf)} ${buf.iaNlink} ${owner} ${size} ${dateText(buf.iaMtime)} ${shown}${target}`;
}

async function listFolder(given: Given, path: string): Promise<void> {
  const { files, flags, out } = given;
  const found = await files.list(path);
  const names = flags.has('a') ? ['.', '..', ...found] : found.filter((name) => name[0] !== '.');
  for (const name of names) {
    out(flags.has('l') ? await longLine(given, joined(path, name), name) : name);
  }
}

const ls: Command = {
  usage: 'ls [-al] [PATH…]',
  does: 'lists what is in folders; -l with attributes, -a also names that begin with a dot',
  flags: 'al',
  takes: [0, MANY],
  run(given) {
    const { files, flags, out } = given;
    const operands = given.operands.length === 0 ? ['/'] : given.operands;
    return each(
      given,
      async (path) => {
        const { buf } = await (flags.has('l') ? files.lookup(path) : files.find(path));
        if (buf.iaType !== IA_IFDIR) {
          out(flags.has('l') ? await longLine(given, path, path) : path);
          return;
        }
        if (operands.length > 1) out(`${path}:`);
        await listFolder(given, path);
      },
      operands,
    );
  },
};

const cat: Command = {
  usage: 'cat PATH…',
  does: 'shows what is in files',
  takes: [1, MANY],
  run: (given) =>
    each(given, async (path) => {
      const text = new TextDecoder().decode(await given.files.readFile(path));
      if (text !== '') given.out(text.replace(/\n$/, ''));
    }),
};

const stat: Command = {
  usage: 'stat PATH…',
  does: 'shows the attributes of a file: its iatt',
  takes: [1, MANY],
  run: (given) =>
    each(given, async (path) => {
      const { buf } = await given.files.lookup(path);
      const { iaProt, iaUid, iaGid } = buf;
      given.out(`  File: ${path}`);
      given.out(`  Size: ${buf.iaSize}  ${TYPE_NAMES[buf.iaType]}  Links: ${buf.iaNlink}`);
      given.out(
        `Access: (${iaProt.toString(8).padStart(4, '0')}/${modeText(buf)})  ` +
          `Uid: ${iaUid}/${userName(iaUid)}  Gid: ${iaGid}/${userName(iaGid)}`,
      );
      given.out(`  Gfid: ${buf.iaGfid}`);
      given.out(`Modify: ${dateText(buf.iaMtime)}`);
      given.out(`Change: ${dateText(buf.iaCtime)}`);
    }),
};

const readlink: Command = {
  usage: 'readlink PATH…',
  does: 'shows where symbolic links lead',
  takes: [1, MANY],
  run: (given) =>
    each(given, async (path) => {
      given.out(await given.files.readlink(path));
    }),
};

/** A pattern of names, in which `*` is any text and `?` any letter. */
function pattern(text: string): RegExp {
  const escaped = text.replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${escaped.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}

const find: Command = {
  usage: "find [PATH…] [-name 'PATTERN']",
  does: 'lists what is in folders and in those below',
  takes: [0, MANY],
  async run(given) {
    const at = given.operands.indexOf('-name');
    const paths = at < 0 ? given.operands : given.operands.slice(0, at);
    const [, wanted, ...more] = at < 0 ? [] : given.operands.slice(at);
    if (at >= 0 && (wanted === undefined || more.length > 0)) {
      throw new UsageError('-name takes one pattern, at the end');
    }
    const fits = pattern(wanted ?? '*');
    let status = OK;
    const walk = async (path: string): Promise<void> => {
      const { buf } = await given.files.lookup(path);
      if (fits.test(path.split('/').at(-1) || '/')) given.out(path);
      if (buf.iaType !== IA_IFDIR) return;
      const inner = (await given.files.list(path)).map((name) => joined(path, name));
      status = Math.max(status, await each(given, walk, inner));
    };
    return Math.max(await each(given, walk, paths.length === 0 ? ['/'] : paths), status);
  },
};

const search: Command = {
  usage: 'search NAME…',
  does:
    'looks for a name in dir0, dir1 … dir9 until it is found, as a program looks for a file in its ' +
    'include directories: the workload of the translator tutorial',
  takes: [1, MANY],
  async run(given) {
    let status = OK;
    for (const name of given.operands) {
      const at = await searchFor(given, name);
      if (at === undefined) {
        given.err(`${name}: found in none of ${DIRECTORIES} directories`);
        status = FAILED;
      } else given.out(at);
    }
    return status;
  },
};

async function searchFor({ files }: Given, name: string): Promise<string | undefined> {
  for (let directory = 0; directory < DIRECTORIES; directory += 1) {
    const path = `/${directoryName(directory)}/${name}`;
    if ((await files.seek(path)) !== undefined) return path;
  }
  return undefined;
}

export const looking: Readonly<Record<string, Command>> = { cat, find, ls, readlink, search, stat };
