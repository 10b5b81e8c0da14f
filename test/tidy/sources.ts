/** The project's source files, for tests about their form. */
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';

export interface SourceFile {
  /** From the top of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** Every tracked or new file whose name ends in one of `endings`, without generated ones, and
 *  without those that were removed, which are tracked until that is committed. */
export function sources(...endings: string[]): SourceFile[] {
  const list = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    encoding: 'utf8',
  });
  return list
    .split('\n')
    .filter((path) => endings.some((ending) => path.endsWith(ending)))
    .filter((path) => !/\.gen\.(ts|js|d\.ts)$/.test(path))
    .filter((path) => existsSync(path))
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
