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
  private readonly owners = new Map<Owner, Set<string>>();

  /** @returns whether it was taken */
  signIn(brick: string, port: number, owner: Owner): boolean {
    if (brick === '' || port < 1 || port > 65_535) return false;
    let names = this.owners.get(owner);
    if (names === undefined) {
      names = new Set();
      this.owners.set(owner, names);
    }
    if (names.size >= NAMES_MAX && !names.has(brick)) return false;
    names.add(brick);
    this.entries.set(brick, { port, owner });
    return true;
  }

  /** Whoever says it: a brick does so at its end, on a connection that may be a new one. */
  signOut(brick: string, port: number): boolean {
    if (this.entries.get(brick)?.port !== port) return false;
    this.owners.get(this.entries.get(brick)!.owner)?.delete(brick);
    return this.entries.delete(brick);
  }

  /** A brick that was started anew has said its port elsewhere by now. */
  gone(owner: Owner): string[] {
    const own = [...(this.owners.get(owner) ?? [])];
    this.owners.delete(owner);
    return own.filter(
      (brick) => this.entries.get(brick)?.owner === owner && this.entries.delete(brick),
    );
  }

  portOf(brick: string): number | undefined {
    return this.entries.get(brick)?.port;
  }

  brickAt(port: number): string | undefined {
    return [...this.entries].find(([, entry]) => entry.port === port)?.[0];
  }
}
