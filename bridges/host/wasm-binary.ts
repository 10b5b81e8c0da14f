/**
 * Reads the binary format of a WebAssembly module without running it: its sections, imports, exports
 * and memories. Every loop ends within the bytes; malformed ones throw `MalformedModuleError`.
 *
 * Source: WebAssembly Core Specification 2.0, chapter 5.
 */

/** Thrown for bytes that are no module, or not a whole one. */
export class MalformedModuleError extends Error {
  readonly code = 'GLOSSA_MALFORMED_MODULE';
}

/** Thrown for a module that uses a later proposal, such as garbage collection. */
export class UnsupportedModuleError extends MalformedModuleError {}

/** Numbers of sections. */
export const SECTIONS = {
  custom: 0,
  type: 1,
  import: 2,
  function: 3,
  table: 4,
  memory: 5,
  global: 6,
  export: 7,
  start: 8,
  element: 9,
  code: 10,
  data: 11,
  dataCount: 12,
  /** Of the exception-handling proposal. */
  tag: 13,
} as const;
// More than a module has that V8 compiles: hostile counts would take the host's memory.
const MAX_ITEMS = 1_000_000;
const MAX_VALUE_TYPES = 1000;
const MAX_SECTIONS = 100_000;
/** Magic word, and version 1. */
const HEADER_BYTES = 8;

/** A section: its content is `bytes[start … end)`. */
export interface Section {
  readonly id: number;
  /** The offset of its number, before its size. */
  readonly headerStart: number;
  readonly start: number;
  readonly end: number;
}

/** A custom section, with its content after the name. */
export interface CustomSection {
  readonly name: string;
  readonly content: Uint8Array;
}

/** The kinds of imports and exports, by their numbers. */
const KINDS = ['function', 'table', 'memory', 'global', 'tag'] as const;
export type Kind = (typeof KINDS)[number];

/** An import; the type of a function as `(i32, i32) -> i32`, '' for other kinds and unknown types. */
export interface ModuleImport {
  readonly module: string;
  readonly name: string;
  readonly kind: Kind;
  readonly type: string;
}

/** An export. */
export interface ModuleExport {
  readonly kind: Kind;
  /** The type of a function, as that of an import. */
  readonly type: string;
}

/** The type of a memory. */
export interface MemoryType {
  readonly minPages: number;
  /** Undefined for a memory that may always grow. */
  readonly maxPages: number | undefined;
  readonly isShared: boolean;
  readonly has64BitAddresses: boolean;
}

/** The type of a table. */
export interface TableType {
  /** The number of its elements' type. */
  readonly elementType: number;
  readonly minEntries: number;
  /** Undefined for a table that may always grow. */
  readonly maxEntries: number | undefined;
}

/** A module's parts that the host checks. */
export interface ModuleParts {
  readonly imports: readonly ModuleImport[];
  readonly exports: ReadonlyMap<string, ModuleExport>;
  /** The memories that it defines, without imported ones. */
  readonly memories: readonly MemoryType[];
  readonly memorySection: Section | undefined;
  readonly tables: readonly TableType[];
  readonly tableSection: Section | undefined;
  /** The offset of the content of the code section, from which debug information counts; 0 without code. */
  readonly codeStart: number;
  readonly customSections: readonly CustomSection[];
  readonly hasExceptions: boolean;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** Reads integers and names in sequence. */
export class BinaryReader {
  readonly bytes: Uint8Array;
  offset: number;
  readonly end: number;

  constructor(bytes: Uint8Array, start = 0, end = bytes.length) {
    this.bytes = bytes;
    this.offset = start;
    this.end = end;
  }

  get hasMore(): boolean {
    return this.offset < this.end;
  }

  readByte(): number {
    if (this.offset >= this.end) throw new MalformedModuleError('it ends too early');
    return this.bytes[this.offset++]!;
  }

  /** Reads an unsigned LEB128 number of up to 64 bits, as a double. */
  readUnsigned(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.readByte();
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
    throw new MalformedModuleError('a number is too long');
  }

  /** Reads the number of the items that follow. */
  readCount(max = MAX_ITEMS): number {
    const count = this.readUnsigned();
    if (count > max) throw new MalformedModuleError('it has too many items');
    return count;
  }

  /** Reads a signed LEB128 number of up to 64 bits, as a double. */
  readSigned(): number {
    let value = 0;
    for (let factor = 1; factor < 2 ** 70; factor *= 128) {
      const byte = this.readByte();
      value += (byte & 127) * factor;
      if (byte < 128) return (byte & 64) === 0 ? value : value - factor * 128;
    }
    throw new MalformedModuleError('a number is too long');
  }

  /** Reads this many bytes, without a copy. */
  readBytes(length: number): Uint8Array {
    if (!(length <= this.end - this.offset)) throw new MalformedModuleError('it ends too early');
    this.offset += length;
    return this.bytes.subarray(this.offset - length, this.offset);
  }

