/** Serves the playground over HTTP, to this machine only; `glossa playground` calls it. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname } from 'node:path';
import { Failure, formatReason } from '../../terminal/exit.ts';

const LOOPBACK_ADDRESS = '127.0.0.1';

/** Media types by the extension of a file. */
const CONTENT_TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
};

/**
 * Headers of all responses. The first two make the page cross-origin isolated, so that it has
 * shared memory: with it, the page can end an endless call of Python.
 */
const RESPONSE_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-cache',
};

/** A running server. */
export interface PlaygroundServer {
  /** The address of the page. */
  readonly url: string;
  /** Ends the server and its connections. */
  close(): void;
}

/**
 * Binds the port, builds the files, and serves them.
 * @param makeFiles builds the files by their paths; called after the port is bound
 * @param port 0 for a free one
 * @throws {Failure} when the port cannot be bound
 */
export async function servePlayground(
  makeFiles: () => Promise<ReadonlyMap<string, string>>,
  port: number,
): Promise<PlaygroundServer> {
  const server = createServer();
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, LOOPBACK_ADDRESS, resolve);
    });
  } catch (error) {
    const hint = (error as NodeJS.ErrnoException).code === 'EADDRINUSE' ? '; try --port 0' : '';
    throw new Failure(`cannot serve at ${LOOPBACK_ADDRESS}:${port}: ${formatReason(error)}${hint}`);
  }
  server.on('request', makeListener(await makeFiles()));
  return { url: makeServerUrl(server), close: () => closeServer(server) };
}

/** Makes the address of a server that listens. */
const makeServerUrl = (server: Server): string =>
  `http://${LOOPBACK_ADDRESS}:${(server.address() as AddressInfo).port}/`;

/** Ends a server and its open connections. */
function closeServer(server: Server): void {
  server.close();
  server.closeAllConnections();
}

/** Makes the listener that responds with these files. */
const makeListener =
  (files: ReadonlyMap<string, string>): RequestListener =>
  ({ method, url = '/', headers: { host } }, response) => {
    const reply = (status: number, text: string, type = CONTENT_TYPES['.txt']): void => {
      response.writeHead(status, { ...RESPONSE_HEADERS, 'content-type': type });
      response.end(method === 'HEAD' ? undefined : text);
    };
    const path = url.split('?')[0]!.slice(1) || 'index.html';
    const content = files.get(path);
    // Refuses foreign host names that resolve to this machine (DNS rebinding).
    if (!/^(127\.0\.0\.1|localhost)(:\d+)?$/.test(host ?? ''))
      reply(403, 'the host is 127.0.0.1\n');
    else if (method !== 'GET' && method !== 'HEAD') reply(405, 'GET is what there is\n');
    else if (content === undefined) reply(404, 'there is no such file\n');
    else reply(200, content, CONTENT_TYPES[extname(path)]);
  };
