/** The suite `npm run bench files`: file systems by path in Python (`glupy.Files`), beside the same on fusepy. */
import { copyFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MeasurementError } from '../../../apps/bench/engine/measurement-error.ts';
import { makeVolume } from '../../../apps/bench/engine/stack-volumes.ts';
import type { ServedMount } from '../../../apps/bench/engine/target.ts';
import { findFusepy } from '../../../apps/bench/run/others/fusepy.ts';
import { makeTimeoutArguments } from '../../../apps/bench/run/others/implementation.ts';
import { packageRoot } from '../../../runtime/sys/paths.ts';
import type { Bench } from '../bench.ts';
import { type Loads, makeCallPart } from '../calls.ts';
import { runExperiment } from '../experiment.ts';
import type { Operation } from '../operations.ts';
import { startServer, UNCACHED } from '../servers.ts';
import type { Suite } from '../suite.ts';
import { hold, type Report } from '../table.ts';
import { makeGlossa, makeKind, type TargetKind } from '../targets.ts';
import { WorkloadClients } from '../workload-clients.ts';

const CALLS: Loads = {
  full: { rounds: 9, count: 2000, warm: 8000 },
  quick: { rounds: 3, count: 300, warm: 1500 },
};

/** A volume of features/glupy with this module. */
const makeModule = (path: string, name: string, options: Readonly<Record<string, string>> = {}) =>
  makeVolume('files', 'features/glupy', { 'module-name': name, 'module-path': path, ...options });

async function startFusepy(bench: Bench, name: string): Promise<ServedMount> {
  const found = findFusepy();
  if (typeof found === 'string') throw new MeasurementError(`fusepy: ${found}`);
  const script = join(packageRoot, 'test/bench/files/fusepy_memory.py');
  const makeCommand = ({ mountpoint }: { mountpoint: string }) => ({
    commandLine: [
      ...([found.python, script] as const),
      ...[mountpoint, ...makeTimeoutArguments(UNCACHED)],
    ] as [string, ...string[]],
  });
  return startServer(bench, name, makeCommand, UNCACHED);
}

/**
 * Makes a part of calls. @param directory of contents.py; null: calls work in new directories
 * @param module the folder and the file of the file system in Python
 */
function makePart(
  what: string,
  operation: Operation,
  directory: string | null,
  loads: Loads,
  [folder, file]: readonly [string, string] = ['test/bench/files', 'dictionary.py'],
) {
  const fixDirectory = ({ title, start }: TargetKind): TargetKind => ({
    title,
    async start(bench, name) {
      const target = await start(bench, name);
      if (directory === null) return target;
      return { ...target, fixedDirectory: join(target.root, directory) };
    },
  });
  const storage = [makeModule(join(packageRoot, folder), file)];
  return makeCallPart<'glossa' | 'fusepy'>({
    ...{ what, operation, loads, places: ['same'], first: 'fusepy', firstTitle: 'fusepy' },
    targets: {
      glossa: fixDirectory(makeGlossa(`glossa, ${file}`, [], { storage, timeouts: UNCACHED })),
      fusepy: fixDirectory(makeKind('fusepy, fusepy_memory.py', startFusepy)),
    },
    held: [hold(`${what}: glupy.Files / fusepy`, ['glossa', 'fusepy'], '≤ 0.8, aim 0.5')],
  });
}

const EXAMPLES = join(packageRoot, 'examples/files');

/** A listing of many names over a folder, without a module and below one that looks at each name. */
const seen = makeCallPart<'plain' | 'filtered'>({
  what: 'list of 10,000 names, filtered',
  operation: 'names',
  loads: {
    full: { rounds: 9, count: 20, warm: 60, names: 10_000, before: 0, keeps: true },
    quick: { rounds: 3, count: 4, warm: 16, names: 10_000, before: 0, keeps: true },
  },
  targets: {
    plain: makeGlossa('glossa, storage/posix', [], { timeouts: UNCACHED }),
    filtered: makeGlossa('the same below hide.py', [makeModule(EXAMPLES, 'hide.py')], {
      timeouts: UNCACHED,
    }),
  },
  places: ['same'],
  ...{ first: 'plain', firstTitle: 'plain' },
  held: [
    hold(
      'list of 10,000 names: with entry_seen / without a module',
      ['filtered', 'plain'],
      '≤ 1.6, aim 1.25',
    ),
  ],
});

