/**
 * Lists a directory of a running stack in every way, and counts names that are missing or repeated.
 *
 *     const results = await listEveryWay(stack, names);   // 'ok', or what went wrong, by way
 *
 * A stack is a graph, a mount or a brick's client (`listing-stacks.ts`).
 */
import type { ListedEntry } from '../support/open-folder.ts';

/** An open directory. Offset 0 is the start. */
export interface OpenListing {
  /** Reads some of the entries after an offset. @throws for an errno */
  read(offset: bigint): Promise<readonly ListedEntry[]>;
  close(): void;
}

/** A stack with a directory to list. */
export interface ListedStack {
  /** The calls that list. */
  readonly calls: readonly string[];
  open(call: string): Promise<OpenListing>;
  /** Ends and starts the mount, the graph or the brick; null for a storage in memory. */
  readonly restart: (() => Promise<void>) | null;
  /** Whether a directory stays open meanwhile, as one of a brick's client does. */
  readonly keepsOpen: boolean;
  create(name: string): Promise<void>;
  remove(name: string): Promise<void>;
  end(): Promise<void>;
}

/** The bytes that a name may have: 1 to 255. */
const NAME_BYTES_MAX = 255;

/** Makes names of which no two are alike, among them such of 1 and of 255 bytes. */
export const makeNames = (count: number): string[] =>
  Array.from({ length: count }, (_, at) => {
    const name = at.toString(36);
    return at % 50 === 49 ? name.padEnd(NAME_BYTES_MAX, '-') : name;
  });

/** A way to list: the events between two replies. */
interface Way {
  /** Whether replies come from fresh opens of the directory. */
  readonly isFresh: boolean;
  /** Whether the stack is ended and started after a reply. */
  readonly restarts?: boolean;
  /** Whether names come and go. */
  readonly changes?: boolean;
}

/** The reply after which a stack is ended and started. */
const RESTART_AT = 2;
/**
 * The replies that fresh opens follow in a large directory: each of the first ones, and then each twentieth. A cache
 * reads hundreds of entries ahead for each open.
 */
const FRESH_EACH = 100;
const FRESH_LATER = 20;
const opensAfresh = (replies: number): boolean =>
  replies <= FRESH_EACH || replies % FRESH_LATER === 0;
/** Names that come and go during a listing. */
const passing = (at: number): string => `passing-${at}`;
const PASSING_COUNT = 20;

/** Removes a name and makes another one. */
async function change(stack: ListedStack, replies: number): Promise<void> {
  if (replies > PASSING_COUNT) return;
  await stack.remove(passing(replies - 1));
  await stack.create(passing(PASSING_COUNT + replies));
}

/** The ways to list, by name. */
const ways: Readonly<Record<string, Way>> = {
  'one open': { isFresh: false },
  'fresh opens': { isFresh: true },
  restart: { isFresh: false, restarts: true },
  changes: { isFresh: false, changes: true },
  'fresh opens, changes': { isFresh: true, changes: true },
};

export const wayNames = Object.keys(ways);

/** Lists once, and returns 'ok' or what is wrong. */
async function listOnce(
  stack: ListedStack,
  call: string,
  { isFresh, restarts, changes }: Way,
  names: readonly string[],
): Promise<string> {
  const counts = new Map<string, number>();
  let replies = 0;
  let listing: OpenListing | null = null;
  try {
    for (let offset = 0n; ; ) {
      listing ??= await stack.open(call);
      const entries = await listing.read(offset);
      if (entries.length === 0) break;
      for (const { name } of entries) counts.set(name, (counts.get(name) ?? 0) + 1);
      offset = entries.at(-1)!.off;
      replies += 1;
      const isRestart = restarts === true && replies === RESTART_AT;
      if ((isFresh && opensAfresh(replies)) || (isRestart && !stack.keepsOpen)) {
        listing.close();
        listing = null;
      }
      if (isRestart) await stack.restart!();
      if (changes) await change(stack, replies);
    }
  } catch (error) {
    return `${(error as Error).message} after ${counts.size} names`;
  } finally {
    listing?.close();
  }
  const lost = ['.', '..', ...names].filter((name) => !counts.has(name)).length;
  const repeated = [...counts.values()].filter((count) => count > 1).length;
  return lost + repeated === 0 ? 'ok' : `${lost} lost, ${repeated} twice`;
}

/** The result of each way to list, for the call that has done worst in it; '-' for a way that the stack lacks. */
export type ListingResults = Readonly<Record<string, string>>;

/** Lists the directory, which has these names and no other one, in each way. */
export async function listEveryWay(
  stack: ListedStack,
  names: readonly string[],
): Promise<ListingResults> {
  const results: Record<string, string> = {};
  for (const [name, way] of Object.entries(ways)) {
    results[name] = '-';
    if (way.restarts && stack.restart === null) continue;
    const faults: string[] = [];
    for (const call of stack.calls) {
      for (let at = 0; way.changes && at < PASSING_COUNT; at++) await stack.create(passing(at));
      const result = await listOnce(stack, call, way, names);
      if (result !== 'ok') faults.push(`${call}: ${result}`);
      for (let at = 0; way.changes && at <= 2 * PASSING_COUNT; at++) {
        await stack.remove(passing(at)).catch(() => {});
      }
    }
    results[name] = faults[0] ?? 'ok';
  }
  return results;
}

/** Whether all ways of a stack were right. */
export const isRight = (results: ListingResults): boolean =>
  Object.values(results).every((result) => result === 'ok' || result === '-');

/** Renders results as a table in Markdown. @param rows the results by stack */
export function renderResults(rows: ReadonlyMap<string, ListingResults>): string {
  const lines = [...rows].map(
    ([stack, results]) => `| ${stack} | ${wayNames.map((way) => results[way]).join(' | ')} |`,
  );
  const head = `| stack | ${wayNames.join(' | ')} |`;
  return [head, head.replaceAll(/[^|]+/g, '---'), ...lines, ''].join('\n');
}
