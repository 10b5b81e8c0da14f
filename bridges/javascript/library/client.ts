/** Exposes a request's client to modules. */
import { HandleExpired } from './errors.ts';
import { host } from './host.ts';

/** Known clients by number; the host notifies of their end. */
const known = new Map<number, Client>();

/** The client of a request. A client has one object until it is gone. */
export class Client {
  /** Its number in this process. */
  readonly id: number;
  #uid: string | undefined;
  #ctx: Map<unknown, unknown> | undefined;
  #gone = false;

  constructor(id: number) {
    this.id = id;
  }

  /** Forgets a client that is gone with its last request. */
  static forget(id: number): void {
    const gone = known.get(id);
    if (gone === undefined) return;
    known.delete(id);
    gone.#gone = true;
    gone.#ctx = undefined;
  }

  get uid(): string {
    this.#uid ??= host.client(this.id);
    if (this.#uid === undefined) throw new HandleExpired('the client is gone');
    return this.#uid;
  }

  get ctx(): Map<unknown, unknown> {
    if (this.#gone) throw new HandleExpired('the client is gone');
    this.#ctx ??= new Map();
    return this.#ctx;
  }

  toString(): string {
    return `<Client ${this.id}>`;
  }
}

/** The object for a client's number; null for 0. */
export function client(id: number): Client | null {
  if (id === 0) return null;
  let found = known.get(id);
  if (found === undefined) {
    found = new Client(id);
    known.set(id, found);
  }
  return found;
}
