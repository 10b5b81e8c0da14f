/** Commands that mount, on a machine that cannot: each names what needs no mount. */
import { expect, it } from 'vitest';
import { advices, type MountingCommand } from '../server/without-mount.ts';
import { isRoot, runUnmountableGlossa } from '../test/support/demo.ts';
import { describeMounts, withScratch } from '../test/support/mount.ts';

/**
 * The words of each command, in a folder with a.vol, a.py and mnt; without debug, which ends first at
 * the end of its input.
 */
const commandLines: Readonly<Record<Exclude<MountingCommand, 'debug'>, readonly string[]>> = {
  mount: ['mount', 'a.vol', 'mnt', '-l', 'log'],
  run: ['run', 'a.vol', '--', 'ls'],
  dev: ['dev', 'a.py'],
  trace: ['trace', 'a.vol', '--', 'ls'],
  bench: ['bench', 'a.vol'],
  tutorial: ['tutorial'],
};

describeMounts('where nothing can be mounted', () => {
  it.runIf(isRoot).each(Object.entries(commandLines))(
    'glossa %s names the reason and what needs no mount',
    (command, words) =>
      withScratch(async (scratch) => {
        await scratch.writeFile('a.vol', 'volume a\n    type storage/memory\nend-volume\n');
        await scratch.writeFile('a.py', 'from glupy import Translator\n');
        await scratch.makeFolder('mnt');
        const { status, err } = await runUnmountableGlossa(scratch, words);
        expect(status).toBe(1);
        expect(err).toMatch(/^glossa: (nothing can be mounted here|cannot mount on \S+): /m);
        expect(err).toContain(`\n    without a mount, ${advices[command as MountingCommand]}`);
      }),
  );
});
