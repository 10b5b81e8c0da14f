/**
 * Carries compiled modules among the texts of the playground: the text of a path that ends in `.wasm`
 * is its bytes in base64. So the store, links and “Undo…” have them like all other files.
 */
import type { FileContents } from '../../../bridges/machine/browser/sources.ts';
import type { Texts } from './protocol.ts';

/** Returns whether a path is that of a compiled module. */
export const isCompiledModule = (path: string): boolean => path.endsWith('.wasm');

/** The bytes that one call of `String.fromCharCode` takes as arguments. */
const CHUNK_BYTES = 4096;

/** Encodes the bytes of a module as a text. */
export function encodeModule(bytes: Uint8Array): string {
  let units = '';
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    units += String.fromCharCode(...bytes.subarray(start, start + CHUNK_BYTES));
  return btoa(units);
}

/** Decodes the text of a module. A text that is not base64 stays as it is, and the host refuses it. */
export function decodeModule(text: string): Uint8Array<ArrayBuffer> {
  try {
    return Uint8Array.from(atob(text), (unit) => unit.charCodeAt(0));
  } catch {
    return new TextEncoder().encode(text);
  }
}

/** Decodes the compiled modules of these texts; the others stay texts. */
export const decodeModules = (texts: Texts): FileContents =>
  Object.fromEntries(
    Object.entries(texts).map(([path, text]) => [
      path,
      isCompiledModule(path) ? decodeModule(text) : text,
    ]),
  );
