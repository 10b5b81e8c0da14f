/** A volume over bricks of GlusterFS, with its client and glossa's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BrickClient,
  BrickClients,
  distributedVolfile,
  type Special,
} from './brick-clients.ts';
import { makeFolder } from './folder.ts';
import { RealBrick, RealMount } from './gluster.ts';

export class GlusterVolume {
  /** The folder of the volume's files, with `mnt`, where GlusterFS's client has mounted it. */
  readonly folder = makeFolder();
  readonly bricks: RealBrick[] = [];
  readonly clients: BrickClients;
  /** Ports by the names of the bricks. */
  readonly ports: Record<string, number> = {};
  ours!: BrickClient;
  theirs!: RealMount;

  private constructor(special: Special) {
    this.clients = new BrickClients(undefined, undefined, special);
  }

  /** @param names of the bricks, and of their clients */
  static async start(names: readonly string[], special: Special = {}): Promise<GlusterVolume> {
    const volume = new GlusterVolume(special);
    try {
      await volume.begin(names);
    } catch (error) {
      await volume.end();
      throw error;
    }
    return volume;
  }

  private async begin(names: readonly string[]): Promise<void> {
    const { bricks, folder, ports } = this;
    for (const name of names) {
      mkdirSync(join(folder, name));
      const brick = await RealBrick.start(join(folder, name));
      bricks.push(brick);
      ports[name] = brick.port;
    }
    this.ours = await this.startClient();
    this.theirs = await RealMount.start(folder, 'mnt', distributedVolfile(ports));
  }

  /**
   * Another client of ours, which has seen nothing but the root.
   * @param more as of `BrickClients.distributed`
   */
  async startClient(
    ...more: Parameters<BrickClients['openDistributed']> extends [unknown, ...infer Rest]
      ? Rest
      : never
  ): Promise<BrickClient> {
    const client = await this.clients.openDistributed(this.ports, ...more);
    await client.ask('stat', '/');
    return client;
  }

  /** Ends the started parts. */
  async end(): Promise<void> {
    await this.theirs?.end();
    await this.clients.end();
    for (const brick of this.bricks) await brick.end();
  }
}
