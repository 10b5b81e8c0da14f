/**
 * The exports of a server: the volumes below it, each by its name. A brick has inodes of its own, as
 * all of them call their root by the same gfid.
 */
import { InitError } from '../../../runtime/core/errors.ts';
import { InodeTable } from '../../../runtime/core/inode.ts';
import type { Child, Xlator } from '../../../runtime/core/xlator.ts';

export interface Brick {
  readonly name: string;
  readonly inodes: InodeTable;
  /** To wind to. */
  readonly links: Child;
  readonly isUp: boolean;
}

/**
 * The bricks of a server as they are now.
 *
 * One that is alone has the graph's inodes, and requests begin at the graph's top: so the graph can be
 * exchanged under its clients. Several have tables of their own.
 */
export class Bricks {
  private readonly tables: readonly InodeTable[];
  private readonly current: () => Xlator;

  /**
   * @param current the server's instance in the graph
   * @throws {InitError} when two bricks share a volume
   */
  constructor(xl: Xlator, current: () => Xlator, lruLimit: number) {
    this.current = current;
    const graph = xl.graph!;
    if (xl.below.length === 1) {
      graph.inodes.lruLimit = lruLimit;
      this.tables = [graph.inodes];
      return;
    }
    const owners = new Map<Xlator, Xlator>();
    this.tables = xl.below.map((top) => {
      const table = new InodeTable(graph.instances, lruLimit);
      for (const each of allBelow(top)) {
        const other = owners.get(each);
        if (other !== undefined) {
          throw new InitError(
            `bricks '${other.name}' and '${top.name}' share volume '${each.name}': each needs its own`,
          );
        }
        owners.set(each, top);
        each.inodes = table;
      }
      return table;
    });
  }

  get areSeveral(): boolean {
    return this.tables.length > 1;
  }

  get names(): readonly string[] {
    return this.current().childNames;
  }

  find(name: string): Brick | undefined {
    const xl = this.current();
    const at = xl.childNames.indexOf(name);
    if (at < 0) return undefined;
    const inodes = this.tables[at]!;
    // What is opened goes where the table says.
    if (this.areSeveral) inodes.links = xl.children[at]!;
    return {
      name,
      inodes,
      get links() {
        return inodes.links;
      },
      get isUp() {
        return xl.below[at]!.up;
      },
    };
  }

  /** Forgets all inodes that the graph does not forget itself. */
  clear(): void {
    if (this.areSeveral) for (const table of this.tables) table.clear();
  }
}

function allBelow(top: Xlator): Set<Xlator> {
  const all = new Set([top]);
  for (const xl of all) for (const child of xl.below) all.add(child);
  return all;
}
