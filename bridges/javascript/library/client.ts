/** Exposes a request's client to modules. */
import { HandleExpired } from './errors.ts';
import { host } from './host.ts';

/** Clients by number, until the host calls `Client.forget`. */
const clients = new Map<number, Client>();

/** The client of a request. A client has one object until it is gone. */
export class Client {
  /** Its number in this process. */
  readonly id: number;
  #uid: string | undefined;
  #ctx: Map<unknown, unknown> | undefined;
  #isGone = false;

  constructor(id: number) {
    this.id = id;
  }

  /** Forgets a client that has left and has no request any more. */
  static forget(id: number): void {
    const client = clients.get(id);
    if (client === undefined) return;
    clients.delete(id);
    client.#isGone = true;
    client.#ctx = undefined;
  }

  /** GlusterFS's unique id of the client. */
  get uid(): string {
    this.#uid ??= host.client(this.id);
    if (this.#uid === undefined) throw new HandleExpired('the client is gone');
    return this.#uid;
  }

  /** The module's notes on the client, kept until it is gone. */
  get ctx(): Map<unknown, unknown> {
    if (this.#isGone) throw new HandleExpired('the client is gone');
    this.#ctx ??= new Map();
    return this.#ctx;
  }

  toString(): string {
    return `<Client ${this.id}>`;
  }
}

/** Finds or makes the object of a client; null for number 0. */
export function getClient(id: number): Client | null {
  if (id === 0) return null;
  let client = clients.get(id);
  if (client === undefined) {
    client = new Client(id);
    clients.set(id, client);
  }
  return client;
}
