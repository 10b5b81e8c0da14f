/** What all parts of a run share, and the folders that it works in. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NotMeasured, WrongAnswers } from '../../runtime/bench/missing.ts';
import {
  compileLibfuse,
  type LibfuseServer,
  libfuseProblem,
} from '../../runtime/cli/bench/others/libfuse.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Cleanup } from './cleanup.ts';
import { isMounted, mountPoints } from './mounts.ts';
import type { Report } from './report.ts';
import type { Given } from './suite.ts';
import { isRoot, Tools } from './tools.ts';

export interface Bench {
  readonly quick: boolean;
  readonly tools: Tools;
  readonly cleanup: Cleanup;
  /** Aborted when the bench is interrupted. */
  readonly signal: AbortSignal;
  /** For mount points, logs and programs. */
  readonly folder: string;
  /** For what the servers store: in memory where root may have it so. */
  readonly data: string;
  readonly inMemory: boolean;
  /** Progress, for a person. */
  say(message: string): void;
}

export async function openBench(given: Given): Promise<Bench> {
  const tools = new Tools(given.signal);
  const folder = mkdtempSync(join(tmpdir(), 'glossa-bench-'));
  given.cleanup.add(async () => removeFolder(folder));
  const data = join(folder, 'data');
  mkdirSync(data);
  const inMemory = await mountMemory(data, tools, given);
  return { ...given, tools, folder, data, inMemory };
}

/** Not through a mount that is still there, or what it shows would be removed. */
function removeFolder(folder: string): void {
  const mounted = mountPoints().filter((path) => path.startsWith(`${folder}/`));
  if (mounted.length > 0) throw new Error(`still mounted: ${mounted.join(', ')}`);
  rmSync(folder, { recursive: true, force: true });
}

async function mountMemory(data: string, tools: Tools, { cleanup, say }: Given): Promise<boolean> {
  if (!isRoot) return false;
  cleanup.add(async () => {
    if (isMounted(data)) await new Tools().output('umount', [data]);
  });
  try {
    await tools.output('mount', ['-t', 'tmpfs', '-o', 'size=4g,mode=755', 'glossa-bench', data]);
    return true;
  } catch (error) {
    // In a container root may not be allowed to; a disk will do, and the heading says so.
    say(`no tmpfs: ${(error as Error).message}`);
    return false;
  }
}

export function makeFolder(...path: readonly string[]): string {
  const folder = join(...path);
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** A part with servers of its own, which are gone before those of the next part come. */
export const apart = (part: (bench: Bench) => Promise<Report>) => async (bench: Bench) => {
  const cleanup = new Cleanup();
  try {
    return await part({ ...bench, cleanup });
  } finally {
    await cleanup.run(bench.say);
  }
};

// -- programs in C -------------------------------------------------------------------------------

/** Path of a program of `c/`, which is compiled the first time. @throws {NotMeasured} */
export async function compileC(
  { tools, folder }: Bench,
  name: 'callload' | 'dataload',
): Promise<string> {
  const program = join(folder, name);
  if (existsSync(program)) return program;
  await tools.require('gcc');
  const flags = ['-std=gnu11', '-O2', '-Wall', '-Wextra', '-pthread'];
  const source = join(packageRoot, 'test/bench/c', `${name}.c`);
  await tools.output('gcc', [...flags, '-o', program, source]);
  return program;
}

/** Path of one of the servers on libfuse that `glossa bench` has, too. @throws {NotMeasured} */
export function compileServer({ folder }: Bench, name: LibfuseServer): string {
  const program = join(folder, name);
  if (existsSync(program)) return program;
  const problem = libfuseProblem() ?? compileLibfuse(name, program);
  if (problem !== null) throw new NotMeasured(problem);
  return program;
}

/** Longest time that a load may take. */
const LOAD_MS = 600_000;

/** Exit status of a load generator that got an answer it knows to be wrong. */
const WRONG_ANSWERS = 3;

/**
 * What a load generator prints.
 * @param client the one CPU it runs on
 * @throws {NotMeasured}
 */
export async function runLoad<T>(
  { tools }: Bench,
  program: string,
  args: readonly (string | number)[],
  client: number | null,
): Promise<T> {
  try {
    const all = client === null ? args : [...args, client];
    return JSON.parse(await tools.output(program, all.map(String), LOAD_MS)) as T;
  } catch (error) {
    const wrong = error instanceof NotMeasured && error.status === WRONG_ANSWERS;
    throw wrong ? new WrongAnswers(error.message) : error;
  }
}

// -- volfiles ------------------------------------------------------------------------------------

export interface VolumeText {
  readonly name: string;
  readonly type: string;
  readonly options?: Readonly<Record<string, string>>;
  /** The one before it, unless told otherwise. */
  readonly below?: readonly string[];
}

/** A volfile of volumes that stand on each other, from the storage up. */
export const stack = (volumes: readonly VolumeText[]): string =>
  volumes
    .map(({ name, type, options = {}, below }, at) => {
      const lines = Object.entries(options).map(([key, value]) => `    option ${key} ${value}`);
      const subvolumes = below ?? volumes.slice(Math.max(0, at - 1), at).map((one) => one.name);
      if (subvolumes.length > 0) lines.push(`    subvolumes ${subvolumes.join(' ')}`);
      return [`volume ${name}`, `    type ${type}`, ...lines, 'end-volume', ''].join('\n');
    })
    .join('\n');

/** Writes a volfile for the server of this name. */
export function writeVolfile(
  { folder }: Bench,
  name: string,
  volumes: readonly VolumeText[],
): string {
  const path = join(folder, `${name}.vol`);
  writeFileSync(path, stack(volumes));
  return path;
}
