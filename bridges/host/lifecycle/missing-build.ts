/** Explains how a compiled module that does not exist yet is made of the source beside it. */
import { quoteShellWord } from '../../../runtime/core/shell-word.ts';
import type { Sources } from '../machine.ts';
import { basename, dirname, join } from '../paths.ts';

/** Names of the file that make(1) reads, in its order. */
const MAKEFILES = ['GNUmakefile', 'makefile', 'Makefile'];

/** Extensions of sources, by that of the module. */
const SOURCE_EXTENSIONS: Readonly<Record<string, readonly string[]>> = {
  '.so': ['.c'],
  '.wasm': ['.c', '.cpp', '.cc', '.rs', '.ts'],
};

/** The longest Makefile that is read. */
const MAX_MAKEFILE_BYTES = 1 << 20;

/**
 * Returns a text such as `it is not compiled (make -C FOLDER keep.wasm)`; undefined for a file
 * that no Makefile and no source beside it makes. Nothing runs: rules are found by their text.
 * @param path the absolute path of the missing module
 */
export function describeMissingBuild(
  path: string,
  sources: Pick<Sources, 'findFileKind' | 'read'>,
): string | undefined {
  const name = basename(path);
  const [extension = ''] = /\.\w+$/.exec(name) ?? [];
  const sourceExtensions = SOURCE_EXTENSIONS[extension];
  if (sourceExtensions === undefined) return undefined;
  const isFile = (file: string): boolean => sources.findFileKind(file) === 'file';
  try {
    const makefile = MAKEFILES.map((file) => join(dirname(path), file)).find(isFile);
    if (makefile !== undefined) {
      const text = new TextDecoder().decode(sources.read(makefile, MAX_MAKEFILE_BYTES));
      if (hasRule(text, name, extension)) {
        const folder = quoteShellWord(dirname(path));
        return `it is not compiled (make -C ${folder} ${quoteShellWord(name)})`;
      }
    }
    const source = sourceExtensions
      .map((sourceExtension) => path.slice(0, -extension.length) + sourceExtension)
      .find(isFile);
    if (source === undefined) return undefined;
    return `it is not compiled (glossa dev ${quoteShellWord(source)} does it)`;
  } catch {
    // The folder cannot be read; the caller's message names it.
    return undefined;
  }
}

/** Whether a Makefile has a rule for a file, by its name or by a pattern such as `%.so`. */
function hasRule(makefile: string, name: string, extension: string): boolean {
  const targets = makefile
    .split('\n')
    .flatMap((line) => /^([^\t#:=][^#:=]*):(?!=)/.exec(line)?.[1]?.trim().split(/\s+/) ?? []);
  return targets.includes(name) || targets.includes(`%${extension}`);
}
