/** Opens a page in headless Chromium, served by this process, and returns the page's outcome. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';

/** The server's files, by path. */
export type Files = ReadonlyMap<string, string | Uint8Array>;

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.json': 'application/json',
  '.wasm': 'application/wasm',
};
/** Headers that isolate a page from other origins, so that its threads may share memory. */
const ISOLATED = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
};

async function serve(
  files: Files,
  isolated: boolean,
): Promise<{ server: Server; posted: Promise<string> }> {
  let tell: (text: string) => void;
  const posted = new Promise<string>((resolve) => {
    tell = resolve;
  });
  const server = createServer((request, response) => {
    if (request.method === 'POST') {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        response.end();
        tell(body);
      });
      return;
    }
    const path = request.url ?? '';
    const content = files.get(path);
    const type = TYPES[extname(path)] ?? 'application/octet-stream';
    const headers = { 'Content-Type': type, ...(isolated ? ISOLATED : {}) };
    response.writeHead(content === undefined ? 404 : 200, headers);
    response.end(content);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, posted };
}

/** Without a sandbox of its own, which root and containers lack: the page is the test's. */
const FLAGS = [
  ...['--headless=new', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
  ...['--no-first-run', '--disable-background-networking', '--disable-component-update'],
  ...['--disable-sync', '--metrics-recording-only', '--disable-extensions', '--mute-audio'],
];

/** Opens `/page.html` and returns the posted result. @throws {Error} if Chromium ends first */
export async function openPage(files: Files, isolated: boolean): Promise<unknown> {
  const folder = mkdtempSync(join(tmpdir(), 'glossa-chromium-'));
  const { server, posted } = await serve(files, isolated);
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/page.html`;
  // A group of its own: its processes end together.
  const chromium = spawn('chromium', [...FLAGS, `--user-data-dir=${folder}`, url], {
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
    env: { ...process.env, HOME: folder, TMPDIR: folder },
  });
  let output = '';
  chromium.stderr.setEncoding('utf8').on('data', (part: string) => {
    output += part;
  });
  const exit = once(chromium, 'exit');
  try {
    const ended = exit.then(() => Promise.reject(new Error(`Chromium has ended:\n${output}`)));
    return JSON.parse(await Promise.race([posted, ended]));
  } finally {
    await end(chromium, exit).finally(() => {
      server.closeAllConnections();
      server.close();
      rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    });
  }
}

async function end({ pid, exitCode, signalCode }: ChildProcess, exit: Promise<unknown>) {
  // One that never began has no number.
  const runs = pid !== undefined && exitCode === null && signalCode === null;
  if (runs) process.kill(-pid, 'SIGKILL');
  await exit;
}
