/** The identities that a connection has registered, by their numbers. */

import { EINVAL, EMFILE } from '../../core/errno.ts';
import type { Caller } from '../driver-steps.ts';
import { FopError } from '../fop-error.ts';
import type { IdentityRequest } from './operation.ts';
import {
  type ApiVolume,
  type RequestConnection,
  RequestContext,
  toHex,
} from './request-context.ts';

/** The most identities of a connection. */
const IDENTITIES_MAX = 65_536;
/** The most bytes of an owner of locks. Source: GlusterFS `GF_MAX_LOCK_OWNER_LEN`. */
const OWNER_MAX = 1024;
/** An id that stands for the one of identity 0. */
const NO_ID = 0xffff_ffff;
const UMASK = 0o022;

export class Identities {
  private readonly contexts: RequestContext[];
  private readonly connection: RequestConnection;
  private readonly volume: ApiVolume;
  private readonly defaults: Caller;

  /** @param caller identity 0, but for its owner of locks */
  constructor(connection: RequestConnection, volume: ApiVolume, caller: Caller) {
    this.connection = connection;
    this.volume = volume;
    this.defaults = { ...caller, lkOwner: volume.makeLockOwner() };
    this.contexts = [this.makeContext(this.defaults, UMASK)];
  }

  /** The context of an identity; undefined for an unknown one. */
  find(number: number): RequestContext | undefined {
    return this.contexts[number];
  }

  /** @returns its number. @throws {FopError} */
  add({ uid, gid, umask, groups, lockOwner }: IdentityRequest): number {
    if (groups.length % 4 !== 0 || lockOwner.length > OWNER_MAX || umask > 0o777) {
      throw new FopError(EINVAL, 'identity');
    }
    if (this.contexts.length >= IDENTITIES_MAX) throw new FopError(EMFILE, 'identity');
    const { defaults } = this;
    const view = new DataView(groups.buffer, groups.byteOffset, groups.length);
    const caller: Caller = {
      ...defaults,
      uid: uid === NO_ID ? defaults.uid : uid,
      gid: gid === NO_ID ? defaults.gid : gid,
      groups: Array.from({ length: groups.length / 4 }, (_, at) => view.getUint32(at * 4)),
      lkOwner: lockOwner.length === 0 ? defaults.lkOwner! : toHex(lockOwner),
    };
    return this.contexts.push(this.makeContext(caller, umask)) - 1;
  }

  private makeContext(caller: Caller, umask: number): RequestContext {
    const { connection, volume } = this;
    return new RequestContext(connection, volume, volume.makeSteps(caller, umask));
  }
}
