/**
 * Lists the bricks of a server: the volumes below it, by name. Each brick has its own inodes, since
 * all of them give their root the same gfid.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import { InodeTable } from '../../../runtime/core/inode.ts';
import { type Child, canListUnopened, type Xlator } from '../../../runtime/core/xlator.ts';

/** A volume below the server, which clients may use by its name. */
export interface Brick {
  readonly name: string;
  readonly inodes: InodeTable;
  /** The volume to which requests are wound. */
  readonly links: Child;
  readonly isUp: boolean;
  /** Whether its volumes list a directory without an opendir. */
  readonly listsUnopened: boolean;
}

/**
 * The current bricks of a server.
 *
 * A single brick uses the graph's inode table, and its requests start at the graph's top, so the graph can be
 * replaced while clients are connected. Several bricks have an inode table each.
 */
export class Bricks {
  /** The inode tables by the index of the brick. */
  private readonly inodeTables: readonly InodeTable[];
  private readonly findCurrentServer: () => Xlator;

  /**
   * @param findCurrentServer finds the server's instance in the present graph
   * @throws {InitError} when two bricks share a volume
   */
  constructor(xl: Xlator, findCurrentServer: () => Xlator, lruLimit: number) {
    this.findCurrentServer = findCurrentServer;
    const graph = xl.graph!;
    if (xl.below.length === 1) {
      graph.inodes.lruLimit = lruLimit;
      this.inodeTables = [graph.inodes];
      return;
    }
    const bricksByVolume = new Map<Xlator, Xlator>();
    this.inodeTables = xl.below.map((top) => {
      const table = new InodeTable(graph.instances);
      table.lruLimit = lruLimit;
      for (const volume of collectBelow(top)) {
        const otherBrick = bricksByVolume.get(volume);
        if (otherBrick !== undefined) {
          throw new InitError(
            `bricks '${otherBrick.name}' and '${top.name}' share volume '${volume.name}': each needs its own`,
          );
        }
        bricksByVolume.set(volume, top);
        volume.inodes = table;
      }
      return table;
    });
  }

  /** Whether the server has more than one brick. */
  get hasSeveral(): boolean {
    return this.inodeTables.length > 1;
  }

  get names(): readonly string[] {
    return this.findCurrentServer().childNames;
  }

  /** Finds a brick by its name; its volume and state are those of the present graph. */
  find(name: string): Brick | undefined {
    const xl = this.findCurrentServer();
    const index = xl.childNames.indexOf(name);
    if (index < 0) return undefined;
    const inodes = this.inodeTables[index]!;
    // Requests on open files go to the volume that the inode table names.
    if (this.hasSeveral) inodes.links = xl.children[index]!;
    return {
      name,
      inodes,
      get links() {
        return inodes.links;
      },
      get isUp() {
        return xl.below[index]!.up;
      },
      get listsUnopened() {
        return canListUnopened(xl.below[index]!);
      },
    };
  }

  /** Clears the inode tables that the graph does not clear itself. */
  clear(): void {
    if (this.hasSeveral) for (const table of this.inodeTables) table.clear();
  }
}

/** Collects a volume and all volumes below it. */
function collectBelow(top: Xlator): Set<Xlator> {
  const volumes = new Set([top]);
  // The loop also visits the volumes that it adds.
  for (const volume of volumes) for (const child of volume.below) volumes.add(child);
  return volumes;
}
