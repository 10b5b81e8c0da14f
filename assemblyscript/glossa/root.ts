/** The caller of a request, and the subvolumes. */
import { NEEDS_CLIENT, NEEDS_GROUPS } from './needs';
import { readInt, readInteger, readName, readText } from './record';
import { Client } from './values';

/** The clients that the module has seen, by number. */
export const clients = new Map<i64, Client>();

/** Reads a client's number, and its uid when it is a new one. */
export function readClient(): Client | null {
  const id = readInteger();
  const uid = readText();
  if (uid !== null && !clients.has(id)) clients.set(id, new Client(id, uid));
  return clients.has(id) ? clients.get(id) : null;
}

/** The caller of a request. */
export class Root {
  unique: i64 = 0;
  uid: u32 = 0;
  gid: u32 = 0;
  pid: i32 = 0;
  /** Hexadecimal text. */
  lkOwner: string = '';
  /** The name of the operation, such as `LOOKUP`. */
  op: string = '';
  /** Empty without NEEDS_GROUPS. */
  groups: u32[] | null = null;
  /** Null without NEEDS_CLIENT, and for requests without one. */
  client: Client | null = null;

  static read(op: string, needs: u32): Root {
    const root = new Root();
    root.unique = readInteger();
    root.uid = <u32>readInteger();
    root.gid = <u32>readInteger();
    root.pid = readInt();
    root.lkOwner = readName();
    const other = readText();
    root.op = other === null ? op : other;
    if (needs & NEEDS_CLIENT) root.client = readClient();
    if (needs & NEEDS_GROUPS) {
      const count = readInt();
      const groups = new Array<u32>(count);
      for (let i = 0; i < count; i++) groups[i] = <u32>readInteger();
      root.groups = groups;
    }
    return root;
  }
}

/** A subvolume. */
export class Child {
  /** Whether it can serve, as it has said last. */
  isUp: bool = false;

  constructor(
    readonly name: string,
    /** The type of its translator. */
    readonly type: string,
    readonly index: i32,
  ) {}
}
