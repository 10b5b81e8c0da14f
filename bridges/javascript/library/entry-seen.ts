/** Calls a module's `entrySeen` and `entryStored` for the host (bridges/host/requests/entry-filter.ts). */
import type { Frame } from './frame.ts';
import { parse } from './host.ts';
import { Inode } from './inode.ts';
import { locateReturn } from './report.ts';
import { Iatt, makePartOfValue, PART_OF_VALUE } from './values.ts';

type EntrySeen = (frame: Frame, parent: Inode, name: string, attributes?: Iatt | null) => unknown;
type EntryStored = (frame: Frame, parent: Inode, name: string) => unknown;

interface Filter {
  readonly entrySeen?: EntrySeen;
  readonly entryStored?: EntryStored;
}

/** The number of parameters with which `entrySeen` takes attributes. */
const WITH_ATTRIBUTES = 4;

/** Describes the filter of a class for the host; undefined without one. @throws {TypeError} */
export function describeSeen(
  { prototype, makesHidden }: { prototype: object; makesHidden?: unknown },
  isAsync: (method: unknown) => boolean,
) {
  const { entrySeen, entryStored } = prototype as Filter;
  if (entrySeen === undefined) {
    if (entryStored === undefined) return undefined;
    throw new TypeError('entryStored needs an entrySeen');
  }
  for (const method of [entrySeen, entryStored])
    if (isAsync(method)) throw new TypeError(`${method!.name} cannot be async`);
  if (makesHidden !== undefined && typeof makesHidden !== 'boolean')
    throw new TypeError('static makesHidden must be true or false');
  return {
    takesAttributes: entrySeen.length >= WITH_ATTRIBUTES,
    hasStored: entryStored !== undefined,
    makesHidden: makesHidden === true,
  };
}

/** Calls one of the two, for the entry point of methods. */
export function callSeen(
  this: Filter,
  frame: Frame,
  method: string,
  gfid: string,
  text: string,
  id: number,
): void {
  const parent = new Inode(id, gfid);
  if (method === 'entry_stored') {
    const found = this.entryStored!(frame, parent, text);
    if (found !== null && found !== undefined && typeof found !== 'string')
      throw makeMistake(this.entryStored, `must return a name or null, not ${typeof found}`);
    frame._sendReturned(found ?? null);
    return;
  }
  const asked = parse(text) as readonly (string | readonly [string, unknown[] | null])[];
  const verdicts = asked.map((each) =>
    typeof each === 'string'
      ? judge(this, frame, parent, each, null)
      : judge(this, frame, parent, each[0], each[1]),
  );
  // Most listings show all.
  frame._sendReturned(verdicts.every((verdict) => verdict === 1) ? 1 : verdicts);
}

/** Returns the verdict about a name: 1 for seen, 0 for hidden, another name, or [name, fields]. */
function judge(
  self: Filter,
  frame: Frame,
  parent: Inode,
  name: string,
  fields: unknown[] | null,
): unknown {
  const attributes = fields === null ? null : makePartOfValue(Iatt, fields);
  const found = self.entrySeen!(frame, parent, name, attributes);
  if (found === false) return 0;
  if (found === true)
    return attributes === null || attributes._origin === PART_OF_VALUE
      ? 1
      : [null, attributes.fields()];
  if (found instanceof Iatt) return [null, found.fields()];
  if (typeof found === 'string' && self.entryStored !== undefined) return found;
  throw makeMistake(self.entrySeen, explain(name, found));
}

function explain(name: string, found: unknown): string {
  if (typeof found === 'string')
    return `gave '${name}' the name '${found}': define entryStored(frame, parent, name), which returns the name below for one from above`;
  if (found === undefined)
    return 'returned undefined: is a return missing? true keeps a name, false hides it';
  return `must return true, false, a name or an Iatt, not ${typeof found}`;
}

function makeMistake(method: ((...args: never[]) => unknown) | undefined, text: string): unknown {
  const mistake = new TypeError(`${method!.name} ${text}`);
  // Without the library's own lines.
  mistake.stack = '';
  return locateReturn(mistake, method);
}
