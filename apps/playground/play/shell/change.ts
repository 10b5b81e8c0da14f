/** The commands that change something. */
import { FopError } from '../../../../runtime/api/driver.ts';
import { EEXIST, EISDIR, ENOENT, strerror } from '../../../../runtime/core/errno.ts';
import { IA_IFDIR, IA_IFLNK } from '../../../../runtime/core/iatt.ts';
import {
  baseName,
  type Command,
  each,
  FAILED,
  type Given,
  joined,
  MANY,
  OK,
  UsageError,
} from './command.ts';
import { userNumber } from './users.ts';

const echo: Command = {
  usage: 'echo [WORD…] [> PATH | >> PATH]',
  does: 'shows its words; > makes a file of them, >> puts them at the end of one',
  takes: [0, MANY],
  async run({ operands, out }) {
    out(operands.join(' '));
    return OK;
  },
};

const mkdir: Command = {
  usage: 'mkdir [-p] PATH…',
  does: 'makes folders; -p also those on the way, and is content with one that is there',
  flags: 'p',
  takes: [1, MANY],
  run: (given) =>
    each(given, async (path) => {
      const { files, flags } = given;
      if (!flags.has('p')) return void (await files.mkdir(path));
      const names = path.split('/').filter((name) => name !== '');
      for (let count = 1; count <= names.length; count += 1) {
        const part = `/${names.slice(0, count).join('/')}`;
        const found = await files.seek(part);
        if (found === undefined) await files.mkdir(part);
        else if (found.buf.iaType !== IA_IFDIR) throw new FopError(EEXIST, part);
      }
    }),
};

const rmdir: Command = {
  usage: 'rmdir PATH…',
  does: 'removes empty folders',
  takes: [1, MANY],
  run: (given) => each(given, (path) => given.files.rmdir(path)),
};

const rm: Command = {
  usage: 'rm [-rf] PATH…',
  does: 'removes files; -r also folders and all in them, -f is content when there is nothing',
  flags: 'rf',
  takes: [1, MANY],
  run(given) {
    const { files, flags } = given;
    const remove = async (path: string): Promise<void> => {
      const found = await files.seek(path, 'look');
      if (found === undefined) {
        if (flags.has('f')) return;
        throw new FopError(ENOENT, path);
      }
      if (found.buf.iaType !== IA_IFDIR) return files.unlink(path);
      if (!flags.has('r')) throw new FopError(EISDIR, path);
      const inner = (await files.list(path)).map((name) => joined(path, name));
      const status = await each(given, remove, inner);
      if (status === OK) await files.rmdir(path);
    };
    return each(given, remove);
  },
};

/** The places that sources go to: into a folder under their names, or to one path. */
async function targets(given: Given, sources: readonly string[], to: string): Promise<string[]> {
  const found = await given.files.seek(to);
  const isFolder = found?.buf.iaType === IA_IFDIR;
  if (isFolder) return sources.map((source) => joined(to, baseName(source)));
  if (sources.length > 1) throw new UsageError(`${to}: is no folder`);
  return [to];
}

const SAME = 'is the same file';

/** Of `mv`, `cp` and `ln`: each source to its place. */
async function eachTo(
  given: Given,
  what: (from: string, to: string) => Promise<void>,
): Promise<number> {
  const sources = given.operands.slice(0, -1);
  const places = await targets(given, sources, given.operands.at(-1)!);
  let status = OK;
  for (const [at, from] of sources.entries()) {
    const to = places[at]!;
    try {
      await what(from, to);
    } catch (error) {
      if (!(error instanceof FopError)) throw error;
      given.err(`${from} to ${to}: ${strerror(error.errno)}`);
      status = FAILED;
    }
  }
  return status;
}

const mv: Command = {
  usage: 'mv PATH… TARGET',
  does: 'renames a file, or moves files into a folder',
  takes: [2, MANY],
  run: (given) => eachTo(given, (from, to) => given.files.rename(from, to)),
};

const ln: Command = {
  usage: 'ln [-s] PATH… TARGET',
  does: 'gives a file another name; -s makes a symbolic link that leads to PATH',
  flags: 's',
  takes: [2, MANY],
  run(given) {
    const { files, flags } = given;
    return eachTo(given, async (from, to) => {
      await (flags.has('s') ? files.symlink(from, to) : files.link(from, to));
    });
  },
};

