/** What carries the bytes to a brick: a socket of Node's, in its event loop, encrypted or not. */
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { EAGAIN, EPIPE } from '../../../core/errno.ts';
import type { Address, Connect } from './connection.ts';

/** Bytes that may wait in Node for the peer to take them. */
const QUEUED_MAX = 4 * 2 ** 20;

/** PEM texts. */
export interface Certificates {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

function open(address: Address, certificates: Certificates | null): Socket {
  const target =
    address.kind === 'unix'
      ? { path: address.path }
      : { host: address.host, port: address.port, noDelay: true, keepAlive: true };
  if (certificates === null) return connect(target);
  // As GlusterFS: who has signed the certificate counts, not the name of the machine.
  return connectTls({ ...target, ...certificates, checkServerIdentity: () => undefined });
}

/** @param certificates null where nothing is encrypted */
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
    socket.on('close', () => over('the brick has closed it'));
    socket.on('drain', () => {
      if (!isOver) writable();
    });
    socket.on('data', (chunk: Uint8Array) => {
      records.put(chunk, () => {
        received();
        return !isOver;
      });
    });
    socket.on(certificates === null ? 'connect' : 'secureConnect', () =>
      connected({
        send(first, data) {
          if (isOver) return -EPIPE;
          if (socket.writableLength > QUEUED_MAX) return -EAGAIN;
          // Node keeps what it is given until it has left, and this is written over before.
          const all = data === null ? first.slice() : Buffer.concat([first, data]);
          socket.write(all);
          return all.length;
        },
      }),
    );
    return {
      close() {
        isOver = true;
        socket.destroy();
      },
    };
  };
