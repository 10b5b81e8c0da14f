/**
 * `npm run conformance`: the differential fuzzer for as long as wanted.
 *
 *   npm run conformance -- [--minutes N] [--seed S] [--mount NAME] [--without REGEXP]
 *   npm run conformance -- [--mount NAME] --replay FILE
 *
 * Every seed stands for `SCRIPTS` scripts; the next is one more. The mounts of `setups` take turns
 * unless one is named. Ends with status 1, the seed and the script when a mount does not do as the
 * directory does. Commands that match REGEXP are left out, to find what else there is.
 */
import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Arena, type SetupName, setups } from './arena.ts';
import { fuzz, replay } from './fuzz.ts';

const SCRIPTS = 500;
const NAMES = Object.keys(setups) as SetupName[];
const MINUTE_MS = 60_000;

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    seed: { type: 'string', default: '1' },
    mount: { type: 'string' },
    without: { type: 'string' },
    replay: { type: 'string' },
  },
});

function mountsToTry(): readonly SetupName[] {
  if (values.mount === undefined) return NAMES;
  const found = NAMES.find((name) => name === values.mount);
  if (found === undefined) throw new Error(`--mount is one of ${NAMES.join(', ')}`);
  return [found];
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
    const status = await arena.close();
    if (status !== 0) console.log(`the server ended with ${status}`);
  }
  return good;
}

const replayed = (name: SetupName, file: string): Promise<boolean> =>
  inArena(name, async (arena) => {
    const report = await replay(arena, readFileSync(file, 'utf8'));
    console.log(`${name}: ${file}: ${report === '' ? 'the same' : `\n${report}`}`);
    return report === '';
  });

const fuzzed = (name: SetupName, seed: number): Promise<boolean> =>
  inArena(name, async (arena) => {
    const without = values.without === undefined ? null : new RegExp(values.without);
    const found = await fuzz(arena, seed, SCRIPTS, without);
    if (found === null) return true;
    console.log(`${name}, seed ${found.seed}: not the same\n${found.report}\n\n${found.script}`);
    return false;
  });

async function main(): Promise<boolean> {
  const names = mountsToTry();
  if (values.replay !== undefined) {
    for (const name of names) if (!(await replayed(name, values.replay))) return false;
    return true;
  }
  const end = Date.now() + Number(values.minutes) * MINUTE_MS;
  let seed = Number(values.seed);
  let count = 0;
  for (; Date.now() < end; seed++, count++) {
    const name = names[seed % names.length]!;
    if (!(await fuzzed(name, seed))) return false;
    console.log(`${name}, seed ${seed}: ${SCRIPTS} scripts, the same on both sides`);
  }
  console.log(`${count} seeds, ${count * SCRIPTS} scripts, all the same on both sides`);
  return true;
}

process.exitCode = (await main()) ? 0 : 1;
