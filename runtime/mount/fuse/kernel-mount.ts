/**
 * Mounts a graph: `mountGraph` looks the root up, mounts, and serves requests until `Mount.unmount` or an external
 * umount(8). The caller starts the graph before, and stops it afterwards.
 */

import { setTimeout as delay } from 'node:timers/promises';
import type { Client } from '../../core/client.ts';
import { strerror } from '../../core/errno.ts';
import type { Graph } from '../../core/graph.ts';
import type { Initiator } from '../../core/initiator.ts';
import { Log, type LogLevels } from '../../core/log.ts';
import { messages } from '../../core/messages.ts';
import type { Upcall } from '../../core/upcall.ts';
import { pump } from '../../pump/pump.ts';
import { lookupRoot } from '../lookup-root.ts';
import type { Mount } from '../mount.ts';
import { type Channel, type OutsideMounter, openChannel } from './channel.ts';
import { probeLocks } from './handlers/lock-support.ts';
import { MountError } from './mount-error.ts';
import type { MountPlace } from './mounter.ts';
import { isRemoteGraph, makeFuseInitiator, Session, type SessionOptions } from './session.ts';

/** The options of `mountGraph`. */
export interface MountOptions extends Partial<SessionOptions>, MountPlace {
  readonly graph: Graph;
  /** Device name of the mount: the volume's or volfile's name. */
  readonly source: string;
  /** Log levels, for the domain `fuse`. */
  readonly levels: LogLevels;
  /** The process that mounts for this one; absent: this one does. */
  readonly outsideMounter?: OutsideMounter | undefined;
  /** Called after the root's lookup has succeeded, before the kernel mounts. */
  onRootReply?(): void;
}

/** The default timeouts in seconds, as in GlusterFS: absent names are not cached. */
const ATTRIBUTE_TIMEOUT_S = 1;
const ENTRY_TIMEOUT_S = 1;
const NEGATIVE_TIMEOUT_S = 0;
/** Microseconds that the session polls before it sleeps. */
const BUSY_POLL_US = 50;

/** Returns the timeouts of the options, with defaults. */
export const applyDefaultTimeouts = (options: MountOptions) => ({
  attributeTimeout: options.attributeTimeout ?? ATTRIBUTE_TIMEOUT_S,
  entryTimeout: options.entryTimeout ?? ENTRY_TIMEOUT_S,
  negativeTimeout: options.negativeTimeout ?? NEGATIVE_TIMEOUT_S,
});

/** Milliseconds for which an unmount waits: first for cached writes, then for requests under way. */
const GRACE_MS = 5000;
/** The time that an unmount waits when no requests are under way: for programs that still use open files. */
const IDLE_GRACE_MS = 50;
/** Milliseconds between two checks whether requests are under way. */
const POLL_INTERVAL_MS = 10;

/** Mounts a graph. @throws {MountError} with the remedy; nothing stays mounted then */
export async function mountGraph(options: MountOptions): Promise<KernelMount> {
  const { graph, levels } = options;
  const log = new Log(graph.top.context.sink, levels, 'fuse', graph.top.log.graphId);
  const initiator = makeFuseInitiator(graph, log, applyDefaultTimeouts(options).attributeTimeout);
  try {
    return await mountAndServe(initiator, options);
  } catch (error) {
    initiator.close();
    throw error;
  }
}

/** Looks the root up, mounts, and begins to serve. @throws {MountError} */
async function mountAndServe(
  initiator: Initiator<Session>,
  options: MountOptions,
): Promise<KernelMount> {
  const { mountpoint, source, graph, outsideMounter } = options;
  const client = initiator.connect();
  await lookupRoot(client, mountpoint);
  options.onRootReply?.();
  const locks = await probeLocks(client);
  const channel = await openChannel(
    options,
    { source, isRemote: isRemoteGraph(graph) },
    outsideMounter,
  );
  return new KernelMount(channel, client, {
    ...applyDefaultTimeouts(options),
    busyPollUs: options.busyPollUs ?? BUSY_POLL_US,
    passthrough: options.passthrough ?? true,
    writeback: options.writeback,
    locks,
    acl: options.acl,
    notable: options.notable,
  });
}

