/**
 * Stores a script with its compiled code, V8's code cache, as a cache file: compiling Pyodide's
 * runtime took a tenth of its start. V8 does not check the code itself, so the file's crc32 is.
 */
import { closeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import type { CachedScript, CacheLogs } from '../../host/machine.ts';
import { type EntryLocation, openEntry, readAt, writeEntry } from './cached-entry.ts';

const KIND = { magic: 0x4a4c4753, title: 'compiled script' }; // 'SGLJ'

/** The table of a file, whose content is the source and the code. */
interface ScriptTable {
  /** Length of the source: each character is a byte. */
  readonly sourceLength: number;
}

/** Reads a script; undefined, with the reason in the log, if it is not usable. */
export function readScript(location: EntryLocation, logs: CacheLogs): CachedScript | undefined {
  return openEntry<ScriptTable, CachedScript>(KIND, location, logs, (entry) => {
    const { fd, table, position, length } = entry;
    const content = readAt(fd, length, position);
    if (crc32(content, entry.tableCrc) !== entry.crc) throw new Error('it is damaged (checksum)');
    closeSync(fd);
    return {
      source: content.toString('latin1', 0, table.sourceLength),
      code: content.subarray(table.sourceLength),
    };
  });
}

/** Writes a script, unless its source has characters beyond ASCII. */
export function writeScript(
  location: EntryLocation,
  { source, code }: CachedScript,
  logs: CacheLogs,
): void {
  const bytes = Buffer.from(source);
  if (bytes.length !== source.length) return;
  const table: ScriptTable = { sourceLength: bytes.length };
  writeEntry(KIND, location, table, [bytes, code], logs);
}
