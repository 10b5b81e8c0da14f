/**
 * Writes the records of requests and replies that compiled modules read (area.ts): for a module in
 * this thread to the module's memory, for one in a thread of its own to memory that is sent there.
 */
import type { Arg, FopRow } from '../../runtime/core/fops.ts';
import type { Stack } from '../../runtime/core/frame.ts';
import type { Scalar } from '../host/guest.ts';
import type { GuestHost } from '../host/guest-host.ts';
import type { HostedRequest } from '../host/requests/hosted-request.ts';
import {
  type Area,
  makeArgumentWriter,
  makeReplyWriter,
  NEEDS_CLIENT,
  NEEDS_GROUPS,
} from './area.ts';

/**
 * Writes the record of a request, or of a reply to it; returns the data, which the record lacks.
 * @param scalars the request's number; of a reply also the wind's, op_ret and op_errno
 */
export type WriteRecord = (request: HostedRequest, scalars: readonly Scalar[]) => Uint8Array | null;

/** Finds the argument or reply part that is data; else -1. */
const findDataIndex = (args: readonly Arg[]): number =>
  args.findIndex(({ type }) => type === 'data');

export class Records {
  readonly area: Area;
  private readonly host: Pick<GuestHost, 'exposeClient' | 'readClientUid'>;
  /** Numbers of the clients that the module knows: their uid is not written again. */
  private readonly knownClients = new Set<number>();

  constructor(area: Area, host: Records['host']) {
    this.area = area;
    this.host = host;
  }

  makeRequestWriter(row: FopRow): WriteRecord {
    const { area } = this;
    const writeArguments = makeArgumentWriter(row);
    const dataIndex = findDataIndex(row.args);
    return (request) => {
      area.beginFor(request.id);
      this.writeRoot(request.frame.root, row.logName);
      writeArguments(area, request.args);
      return dataIndex < 0 ? null : (request.args[dataIndex] as Uint8Array | null);
    };
  }

  /** @param hasOnlyCallback true if the module has no function for the fop: the host winds */
  makeReplyWriter(row: FopRow, hasOnlyCallback: boolean): WriteRecord {
    const { area } = this;
    const writeArguments = makeArgumentWriter(row);
    const writeReply = makeReplyWriter(row);
    const dataIndex = findDataIndex(row.reply);
    // By index, as destructuring costs more time than the rest of this function.
    return (request, scalars) => {
      const windNumber = scalars[1] as number;
      const { values } = request.findReply(windNumber)!;
      // A callback without a fop: the host wound the request, which is new to the module.
      const isNew = hasOnlyCallback && windNumber === 0 && request.plan?.row === row;
      area.beginFor(request.id);
      area.beginReply(windNumber, isNew);
      if (isNew) {
        this.writeRoot(request.frame.root, row.logName);
        writeArguments(area, request.args);
      }
      // opRet and opErrno.
      area.writeNumber(scalars[2] as number);
      area.writeNumber(scalars[3] as number);
      writeReply(area, values);
      return dataIndex < 0 ? null : (values[dataIndex] as Uint8Array | null);
    };
  }

  /** Writes the call stack's root; also client and groups, if the module needs them. */
  private writeRoot(root: Stack, op: string): void {
    const { area } = this;
    area.writeRoot(root, op);
    if ((area.needs & NEEDS_CLIENT) !== 0) this.writeClient(this.host.exposeClient(root));
    if ((area.needs & NEEDS_GROUPS) !== 0) area.writeGroups(root);
  }

  /** Writes a client's number, and its uid the first time. */
  writeClient(id: number): void {
    const { area, knownClients, host } = this;
    const isNew = id !== 0 && !knownClients.has(id);
    if (isNew) knownClients.add(id);
    area.writeNumber(id);
    area.writeText(isNew ? (host.readClientUid(id) ?? '') : null);
  }

  forgetClient(id: number): void {
    this.knownClients.delete(id);
  }
}
