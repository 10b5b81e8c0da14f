/** What a learner has made, as it is shared and saved. */
import type { StartRequest } from './protocol.ts';

export type PlayState = StartRequest;

/** The text that a graph of the playground is made from; the others are modules. */
export const VOLFILE = '/graph.vol';

/** Why something is no state: a sentence for a person. */
export class StateError extends Error {
  readonly code = 'GLOSSA_PLAY_STATE';
}

/** Of saved files and of links: what this page reads, and writes. */
export const VERSION = 1;

/** @param what it is, for messages @throws {StateError} for another version */
export function checkVersion(version: unknown, what: string): void {
  if (version === VERSION) return;
  throw new StateError(
    `${what} is of version ${String(version)} of the playground, and this page reads version ${VERSION}`,
  );
}

/** A day. */
const DISTANCE_MAX_MS = 86_400_000;

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isName = (name: string): boolean => /^\/(?!\/)/.test(name) && !name.split('/').includes('..');

/** What was read, which may be anybody's. @param what it is, for messages @throws {StateError} */
export function checkState(value: unknown, what: string): PlayState {
  const wrong = (why: string): StateError => new StateError(`${what} ${why}`);
  if (!isRecord(value)) throw wrong('holds no playground');
  const { texts, distanceMs, journal } = value;
  if (!isRecord(texts) || Object.keys(texts).length === 0 || !Object.values(texts).every(isText)) {
    throw wrong('has no texts');
  }
  const name = Object.keys(texts).find((each) => !isName(each));
  if (name !== undefined) throw wrong(`names a text '${name}', which is no absolute path`);
  const isDistance =
    typeof distanceMs === 'number' && distanceMs >= 0 && distanceMs <= DISTANCE_MAX_MS;
  if (!isDistance) throw wrong('has no distance to the storage in milliseconds');
  if (!Array.isArray(journal) || !journal.every(isText)) throw wrong('has no journal of lines');
  return { texts: texts as PlayState['texts'], distanceMs, journal };
}
