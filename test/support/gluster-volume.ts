/** A volume over bricks of GlusterFS or glossa, with GlusterFS's client and glossa's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import {
  type BrickClient,
  BrickClients,
  distributedVolfile,
  type Special,
} from './brick-clients.ts';
import { makeFolder } from './folder.ts';
import { type OurBrick, RealBrick, RealMount } from './gluster.ts';

/** Starts a brick whose own folder is `own`, and that serves `files`, the folder of this name in it. */
type StartBrick<B> = (own: string, files: string, at: number) => Promise<B>;

export class GlusterVolume<B extends RealBrick | OurBrick = RealBrick> {
  /** The folder of the volume's files, with `mnt`, where GlusterFS's client has mounted it. */
  readonly folder = makeFolder();
  readonly bricks: B[] = [];
  readonly clients: BrickClients;
  /** Ports by the names of the bricks. */
  readonly ports: Record<string, number> = {};
  ours!: BrickClient;
  theirs!: RealMount;

  private constructor(special: Special) {
    this.clients = new BrickClients(undefined, undefined, special);
  }

  /** @param names of the bricks, and of their clients */
  static start(names: readonly string[], special: Special = {}): Promise<GlusterVolume> {
    return GlusterVolume.startOn(names, (own) => RealBrick.start(own), special);
  }

  /** Starts a volume on bricks of any kind. */
  static async startOn<B extends RealBrick | OurBrick>(
    names: readonly string[],
    startBrick: StartBrick<B>,
    special: Special = {},
  ): Promise<GlusterVolume<B>> {
    const volume = new GlusterVolume<B>(special);
    try {
      await volume.begin(names, startBrick);
    } catch (error) {
      await volume.end();
      throw error;
    }
    return volume;
  }

  private async begin(names: readonly string[], startBrick: StartBrick<B>): Promise<void> {
    const { bricks, folder, ports } = this;
    for (const [at, name] of names.entries()) {
      const files = join(folder, name, 'files');
      mkdirSync(files, { recursive: true });
      const brick = await startBrick(join(folder, name), files, at);
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
