/** Two bricks and the volfile of a client that spreads files over them, as programs of the test's. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type Bricks, OurBrick, RealBrick } from './gluster.ts';
import type { Kind } from './stacks.ts';

/** Whose each brick is. */
type Whose = typeof RealBrick | typeof OurBrick;

/** By kind of stack. */
const distributed: Readonly<Partial<Record<Kind, readonly [Whose, Whose]>>> = {
  'distribute-real': [RealBrick, RealBrick],
  'distribute-own': [OurBrick, OurBrick],
  'distribute-mixed': [RealBrick, OurBrick],
};

const clientVolume = (name: string, port: number): string => `volume ${name}
  type protocol/client
  option remote-host 127.0.0.1
  option remote-port ${port}
  option remote-subvolume brick
end-volume
`;

class Distributed implements Bricks {
  readonly bricks: readonly (RealBrick | OurBrick)[];

  private constructor(bricks: readonly (RealBrick | OurBrick)[]) {
    this.bricks = bricks;
  }

  /** @param folder for the bricks' own files @param files a folder of each brick is made there */
  static async start(
    whose: readonly [Whose, Whose],
    folder: string,
    files: string,
  ): Promise<Distributed> {
    const bricks: (RealBrick | OurBrick)[] = [];
    for (const [at, kind] of whose.entries()) {
      const own = join(folder, `b${at}`);
      const served = join(files, `b${at}`);
      for (const path of [own, served]) mkdirSync(path, { recursive: true });
      bricks.push(
        kind === RealBrick
          ? await RealBrick.start(own, { files: served })
          : await OurBrick.serve(own, served),
      );
    }
    return new Distributed(bricks);
  }

  get volfile(): string {
    const names = this.bricks.map((_, at) => `b${at}`);
    const clients = this.bricks.map(({ port }, at) => clientVolume(names[at]!, port));
    return `${clients.join('')}volume distribute
  type cluster/distribute
  subvolumes ${names.join(' ')}
end-volume
volume utime
  type features/utime
  subvolumes distribute
end-volume
`;
  }

  async end(): Promise<void> {
    for (const brick of this.bricks) await brick.end();
  }
}

/** The bricks of a stack that is a client of some, their own files in `folder`. */
export function bricksFor(kind: Kind, folder: string, files: string): Promise<Bricks> {
  const whose = distributed[kind];
  if (whose !== undefined) return Distributed.start(whose, folder, files);
  return kind === 'real-brick' ? RealBrick.start(folder, { files }) : OurBrick.serve(folder, files);
}
