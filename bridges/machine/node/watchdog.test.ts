/** The worker thread of a process; what it does at each look is the matter of host/watchdog.test.ts. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { packageRoot } from '../../../runtime/sys/paths.ts';

it('ends with its process, at whatever moment that is', async () => {
  const at = (file: string): string => JSON.stringify(join(packageRoot, 'dist/bridges', file));
  const script = `import { newWord } from ${at('host/watchdog.js')};
    import { watch } from ${at('machine/node/watchdog.js')};
    watch({ word: newWord(), limit: 1000, name: 'v' });
    setTimeout(() => process.exit(7), process.argv[1]);`;
  const ended = Array.from({ length: 30 }, async (_, i) => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, String(15 * i)]);
    return (await once(child, 'exit'))[0] as number;
  });
  expect(new Set(await Promise.all(ended))).toEqual(new Set([7]));
});
