/**
 * The parts of interpreters, as fetched by a page. `writeParts` (machine/node/page-parts.ts) writes
 * the served files: each under its name, and `index.json` with all names.
 */
import type { Parts } from '../../host/machine.ts';
import { web } from './worker-globals.ts';

/** Parts by their names (machine.ts). */
export type PartBytes = ReadonlyMap<string, Uint8Array>;

/** Fetches all parts below a URL. @throws {Error} naming a missing one */
export async function fetchParts(url: string): Promise<PartBytes> {
  const get = async (name: string) => {
    const answer = await web.fetch(`${url}/${name}`);
    if (!answer.ok) throw new Error(`${url}/${name}: HTTP status ${answer.status}`);
    return answer;
  };
  const names = (await (await get('index.json')).json()) as string[];
  const all = names.map(async (name): Promise<[string, Uint8Array]> => {
    return [name, new Uint8Array(await (await get(name)).arrayBuffer())];
  });
  return new Map(await Promise.all(all));
}

export function partsOf(bytes: PartBytes): Parts {
  const find = (name: string): Uint8Array => {
    const found = bytes.get(name);
    if (found === undefined) throw new Error(`the page has not given the part '${name}'`);
    return found;
  };
  return {
    has: (name) => bytes.has(name),
    names: (prefix) => [...bytes.keys()].filter((name) => name.startsWith(prefix)).sort(),
    text: (name) => new TextDecoder().decode(find(name)),
    bytes(name, make) {
      const found = find(name);
      if (make === undefined) return found;
      const copy = make(found.length);
      copy.set(found);
      return copy;
    },
  };
}
