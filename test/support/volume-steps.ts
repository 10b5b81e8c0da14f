/** Random operations on a volume by path, whose answers two volumes must share. */
import fc from 'fast-check';
import type { Volume } from '../../runtime/api/volume.ts';

/** An operation: its name, two paths and a number. */
export type Step = readonly [fop: string, path: string, other: string, number: number];

/** Returns what a step answers, or the error's code. */
export async function runStep(volume: Volume, [fop, path, other, number]: Step): Promise<unknown> {
  const describeStat = async (at: string) => {
    const { mode, nlink, size } = await volume.lstat(at);
    return { mode: mode & 0o170000, nlink, size: (mode & 0o170000) === 0o040000 ? 0 : size };
  };
  try {
    if (fop === 'write') await volume.writeFile(path, 'x'.repeat(number));
    else if (fop === 'append') await volume.appendFile(path, 'y'.repeat(number));
    else if (fop === 'read') return String(await volume.readFile(path));
    else if (fop === 'truncate') await volume.truncate(path, number);
    else if (fop === 'mkdir') await volume.mkdir(path);
    else if (fop === 'rmdir') await volume.rmdir(path);
    else if (fop === 'unlink') await volume.unlink(path);
    else if (fop === 'rename')
      await volume.rename(path, other, number % 4 === 1 ? { flag: 'noreplace' } : {});
    else if (fop === 'link') await volume.link(path, other);
    else if (fop === 'symlink') await volume.symlink('target', path);
    else if (fop === 'readlink') return await volume.readlink(path);
    else if (fop === 'chmod') await volume.chmod(path, number & 0o777);
    else if (fop === 'list') return (await volume.readdir(path)).sort();
    else return await describeStat(path);
    return null;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code ?? String(error);
  }
}

const name = fc.constantFrom('a', 'b', 'c');
const path = fc.array(name, { minLength: 1, maxLength: 3 }).map((parts) => `/${parts.join('/')}`);
const fop = fc.constantFrom(
  ...['write', 'append', 'read', 'truncate', 'mkdir', 'mkdir', 'rmdir', 'unlink', 'rename', 'link'],
  ...['symlink', 'readlink', 'chmod', 'list', 'stat'],
);
/** Operations on few names. */
export const steps = fc.array(fc.tuple(fop, path, path, fc.nat(9000)), {
  minLength: 5,
  maxLength: 40,
});
