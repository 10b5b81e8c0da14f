/**
 * What `glossa setup` has written and not taken back: files with a hash of what is in them, and the
 * folders that were made for them. What is not in it is somebody else's, and left alone.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Failure } from '../../terminal/exit.ts';
import { reason } from '../../terminal/reason.ts';

export interface SetupRecord {
  /** By path: the SHA-256 of the text, in hexadecimal. */
  readonly files: Record<string, string>;
  /** Outer ones first. */
  readonly folders: string[];
}

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** The record in a file; an empty one where there is none. @throws {Failure} */
export function readRecord(path: string): SetupRecord {
  try {
    const { files, folders } = JSON.parse(readFileSync(path, 'utf8')) as SetupRecord;
    return { files: { ...files }, folders: [...folders] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { files: {}, folders: [] };
    throw new Failure(`${path} cannot be read, so nothing is changed: ${reason(error)}`);
  }
}

export const printRecord = (record: SetupRecord): string => `${JSON.stringify(record, null, 2)}\n`;
