/**
 * Files and variables of the host that the options allow-read, allow-write and allow-env grant. Any
 * other access is refused with an Error, and logged.
 */

import { EACCES, errnoNumber } from '../../../runtime/core/errno.ts';
import { fromLatin1, latin1 } from './data.ts';
import { FopError } from './errors.ts';
import { host, parse } from './host.ts';

interface GrantedAccess {
  read_file(path: string): string;
  list_folder(path: string): string;
  write_file(path: string, text: string): void;
  env(name: string): string | undefined;
}

const granted = host as unknown as GrantedAccess;

/** Calls the host; a refusal or failure throws FopError. */
function asked<T>(what: () => T): T {
  try {
    return what();
  } catch (error) {
    const { message } = error as Error;
    throw new FopError(errnoNumber(/^E[A-Z0-9]+/.exec(message)?.[0] ?? '') ?? EACCES, message);
  }
}

/** The bytes of a file that option allow-read grants. */
export const readFile = (path: string): Uint8Array =>
  asked(() => fromLatin1(granted.read_file(String(path))));

/** The text (UTF-8) of a file that option allow-read grants. */
export const readText = (path: string): string => new TextDecoder().decode(readFile(path));

/** Names in a folder that option allow-read grants. */
export const readDir = (path: string): string[] =>
  asked(() => parse(granted.list_folder(String(path))) as string[]);

/** Writes a file that option allow-write grants, whole. */
export const writeFile = (path: string, content: Uint8Array | string): void =>
  asked(() => {
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    granted.write_file(String(path), latin1(bytes));
  });

/** A variable that option allow-env names; undefined when it has no value. */
export const env = (name: string): string | undefined => asked(() => granted.env(String(name)));
