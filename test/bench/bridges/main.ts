/**
 * The program behind `npm run bench bridges`: what translators in other languages cost, over those
 * in TypeScript, in this process and without a mount.
 */
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { constants, cpus, loadavg, release, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { version } from '../../../runtime/cli/version.ts';
import { Cleanup } from '../cleanup.ts';
import { type Figure, verdict } from '../figures.ts';
import type { Report } from '../report.ts';
import { figuresText, sectionText } from '../table.ts';
import { Tools } from '../tools.ts';
import { dataCosts } from './data.ts';
import { type Lab, openLab } from './graphs.ts';
import { lookupCosts } from './lookups.ts';
import { undefinedFops } from './route.ts';
import { secondVolume } from './second.ts';

const EXIT_MISSED = 1;
const EXIT_USAGE = 2;
const EXIT_SIGNAL = 128;

const measures = {
  python: (lab) => lookupCosts(lab, ['python']),
  javascript: (lab) => lookupCosts(lab, ['javascript']),
  c: (lab) => lookupCosts(lab, ['c']),
  data: dataCosts,
  route: undefinedFops,
  second: secondVolume,
} as const satisfies Record<string, (lab: Lab) => Promise<Report>>;

type Part = keyof typeof measures;
const parts = Object.keys(measures) as Part[];

const usage = `usage: npm run bench -- bridges [options]

Compares translators in Python, JavaScript and C with the same ones in TypeScript: in one process,
without a mount, and needs no rights. On a quiet machine; a full run takes about two minutes.

  --only PART   python, javascript or c (what a lookup costs there), data (reads of 128 KiB), route
                (fops that a module does not define) or second (a second volume); may be repeated
  --quick       fewer rounds: to see that it works, not to believe the figures
  --json FILE   write everything that was measured, too
  --strict      exit with 1 when a bar is missed
  --help        this text

Exit status: 0 when something was measured, 1 when nothing was, 2 for wrong use.`;

const LEGEND = `A cost is the median over the rounds of the difference to TypeScript in the same round [the lowest –
the highest]. With a "?", the rounds of one row lie more than a factor of 1.5 apart: measure again.`;
const QUICK_LEGEND = 'This was a quick run: it shows that all of it works, not how fast it is.';

const say = (message: string): void => console.error(`bench: ${message}`);

interface Settings {
  readonly parts: readonly Part[];
  readonly quick: boolean;
  readonly json: string | undefined;
  readonly strict: boolean;
  readonly help: boolean;
}

/** @throws {TypeError} with a message for the user */
export function readBridgeArguments(args: readonly string[]): Settings {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string', multiple: true, default: [...parts] },
      quick: { type: 'boolean', default: false },
      json: { type: 'string' },
      strict: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const unknown = values.only.find((name) => !parts.includes(name as Part));
  if (unknown !== undefined) {
    throw new TypeError(`--only takes ${parts.join(', ')}, not '${unknown}'`);
  }
  const wanted = parts.filter((part) => values.only.includes(part));
  return { ...values, json: values.json, parts: wanted };
}

const machine = () => ({
  cpu: cpus()[0]?.model ?? 'unknown CPU',
  cpus: cpus().length,
  memoryGb: Math.round(totalmem() / 1e9),
  kernel: release(),
  load: loadavg().map((value) => Number(value.toFixed(2))),
  versions: { glossa: version(), Node: process.version },
});

async function run(lab: Lab, settings: Settings): Promise<readonly Figure[]> {
  const on = machine();
  console.log(
    `${on.cpus} CPUs (${on.cpu}), ${on.memoryGb} GB, Linux ${on.kernel}; glossa ` +
      `${on.versions.glossa}, Node ${on.versions.Node}; load ${on.load.join(' ')}\n`,
  );
  const figures: Figure[] = [];
  const raw: Partial<Record<Part, unknown>> = {};
  for (const part of settings.parts) {
    const report = await measures[part](lab);
    for (const section of report.sections) console.log(`${sectionText(section)}\n`);
    figures.push(...report.figures);
    raw[part] = report.raw;
  }
  console.log(`${figuresText(figures)}\n`);
  console.log(settings.quick ? `${LEGEND}\n${QUICK_LEGEND}` : LEGEND);
  if (settings.json !== undefined) {
    const judged = figures.map((figure) => ({ ...figure, verdict: verdict(figure) }));
    const { quick } = settings;
    const all = { date: new Date().toISOString(), quick, machine: on, figures: judged, raw };
    writeFileSync(settings.json, `${JSON.stringify(all, null, 2)}\n`);
  }
  return figures;
}

function statusOf(figures: readonly Figure[], { strict }: Settings): number {
  const verdicts = figures.map(verdict);
  if (verdicts.every((it) => it === 'not measured')) return EXIT_MISSED;
  return strict && verdicts.includes('missed') ? EXIT_MISSED : 0;
}

/** @returns the exit status */
export async function benchBridges(args: readonly string[]): Promise<number> {
  let settings: Settings;
  try {
    settings = readBridgeArguments(args);
    // Rather now than after minutes of measuring.
    if (settings.json !== undefined) closeSync(openSync(settings.json, 'a'));
  } catch (error) {
    say((error as Error).message);
    return EXIT_USAGE;
  }
  if (settings.help) {
    console.log(usage);
    return 0;
  }
  const interruption = new AbortController();
  let interrupted = 0;
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => {
      interrupted = EXIT_SIGNAL + constants.signals[name];
      interruption.abort();
    });
  }
  const cleanup = new Cleanup();
  const { signal } = interruption;
  try {
    const lab = openLab({ quick: settings.quick, cleanup, signal, tools: new Tools(signal), say });
    return statusOf(await run(lab, settings), settings);
  } catch (error) {
    if (interrupted === 0) throw error;
    say('interrupted');
    return interrupted;
  } finally {
    await cleanup.run(say);
  }
}
