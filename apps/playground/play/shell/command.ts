/** What a command of the shell is, and what it is given. */
import { FopError } from '../../../../runtime/api/driver.ts';
import type { Files } from '../../../../runtime/api/files.ts';
import { strerror } from '../../../../runtime/core/errno.ts';

/** How a command ends, as programs do. */
export const OK = 0;
export const FAILED = 1;
export const USAGE = 2;

/** Given in a way that the command does not know. */
export class UsageError extends Error {
  readonly code = 'GLOSSA_SHELL_USAGE';
}

export interface Given {
  readonly name: string;
  readonly files: Files;
  readonly flags: ReadonlySet<string>;
  readonly operands: readonly string[];
  out(text: string): void;
  /** Told as `NAME: text`. */
  err(text: string): void;
  /** Lets so many milliseconds of virtual time pass. */
  sleep(ms: number): Promise<void>;
}

export interface Command {
  readonly usage: string;
  readonly does: string;
  /** Letters that may stand behind `-`. */
  readonly flags?: string;
  /** Of operands: the least, and the most. */
  readonly takes: readonly [least: number, most: number];
  run(given: Given): Promise<number>;
}

export const MANY = Number.POSITIVE_INFINITY;

/** Does it to each, and says of which it failed. */
export async function each(
  given: Given,
  what: (operand: string) => Promise<void>,
  operands = given.operands,
): Promise<number> {
  let status = OK;
  for (const operand of operands) {
    try {
      await what(operand);
    } catch (error) {
      if (!(error instanceof FopError)) throw error;
      given.err(`${operand}: ${strerror(error.errno)}`);
      status = FAILED;
    }
  }
  return status;
}

export const joined = (folder: string, name: string): string =>
  folder === '' ? name : `${folder.replace(/\/+$/, '')}/${name}`;

/** The last name of a path. */
export const baseName = (path: string): string => path.replace(/\/+$/, '').split('/').at(-1) || '/';