  readName(): string {
    const bytes = this.readBytes(this.readUnsigned());
    try {
      return utf8.decode(bytes);
    } catch {
      throw new MalformedModuleError('a name in it is not UTF-8');
    }
  }
}

/** Lists the sections. @throws {MalformedModuleError} */
export function listSections(bytes: Uint8Array): Section[] {
  const sections: Section[] = [];
  const reader = new BinaryReader(bytes, HEADER_BYTES);
  while (reader.hasMore) {
    const headerStart = reader.offset;
    const id = reader.readByte();
    const length = reader.readUnsigned();
    const start = reader.offset;
    reader.readBytes(length);
    if (sections.length >= MAX_SECTIONS) throw new MalformedModuleError('it has too many sections');
    sections.push({ id, headerStart, start, end: reader.offset });
  }
  return sections;
}

/** The names of value types, by their numbers. */
const VALUE_TYPES: Readonly<Record<number, string>> = {
  127: 'i32',
  126: 'i64',
  125: 'f32',
  124: 'f64',
  123: 'v128',
  112: 'funcref',
  111: 'externref',
};
export const isValueType = (type: number): boolean => VALUE_TYPES[type] !== undefined;

/** Reads the number of a value's type. @throws {MalformedModuleError} also for one of a later proposal */
export function readValueType(reader: BinaryReader): number {
  const type = reader.readByte();
  if (!isValueType(type)) throw new UnsupportedModuleError('it has a type of a later proposal');
  return type;
}

/** The form of a function's type. */
const FUNCTION_FORM = 0x60;

/** Reads the types of functions. @throws {MalformedModuleError} also for a type of a later proposal */
function readTypes(reader: BinaryReader): string[] {
  const types: string[] = [];
  const readValueTypes = (): string[] => {
    const names: string[] = [];
    for (let count = reader.readCount(MAX_VALUE_TYPES); count > 0; count -= 1)
      names.push(VALUE_TYPES[readValueType(reader)]!);
    return names;
  };
  for (let count = reader.readCount(); count > 0; count -= 1) {
    if (reader.readByte() !== FUNCTION_FORM)
      throw new UnsupportedModuleError('it has a type of a later proposal');
    const [params, results] = [readValueTypes(), readValueTypes()];
    types.push(
      `(${params.join(', ')}) -> ${results.length === 1 ? results[0] : `(${results.join(', ')})`}`,
    );
  }
  return types;
}

// Flags of a memory's limits.
export const HAS_MAX = 1;
const IS_SHARED = 2;
const HAS_64_BITS = 4;

function readLimits(reader: BinaryReader): MemoryType {
  const flags = reader.readByte();
  return {
    minPages: reader.readUnsigned(),
    maxPages: (flags & HAS_MAX) === 0 ? undefined : reader.readUnsigned(),
    isShared: (flags & IS_SHARED) !== 0,
    has64BitAddresses: (flags & HAS_64_BITS) !== 0,
  };
}

/** Reads the table section. @throws {MalformedModuleError} */
export const readTables = (reader: BinaryReader): TableType[] =>
  readAll(reader, () => {
    const elementType = readValueType(reader);
    const { minPages, maxPages, isShared, has64BitAddresses } = readLimits(reader);
    if (isShared || has64BitAddresses)
      throw new UnsupportedModuleError('it has a table of a later proposal');
    return { elementType, minEntries: minPages, maxEntries: maxPages };
  });

/** Reads a kind of import or export. */
export function readKind(reader: BinaryReader): Kind {
  const kind = KINDS[reader.readByte()];
  if (kind === undefined)
    throw new MalformedModuleError('it has an import or export of an unknown kind');
  return kind;
}

function readImports(reader: BinaryReader, types: readonly string[]): ModuleImport[] {
  const imports: ModuleImport[] = [];
  for (let count = reader.readCount(); count > 0; count -= 1) {
    const [module, name] = [reader.readName(), reader.readName()];
    const kind = readKind(reader);
    let type = '';
    if (kind === 'function') type = types[reader.readUnsigned()] ?? '';
    else if (kind === 'memory') readLimits(reader);
    else {
      // A table's element type, a global's type, a tag's attribute.
      reader.readByte();
      if (kind === 'table') readLimits(reader);
      else reader.readUnsigned();
    }
    imports.push({ module, name, kind, type });
  }
  return imports;
}

/** Reads `count` items. */
function readAll<T>(reader: BinaryReader, read: () => T): T[] {
  const items: T[] = [];
  for (let count = reader.readCount(); count > 0; count -= 1) items.push(read());
  return items;
}

/** Reads a module's parts. @throws {MalformedModuleError} */
export function readModule(bytes: Uint8Array): ModuleParts {
  const sections = listSections(bytes);
  const find = (id: number): Section | undefined => sections.find((section) => section.id === id);
  /** Reads the section of this number; undefined without one. */
  const readSection = <T>(id: number, read: (reader: BinaryReader) => T): T | undefined => {
    const section = find(id);
    return section && read(new BinaryReader(bytes, section.start, section.end));
  };
  const types = readSection(SECTIONS.type, readTypes) ?? [];
  const imports = readSection(SECTIONS.import, (reader) => readImports(reader, types)) ?? [];
  const definedTypes = readSection(SECTIONS.function, (reader) =>
    readAll(reader, () => reader.readUnsigned()),
  );
  const functionTypes = [
    ...imports.filter(({ kind }) => kind === 'function').map(({ type }) => type),
    ...(definedTypes ?? []).map((index) => types[index] ?? ''),
  ];
  const exports = readSection(SECTIONS.export, (reader) =>
    readAll(reader, (): [string, ModuleExport] => {
      const name = reader.readName();
      const kind = readKind(reader);
      const index = reader.readUnsigned();
      return [name, { kind, type: kind === 'function' ? (functionTypes[index] ?? '') : '' }];
    }),
  );
  return {
    imports,
    exports: new Map(exports),
    memories:
      readSection(SECTIONS.memory, (reader) => readAll(reader, () => readLimits(reader))) ?? [],
    memorySection: find(SECTIONS.memory),
    tables: readSection(SECTIONS.table, readTables) ?? [],
    tableSection: find(SECTIONS.table),
    codeStart: find(SECTIONS.code)?.start ?? 0,
    customSections: sections.flatMap(({ id, start, end }) => {
      if (id !== SECTIONS.custom) return [];
      const reader = new BinaryReader(bytes, start, end);
      return [{ name: reader.readName(), content: bytes.subarray(reader.offset, end) }];
    }),
    hasExceptions: find(SECTIONS.tag) !== undefined,
  };
}
