/** What was measured on: for people in a line or two, for programs as a record. */
import { cpus, loadavg, release, totalmem } from 'node:os';
import { allowedCpus, parseCpuList } from '../../runtime/bench/placement.ts';
import { version } from '../../runtime/cli/version.ts';
import type { Bench } from './bench.ts';

export interface Machine {
  readonly cpu: string;
  readonly cpus: number;
  readonly memoryGb: number;
  readonly kernel: string;
  readonly load: readonly number[];
  /** Of programs, by name; null where one is missing. */
  readonly versions: Readonly<Record<string, string | null>>;
  /** Where the client runs, and the servers when they are on another CPU. */
  readonly client: number;
  readonly servers: number;
  readonly storage: 'tmpfs' | 'disk';
}

const firstLine = (text: string): string => text.split('\n')[0]!.trim();

async function describeMachine({ tools, inMemory }: Bench): Promise<Machine> {
  const ask = (command: string, ...args: string[]): Promise<string | null> =>
    tools.output(command, args).then(firstLine, () => null);
  const allowed = parseCpuList(allowedCpus());
  return {
    cpu: cpus()[0]?.model ?? 'unknown CPU',
    cpus: allowed.length,
    memoryGb: Math.round(totalmem() / 1e9),
    kernel: release(),
    load: loadavg().map((value) => Number(value.toFixed(2))),
    versions: {
      glossa: version(),
      Node: process.version,
      gcc: await ask('gcc', '-dumpfullversion'),
      libfuse: await ask('pkg-config', '--modversion', 'fuse3'),
      GlusterFS: (await ask('glusterfs', '--version'))?.replace(/^glusterfs /, '') ?? null,
    },
    client: allowed.at(-1)!,
    servers: allowed[0]!,
    storage: inMemory ? 'tmpfs' : 'disk',
  };
}

function machineText(machine: Machine): string {
  const { cpu, memoryGb, kernel, load, versions, client, servers, storage } = machine;
  const programs = Object.entries(versions).map(([name, is]) => `${name} ${is ?? 'missing'}`);
  return [
    `${machine.cpus} CPUs (${cpu}), ${memoryGb} GB, Linux ${kernel}; ${programs.join(', ')}`,
    `load ${load.join(' ')}; files on ${storage}; client on CPU ${client}; servers there ` +
      `(same CPU), on CPU ${servers} (different CPUs), or both anywhere (unpinned)`,
  ].join('\n');
}

/** As a suite wants it. */
export async function benchMachine(bench: Bench): Promise<{ text: string; about: Machine }> {
  const about = await describeMachine(bench);
  return { text: machineText(about), about };
}
