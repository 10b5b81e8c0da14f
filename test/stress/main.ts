/**
 * The program `npm run stress`: minutes of heavy use of a mount by the built program. See `USAGE`.
 */
import { readOptions, refuse } from '../support/options.ts';
import { entries } from './entries.ts';
import { killed } from './killed-server.ts';
import { locks } from './locks.ts';
import { memory } from './memory.ts';
import { mixed } from './mixed-work.ts';
import { cleanUp, type Pace, type Scenario } from './scenario.ts';
import { signals } from './signals.ts';
import { unmounted } from './unmounting.ts';

const scenarios: Readonly<Record<string, Scenario>> = {
  mixed,
  entries,
  killed,
  unmounted,
  locks,
  signals,
  memory,
};

const MINUTE_MS = 60_000;
const DEFAULT_MINUTES = 2;

const USAGE = `What the mount is to stand for minutes: many processes, kill -9, memory after millions of calls.

  npm run stress -- [--minutes N] [--only NAME[/KIND]]

  --minutes N         for each scenario and kind of stack, and until the round that is under way then
                      is over; ${DEFAULT_MINUTES} by default, but memory goes by count unless this is given
  --only NAME[/KIND]  this scenario (of this kind): ${Object.keys(scenarios).join(', ')}
  --help              this text

Prints a line for each and 'N passed, N failed'. Exit status: 0, 1 when any failed, 2 for wrong use.
`;

const values = readOptions(USAGE, { minutes: { type: 'string' }, only: { type: 'string' } });

const minutes = Number(values.minutes ?? DEFAULT_MINUTES);
if (!(minutes >= 0)) refuse(`--minutes ${values.minutes}: a number is wanted`, USAGE);

function newPace(): Pace {
  const end = performance.now() + minutes * MINUTE_MS;
  const isOver = (): boolean => performance.now() >= end;
  return { isOver, cutShort: () => values.minutes !== undefined && isOver() };
}

/** Whether it passed. */
async function passes(name: string, kind: Scenario['kinds'][number]): Promise<boolean> {
  const { title, run } = scenarios[name]!;
  process.stdout.write(`${name}/${kind}: ${title}: `);
  const start = performance.now();
  let good = true;
  let text: string;
  try {
    text = await run(kind, newPace());
  } catch (error) {
    good = false;
    text = `FAILED: ${error instanceof Error ? error.message : String(error)}`;
  }
  const seconds = Math.round((performance.now() - start) / 1000);
  process.stdout.write(`${text} (${seconds} s)\n`);
  return good;
}

const chosen = Object.entries(scenarios)
  .flatMap(([name, { kinds }]) => kinds.map((kind) => ({ name, kind })))
  .filter(({ name, kind }) => [undefined, name, `${name}/${kind}`].includes(values.only));
if (chosen.length === 0) {
  refuse(`--only ${values.only}: there are ${Object.keys(scenarios).join(', ')}`, USAGE);
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
}

let failed = 0;
for (const { name, kind } of chosen) if (!(await passes(name, kind))) failed += 1;
process.stdout.write(`${chosen.length - failed} passed, ${failed} failed\n`);
process.exitCode = failed === 0 ? 0 : 1;
