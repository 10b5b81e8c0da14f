/** A GlusterFS brick with a client of glossa and one of GlusterFS, whose requests debug/trace logs. */
import { expect, onTestFinished } from 'vitest';
import { findFop } from '../../runtime/core/fops.ts';
import { renderVolume } from './brick-clients.ts';
import { RealBrick, RealMount } from './gluster.ts';
import { makeScratch, run, type Scratch, startMount, type TestMount } from './mount.ts';

/** A volume of the stack: name, type and options. */
type VolumeOf = readonly [name: string, type: string, options?: Readonly<Record<string, string>>];

/** Numbers of requests, by fop. */
type Counts = Readonly<Record<string, number>>;

/** Not statfs: `glossa mounts` and df, run by anyone, ask every mount of the machine. */
function countRequests(log: string): Counts {
  const found: Record<string, number> = {};
  for (const [, fop] of log.matchAll(/:trace_([a-z]+)\] /g))
    if (fop !== 'statfs' && findFop(fop!) !== undefined) found[fop!] = (found[fop!] ?? 0) + 1;
  return found;
}

export class TwoClients {
  private scratch!: Scratch;
  brick!: RealBrick;
  private ours!: TestMount;
  theirs!: RealMount;

  /** Mounts these volumes, each above the one before, over protocol/client, until the test ends. */
  static async start(volumes: readonly VolumeOf[]): Promise<TwoClients> {
    const clients = new TwoClients();
    clients.scratch = await makeScratch();
    onTestFinished(() => clients.end());
    const { scratch } = clients;
    clients.brick = await RealBrick.start(scratch.path);
    const remote = { 'remote-host': '127.0.0.1', 'remote-port': `${clients.brick.port}` };
    let below: string | null = null;
    let volfile = '';
    for (const [name, type, options = {}] of [
      ['client', 'protocol/client', { ...remote, 'remote-subvolume': 'brick' }],
      ['trace', 'debug/trace', { 'log-file': 'yes' }],
      ...volumes,
    ] as const) {
      volfile += `${renderVolume(name, type, options, below)}\n`;
      below = name;
    }
    const never = ['attribute', 'entry', 'negative'].flatMap((what) => [`--${what}-timeout`, '0']);
    clients.ours = await startMount(scratch, volfile, { name: 'ours', args: never });
    clients.theirs = await RealMount.start(scratch.path, 'theirs', volfile);
    return clients;
  }

  /** Runs a script by each client, at its mount; counts the requests of both. */
  async countBoth(script: (own: string) => string): Promise<{ here: Counts; there: Counts }> {
    const { ours, scratch, theirs } = this;
    const from = { ours: ours.log().length, theirs: theirs.logged.length };
    const out = await theirs.runScript(script('theirs'));
    const there = countRequests(theirs.logged.slice(from.theirs));
    const done = await run(scratch, 'sh', ['-c', `cd ${ours.path} && { ${script('ours')}\n}`]);
    expect(done).toMatchObject({ status: 0, out });
    return { here: countRequests(ours.log().slice(from.ours)), there };
  }

  private async end(): Promise<void> {
    await this.theirs?.end();
    await this.scratch.clean();
    await this.brick?.end();
  }
}
