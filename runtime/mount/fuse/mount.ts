/**
 * Mounts a graph: `mountGraph` looks the root up, mounts, and serves requests until `Mount.unmount` or an external
 * umount(8). The caller starts the graph before, and stops it afterwards.
 */

import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../core/client.ts';
import { strerror } from '../../core/errno.ts';
import type { Graph } from '../../core/graph.ts';
import type { Initiator } from '../../core/initiator.ts';
import { MAX_DATA } from '../../core/limits.ts';
import { Log, type LogLevels } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import type { Upcall } from '../../core/upcall.ts';
import { pump } from '../../pump/pump.ts';
import { callAsync } from '../../sys/call.ts';
import type { Mount } from '../mount.ts';
import { findMount } from '../mountinfo.ts';
import { lookupRoot } from '../root.ts';
import { type Channel, openChannel } from './channel.ts';
import { servesLocks } from './handlers/lock-support.ts';
import { MountError } from './mount-error.ts';
import { raiseReadahead } from './readahead.ts';
import { fuseInitiator, Session, type SessionOptions } from './session.ts';

export interface MountOptions extends Partial<SessionOptions> {
  readonly graph: Graph;
  readonly mountpoint: string;
  /** Device name of the mount: the volume's or volfile's name. */
  readonly source: string;
  /** Log levels, for the domain `fuse`. */
  readonly levels: LogLevels;
  readonly readOnly?: boolean;
  /** Honours set-user-id, and allows opening devices; only when root mounts. */
  readonly suid?: boolean;
  readonly dev?: boolean;
  /** Forbids executing files. */
  readonly noexec?: boolean;
  /** Admits other users. The default when root mounts. */
  readonly allowOther?: boolean;
  /** Called when the root has answered, before the mount is made. */
  onAnswer?(): void;
}

/** As in GlusterFS: attributes and names are cached for a second, absent names not at all. */
const ATTRIBUTE_TIMEOUT = 1;
const ENTRY_TIMEOUT = 1;
const NEGATIVE_TIMEOUT = 0;
const BUSY_POLL_US = 50;

/** The timeouts of the options, with defaults. */
export const timeoutsOf = (options: MountOptions) => ({
  attributeTimeout: options.attributeTimeout ?? ATTRIBUTE_TIMEOUT,
  entryTimeout: options.entryTimeout ?? ENTRY_TIMEOUT,
  negativeTimeout: options.negativeTimeout ?? NEGATIVE_TIMEOUT,
});

const GRACE_MS = 5000;
/** After unmounting, serves idle open files for this time. */
const QUIET_MS = 50;
const STEP_MS = 10;

/** Mounts a graph. @throws {MountError} with the remedy; nothing stays mounted then */
export async function mountGraph(options: MountOptions): Promise<KernelMount> {
  const { graph, levels } = options;
  const log = new Log(graph.top.context.sink, levels, 'fuse', graph.top.log.graphId);
  const initiator = fuseInitiator(graph, log, timeoutsOf(options).attributeTimeout);
  try {
    return await serve(initiator, options);
  } catch (error) {
    initiator.close();
    throw error;
  }
}

async function serve(initiator: Initiator<Session>, options: MountOptions): Promise<KernelMount> {
  const { mountpoint, source } = options;
  const client = initiator.connect();
  await lookupRoot(client, mountpoint);
  options.onAnswer?.();
  const locks = await servesLocks(client);
  const channel = await openChannel({
    mountpoint,
    source,
    allowOther: options.allowOther ?? process.getuid?.() === 0,
    readOnly: options.readOnly ?? false,
    suid: options.suid,
    dev: options.dev,
    noexec: options.noexec,
    maxRead: MAX_DATA,
  });
  const found = findMount(channel.mountpoint);
  if (found !== null) raiseReadahead(found.device);
  return new KernelMount(channel, client, {
    ...timeoutsOf(options),
    busyPollUs: options.busyPollUs ?? BUSY_POLL_US,
    passthrough: options.passthrough ?? true,
    writeback: options.writeback,
    locks,
    acl: options.acl,
    notable: options.notable,
  });
}

const syncfs = callAsync('int syncfs(int fd)');

/** syncfs(2) of the mount, on a thread, because the event loop must serve it. */
async function syncMount(mountpoint: string): Promise<void> {
  const folder = await open(mountpoint);
  try {
    if ((await syncfs(folder.fd)) < 0) throw new Error('syncfs failed');
  } finally {
    await folder.close();
  }
}

/** A served mount. */
export class KernelMount implements Mount {
  readonly session: Session;
  readonly unmounted: Promise<MountError | null>;
  private readonly channel: Channel;
  private readonly resolve: (error: MountError | null) => void;
  private readonly onExit = (): void => this.channel.abandon();
  private unmounting: Promise<void> | null = null;
  private over = false;

  constructor(channel: Channel, client: Client<Session>, options: SessionOptions) {
    this.channel = channel;
    let resolve: (error: MountError | null) => void = () => {};
    this.unmounted = new Promise((done) => {
      resolve = done;
    });
    this.resolve = resolve;
    this.session = new Session(channel.fd, client, options, (errno) => this.ended(errno));
    process.on('exit', this.onExit);
    pump.add(this.session);
  }

  get mountpoint(): string {
    return this.channel.mountpoint;
  }

  /**
   * Unmounts, lets requests under way finish, and ends; open files get ENOTCONN then. Further calls wait for
   * the same end.
   * @throws {MountError} when the kernel refuses; the mount continues
   */
  unmount(): Promise<void> {
    this.unmounting ??= this.finish().finally(() => {
      this.unmounting = null;
    });
    return this.unmounting;
  }

  /**
   * Invalidates the kernel's caches, as an UPCALL of the graph does. A fop must not await it before its reply.
   * @throws {NameError} for a name that encodes no bytes
   */
  invalidate(what: Upcall): Promise<void> {
    const { notices } = this.session;
    notices.add(what);
    return notices.whenHandled();
  }

  private async finish(): Promise<void> {
    if (this.over) return;
    if (this.session.writeback) await this.flushWriteback();
    await this.channel.unmount();
    const start = performance.now();
    for (;;) {
      const limit = this.session.busy ? GRACE_MS : QUIET_MS;
      if (this.over || performance.now() - start >= limit) break;
      await delay(STEP_MS);
    }
    if (this.over) return;
    pump.remove(this.session);
    this.end(null);
  }

  /** Makes the kernel write back cached writes of open files, before the mount ends. */
  private async flushWriteback(): Promise<void> {
    const { session } = this;
    let late = false;
    const limit = delay(GRACE_MS, undefined, { ref: false }).then(() => {
      late = true;
    });
    const synced = syncMount(this.mountpoint).catch((error) => {
      session.log.warning(`cached writes of the kernel may be lost: ${error}`, {
        msgid: messages.keptBackLost.id,
      });
    });
    await Promise.race([limit, synced]);
    // The kernel sends writes without waiting for replies, so wait until no request comes.
    for (let seen = -1; seen !== session.requests && !late && !this.over; ) {
      seen = session.requests;
      await delay(STEP_MS);
    }
  }

  private ended(errno: number): void {
    if (errno === 0) this.end(null);
    else {
      const text = `the connection of ${this.mountpoint} broke: ${strerror(errno)}`;
      this.channel.abandon();
      this.end(new MountError('MOUNT_FAILED', text));
    }
  }

  private end(error: MountError | null): void {
    this.over = true;
    process.off('exit', this.onExit);
    this.channel.close();
    this.session.close();
    this.resolve(error);
  }
}
