/**
 * Refuses WebAssembly modules whose parts would take too much of the engine's memory, or of its time, outside
 * of the module's own memory. It reads the counts of the sections only, before anything is compiled.
 */
import {
  BinaryReader,
  listSections,
  MalformedModuleError,
  SECTIONS,
  type TableType,
} from '../host/wasm-binary.ts';

/**
 * The most items of sections; compilers make far fewer. All at their largest take the engine some 50 MB, and
 * half a second.
 */
const LIMITS: readonly (readonly [section: keyof typeof SECTIONS, items: string, max: number])[] = [
  ['type', 'types', 5000],
  ['import', 'imports', 1000],
  ['function', 'functions', 100_000],
  ['table', 'tables', 100],
  ['global', 'globals', 10_000],
  ['export', 'exports', 10_000],
  ['element', 'element segments', 10_000],
  ['data', 'data segments', 10_000],
];
/** The most entries of all tables. */
export const MAX_TABLE_ENTRIES = 100_000;
/** The most bytes of a section whose items are lists or names. */
const MAX_LIST_BYTES = 1024 * 1024;
const LISTS: ReadonlyMap<number, string> = new Map([
  [SECTIONS.type, 'types'],
  [SECTIONS.import, 'imports'],
  [SECTIONS.export, 'exports'],
  [SECTIONS.element, 'elements'],
]);
/** The most bytes of a function: the engine compiles one as a whole. */
const MAX_FUNCTION_BYTES = 1024 * 1024;
/** The engine has copies of the file, and compiled code has several times as many bytes. */
const [MAX_FILE_SHARE, MAX_CODE_SHARE] = [1 / 4, 1 / 8];

/** Returns why there is too much of a part, as the end of a sentence that begins with the module's path. */
const describeExcess = (count: number, part: string, max: number): string | undefined =>
  count > max ? `has ${count} ${part}, and a module may have ${max}` : undefined;

/** As `findSizeProblem`, of a section. */
function findSectionProblem(id: number, content: BinaryReader): string | undefined {
  const byteCount = content.end - content.offset;
  const list = LISTS.get(id);
  const problem = list && describeExcess(byteCount, `bytes of ${list}`, MAX_LIST_BYTES);
  const limit = LIMITS.find(([section]) => SECTIONS[section] === id);
  if (problem !== undefined || limit === undefined) return problem;
  const [, items, max] = limit;
  return describeExcess(content.readUnsigned(), items, max);
}

/** As `findSizeProblem`, of the code of each function. */
function findFunctionProblem(code: BinaryReader): string | undefined {
  for (let count = code.readCount(); count > 0; count -= 1) {
    const byteCount = code.readUnsigned();
    const problem = describeExcess(byteCount, 'bytes in a function', MAX_FUNCTION_BYTES);
    if (problem !== undefined) return problem;
    code.readBytes(byteCount);
  }
  return undefined;
}

/**
 * Returns why a module is too large for the engine, as the end of a sentence that begins with its path;
 * undefined if it is not.
 * @throws {MalformedModuleError}
 */
export function findSizeProblem(bytes: Uint8Array, memoryLimitBytes: number): string | undefined {
  const underLimit = (byteCount: number, part: string, share: number): string | undefined => {
    const max = Math.floor(memoryLimitBytes * share);
    const problem = describeExcess(byteCount, part, max);
    return problem && `${problem}, a part of option memory-limit`;
  };
  const fileProblem = underLimit(bytes.length, 'bytes', MAX_FILE_SHARE);
  if (fileProblem !== undefined) return fileProblem;
  const sections = listSections(bytes).filter(({ id }) => id !== SECTIONS.custom);
  if (new Set(sections.map(({ id }) => id)).size < sections.length)
    throw new MalformedModuleError('a section is there twice');
  for (const { id, start, end } of sections) {
    const problem =
      findSectionProblem(id, new BinaryReader(bytes, start, end)) ??
      (id === SECTIONS.code
        ? (underLimit(end - start, 'bytes of code', MAX_CODE_SHARE) ??
          findFunctionProblem(new BinaryReader(bytes, start, end)))
        : undefined);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** As `findSizeProblem`, of the tables. */
export const findTableProblem = (tables: readonly TableType[]): string | undefined =>
  describeExcess(
    tables.reduce((sum, { minEntries }) => sum + minEntries, 0),
    'entries of tables',
    MAX_TABLE_ENTRIES,
  );