const cp: Command = {
  usage: 'cp [-r] PATH… TARGET',
  does: 'copies files; -r also folders and all in them',
  flags: 'r',
  takes: [2, MANY],
  run(given) {
    const { files, flags } = given;
    const copy = async (from: string, to: string, follow = true): Promise<void> => {
      const source = await (follow ? files.find(from) : files.lookup(from));
      const { iaType, iaProt } = source.buf;
      if (iaType === IA_IFLNK) return void (await files.symlink(await files.readlink(from), to));
      if (iaType !== IA_IFDIR) {
        const there = await files.seek(to);
        if (there?.inode === source.inode) return given.err(`${from} and ${to}: ${SAME}`);
        return void (await files.writeFile(to, await files.readFile(from)));
      }
      if (!flags.has('r')) throw new FopError(EISDIR, from);
      // What the copy itself makes is not copied.
      const names = await files.list(from);
      await files.mkdir(to, iaProt);
      for (const name of names) await copy(joined(from, name), joined(to, name), false);
    };
    return eachTo(given, copy);
  },
};

const touch: Command = {
  usage: 'touch PATH…',
  does: 'makes empty files; of one that is there the times become now',
  takes: [1, MANY],
  run: (given) =>
    each(given, async (path) => {
      const { files } = given;
      if ((await files.seek(path)) !== undefined) await files.utimes(path);
      else await files.writeFile(path, new Uint8Array(0));
    }),
};

const OCTAL = /^[0-7]{1,4}$/;
const SYMBOLIC = /^([ugoa]*)([-+=])([rwxt]*)$/;
const WHO: Readonly<Record<string, number>> = { u: 0o700, g: 0o070, o: 0o007, a: 0o777 };
const WHAT: Readonly<Record<string, number>> = { r: 0o444, w: 0o222, x: 0o111, t: 0 };

/** The mode that `text` makes of another. @throws {UsageError} */
export function changedMode(text: string, before: number): number {
  if (OCTAL.test(text)) return Number.parseInt(text, 8);
  return text.split(',').reduce((mode, clause) => {
    const [, who, how, what] = SYMBOLIC.exec(clause) ?? [];
    if (what === undefined) throw new UsageError(`invalid mode: '${text}'`);
    const union = (bits: Readonly<Record<string, number>>, letters: string): number =>
      [...letters].reduce((sum, letter) => sum | bits[letter]!, 0);
    const places = union(WHO, who === '' ? 'a' : who!);
    const sticky = what.includes('t') ? 0o1000 : 0;
    const bits = (places & union(WHAT, what)) | sticky;
    if (how === '+') return mode | bits;
    return how === '-' ? mode & ~bits : (mode & ~places) | bits;
  }, before);
}

const chmod: Command = {
  usage: 'chmod MODE PATH…',
  does: 'changes who may do what: 640, u+x, go-rwx',
  takes: [2, MANY],
  run(given) {
    const [mode, ...paths] = given.operands as [string, ...string[]];
    changedMode(mode, 0);
    const change = async (path: string): Promise<void> => {
      const { buf } = await given.files.find(path);
      await given.files.chmod(path, changedMode(mode, buf.iaProt));
    };
    return each(given, change, paths);
  },
};

const chown: Command = {
  usage: 'chown USER[:GROUP] PATH…',
  does: 'changes whose a file is',
  takes: [2, MANY],
  run(given) {
    const [whose, ...paths] = given.operands as [string, ...string[]];
    const [user = '', group] = whose.split(':');
    const number = (name: string | undefined): number | undefined => {
      if (name === undefined || name === '') return undefined;
      const found = userNumber(name);
      if (found === undefined) throw new UsageError(`invalid user: '${whose}'`);
      return found;
    };
    const [uid, gid] = [number(user), number(group)];
    return each(given, async (path) => void (await given.files.chown(path, uid, gid)), paths);
  },
};

export const changing: Readonly<Record<string, Command>> = {
  chmod,
  chown,
  cp,
  echo,
  ln,
  mkdir,
  mv,
  rm,
  rmdir,
  touch,
};
