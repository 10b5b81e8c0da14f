/** Measures commands of glossa that only print something, beside a Node that does nothing. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeVolume } from '../../apps/bench/engine/stack-volumes.ts';
import { type Bench, glossaProgram } from './bench.ts';
import { type ProgramTarget, runProgramExperiment } from './programs.ts';
import { writeVolfile } from './servers.ts';
import { hold, type Report } from './table.ts';
import type { TargetKind } from './targets.ts';
import { negativeVolume } from './volumes.ts';

/** Runs in a round; the median counts. */
const RUNS = { full: 15, quick: 3 };

/** A command of Node. @param pattern of the first line that it prints; '': it prints nothing */
const makeCommand = (
  title: string,
  pattern: string,
  makeArguments: (bench: Bench) => readonly string[],
): TargetKind<ProgramTarget> => ({
  title,
  start: async (bench) => ({
    ...{ pid: null, root: bench.data },
    words: [pattern, process.execPath, ...makeArguments(bench)],
  }),
});

/** Makes a command that runs a module with this code: less than that, no program written as modules can take. */
const makeModule = (title: string, pattern: string, code: string) =>
  makeCommand(title, pattern, ({ folder }) => {
    const path = join(folder, `module-${code.length}.mjs`);
    writeFileSync(path, code);
    return [path];
  });

const targets = {
  node: makeCommand('node -e 0', '', () => ['-e', '0']),
  empty: makeModule('node, an empty module', '', ''),
  line: makeModule('node, one that prints a line', '^a line$', "console.log('a line')"),
  version: makeCommand('glossa version', '^glossa [0-9]', () => [glossaProgram, 'version']),
  check: makeCommand('glossa check VOLFILE', 'negative', (bench) => {
    const storage = makeVolume('posix', 'storage/posix', { directory: bench.data });
    return [glossaProgram, 'check', writeVolfile(bench, 'command', [storage], [negativeVolume])];
  }),
};

/** Measures the commands; the first round fills their cache folder. */
export const measureCommands = (bench: Bench): Promise<Report> => {
  const runs = bench.quick ? RUNS.quick : RUNS.full;
  return runProgramExperiment<keyof typeof targets>(bench, {
    ...{ what: 'commands', unit: 'ms', runs, rounds: bench.quick ? 3 : 5, targets },
    ...{ places: ['free'], first: 'node', ratioTitle: '× node', keeps: true },
    programs: {
      value: {
        title: 'time',
        // A child of Node would write to a socket, not to a file as shells let it.
        run: 'output=$2; shift 3; exec "$@" >"$output"',
        after: 'if test -n "$3"; then grep -q -e "$3" "$2"; else test ! -s "$2"; fi',
      },
    },
    prepare: async () => '',
    held: (['version', 'check'] as const).map((mine) =>
      hold(`${targets[mine].title} / node -e 0`, [mine, 'node'], '≤ 1.3'),
    ),
    settings: { runs },
  });
};