/** Data through a filter in blocks, beside its cipher alone in the same kind of interpreter. */
const encrypted = (bench: Bench): Promise<Report> => {
  const count = bench.quick ? 4 : 16;
  const folder = join(bench.folder, 'cipher');
  mkdirSync(folder, { recursive: true });
  copyFileSync(join(EXAMPLES, 'encrypt.py'), join(folder, 'encrypt.py'));
  copyFileSync(join(packageRoot, 'test/bench/files/cipher.py'), join(folder, 'cipher.py'));
  const encryption = makeModule(EXAMPLES, 'encrypt.py', { passphrase: 'secret' });
  const passes = [
    ['write', 'encode', 'seqwrite-1m'],
    ['read', 'decode', 'seqread-1m'],
  ] as const;
  return runExperiment<'cipher' | 'mount'>(bench, {
    what: 'encrypted data',
    unitText: `MB/s, ${count} MiB in each of`,
    rounds: bench.quick ? 3 : 9,
    targets: {
      cipher: makeGlossa('encrypt.py alone', [], {
        ...{ storage: [makeModule(folder, 'cipher.py')], timeouts: UNCACHED },
      }),
      mount: makeGlossa('glossa, encrypt.py', [encryption], { timeouts: UNCACHED }),
    },
    places: ['same'],
    first: 'cipher',
    key: 'write',
    columns: passes.flatMap(([key]) => [
      [key, key],
      ['× cipher', key, 'ratio'],
    ]),
    async prepare() {
      const clients = new WorkloadClients(bench);
      return async (target, { cpuAssignment, round }) => {
        const sample: Record<string, number> = {};
        const data = join(target.root, 'data');
        const isCipher = existsSync(join(target.root, 'encode'));
        if (round === 0 && !isCipher) await clients.makeTree(cpuAssignment, 'seqread', data);
        const measureCipher = (file: string): number => {
          const times = Array.from({ length: count }, () => Number(readFileSync(file, 'latin1')));
          return times.reduce((sum, time) => sum + time) / count;
        };
        for (const [key, file, workload] of passes) {
          const microseconds = isCipher
            ? measureCipher(join(target.root, file))
            : (await clients.measure(target, cpuAssignment, workload, data, count)).mean;
          sample[key] = (1 << 20) / microseconds;
        }
        return sample;
      };
    },
    held: passes.map(([key]) =>
      hold(
        `${key} of encrypted data: through the mount / the cipher alone`,
        ['mount', 'cipher'],
        '≥ 0.5',
        { key },
      ),
    ),
    settings: { count },
  });
};

export const files: Suite = {
  about: `Compares file systems by path in Python (docs/write/storage.md) with the same on fusepy, the usual package for them, by
mounts on one CPU: stat (of a file), list (1,000 names), read (4 KiB), read-large (128 KiB), seen (10,000 names with and
without an entry_seen), encrypted (data through encrypt.py) or create (a new file, 4 KiB of data, close). A full run takes
four minutes.`,
  legend: `The kernel caches nothing for either: timeouts of entries and attributes are 0, and open files are read past its cache
(O_DIRECT). So a stat is two requests, which glossa answers with one call of the author's stat. The dict is the same for
both; files are made by examples/files/memory.py, and by its like on fusepy. The cipher alone is timed in an interpreter
like that of the mount.`,
  isPlaced: true,
  parts: {
    stat: makePart('stat', 'stat', 'files', CALLS),
    list: makePart('list of 1,000 names', 'names', 'names', {
      full: { rounds: 9, count: 100, warm: 800, names: 1000, before: 0 },
      quick: { rounds: 3, count: 20, warm: 160, names: 1000, before: 0 },
    }),
    read: makePart('read of 4 KiB', 'pread', 'files', CALLS),
    'read-large': makePart('read of 128 KiB', 'pread', 'large', {
      full: { ...CALLS.full, names: 10 },
      quick: { ...CALLS.quick, names: 10 },
    }),
    seen,
    encrypted,
    create: makePart('create+write 4 KiB+close', 'write', null, CALLS, [
      'examples/files',
      'memory.py',
    ]),
  },
};
