/**
 * Access times: a read by the storage itself is visible at once, also one that it does for a copy.
 */
import { expect, it } from 'vitest';
import { describeStages } from '../support/stage.ts';

const ways = {
  'read(2)': 'head -c 10 f > /dev/null',
  'copy_file_range(2) by cat': 'cat f > g',
  'copy_file_range(2) by cp': 'cp f g',
};

describeStages(
  'access times',
  { kernel: ['posix', 'python'], user: ['posix'] },
  (stage) => {
    it.each(Object.entries(ways))('after %s equal those of the storage', async (_, read) => {
      const { mounted, name } = stage.nextFolders();
      // The kernel caches attributes for longer than the test takes.
      await stage.runOk('seq 9999 > f; touch -ad @1 f; stat f', { in: mounted });
      const accessTime = await stage.runOk(`${read}; stat -c %x f`, { in: mounted });
      expect(accessTime).toBe(
        await stage.runOk('stat -c %x f', { in: stage.scratch.at('brick', name) }),
      );
    });
  },
  { args: ['--attribute-timeout', '600'] },
);
