/**
 * Opens transports to a brick: a socket that the mount's loop serves, or a Node socket when TLS is
 * on or only the event loop serves sockets.
 */
import { lookup } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { EAGAIN, EPIPE, strerror } from '../../../runtime/core/errno.ts';
import type { PumpSources } from '../../../runtime/core/pump-source.ts';
import { openStream } from '../../../runtime/sys/stream.ts';
import type { Certificates } from '../shared/certificates.ts';
import { Stream } from '../shared/stream.ts';
import type { Connect } from './connection.ts';

/** The most bytes that may wait in Node for the peer. */
const QUEUED_MAX = 4 * 2 ** 20;

function open(address: SocketAddress, certificates: Certificates | null): Socket {
  const target = { ...address, noDelay: true, keepAlive: true };
  if (certificates === null) return connect(target);
  // As in GlusterFS, the signer of the certificate counts, not the host name.
  return connectTls({ ...target, ...certificates, checkServerIdentity: () => undefined });
}

/** Connects in Node's event loop. @param certificates null without TLS */
export const connectSocket =
  (certificates: Certificates | null): Connect =>
  (address, { records, connected, received, writable, ended }) => {
    const socket = open(address, certificates);
    let isOver = false;
    const over = (why: string): void => {
      if (isOver) return;
      isOver = true;
      socket.destroy();
      ended(why);
    };
    socket.on('error', (error) => over(error.message));
    socket.on('close', () => over('the brick closed the connection'));
    socket.on('drain', () => {
      if (!isOver) writable();
    });
    socket.on('data', (chunk: Uint8Array) => {
      records.append(chunk, () => {
        received();
        return !isOver;
      });
    });
    socket.on(certificates === null ? 'connect' : 'secureConnect', () =>
      connected({
        send(bytes, length, data) {
          if (isOver) return -EPIPE;
          if (socket.writableLength > QUEUED_MAX) return -EAGAIN;
          // Node keeps the bytes until they have left, and this buffer is reused before that.
          const first = bytes.slice(0, length);
          const all = data === null ? first : Buffer.concat([first, data]);
          socket.write(all);
          return all.length;
        },
      }),
    );
    return {
      isServed: false,
      close() {
        isOver = true;
        socket.destroy();
      },
      flushSoon() {
        if (!isOver) writable();
      },
    };
  };

/** Connects with a socket that the mount's loop serves. */
export const connectStream =
  (sources: PumpSources): Connect =>
  (address, events) => {
    let stream: Stream | null = null;
    let isOver = false;
    const open = (where: SocketAddress): void => {
      if (isOver) return;
      const fd = openStream(where);
      if (fd < 0) {
        events.ended(strerror(-fd));
        return;
      }
      const opened = new Stream(
        fd,
        sources,
        { ...events, connected: () => events.connected(opened) },
        { isConnected: false, busyPollUs: 0 },
      );
      stream = opened;
    };
    if ('path' in address || isIP(address.host) !== 0) open(address);
    else {
      lookup(address.host, (error, host) => {
        if (error === null) open({ ...address, host });
        else if (!isOver) events.ended(error.message);
      });
    }
    return {
      isServed: true,
      close() {
        isOver = true;
        stream?.close();
      },
      flushSoon: () => stream?.flushSoon(),
    };
  };
