/** Records the ports of bricks. A brick registers its port, which stays valid until the brick's connection ends. */

/** The most bricks that one connection may register. */
const MAX_BRICKS_PER_CONNECTION = 4096;

/** The connection that registered a brick. */
export type Owner = object;

/** A registered brick. */
interface Entry {
  readonly port: number;
  readonly owner: Owner;
}

/** The ports of bricks that are connected, by the bricks' names. */
export class Portmap {
  private readonly entries = new Map<string, Entry>();

  /** Registers a brick's port. @returns whether it was accepted */
  signIn(brick: string, port: number, owner: Owner): boolean {
    if (brick === '' || port < 1 || port > 65_535) return false;
    const isOwn = this.entries.get(brick)?.owner === owner;
    if (!isOwn && this.listBricks(owner).length >= MAX_BRICKS_PER_CONNECTION) return false;
    this.entries.set(brick, { port, owner });
    return true;
  }

  /**
   * Removes a brick, whichever connection registered it: a brick that ends may sign out on a new connection.
   * @returns whether the brick was registered at this port
   */
  signOut(brick: string, port: number): boolean {
    return this.entries.get(brick)?.port === port && this.entries.delete(brick);
  }

  /** Removes the bricks of a closed connection, unless another one has registered them again. @returns their names */
  removeAll(owner: Owner): string[] {
    const bricks = this.listBricks(owner);
    for (const brick of bricks) this.entries.delete(brick);
    return bricks;
  }

  /** Finds a brick's port; undefined for an unknown brick. */
  findPort(brick: string): number | undefined {
    return this.entries.get(brick)?.port;
  }

  /** Finds the brick at a port; undefined for an unknown port. */
  findBrick(port: number): string | undefined {
    return [...this.entries].find(([, entry]) => entry.port === port)?.[0];
  }

  private listBricks(owner: Owner): string[] {
    return [...this.entries].flatMap(([brick, entry]) => (entry.owner === owner ? [brick] : []));
  }
}
