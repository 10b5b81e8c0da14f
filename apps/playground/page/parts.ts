/** Loads parts of the interpreters from scripts beside the page, as its policy forbids fetch. */
import { bytesOf } from '../../trace/page/dom.ts';
import type { PartData } from '../page-data.ts';

export type Bytes = Uint8Array<ArrayBuffer>;

export interface Parts {
  /** Parts by the names that a worker requests. */
  readonly interpreters: ReadonlyMap<string, Bytes>;
  /** The worker's program. */
  readonly worker: Bytes;
}

declare global {
  var glossaPart: ((name: string, packed: string) => void) | undefined;
}

/** Loaded parts by name, in base64. */
const packed = new Map<string, string>();

/** Loads one part. @throws {Error} when its script is absent */
export async function loadPart({ name, file }: PartData): Promise<Bytes> {
  globalThis.glossaPart ??= (given, text) => void packed.set(given, text);
  await loadScript(file);
  const text = packed.get(name);
  if (text === undefined) throw new Error(`${file} is not the part '${name}'`);
  packed.delete(name);
  return unpacked(text);
}

/** Loads all parts. @throws {Error} that names an absent one */
export async function loadParts(parts: readonly PartData[]): Promise<Parts> {
  const entries = parts.map(
    async (part): Promise<[string, Bytes]> => [part.name, await loadPart(part)],
  );
  const all = new Map(await Promise.all(entries));
  const take = (name: string): Bytes => {
    const found = all.get(name);
    if (found === undefined) throw new Error(`the page has no part '${name}'`);
    all.delete(name);
    return found;
  };
  const worker = take('worker');
  const texts = JSON.parse(new TextDecoder().decode(take('texts'))) as Record<string, string>;
  const encoder = new TextEncoder();
  for (const [name, text] of Object.entries(texts)) all.set(name, encoder.encode(text));
  return { interpreters: all, worker };
}

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

async function unpacked(base64: string): Promise<Bytes> {
  const stream = new Blob([bytesOf(base64)]).stream();
  const whole = new Response(stream.pipeThrough(new DecompressionStream('gzip')));
  return new Uint8Array(await whole.arrayBuffer());
}
