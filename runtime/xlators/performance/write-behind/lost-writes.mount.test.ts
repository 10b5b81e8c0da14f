/** A lost write on a mount, where a program has cleared O_APPEND and the mount uses a stand-in fd. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { renderVolume } from '../../../../test/support/brick-clients.ts';
import { describeMounts, startMount, withScratch } from '../../../../test/support/mount.ts';
import { fcntl } from '../../../sys/libc.ts';

const F_SETFL = 4;

/** Every write fails, after a delay. */
const full = (directory: string): string =>
  [
    renderVolume('files', 'storage/posix', { directory }, null),
    renderVolume(
      'full',
      'debug/error-gen',
      { failure: '100%', 'error-no': 'ENOSPC', enable: 'WRITE' },
      'files',
    ),
    renderVolume('slow', 'debug/delay-gen', { 'delay-percentage': '100', enable: 'WRITE' }, 'full'),
    renderVolume('wb', 'performance/write-behind', {}, 'slow'),
  ].join('\n');

describeMounts('a write that was lost', () => {
  it('is reported once by an fd whose O_APPEND was cleared', async () => {
    await withScratch(async (scratch) => {
      const mount = await startMount(scratch, full(await scratch.makeFolder('files')), {
        args: ['--attribute-timeout', '0'],
      });
      const fd = fs.openSync(join(mount.path, 'f'), 'a+');
      expect(fcntl(fd, F_SETFL, 0)).toBe(0);
      const heard: string[] = [];
      for (let nth = 0; nth < 6; nth++) {
        try {
          fs.writeSync(fd, 'x', 0);
          heard.push('written');
        } catch (error) {
          heard.push((error as NodeJS.ErrnoException).code!);
        }
        // Waits for writes under way.
        fs.fstatSync(fd);
      }
      fs.closeSync(fd);
      const each = ['written', 'ENOSPC'];
      expect(heard).toEqual([...each, ...each, ...each]);
      expect(await mount.stop()).toBe(0);
    });
  });
});
