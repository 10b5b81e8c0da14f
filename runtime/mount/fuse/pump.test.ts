/** How the pump takes what reading a device fails with. */
import { closeSync, openSync } from 'node:fs';
import { afterAll, expect, test, vi } from 'vitest';
import { EBADF, ECONNABORTED, EIO, ENODEV } from '../../core/errno.ts';

const reading = vi.hoisted(() => ({ errno: 0 }));

vi.mock(import('../../sys/libc.ts'), async (original) => ({
  ...(await original()),
  read: () => -reading.errno,
}));
// Other files of tests have had this process, and will: with a pump that reads.
vi.resetModules();
const { pump } = await import('./pump.ts');
afterAll(() => vi.resetModules());

/** What a source is told when its descriptor says this. */
async function endOf(errno: number): Promise<number> {
  reading.errno = errno;
  // Readable always, as a device is whose connection is over.
  const fd = openSync('/dev/random', 'r');
  try {
    return await new Promise((resolve) => {
      const buffer = new Uint8Array(1);
      const source = { fd, buffer, busy: false, busyPollUs: 0, message() {}, abandoned() {} };
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
