/** A scenario of the stress suite, and its mount. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Dump } from '../../runtime/core/xlator.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import type { VolumeDumps } from '../../server/statedump/volume-dumps.ts';
import { Client } from '../support/client.ts';
import {
  findErrors,
  runGlossa,
  type Scratch,
  type ServedMount,
  type StartSettings,
  startMount,
  withScratch,
} from '../support/mount.ts';
import { type Kind, makeVolfile } from '../support/stacks.ts';

/** The duration of a scenario. */
export interface Pace {
  /** Whether the time is over. A scenario with a count does not call it. */
  isOver(): boolean;
  /** The same, but false unless the command line gives a time. */
  cutShort(): boolean;
}

export interface Scenario {
  /** The scenario in a few words. */
  readonly title: string;
  readonly kinds: readonly Kind[];
  /** Runs the scenario and returns a summary. @throws {Error} on a failure */
  run(kind: Kind, pace: Pace): Promise<string>;
}

/** Throws unless both are the same. */
export function expectSame(subject: string, actual: unknown, expected: unknown): void {
  const [here, there] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (here !== there) throw new Error(`${subject}: ${here}, not ${there}`);
}

/** Cleanups for an interrupted suite. */
const cleaners = new Set<() => Promise<void> | void>();

/** Ends running scenarios and removes their mounts and folders. */
export async function cleanUp(): Promise<void> {
  for (const clean of [...cleaners].reverse()) await clean();
}

async function withCleanup(
  clean: () => Promise<void> | void,
  work: () => Promise<void>,
): Promise<void> {
  cleaners.add(clean);
  try {
    await work();
  } finally {
    cleaners.delete(clean);
  }
}

/** Works in a scratch folder, and then removes it with its servers and mounts. */
export const inScratch = (work: (scratch: Scratch) => Promise<void>): Promise<void> =>
  withScratch((scratch) =>
    withCleanup(
      () => scratch.clean(),
      () => work(scratch),
    ),
  );

/** A running mount and its clients. */
export class RunningMount {
  readonly scratch: Scratch;
  readonly mount: ServedMount;
  private readonly clients = new Set<Client>();

  constructor(scratch: Scratch, mount: ServedMount) {
    this.scratch = scratch;
    this.mount = mount;
  }

  /** Starts a script of bash in the mount. `$SCRATCH` is a folder outside, `$STRESS` this one. */
  client(script: string): Client {
    const env = { SCRATCH: this.scratch.path, STRESS: join(packageRoot, 'test/stress/clients') };
    const client = new Client(this.mount.path, script, { env, patience: PATIENCE_MS });
    // The scenario that awaits the outcome gets the error.
    client.outcome.catch(() => {});
    this.clients.add(client);
    return client;
  }

  /** Runs a script that must succeed; returns its output. */
  ok(script: string): Promise<string> {
    return expectOutput(this.client(script));
  }

  /** The statedumps of the volumes of a type. */
  async dump(type: string): Promise<Dump> {
    const { status, out, err } = await runGlossa(
      this.scratch,
      ['stats', this.mount.path, '--json'],
      {
        patience: PATIENCE_MS,
      },
    );
    expectSame('glossa stats', { status, err }, { status: 0, err: '' });
    const { volumes } = JSON.parse(out) as VolumeDumps;
    const volume = volumes.find((one) => one.type === type);
    if (volume === undefined) throw new Error(`no volume is ${type}`);
    return volume.dump;
  }

  /** Memory of the server, in MiB. */
  rss(): number {
    const status = readFileSync(`/proc/${this.mount.child.pid}/status`, 'utf8');
    return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)![1]) / 1024;
  }

  killClients(): void {
    for (const client of this.clients) client.kill();
  }
}

const PATIENCE_MS = 4 * 3_600_000;
/** The part of the log that a failure shows. */
const LOG_BYTES = 2000;

/** The output of a client that must succeed. */
export async function expectOutput(client: Client): Promise<string> {
  const { status, out, err } = await client.outcome;
  expectSame('a client', { status, err: err.slice(-500) }, { status: 0, err: '' });
  return out;
}

/** Mounts a stack over a new folder for as long as `work` takes; the server must end well. */
export async function withMount<T>(
  kind: Kind,
  work: (mount: RunningMount) => Promise<T>,
  settings: StartSettings = {},
): Promise<T> {
  let result!: T;
  await inScratch(async (scratch) => {
    const volfile = await makeVolfile(scratch, kind, await scratch.makeFolder('brick'));
    const mount = await startMount(scratch, volfile, settings);
    const one = new RunningMount(scratch, mount);
    try {
      await withCleanup(
        () => one.killClients(),
        async () => {
          result = await work(one);
        },
      );
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${text}\nthe log ends with:\n${mount.log().slice(-LOG_BYTES)}`);
    } finally {
      one.killClients();
    }
    expectSame('the server ended with', await mount.stop(), 0);
    expectSame('errors in the log', findErrors(mount.log()), []);
  });
  return result;
}
