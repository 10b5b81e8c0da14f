/** The pump with failing devices, and with slow requests. */
import { closeSync, openSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { EBADF, ECONNABORTED, EIO, ENODEV } from '../core/errno.ts';

const reading = vi.hoisted(() => ({ errno: 0 }));

vi.mock(import('../sys/libc.ts'), async (original) => ({
  ...(await original()),
  read: () => -reading.errno,
}));
// Other test files share this process, with a pump that reads.
vi.resetModules();
const { pump } = await import('./pump.ts');
const { turn } = await import('../core/turn.ts');
afterAll(() => vi.resetModules());

/** The errno passed to `handleEnd` when reads fail with `errno`; `message` handles requests. */
async function endOf(errno: number, message = (): void => {}): Promise<number> {
  reading.errno = errno;
  // Always readable, as a device is after its connection has ended.
  const fd = openSync('/dev/random', 'r');
  try {
    return await new Promise((resolve) => {
      const buffer = new Uint8Array(1);
      const source = {
        fd,
        buffer,
        mayNeedEventLoop: false,
        busyPollUs: 0,
        handleMessage: message,
        handleAbandonedTurn() {},
      };
      pump.add({ ...source, handleEnd: resolve });
    });
  } finally {
    closeSync(fd);
  }
}

test.each([
  ['of an ended connection', ENODEV, 0],
  ['of a connection that ends during the read', ECONNABORTED, 0],
  ['of a broken connection', EIO, EIO],
  ['of an invalid descriptor', EBADF, EBADF],
])(
  'a read %s (errno %i) ends the service of its mount with errno %i',
  async (_what, errno, told) => {
    expect(await endOf(errno)).toBe(told);
  },
);

test('the event loop runs after each slow call of a module', async () => {
  const order: string[] = [];
  const message = (): void => {
    order.push('request');
    turn.slowCallCount += 1;
    setImmediate(() => order.push('turn'));
    if (order.length > 6) reading.errno = ENODEV;
  };
  // A request of one byte.
  await endOf(-1, message);
  expect(order.join(' ')).toMatch(/^(request turn ){3,}request( turn)?$/);
});
