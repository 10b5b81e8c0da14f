/** A playground as one file to save and to open, and as the files that a mount is made of. */
import type { Texts } from './protocol.ts';
import { checkState, checkVersion, type PlayState, StateError, VERSION, VOLFILE } from './state.ts';

const FORMAT = 'glossa playground';
const A_FILE = 'this file';

/** What is in the file: JSON that people can read. */
export function writeSaved({ texts, distanceMs, journal }: PlayState): string {
  const saved = { format: FORMAT, version: VERSION, texts, distanceMs, journal };
  return `${JSON.stringify(saved, null, 2)}\n`;
}

/** @throws {StateError} that says what is wrong with it */
export function readSaved(text: string): PlayState {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new StateError(`${A_FILE} is damaged: ${(error as Error).message}`);
  }
  const { format, version } = (value ?? {}) as { format?: unknown; version?: unknown };
  if (format !== FORMAT) throw new StateError(`${A_FILE} was not saved by the playground`);
  checkVersion(version, A_FILE);
  return checkState(value, A_FILE);
}

/** The files by the names that they have in a folder of their own. */
export const filesOf = (texts: Texts): ReadonlyMap<string, string> =>
  new Map(Object.entries(texts).map(([path, text]) => [path.slice(1), text]));

/** What runs them there; the folder `mnt` is where the graph is then. */
export const MOUNT_COMMAND = `mkdir -p mnt && glossa mount ${VOLFILE.slice(1)} mnt`;
