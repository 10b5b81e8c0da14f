/** The log of a mount: its format and its rotation. */
import { readFile, rename } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';

const stack = 'volume mem\n    type storage/memory\nend-volume\n';

describeMounts('the log of a mount', () => {
  it('has one JSON document on each line with --log-format json', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack, { args: ['--log-format', 'json'] });
      expect(await mount.stop()).toBe(0);
      const lines = (await readFile(scratch.at('mnt.log'), 'utf8')).trimEnd().split('\n');
      const documents = lines.map((line) => JSON.parse(line));
      expect(documents[0]).toMatchObject({ level: 'INFO', msgid: 201001, domain: 'glossa' });
      expect(documents.map(({ msgid }) => msgid)).toEqual(
        expect.arrayContaining([201006, 201008, 201002]),
      );
      expect(documents.find(({ message }) => message.startsWith('Final graph:')).message).toMatch(
        /\n {2}1: volume mem\n/,
      );
    }));

  it('is rotated by SIGHUP without losing a line or a repeat count', () =>
    withScratch(async (scratch) => {
      const log = scratch.at('mnt.log');
      const mount = await startMount(scratch, stack, { args: ['--log-buf-size', '5'] });
      for (let turn = 1; turn <= 3; turn++) {
        await rename(log, `${log}.${turn}`);
        mount.child.kill('SIGHUP');
        const told = async (): Promise<boolean> =>
          (await readFile(log, 'utf8').catch(() => '')).includes('no option changed');
        while (!(await told())) await delay(10);
      }
      expect(await mount.stop()).toBe(0);
      const parts = await Promise.all([1, 2, 3].map((turn) => readFile(`${log}.${turn}`, 'utf8')));
      const all = [...parts, await readFile(log, 'utf8')];
      expect(all[0]).toMatch('MSGID: 201006');
      // It is a repeat, and written all the same: each file has its own.
      for (const part of all.slice(1)) {
        expect(part).toMatch(/\[MSGID: 201011\] .* reopened the log\n/);
        expect(part).not.toMatch('repeated');
      }
      expect(all.at(-1)).toMatch(/ stopped\n$/);
    }));

  it('refuses an unknown --log-format', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('a.vol', stack);
      await scratch.makeFolder('mnt');
      expect(
        await runGlossa(scratch, ['mount', '--log-format', 'xml', 'a.vol', 'mnt']),
      ).toMatchObject({
        status: 2,
        err: expect.stringMatching(
          "--log-format does not know 'xml'; it takes with-msg-id, no-msg-id",
        ),
      });
    }));
});
