/**
 * A playground as the fragment of an address, which no browser sends anywhere: `g1.` and the state,
 * deflated, in base64url. What deflate ends with is a check sum: a link that was cut is noticed.
 */
import { checkState, checkVersion, type PlayState, StateError, VERSION } from './state.ts';

/** What a fragment begins with. */
export const SHARE_START = `g${VERSION}.`;
const PREFIX = /^#?g(\d+)\./;
/** Characters; the largest that Firefox and Chromium both take is some millions. */
export const SHARED_MAX = 1_000_000;
/** Bytes: what would be more is no text that somebody has written. */
const STATE_MAX = 8_000_000;

const A_LINK = 'this link';
const CUT = 'this link is damaged: a part of it is missing or was changed; ask for it again';

/** The fragment, without its `#`. @throws {StateError} when it is too large for an address */
export async function encodeShare({ texts, distanceMs, journal }: PlayState): Promise<string> {
  const text = JSON.stringify({ texts, distanceMs, journal });
  const bytes = await through(new CompressionStream('deflate'), new TextEncoder().encode(text));
  const fragment = SHARE_START + base64url(bytes);
  if (fragment.length <= SHARED_MAX) return fragment;
  throw new StateError('this is too large for a link: save it to a file instead');
}

/** With its `#` or without. @throws {StateError} that says what is wrong with it */
export async function decodeShare(fragment: string): Promise<PlayState> {
  const [prefix, version] = PREFIX.exec(fragment) ?? [];
  if (prefix === undefined) throw new StateError(`${A_LINK} leads to no shared playground`);
  checkVersion(Number(version), A_LINK);
  const bytes = fromBase64url(fragment.slice(prefix.length));
  if (bytes === undefined) throw new StateError(CUT);
  let value: unknown;
  try {
    const inflated = await through(new DecompressionStream('deflate'), bytes);
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(inflated));
  } catch (error) {
    throw error instanceof StateError ? error : new StateError(CUT);
  }
  return checkState(value, A_LINK);
}

/** Bytes after they went through a stream. @throws {StateError} when they become too many */
async function through(
  stream: CompressionStream | DecompressionStream,
  bytes: Uint8Array,
): Promise<Uint8Array> {
  const writer = stream.writable.getWriter();
  // What is wrong with them is told to who reads.
  const written = writer.write(bytes as never).then(() => writer.close());
  written.catch(() => {});
  const parts: Uint8Array[] = [];
  let length = 0;
  const reader = (stream.readable as ReadableStream<Uint8Array>).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    parts.push(value);
    length += value.length;
    if (length > STATE_MAX) {
      await reader.cancel();
      throw new StateError(`${A_LINK} holds more than ${STATE_MAX / 1e6} MB`);
    }
  }
  await written;
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function base64url(bytes: Uint8Array): string {
  let units = '';
  for (const byte of bytes) units += String.fromCharCode(byte);
  return btoa(units).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
}

function fromBase64url(text: string): Uint8Array | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const units = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(units, (unit) => unit.charCodeAt(0));
}
