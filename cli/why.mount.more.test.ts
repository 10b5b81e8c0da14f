/** glossa why explains failed and slow requests in sentences. */
import { access, mkdir, open, rename, symlink, writeFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { OTHER } from '../test/support/client.ts';
import { describeMounts, runGlossa, startMount, withScratch } from '../test/support/mount.ts';
import { isRoot } from '../test/support/posix.ts';
import { endUnmounter } from '../test/support/unmounter.ts';
import { prepareProgram } from '../test/support/user.ts';

const stack = `
volume mem
    type storage/memory
end-volume
volume refusing
    type debug/error-gen
    option enable open,mkdir,rename
    option failure 100
    option error-no EACCES
    subvolumes mem
end-volume
volume cache
    type features/negative
    subvolumes refusing
end-volume
`;

const blocking = `import time
from glupy import Translator

class xlator(Translator):
    def lookup(self, frame, loc, xdata):
        if loc.name == "slow":
            until = time.monotonic() + 0.3
            while time.monotonic() < until:
                pass
        frame.wind(loc, xdata)
`;

const blockingStack = `
volume mem
    type storage/memory
end-volume
volume blocking
    type features/glupy
    option module-name blocking.py
    subvolumes mem
end-volume
`;

describeMounts('glossa why', () => {
  it('reports a slow request and its duration, even if the server is otherwise idle', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('blocking.py', blocking);
      const mount = await startMount(scratch, blockingStack);
      await writeFile(scratch.at('mnt', 'quick'), '');
      await mkdir(scratch.at('mnt', 'slow'));
      const { out } = await runGlossa(scratch, ['why', 'mnt/slow']);
      expect(out).toMatch(
        /^\/slow: lookup failed with ENOENT .*, and (?:perhaps )?slowly\.\n.* in (?:at most )?[\d.]+ [mµ]?s[.,] /m,
      );
      expect(await mount.stop()).toBe(0);
    }));

  it('prints each request for a path with its result and the volume that replied', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack, { args: ['--negative-timeout', '1'] });
      const at = (name: string) => scratch.at('mnt', name);
      const fails = (doing: Promise<unknown>) => expect(doing).rejects.toThrow();
      await fails(access(at('gone')));
      await fails(mkdir(at('d')));
      await writeFile(at('f'), '');
      await fails(open(at('f')));
      await fails(open(at('f')));
      await fails(rename(at('f'), at('g')));
      await symlink(scratch.path, scratch.at('link'));
      const why = async (...args: string[]): Promise<string> => {
        const { status, out, err } = await runGlossa(scratch, ['why', ...args]);
        expect([status, err], args.join(' ')).toEqual([0, '']);
        return out;
      };
      const once = / {2}Process \d+ of user \d+, at 20\S+ \S+ \+0000, in [\d.]+ [mµ]?s\. /.source;
      const gone = RegExp(
        `^/gone: lookup failed with ENOENT \\(No such file or directory\\)\\.\\n${once}` +
          'The answer came from mem, by way of cache\\.\\n$',
      );
      for (const place of ['mnt/gone', 'link/mnt/gone', at('gone')]) {
        expect(await why(place)).toMatch(gone);
      }
      expect(await why('mnt/d')).toMatch(
        /\n\/d: mkdir failed with EACCES \(Permission denied\)\.\n.* from refusing, by way of cache\.\n$/,
      );
      const f = await why('mnt/f');
      expect(f).toMatch(
        /\n\/f: open failed with EACCES \(Permission denied\) 2 times\.\n {2}Last for process .* from refusing\.\n/,
      );
      expect(f).toMatch(/\n\/f: rename to \/g failed with EACCES .*\n/);
      expect(await why('mnt/g')).toMatch(/\/g: rename from \/f failed with EACCES /);
      expect(await why('mnt/f/x/y')).toBe(
        'no request for /f/x/y has failed or taken 100 ms; but some for /f, which is on the way to it, have\n',
      );
      expect(await why('mnt/never')).toBe('no request for /never has failed or taken 100 ms\n');
      expect(JSON.parse(await why('mnt/never', '--json'))).toEqual([]);
      expect(JSON.parse(await why('mnt/d', '--json')).at(-1)).toMatchObject({
        op: 'MKDIR',
        errno: 'EACCES',
        paths: ['/d'],
        way: ['cache', 'refusing'],
        uid: process.getuid!(),
      });
      const wrong: readonly (readonly [string, number, RegExp])[] = [
        ['mnt/../x', 1, /^glossa: mnt\/\.\.\/x is in no mount of glossa\n$/],
        ['link', 1, /^glossa: link is in no mount of glossa\n$/],
        ['no/such/x', 1, /^glossa: no\/such\/x is in no mount of glossa\n$/],
        ['mnt a', 2, /^glossa why: unexpected 'a'/],
      ];
      for (const [args, status, said] of wrong) {
        const outcome = await runGlossa(scratch, ['why', ...args.split(' ')]);
        expect([outcome.status, outcome.out], args).toEqual([status, '']);
        expect(outcome.err, args).toMatch(said);
      }
      await endUnmounter(mount.path);
      mount.child.kill('SIGKILL');
      await mount.outcome;
      expect(await runGlossa(scratch, ['why', 'mnt/f'])).toMatchObject({
        status: 1,
        err: `glossa: the server of ${scratch.at('mnt')} has ended; 'glossa umount ${scratch.at('mnt')}' unmounts it\n`,
      });
      await runGlossa(scratch, ['umount', 'mnt']);
    }));

  it('reports which requests for a path took longer than the time of --slow', () =>
    withScratch(async (scratch) => {
      const mount = await startMount(scratch, stack, { args: ['--slow', '0.001us'] });
      await writeFile(scratch.at('mnt', 'f'), 'text');
      const { out } = await runGlossa(scratch, ['why', 'mnt/f']);
      expect(out).toMatch(/\/f: lookup failed with ENOENT \(.*\), and (perhaps )?slowly\.\n/);
      expect(out).toMatch(
        /\/f: create succeeded, (?:perhaps )?slowly\.\n.* from mem, by way of cache\.\n/,
      );
      expect(out).toMatch(/\/f: writev? succeeded, (perhaps )?slowly/);
      expect(await mount.stop()).toBe(0);
      const args = ['mount', 'mnt.vol', 'mnt', '--slow', 'soon'];
      expect(await runGlossa(scratch, args)).toMatchObject({
        status: 2,
        err: expect.stringMatching(/--slow takes a time such as 100ms, 2s or 50us, not 'soon'/),
      });
    }));

  it.runIf(isRoot)('fails for users other than root and the user who mounted', () =>
    withScratch(async (scratch) => {
      const other = await prepareProgram(scratch, OTHER);
      const mount = await startMount(scratch, stack);
      expect(await runGlossa(scratch, ['why', 'mnt/f'], other)).toMatchObject({
        status: 1,
        out: '',
        err: `glossa: only root and the user who mounted ${scratch.at('mnt')} may ask its server\n`,
      });
      expect(await mount.stop()).toBe(0);
    }),
  );
});
