/** Loads the interpreters' parts as scripts: the page's Content-Security-Policy forbids `fetch`. */
import { decodeBase64 } from '../../trace/page/dom.ts';
import type { PartData } from '../page-data.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

/** All loaded parts. */
export interface Parts {
  /** Parts by the names that a worker requests. */
  readonly interpreters: ReadonlyMap<string, Bytes>;
  /** The worker's program. */
  readonly worker: Bytes;
}

/** A part's script calls this with the part's name and its bytes (gzip, in base64). */
declare global {
  var glossaPart: ((name: string, packed: string) => void) | undefined;
}

/** Loaded parts by name, in base64. */
const packedParts = new Map<string, string>();

/** Loads one part. @throws {Error} when its script is absent */
export async function loadPart({ name, file }: PartData): Promise<Bytes> {
  globalThis.glossaPart ??= (partName, text) => void packedParts.set(partName, text);
  await loadScript(file);
  const text = packedParts.get(name);
  if (text === undefined) throw new Error(`${file} is not the part '${name}'`);
  packedParts.delete(name);
  return unpack(text);
}

/** Loads all parts. @throws {Error} that names an absent one */
export async function loadParts(parts: readonly PartData[]): Promise<Parts> {
  const entries = parts.map(
    async (part): Promise<[string, Bytes]> => [part.name, await loadPart(part)],
  );
  const bytesByName = new Map(await Promise.all(entries));
  /** Removes a part from the map, and returns it. */
  const takePart = (name: string): Bytes => {
    const bytes = bytesByName.get(name);
    if (bytes === undefined) throw new Error(`the page has no part '${name}'`);
    bytesByName.delete(name);
    return bytes;
  };
  const worker = takePart('worker');
  // The part 'texts' packs the interpreters' text files as one JSON object: name to content.
  const texts = JSON.parse(new TextDecoder().decode(takePart('texts'))) as Record<string, string>;
  const encoder = new TextEncoder();
  for (const [name, text] of Object.entries(texts)) bytesByName.set(name, encoder.encode(text));
  return { interpreters: bytesByName, worker };
}

/** Runs a script of the page's server. @throws {Error} if it cannot be loaded */
const loadScript = (file: string): Promise<void> =>
  new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.src = file;
    script.onload = () => {
      script.remove();
      resolve();
    };
    script.onerror = () => reject(new Error(`${file} cannot be loaded`));
    document.head.append(script);
  });

/** Decodes and decompresses a part. */
async function unpack(base64: string): Promise<Bytes> {
  const stream = new Blob([decodeBase64(base64)]).stream();
  const inflated = new Response(stream.pipeThrough(new DecompressionStream('gzip')));
  return new Uint8Array(await inflated.arrayBuffer());
}
