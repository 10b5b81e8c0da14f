/**
 * Gives modules the host's files and variables that the options allow-read, allow-write and
 * allow-env grant. The host refuses and logs any other access; the module gets a FopError.
 * Contents of files cross as texts with one character per byte.
 */

import { EACCES, errnoNumber } from '../../../runtime/core/errno.ts';
import { decodeLatin1, encodeLatin1 } from './data.ts';
import { FopError } from './errors.ts';
import { host, parse } from './host.ts';

/**
 * Calls the host. @throws {FopError} if the host refuses, or the call fails, with the errno whose
 * name begins the host's message
 */
function callHost<T>(action: () => T): T {
  try {
    return action();
  } catch (error) {
    const { message } = error as Error;
    throw new FopError(errnoNumber(/^E[A-Z0-9]+/.exec(message)?.[0] ?? '') ?? EACCES, message);
  }
}

/** Reads the bytes of a file that option allow-read grants. */
export const readFile = (path: string): Uint8Array =>
  callHost(() => encodeLatin1(host.read_file(String(path))!));

/** Reads the text (in UTF-8) of a file that option allow-read grants. */
export const readText = (path: string): string => new TextDecoder().decode(readFile(path));

/** Lists the names in a folder that option allow-read grants. */
export const readDir = (path: string): string[] =>
  callHost(() => parse(host.list_folder(String(path))!) as string[]);

/** Writes a whole file that option allow-write grants. */
export const writeFile = (path: string, content: Uint8Array | string): void =>
  callHost(() => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    host.write_file(String(path), decodeLatin1(bytes));
  });

/** Returns a variable that option allow-env names; undefined if the host does not set it. */
export const env = (name: string): string | undefined => callHost(() => host.env(String(name)));
