/**
 * Opens transports to a brick for `connection.ts`: a socket that the mount's own loop serves, or a Node socket for TLS
 * or in a process without a mount.
 */
import { lookup } from 'node:dns';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { SocketAddress } from '../../../runtime/core/addresses.ts';
import { EAGAIN, EPIPE, strerror } from '../../../runtime/core/errno.ts';
import type { SourceRegistry } from '../../../runtime/core/pump-source.ts';
import { openStream } from '../../../runtime/sys/stream.ts';
import type { Certificates } from '../shared/certificates.ts';
import { Stream } from '../shared/stream.ts';
import type { Connect } from './connection.ts';

/** The most bytes that Node may queue while the peer does not read. */
const MAX_QUEUED_BYTES = 4 * 2 ** 20;

/** Opens a socket of Node, with TLS if there are certificates. */
function openSocket(address: SocketAddress, certificates: Certificates | null): Socket {
  const target = { ...address, noDelay: true, keepAlive: true };
  if (certificates === null) return connect(target);
  // As in GlusterFS, only the certificate's signer is checked, not the host name.
  return connectTls({ ...target, ...certificates, checkServerIdentity: () => undefined });
}

/** Connects in Node's event loop. @param certificates null without TLS */
export const connectSocket =
  (certificates: Certificates | null): Connect =>
  (address, { records, onConnect, onReceive, onWritable, onEnd }) => {
    const socket = openSocket(address, certificates);
    let isClosed = false;
    const end = (reason: string): void => {
      if (isClosed) return;
      isClosed = true;
      socket.destroy();
      onEnd(reason);
    };
    socket.on('error', (error) => end(error.message));
    socket.on('close', () => end('the brick closed the connection'));
    socket.on('drain', () => {
      if (!isClosed) onWritable();
    });
    socket.on('data', (chunk: Uint8Array) => {
      records.append(chunk, () => {
        onReceive();
        return !isClosed;
      });
    });
    socket.on(certificates === null ? 'connect' : 'secureConnect', () =>
      onConnect({
        send(bytes, length, data) {
          if (isClosed) return -EPIPE;
          if (socket.writableLength > MAX_QUEUED_BYTES) return -EAGAIN;
          // Node keeps the bytes until they have left, and this buffer is reused before that.
          const fields = bytes.slice(0, length);
          const message = data === null ? fields : Buffer.concat([fields, data]);
          socket.write(message);
          return message.length;
        },
      }),
    );
    return {
      isServedByLoop: false,
      close() {
        isClosed = true;
        socket.destroy();
      },
      flushSoon() {
        if (!isClosed) onWritable();
      },
    };
  };

/** Connects with a socket that the mount's loop serves. */
export const connectStream =
  (sources: SourceRegistry): Connect =>
  (address, events) => {
    let stream: Stream | null = null;
    let isClosed = false;
    const openAt = (resolvedAddress: SocketAddress): void => {
      if (isClosed) return;
      const fd = openStream(resolvedAddress);
      if (fd < 0) {
        events.onEnd(strerror(-fd));
        return;
      }
      const newStream = new Stream(
        fd,
        sources,
        { ...events, onConnect: () => events.onConnect(newStream) },
        { isConnected: false, busyPollUs: 0 },
      );
      stream = newStream;
    };
    if ('path' in address || isIP(address.host) !== 0) openAt(address);
    else {
      lookup(address.host, (error, host) => {
        if (error === null) openAt({ ...address, host });
        else if (!isClosed) events.onEnd(error.message);
      });
    }
    return {
      isServedByLoop: true,
      close() {
        isClosed = true;
        stream?.close();
      },
      flushSoon: () => stream?.flushSoon(),
    };
  };
