/**
 * Registers the identities (uid, gid, groups, umask, lock owner) of a client connection, and finds a request's by its
 * number. Identity 0 is the client's own.
 */

import { EINVAL, EMFILE } from '../../core/errno.ts';
import { toHex } from '../../core/hex.ts';
import type { Caller } from '../driver-steps.ts';
import { FopError } from '../fop-error.ts';
import { type ApiVolume, type RequestConnection, RequestContext } from './request-context.ts';
import type { IdentityRequest } from './values.ts';

/** The most identities of a connection. */
const IDENTITIES_MAX = 65_536;
/** The most bytes of a lock owner. Source: GlusterFS `GF_MAX_LOCK_OWNER_LEN`. */
const OWNER_BYTES_MAX = 1024;
/** The uid or gid that stands for that of identity 0. */
const DEFAULT_ID = 0xffff_ffff;
const DEFAULT_UMASK = 0o022;

/** The identities of one connection. */
export class Identities {
  private readonly contexts: RequestContext[];
  private readonly connection: RequestConnection;
  private readonly volume: ApiVolume;
  private readonly clientCaller: Caller;

  /** @param caller identity 0, which gets a random lock owner */
  constructor(connection: RequestConnection, volume: ApiVolume, caller: Caller) {
    this.connection = connection;
    this.volume = volume;
    this.clientCaller = { ...caller, lkOwner: volume.makeLockOwner() };
    this.contexts = [this.makeContext(this.clientCaller, DEFAULT_UMASK)];
  }

  /** Finds the context of an identity; undefined for an unknown number. */
  find(number: number): RequestContext | undefined {
    return this.contexts[number];
  }

  /** Registers an identity. @returns its number. @throws {FopError} EINVAL for wrong values, EMFILE for too many */
  add({ uid, gid, umask, groups, lockOwner }: IdentityRequest): number {
    if (groups.length % 4 !== 0 || lockOwner.length > OWNER_BYTES_MAX || umask > 0o777) {
      throw new FopError(EINVAL, 'identity');
    }
    if (this.contexts.length >= IDENTITIES_MAX) throw new FopError(EMFILE, 'identity');
    const { clientCaller } = this;
    const view = new DataView(groups.buffer, groups.byteOffset, groups.length);
    const caller: Caller = {
      ...clientCaller,
      uid: uid === DEFAULT_ID ? clientCaller.uid : uid,
      gid: gid === DEFAULT_ID ? clientCaller.gid : gid,
      groups: Array.from({ length: groups.length / 4 }, (_, i) => view.getUint32(i * 4)),
      lkOwner: lockOwner.length === 0 ? clientCaller.lkOwner! : toHex(lockOwner),
    };
    return this.contexts.push(this.makeContext(caller, umask)) - 1;
  }

  private makeContext(caller: Caller, umask: number): RequestContext {
    const { connection, volume } = this;
    return new RequestContext(connection, volume, volume.makeSteps(caller, umask));
  }
}
