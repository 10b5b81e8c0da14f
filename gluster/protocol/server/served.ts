/** Listens for clients by sockets that are served with all others of the process, by calls. */
import { lookup } from 'node:dns/promises';
import { rmSync } from 'node:fs';
import { isIP } from 'node:net';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { EAGAIN, EINTR, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSource, PumpSources } from '../../../runtime/core/pump-source.ts';
import { close } from '../../../runtime/sys/libc.ts';
import { acceptStream, listenStream, portOf } from '../../../runtime/sys/stream.ts';
import { Stream } from '../shared/stream.ts';
import { guestFrom, isLeftOver, type Listener, type ListenerSettings } from './listener.ts';
import { type Carrier, Session } from './session.ts';

/** Connections that are taken before others have their turn. */
const ACCEPT_MAX = 16;
/** How long nobody is taken after that has failed, as where there are no descriptors. */
const REST_MS = 1000;
/** As long as it is worth to wait awake for a client's next call. */
const BUSY_POLL_US = 50;

/** With a numeric address. */
async function resolved(place: SocketAddress): Promise<SocketAddress> {
  if ('path' in place || isIP(place.host) !== 0) return place;
  return { ...place, host: (await lookup(place.host)).address };
}

/** @throws {Error} when it cannot listen there */
export async function listenServed(
  settings: ListenerSettings,
  sources: PumpSources,
): Promise<Listener> {
  const { place } = settings;
  const address = await resolved(place);
  let fd = listenStream(address);
  if (fd < 0 && 'path' in place && (await isLeftOver(place.path))) {
    rmSync(place.path);
    fd = listenStream(address);
  }
  if (fd < 0) throw new Error(strerror(-fd));
  const port = 'path' in place ? null : portOf(fd);
  const door = new Door(fd, settings, sources);
  return {
    port,
    async close() {
      door.close();
      if ('path' in place) rmSync(place.path, { force: true });
    },
  };
}

/** The socket that listens. */
class Door implements PumpSource {
  readonly fd: number;
  readonly awaited = 0;
  readonly busy = false;
  readonly isFull = false;
  readonly busyPollUs = 0;
  isPaused = false;
  private readonly settings: ListenerSettings;
  private readonly sources: PumpSources;
  private readonly visitors = new Set<Visitor>();
  private isClosed = false;

  constructor(fd: number, settings: ListenerSettings, sources: PumpSources) {
    this.fd = fd;
    this.settings = settings;
    this.sources = sources;
    sources.add(this);
  }

  receive(): boolean {
    for (let count = 0; count < ACCEPT_MAX && !this.isClosed; count++) {
      const accepted = acceptStream(this.fd);
      if (accepted === -EAGAIN || accepted === -EINTR) return count > 0;
      if (typeof accepted === 'number') {
        this.rest(strerror(-accepted));
        return true;
      }
      const { settings, sources, visitors } = this;
      const visitor = new Visitor(accepted, settings, sources, () => visitors.delete(visitor));
      visitors.add(visitor);
    }
    return true;
  }

  flush(): void {}

  close(): void {
    this.isClosed = true;
    this.sources.remove(this);
    close(this.fd);
    for (const visitor of this.visitors) visitor.end();
  }

  /** Of a connection that cannot be taken the next one knows nothing. */
  private rest(why: string): void {
    this.settings.host.log(`a client could not be taken: ${why}`);
    this.isPaused = true;
    this.sources.remove(this);
    this.settings.after(REST_MS, () => {
      if (this.isClosed) return;
      this.isPaused = false;
      this.sources.add(this);
    });
  }
}

/** A connection. */
class Visitor implements Carrier {
  private readonly session: Session;
  private readonly stream: Stream;
  private readonly left: () => void;
  /** The bytes of the session's `out` that are sent. */
  private sent = 0;
  /** No more is read; it ends when all has left. */
  private isEnding = false;

  constructor(
    { fd, address, port }: { fd: number; address: string; port: number },
    settings: ListenerSettings,
    sources: PumpSources,
    left: () => void,
  ) {
    this.left = left;
    const { host } = settings;
    const guest = guestFrom(host, address, () => this.destroy());
    const session = new Session(host, guest, { address, port }, this);
    this.session = session;
    this.stream = new Stream(
      fd,
      sources,
      {
        records: session.records,
        awaited: () => 0,
        isBusy: () => host.initiator.calls.busy,
        isPaused: () => this.isEnding || session.isPaused,
        connected() {},
        received: () => session.received(),
        writable: () => this.flush(),
        ended: () => this.over(),
      },
      { isConnected: true, busyPollUs: BUSY_POLL_US },
    );
    host.lobby.enter(guest);
  }

  /** All of it is in the session's `out`. */
  get queued(): number {
    return -this.sent;
  }

  send(): void {
    this.stream.flushSoon();
  }

  flow(): void {
    // What libuv is to watch for has changed, too.
    this.stream.flushSoon();
  }

  end(): void {
    this.isEnding = true;
    this.flush();
  }

  destroy(): void {
    this.stream.close();
    this.over();
  }

  private flush(): void {
    const { session, stream } = this;
    const { out } = session;
    if (out.at > this.sent) {
      const { sent: from } = this;
      const bytes = from === 0 ? out.bytes : out.bytes.subarray(from);
      const sent = stream.send(bytes, out.at - from, null);
      if (sent < 0 && sent !== -EAGAIN) {
        this.destroy();
        return;
      }
      this.sent += Math.max(sent, 0);
    }
    if (this.sent === out.at) {
      out.at = 0;
      this.sent = 0;
      if (this.isEnding) this.destroy();
      else session.flow();
    }
  }

  private over(): void {
    this.session.close();
    this.left();
  }
}
