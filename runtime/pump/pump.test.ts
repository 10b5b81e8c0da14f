/** The pump with devices that fail, and with requests that take long. */
import { closeSync, openSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { EBADF, ECONNABORTED, EIO, ENODEV } from '../core/errno.ts';

const reading = vi.hoisted(() => ({ errno: 0 }));

vi.mock(import('../sys/libc.ts'), async (original) => ({
  ...(await original()),
  read: () => -reading.errno,
}));
// Other files of tests have had this process, and will: with a pump that reads.
vi.resetModules();
const { pump } = await import('./pump.ts');
const { turn } = await import('../core/turn.ts');
afterAll(() => vi.resetModules());

/** What a source is told when its descriptor says this; `message` takes its requests. */
async function endOf(errno: number, message = (): void => {}): Promise<number> {
  reading.errno = errno;
  // Readable always, as a device is whose connection is over.
  const fd = openSync('/dev/random', 'r');
  try {
    return await new Promise((resolve) => {
      const buffer = new Uint8Array(1);
      const source = { fd, buffer, busy: false, busyPollUs: 0, message, abandoned() {} };
      pump.add({ ...source, ended: resolve });
    });
  } finally {
    closeSync(fd);
  }
}

test.each([
  ['a connection that is over', ENODEV, 0],
  ['one that ended while a request was read', ECONNABORTED, 0],
  ['a broken one', EIO, EIO],
  ['none', EBADF, EBADF],
])('%s', async (_what, errno, told) => {
  expect(await endOf(errno)).toBe(told);
});

test('after a request for which a script took long, whatever else waits has its turn', async () => {
  const order: string[] = [];
  const message = (): void => {
    order.push('request');
    turn.slow += 1;
    setImmediate(() => order.push('turn'));
    if (order.length > 6) reading.errno = ENODEV;
  };
  // A request of one byte.
  await endOf(-1, message);
  expect(order.join(' ')).toMatch(/^(request turn ){3,}request( turn)?$/);
});
