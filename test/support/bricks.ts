/** Starts two bricks, and writes the volfile of a client that spreads files over them. */
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { type Bricks, OurBrick, RealBrick } from './gluster.ts';
import { renderGlusterdVolfile } from './performance-volfiles.ts';
import type { Kind } from './stacks.ts';

/** The implementation of each brick: glossa's or GlusterFS's. */
type BrickKind = typeof RealBrick | typeof OurBrick;

/** Two bricks, and the client's volumes above them. */
interface Shape {
  readonly kinds: readonly [BrickKind, BrickKind];
  readonly renderStack: (ports: readonly number[]) => string;
  /** Options of features/upcall in each brick, which is there when they are. */
  readonly upcall?: Readonly<Record<string, string>>;
}

const renderClient = (name: string, port: number): string => `volume ${name}
  type protocol/client
  option remote-host 127.0.0.1
  option remote-port ${port}
  option remote-subvolume brick
end-volume
`;

/** Distribute, and the times of clients. */
function renderPlainStack(ports: readonly number[]): string {
  const names = ports.map((_, at) => `b${at}`);
  const clients = ports.map((port, at) => renderClient(names[at]!, port));
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

/** The stack of the tutorial over bricks at these ports, under the name of the tests' bricks. */
function readTutorialStack(ports: readonly number[]): string {
  const text = readFileSync(join(packageRoot, 'examples/tutorial/python.vol'), 'utf8');
  return text.replaceAll(
    /remote-subvolume brick(\d)/g,
    (_, at: string) => `remote-subvolume brick\n    option remote-port ${ports[Number(at)]}`,
  );
}

/** Shapes by kind of stack. */
const shapes: Readonly<Partial<Record<Kind, Shape>>> = {
  'distribute-real': { kinds: [RealBrick, RealBrick], renderStack: renderPlainStack },
  'distribute-own': { kinds: [OurBrick, OurBrick], renderStack: renderPlainStack },
  'distribute-mixed': { kinds: [RealBrick, OurBrick], renderStack: renderPlainStack },
  tutorial: { kinds: [RealBrick, RealBrick], renderStack: readTutorialStack },
  'performance-bricks': {
    kinds: [RealBrick, OurBrick],
    renderStack: renderGlusterdVolfile,
    upcall: { 'cache-invalidation': 'on', 'cache-invalidation-timeout': '600' },
  },
};

class DistributedBricks implements Bricks {
  readonly bricks: readonly (RealBrick | OurBrick)[];

  readonly volfile: string;

  private constructor(
    bricks: readonly (RealBrick | OurBrick)[],
    renderStack: (ports: readonly number[]) => string,
  ) {
    this.bricks = bricks;
    this.volfile = renderStack(bricks.map(({ port }) => port));
  }

  /** @param folder for the bricks' own files @param files a folder of each brick is made there */
  static async start(
    { kinds, renderStack, upcall }: Shape,
    folder: string,
    files: string,
  ): Promise<DistributedBricks> {
    const bricks: (RealBrick | OurBrick)[] = [];
    for (const [at, kind] of kinds.entries()) {
      const folderOfBrick = join(folder, `b${at}`);
      const served = join(files, `b${at}`);
      for (const path of [folderOfBrick, served]) mkdirSync(path, { recursive: true });
      bricks.push(
        kind === RealBrick
          ? await RealBrick.start(folderOfBrick, { files: served, upcall })
          : await OurBrick.serve(folderOfBrick, served, { upcall }),
      );
    }
    return new DistributedBricks(bricks, renderStack);
  }

  async end(): Promise<void> {
    for (const brick of this.bricks) await brick.end();
  }
}

/** The bricks of a stack that is a client of some, their own files in `folder`. */
export function startBricks(kind: Kind, folder: string, files: string): Promise<Bricks> {
  const shape = shapes[kind];
  if (shape !== undefined) return DistributedBricks.start(shape, folder, files);
  return kind === 'real-brick' ? RealBrick.start(folder, { files }) : OurBrick.serve(folder, files);
}
