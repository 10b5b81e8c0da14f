/**
 * Fetches the files that interpreters are made of (`Parts` in host/machine.ts) for a page.
 * `writeParts` (machine/node/page-parts.ts) writes the served files: each part under its name, and
 * `index.json` with all names.
 */
import type { Parts } from '../../host/machine.ts';
import { web } from './worker-globals.ts';

/** The bytes of parts, by the parts' names (`Parts`). */
export type PartBytes = ReadonlyMap<string, Uint8Array>;

/** Fetches all parts below a URL. @throws {Error} with the URL of a missing part */
export async function fetchParts(url: string): Promise<PartBytes> {
  const fetchPart = async (name: string) => {
    const response = await web.fetch(`${url}/${name}`);
    if (!response.ok) throw new Error(`${url}/${name}: HTTP status ${response.status}`);
    return response;
  };
  const names = (await (await fetchPart('index.json')).json()) as string[];
  const fetchEntry = async (name: string): Promise<[string, Uint8Array]> => {
    const response = await fetchPart(name);
    return [name, new Uint8Array(await response.arrayBuffer())];
  };
  return new Map(await Promise.all(names.map(fetchEntry)));
}

/** Makes the machine's `Parts` from fetched parts. */
export function makeParts(bytes: PartBytes): Parts {
  const findPart = (name: string): Uint8Array => {
    const part = bytes.get(name);
    if (part === undefined) throw new Error(`the page has not given the part '${name}'`);
    return part;
  };
  return {
    has: (name) => bytes.has(name),
    listNames: (prefix) => [...bytes.keys()].filter((name) => name.startsWith(prefix)).sort(),
    readText: (name) => new TextDecoder().decode(findPart(name)),
    readBytes(name, allocate) {
      const part = findPart(name);
      if (allocate === undefined) return part;
      const copy = allocate(part.length);
      copy.set(part);
      return copy;
    },
  };
}
