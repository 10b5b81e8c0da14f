/** The program `npm run conformance`: the differential fuzzer for a given time, and listings. See `USAGE`. */
import { readFileSync } from 'node:fs';
import { isWithoutBricks } from '../support/gluster.ts';
import { readOptions, refuse } from '../support/options.ts';
import { usesGlusterfs } from '../support/stacks.ts';
import { Arena, type SetupName, setups } from './arena.ts';
import { findDisagreement, replay } from './fuzz.ts';
import { isRight, type ListingResults, renderResults } from './listing.ts';
import { listingStacks, listStack, type Need } from './listing-stacks.ts';

const SCRIPTS = 500;
/** In memory every read marks its time: only the table leaves that out. */
const NAMES = (Object.keys(setups) as SetupName[]).filter((name) => name !== 'memory');
const MINUTE_MS = 60_000;

const USAGE = `Random system calls on a mount and on a directory, which must do the same.

  npm run conformance -- [--minutes N] [--seed S] [--mount NAME] [--without REGEXP]
  npm run conformance -- [--mount NAME] --replay FILE
  npm run conformance -- --listing [--names N] [--stack REGEXP]

  --minutes N       how long; 5 by default, and until the seed that is under way then is over
  --seed S          the first seed, 1 by default; each stands for ${SCRIPTS} scripts, the next is one more
  --mount NAME      on this mount only, not on each in turn: ${NAMES.join(', ')}
  --without REGEXP  leaves out the commands that match, to find what else there is
  --replay FILE     runs the script in the file, as a failure prints it
  --listing         lists large directories on each storage, cache and front end: no name may be missing or repeated
  --names N         with so many names only, not with 1,000 and 100,000
  --stack REGEXP    only the stacks that match: ${Object.keys(listingStacks).join(', ')}
  --help            this text

Exit status: 0 when all did the same, 1 with the seed and the script when not, 2 for wrong use.
`;

const values = readOptions(USAGE, {
  minutes: { type: 'string', default: '5' },
  seed: { type: 'string', default: '1' },
  mount: { type: 'string' },
  without: { type: 'string' },
  replay: { type: 'string' },
  listing: { type: 'boolean', default: false },
  names: { type: 'string' },
  stack: { type: 'string', default: '' },
});

for (const name of ['minutes', 'seed', 'names'] as const) {
  if (!(Number(values[name] ?? 0) >= 0))
    refuse(`--${name} ${values[name]}: a number is wanted`, USAGE);
}

function mountsToTry(): readonly SetupName[] {
  if (values.mount === undefined) {
    return isWithoutBricks() ? NAMES.filter((name) => !usesGlusterfs(setups[name].kind)) : NAMES;
  }
  const mountName = NAMES.find((name) => name === values.mount);
  if (mountName === undefined) refuse(`--mount is one of ${NAMES.join(', ')}`, USAGE);
  return [mountName];
}

async function inArena(
  name: SetupName,
  work: (arena: Arena) => Promise<boolean>,
): Promise<boolean> {
  const arena = await Arena.open(name);
  let good = false;
  try {
    good = await work(arena);
    if (!good) console.log(`the log of the server:\n${arena.mount.log().slice(-4000)}`);
  } finally {
    const { status, errors } = await arena.close();
    if (status !== 0) console.log(`the server ended with ${status}\n${errors.join('\n')}`);
    good &&= status === 0;
  }
  return good;
}

const replayScript = (name: SetupName, file: string): Promise<boolean> =>
  inArena(name, async (arena) => {
    const report = await replay(arena, readFileSync(file, 'utf8'));
    console.log(`${name}: ${file}: ${report === '' ? 'the same' : `\n${report}`}`);
    return report === '';
  });

const fuzzMount = (name: SetupName, seed: number): Promise<boolean> =>
  inArena(name, async (arena) => {
    const without = values.without === undefined ? null : new RegExp(values.without);
    const failing = await findDisagreement(arena, seed, SCRIPTS, without);
    if (failing === null) return true;
    console.log(
      `${name}, seed ${failing.seed}: not the same\n${failing.report}\n\n${failing.script}`,
    );
    return false;
  });

/** Prints a table for each number of names. */
async function listStacks(): Promise<boolean> {
  const lacking: readonly Need[] = isWithoutBricks() ? ['bricks'] : [];
  const pattern = new RegExp(values.stack);
  const rows = Object.entries(listingStacks).filter(
    ([name, { needs }]) => pattern.test(name) && !needs.some((need) => lacking.includes(need)),
  );
  let isAllRight = true;
  for (const count of values.names === undefined ? [1000, 100_000] : [Number(values.names)]) {
    const results = new Map<string, ListingResults>();
    for (const [name, row] of rows) {
      const failed = (error: unknown): ListingResults => ({ 'one open': String(error) });
      results.set(name, await listStack(row, count).catch(failed));
      isAllRight &&= isRight(results.get(name)!);
      const text = Object.values(results.get(name)!).join(' | ');
      process.stderr.write(`${count} names: ${name}: ${text}\n`);
    }
    console.log(`${count} names\n\n${renderResults(results)}`);
  }
  return isAllRight;
}

async function main(): Promise<boolean> {
  if (values.listing) return listStacks();
  const names = mountsToTry();
  if (values.replay !== undefined) {
    for (const name of names) if (!(await replayScript(name, values.replay))) return false;
    return true;
  }
  const end = Date.now() + Number(values.minutes) * MINUTE_MS;
  let seed = Number(values.seed);
  let count = 0;
  for (; Date.now() < end; seed++, count++) {
    const name = names[seed % names.length]!;
    if (!(await fuzzMount(name, seed))) return false;
    console.log(`${name}, seed ${seed}: ${SCRIPTS} scripts, the same on both sides`);
  }
  console.log(`${count} seeds, ${count * SCRIPTS} scripts, all the same on both sides`);
  return true;
}

process.exitCode = (await main()) ? 0 : 1;
