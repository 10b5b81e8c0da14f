/**
 * Encodes a learner's files and storage as the fragment of an address, which browsers do not send:
 * `g1.` and the deflated state in base64url. The checksum of deflate detects truncated links.
 */
import type { StartRequest } from './protocol.ts';

/** The values that a link restores; a graph is started with the same ones. */
export type PlayState = StartRequest;

/** The path of the graph's volfile; other texts are modules. */
export const VOLFILE = '/graph.vol';

/** Thrown for an invalid state; the message is for users. */
export class StateError extends Error {
  readonly code = 'GLOSSA_PLAY_STATE';
}

/** The command that mounts the files in their folder at `mnt`. */
export const MOUNT_COMMAND = `mkdir -p mnt && glossa mount ${VOLFILE.slice(1)} mnt`;

/** The version of the encoding, in the prefix of each fragment. */
const FORMAT_VERSION = 1;
/** The beginning of each fragment, without `#`. */
export const SHARE_PREFIX = `g${FORMAT_VERSION}.`;
/** Matches the beginning of a fragment of any version (group 1). */
const VERSION_PATTERN = /^#?g(\d+)\./;
/** Maximum length of a fragment; Firefox and Chromium accept some millions of characters. */
const FRAGMENT_LENGTH_MAX = 1_000_000;
/** Maximum length of the state as JSON. */
const STATE_LENGTH_MAX = 8_000_000;
/** Maximum distance: a day. */
const DISTANCE_MAX_MS = 86_400_000;

const DAMAGED_MESSAGE =
  'this link is damaged: a part of it is missing or was changed; ask for it again';

/** Encodes a state, without `#`. @throws {StateError} when it is too large for an address */
export async function encodeShare({ texts, distanceMs, journal }: PlayState): Promise<string> {
  const json = new Blob([JSON.stringify({ texts, distanceMs, journal })]).stream();
  const deflated = new Response(json.pipeThrough(new CompressionStream('deflate')));
  const bytes = new Uint8Array(await deflated.arrayBuffer());
  // `btoa` takes a string with a character for each byte.
  const units = Array.from(bytes, (byte) => String.fromCharCode(byte)).join('');
  const base64 = btoa(units).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
  if (base64.length > FRAGMENT_LENGTH_MAX) throw new StateError('this is too large for a link');
  return SHARE_PREFIX + base64;
}

/** Decodes a fragment, with `#` or without. @throws {StateError} with the reason */
export async function decodeShare(fragment: string): Promise<PlayState> {
  const [prefix, version] = VERSION_PATTERN.exec(fragment) ?? [];
  if (prefix === undefined) throw new StateError('this link leads to no shared playground');
  if (Number(version) !== FORMAT_VERSION) {
    throw new StateError(
      `this link is of version ${version} of the playground, and this page reads version ${FORMAT_VERSION}`,
    );
  }
  const base64 = fragment.slice(prefix.length).replaceAll('-', '+').replaceAll('_', '/');
  let value: unknown;
  try {
    const bytes = Uint8Array.from(atob(base64), (unit) => unit.charCodeAt(0));
    value = JSON.parse(await inflate(bytes));
  } catch (error) {
    throw error instanceof StateError ? error : new StateError(DAMAGED_MESSAGE);
  }
  return checkState(value);
}

/** Decompresses the state. @throws {StateError} if it is too large, other errors if damaged */
async function inflate(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('deflate'));
  const reader = stream.getReader();
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let text = ''; ; ) {
    const { done, value } = await reader.read();
    text += decoder.decode(value, { stream: !done });
    if (done) return text;
    if (text.length <= STATE_LENGTH_MAX) continue;
    await reader.cancel();
    throw new StateError(`this link holds more than ${STATE_LENGTH_MAX / 1e6} MB`);
  }
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isString = (value: unknown): value is string => typeof value === 'string';
const isAbsolutePath = (path: string): boolean =>
  /^\/(?!\/)/.test(path) && !path.split('/').includes('..');

/** Validates parsed JSON. @throws {StateError} */
function checkState(value: unknown): PlayState {
  const makeError = (reason: string): StateError => new StateError(`this link ${reason}`);
  if (!isRecord(value)) throw makeError('holds no playground');
  const { texts, distanceMs, journal } = value;
  if (
    !isRecord(texts) ||
    Object.keys(texts).length === 0 ||
    !Object.values(texts).every(isString)
  ) {
    throw makeError('has no texts');
  }
  const invalidPath = Object.keys(texts).find((path) => !isAbsolutePath(path));
  if (invalidPath !== undefined) {
    throw makeError(`names a text '${invalidPath}', which is no absolute path`);
  }
  const isDistance =
    typeof distanceMs === 'number' && distanceMs >= 0 && distanceMs <= DISTANCE_MAX_MS;
  if (!isDistance) throw makeError('has no distance to the storage in milliseconds');
  if (!Array.isArray(journal) || !journal.every(isString))
    throw makeError('has no journal of lines');
  return { texts: texts as PlayState['texts'], distanceMs, journal };
}
