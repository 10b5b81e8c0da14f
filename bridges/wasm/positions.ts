/** Finds the source lines of a module's instructions, by the debug information that it has. */
import type { ModuleFile } from '../host/language.ts';
import type { Sources } from '../host/machine.ts';
import { basename, dirname, join } from '../host/paths.ts';
import { BinaryReader, MalformedModuleError } from './binary.ts';
import { readLineTable } from './debug-lines.ts';
import type { CheckedModule } from './module-check.ts';
import { readSourceMap } from './source-map.ts';
import type { FindPosition } from './traps.ts';

/** The largest section or file with debug information that is read. */
const MAX_BYTES = 16 * 1024 * 1024;
const NOWHERE: FindPosition = () => undefined;

/** Finds the content of a custom section; empty without one. */
const findSection = ({ parts }: CheckedModule, name: string): Uint8Array =>
  parts.customSections.find((section) => section.name === name)?.content ?? new Uint8Array();

/** Makes the function that finds positions by DWARF's line table; undefined without one. */
function findByLineTable(checked: CheckedModule): FindPosition | undefined {
  const line = findSection(checked, '.debug_line');
  if (line.length === 0 || line.length > MAX_BYTES) return undefined;
  const findLine = readLineTable({
    line,
    lineTexts: findSection(checked, '.debug_line_str'),
    texts: findSection(checked, '.debug_str'),
  });
  const codeStart = checked.parts.codeStart + checked.shift;
  return (offset) => findLine(offset - codeStart);
}

/** Makes the function that finds positions by the source map beside the module; undefined without one. */
function findBySourceMap(
  checked: CheckedModule,
  path: string,
  sources: Sources,
): FindPosition | undefined {
  const section = findSection(checked, 'sourceMappingURL');
  if (section.length === 0) return undefined;
  const name = new BinaryReader(section).readName().replace(/^\.\//, '');
  // Only a file beside the module is read.
  if (!/^[^/\\]+\.map$/.test(name)) return undefined;
  let bytes: Uint8Array;
  try {
    bytes = sources.read(join(dirname(path), name), MAX_BYTES);
  } catch {
    // It was not installed with the module, or is too large.
    return undefined;
  }
  const findPosition = readSourceMap(new TextDecoder().decode(bytes));
  return (offset) => findPosition(offset - checked.shift);
}

/**
 * Makes the function that finds positions in a module's bytes as they were compiled. It reads the debug
 * information at its first call; a module without any, or with malformed one, has no positions.
 */
export function makeFindPosition(
  { path }: ModuleFile,
  checked: CheckedModule,
  sources: Sources,
): FindPosition {
  let find: FindPosition | undefined;
  return (offset) => {
    try {
      find ??= findByLineTable(checked) ?? findBySourceMap(checked, path, sources) ?? NOWHERE;
      const position = find(offset);
      return position && { file: basename(position.file), line: position.line };
    } catch (error) {
      if (!(error instanceof MalformedModuleError)) throw error;
      find = NOWHERE;
      return undefined;
    }
  };
}
