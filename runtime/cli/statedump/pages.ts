/**
 * A statedump on its way from the server to `glossa statedump`, through an extended attribute of the
 * mount's root; and what else is as long. A value has 64 KiB at most, so it is read page by page:
 * `glossa.statedump.ID.0` makes the dump, `….1` and so on are the rest of the same one, and a page that is not full is the
 * last. ID is the reader's own choice. Only root and the user who mounted are answered.
 */
import { randomBytes } from 'node:crypto';
import { decodeName, encodeName } from '../../core/bytes.ts';
import { ECONNABORTED, ENODATA, ENOTCONN, EOPNOTSUPP, EPERM, strerror } from '../../core/errno.ts';
import type { RootAction, RootActions } from '../../mount/fuse/session.ts';
import { getxattr } from '../../sys/libc.ts';
import { cstring } from '../../sys/struct.ts';
import { Failure } from '../exit.ts';
import { XATTR_SIZE_MAX } from './volumes.ts';
import type { WholeDump } from './whole.ts';

/** What is told so, by the name of its attribute; the words are for who may not see it. */
const TOLD = {
  'glossa.statedump': 'its statedump',
  'glossa.notable': 'its requests',
  'glossa.top': 'what it is busy with',
} as const;
type Name = keyof typeof TOLD;

const PAGE = /^([0-9a-f]{16})\.(\d{1,4})$/;
/** Dumps that are being read at a time; the oldest makes room. */
const READERS = 4;

/** The server's end. */
export class DumpPages implements RootActions {
  private readonly make: () => object;
  private readonly prefix: string;
  /** What is being read, by its reader's id. */
  private readonly dumps = new Map<string, Uint8Array>();

  constructor(make: () => object, name: Name = 'glossa.statedump') {
    this.make = make;
    this.prefix = `${name}.`;
  }

  get(name: string): RootAction | undefined {
    if (!name.startsWith(this.prefix)) return undefined;
    const [, id, page] = PAGE.exec(name.slice(this.prefix.length)) ?? [];
    return id === undefined ? undefined : async () => this.page(id, Number(page));
  }

  private page(id: string, page: number): Uint8Array {
    if (page === 0) this.dumps.set(id, encodeName(JSON.stringify(this.make())));
    for (const oldest of this.dumps.keys()) {
      if (this.dumps.size <= READERS) break;
      this.dumps.delete(oldest);
    }
    const whole = this.dumps.get(id);
    if (whole === undefined) throw new Error('others have asked since');
    const bytes = whole.subarray(page * XATTR_SIZE_MAX, (page + 1) * XATTR_SIZE_MAX);
    if (bytes.length < XATTR_SIZE_MAX) this.dumps.delete(id);
    return bytes;
  }
}

/** The reader's end. `given` is the mount for messages. @throws {Failure} */
export const readWhole = (mountpoint: string, given: string): WholeDump =>
  readPages(mountpoint, given, 'glossa.statedump') as WholeDump;

/** The same of whatever is told so: JSON. @throws {Failure} */
export function readPages(mountpoint: string, given: string, what: Name): unknown {
  const id = randomBytes(8).toString('hex');
  const pages: Uint8Array[] = [];
  for (;;) {
    const page = new Uint8Array(XATTR_SIZE_MAX);
    const name = `${what}.${id}.${pages.length}`;
    const length = getxattr(cstring(mountpoint), cstring(name), page, page.length);
    if (length < 0) throw refusal(-length, given, what);
    pages.push(page.subarray(0, length));
    if (length < XATTR_SIZE_MAX) break;
  }
  const whole = Buffer.concat(pages);
  return JSON.parse(decodeName(whole, 0, whole.length));
}

function refusal(errno: number, given: string, what: Name): Failure {
  if (errno === ENOTCONN || errno === ECONNABORTED) {
    return new Failure(`the server of ${given} is no more; 'glossa umount ${given}' takes it away`);
  }
  if (errno === EPERM) {
    return new Failure(`only root and the user who mounted ${given} may see ${TOLD[what]}`);
  }
  const none = errno === ENODATA || errno === EOPNOTSUPP;
  const why = none ? `its server does not tell ${TOLD[what]}` : strerror(errno);
  return new Failure(`${given} has told nothing: ${why}`);
}
