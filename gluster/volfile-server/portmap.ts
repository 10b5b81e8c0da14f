/** The ports of bricks: each says its own, and it holds as long as the connection on which it did. */

/** Names that one connection may say: a process has no more bricks. */
const NAMES_MAX = 4096;

/** Whoever has said it: a connection. */
export type Owner = object;

interface Entry {
  readonly port: number;
  readonly owner: Owner;
}

export class Portmap {
  private readonly entries = new Map<string, Entry>();

  /** @returns whether it was taken */
  signIn(brick: string, port: number, owner: Owner): boolean {
    if (brick === '' || port < 1 || port > 65_535) return false;
    const isOwn = this.entries.get(brick)?.owner === owner;
    if (!isOwn && this.namesOf(owner).length >= NAMES_MAX) return false;
    this.entries.set(brick, { port, owner });
    return true;
  }

  /** Whoever says it: a brick does so at its end, on a connection that may be a new one. */
  signOut(brick: string, port: number): boolean {
    return this.entries.get(brick)?.port === port && this.entries.delete(brick);
  }

  /** A connection has ended. @returns its bricks: one that was started anew has said its port elsewhere by now */
  gone(owner: Owner): string[] {
    const own = this.namesOf(owner);
    for (const brick of own) this.entries.delete(brick);
    return own;
  }

  portOf(brick: string): number | undefined {
    return this.entries.get(brick)?.port;
  }

  brickAt(port: number): string | undefined {
    return [...this.entries].find(([, entry]) => entry.port === port)?.[0];
  }

  private namesOf(owner: Owner): string[] {
    return [...this.entries].flatMap(([brick, entry]) => (entry.owner === owner ? [brick] : []));
  }
}