/** A mount that the kernel serves through /dev/fuse. */
export class KernelMount implements Mount {
  readonly session: Session;
  readonly unmounted: Promise<MountError | null>;
  private readonly channel: Channel;
  private readonly resolveUnmounted: (error: MountError | null) => void;
  /** Unmounts at the exit of the process, when only synchronous calls run. */
  private readonly onExit = (): void => this.channel.closeAndUnmount();
  private unmountPromise: Promise<void> | null = null;
  private isClosed = false;

  constructor(channel: Channel, client: Client<Session>, options: SessionOptions) {
    this.channel = channel;
    let resolve: (error: MountError | null) => void = () => {};
    this.unmounted = new Promise((settle) => {
      resolve = settle;
    });
    this.resolveUnmounted = resolve;
    const sessionOptions = { ...options, noticeDevice: channel };
    this.session = new Session(channel.fd, client, sessionOptions, (errno) =>
      this.handleConnectionEnd(errno),
    );
    process.on('exit', this.onExit);
    pump.add(this.session);
  }

  get mountpoint(): string {
    return this.channel.mountpoint;
  }

  get hidesFiles(): boolean {
    return this.channel.hidesFiles;
  }

  /**
   * Unmounts, lets requests under way finish, and ends; open files get ENOTCONN then. Further calls wait for
   * the same end.
   * @throws {MountError} when the kernel refuses; the mount continues
   */
  unmount(): Promise<void> {
    this.unmountPromise ??= this.unmountAndDrain().finally(() => {
      this.unmountPromise = null;
    });
    return this.unmountPromise;
  }

  /**
   * Invalidates the kernel's caches, as an UPCALL of the graph does. A fop must not await it before its reply.
   * @throws {NameError} for a name that encodes no bytes
   */
  invalidate(upcall: Upcall): Promise<void> {
    const { notices } = this.session;
    notices.add(upcall);
    return notices.awaitHandled();
  }

  /** Unmounts, waits a limited time for requests under way, and closes the connection. */
  private async unmountAndDrain(): Promise<void> {
    if (this.isClosed) return;
    if (this.session.hasWriteback) await this.flushWriteback();
    await this.channel.unmount();
    const start = performance.now();
    for (;;) {
      const limitMs = this.session.mayNeedEventLoop ? GRACE_MS : IDLE_GRACE_MS;
      if (this.isClosed || performance.now() - start >= limitMs) break;
      await delay(POLL_INTERVAL_MS);
    }
    if (this.isClosed) return;
    pump.remove(this.session);
    this.close(null);
  }

  /** Makes the kernel write back cached writes of open files, before the mount ends. */
  private async flushWriteback(): Promise<void> {
    const { session } = this;
    let isTimeUp = false;
    const whenTimeUp = delay(GRACE_MS, undefined, { ref: false }).then(() => {
      isTimeUp = true;
    });
    const whenSynced = this.channel.broker.ask('sync').then((problem) => {
      if (problem === '') return;
      const reason = problem ?? 'the shell beside this process has ended';
      session.log.warning(`cached writes of the kernel may be lost: ${reason}`, {
        msgid: messages.writebackLost.id,
      });
    });
    await Promise.race([whenTimeUp, whenSynced]);
    // The kernel sends writes without waiting for replies, so wait until no request comes.
    for (let lastCount = -1; lastCount !== session.messageCount && !isTimeUp && !this.isClosed; ) {
      lastCount = session.messageCount;
      await delay(POLL_INTERVAL_MS);
    }
  }

  /** Called when the kernel has ended the connection: 0 after umount(8), otherwise an errno. */
  private handleConnectionEnd(errno: number): void {
    if (errno === 0) this.close(null);
    else {
      const text = `the connection of ${this.mountpoint} broke: ${strerror(errno)}`;
      this.channel.closeAndUnmount();
      this.close(new MountError('MOUNT_FAILED', text));
    }
  }

  /** Closes the connection, and settles `unmounted`. */
  private close(error: MountError | null): void {
    this.isClosed = true;
    process.off('exit', this.onExit);
    this.channel.close();
    this.session.close();
    this.resolveUnmounted(error);
  }
}
