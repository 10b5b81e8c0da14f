/** Measures commands of glossa that only print something, beside a Node that does nothing. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WrongAnswers } from '../../apps/bench/engine/measurement-error.ts';
import { makeVolume, stackVolumes } from '../../apps/bench/engine/stack-volumes.ts';
import { computeMedian } from '../../apps/bench/engine/statistics.ts';
import { printVolumes } from '../../runtime/volfile/description.ts';
import { type Bench, glossaProgram } from './bench.ts';
import { makeRatioColumn, makeRoundsColumn, runExperiment } from './experiment.ts';
import { findCacheFolder } from './servers.ts';
import type { Report } from './table.ts';
import type { Target, TargetKind } from './targets.ts';
import { timeCommand } from './trees.ts';
import { negativeVolume } from './volumes.ts';

interface CommandTarget extends Target {
  /** Arguments of Node. */
  readonly args: readonly string[];
  readonly output: RegExp;
}

interface CommandSample {
  readonly ms: number;
}

/** Runs a command that writes to a file, as shells let it: a child of Node would write to a socket. */
const SCRIPT = 'XDG_CACHE_HOME=$1; export XDG_CACHE_HOME; shift; exec "$@" >"$0"';

/** Runs in a round; the median counts. */
const RUNS = { full: 15, quick: 3 };

const makeCommandKind = (
  title: string,
  output: RegExp,
  makeArguments: (bench: Bench) => readonly string[],
): TargetKind<CommandTarget> => ({
  title,
  start: async (bench) => ({ pid: null, root: bench.data, args: makeArguments(bench), output }),
});

function writeVolfile({ folder, data }: Bench): string {
  const path = join(folder, 'command.vol');
  const storage = makeVolume('posix', 'storage/posix', { directory: data });
  writeFileSync(path, printVolumes(stackVolumes([storage], [negativeVolume])));
  return path;
}

/** Makes a command that runs a module with this code: less than that, no program written as modules can take. */
const makeModuleKind = (title: string, name: string, code: string, output: RegExp) =>
  makeCommandKind(title, output, ({ folder }) => {
    const path = join(folder, `${name}.mjs`);
    writeFileSync(path, code);
    return [path];
  });

const targets = {
  node: makeCommandKind('node -e 0', /^$/, () => ['-e', '0']),
  empty: makeModuleKind('node, an empty module', 'empty', '', /^$/),
  line: makeModuleKind(
    'node, one that prints a line',
    'line',
    "console.log('a line')",
    /^a line\n$/,
  ),
  version: makeCommandKind('glossa version', /^glossa \d/, () => [glossaProgram, 'version']),
  check: makeCommandKind('glossa check VOLFILE', /negative/, (bench) => [
    glossaProgram,
    'check',
    writeVolfile(bench),
  ]),
};

/** Measures the commands; the first round fills their cache folder. */
export const measureCommands = (bench: Bench): Promise<Report> => {
  const runs = bench.quick ? RUNS.quick : RUNS.full;
  const pickMs = ({ ms }: CommandSample): number => ms;
  return runExperiment<keyof typeof targets, CommandSample, CommandTarget>(bench, {
    what: 'commands',
    unitText: `ms, median of ${runs} runs in each of`,
    rounds: bench.quick ? 3 : 5,
    targets,
    places: ['free'],
    first: 'node',
    columns: [makeRoundsColumn('time', pickMs), makeRatioColumn('× node', pickMs)],
    prepare: async () => async (target, slot) => {
      const times: number[] = [];
      while (times.length < runs) {
        const file = join(bench.folder, 'output');
        const program = [process.execPath, ...target.args];
        const command = ['sh', '-c', SCRIPT, file, findCacheFolder(bench), ...program] as const;
        const [seconds] = await timeCommand(bench, slot.cpuAssignment, ...command);
        const printed = readFileSync(file, 'utf8');
        if (!target.output.test(printed))
          throw new WrongAnswers(`${target.args.join(' ')} printed '${printed.split('\n')[0]}'`);
        times.push(seconds * 1000);
      }
      return { ms: computeMedian(times) };
    },
    held: (['version', 'check'] as const).map((mine) => ({
      what: `${targets[mine].title} / node -e 0`,
      mine,
      other: 'node',
      pick: pickMs,
      bars: { same: null, different: null, free: { limit: 1.3 } },
    })),
    settings: { runs },
  });
};
