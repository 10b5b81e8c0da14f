/** Reads the project's source files, for tests about their form. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface SourceFile {
  /** From the top of the checkout. */
  readonly path: string;
  readonly text: string;
}

/** Names of files and folders that are not sources. */
const FOREIGN = /^(\.git|\.generated|\.dist-.*|dist|node_modules|coverage|__pycache__)$/;
const GENERATED = /\.gen\.(ts|js|d\.ts)$/;

function* listPaths(folder: string): Generator<string> {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (FOREIGN.test(entry.name)) continue;
    if (entry.isDirectory()) yield* listPaths(path);
    else if (entry.isFile()) yield path;
  }
}

/** Reads every file whose name ends in one of `endings`, without generated ones. */
export function readSources(...endings: string[]): SourceFile[] {
  return [...listPaths('.')]
    .filter((path) => endings.some((ending) => path.endsWith(ending)) && !GENERATED.test(path))
    .sort()
    .map((path) => ({ path, text: readFileSync(path, 'utf8') }));
}
