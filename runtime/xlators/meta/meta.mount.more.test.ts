/** `.meta` on real mounts: reads, copies, writes of options, reloads, and access of other users. */
import { chmod, open } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { asUser, OTHER } from '../../../test/support/client.ts';
import { describeFrontEnds, everyFrontEnd } from '../../../test/support/front-ends.ts';
import {
  describeMounts,
  findErrors,
  run,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
  withScratch,
} from '../../../test/support/mount.ts';
import { onlyInFirst } from '../../../test/support/test-selection.ts';
import { ESTALE } from '../../core/errno.ts';

const isRoot = process.getuid?.() === 0;

const formatVolume = (name: string, type: string, below: string, ...options: readonly string[]) =>
  `volume ${name}
    type ${type}
${options.map((option) => `    option ${option}\n`).join('')}    subvolumes ${below}
end-volume
`;

const formatDisk = (directory: string): string =>
  `volume disk\n    type storage/posix\n    option directory ${directory}\nend-volume\n`;

const formatGraph = (brick: string, timeout = 60): string =>
  formatDisk(brick) +
  formatVolume('cache', 'features/negative', 'disk', `timeout ${timeout}`) +
  formatVolume('stats', 'debug/io-stats', 'cache', 'count-fop-hits on', 'latency-measurement on') +
  formatVolume('meta', 'meta', 'stats');

/** Runs a script in the mount, as the mount's owner or through `wrapper`. */
async function runScript(
  scratch: Scratch,
  { path }: ServedMount,
  script: string,
  wrapper: string[] = [],
) {
  const [program, ...args] = [...wrapper, 'sh', '-c', `cd "$0" && { ${script}\n}`, path];
  const owner = scratch.owner === undefined || wrapper.length > 0 ? [] : asUser(scratch.owner);
  const [first, ...rest] = [...owner, program!, ...args];
  const { out, err, status } = await run(scratch, first!, rest);
  return { out, err, status };
}

describeFrontEnds('.meta', everyFrontEnd, (front) => {
  it('has files that ls, cat, find, grep, cp and tar can read', () =>
    front.withScratch(async (scratch) => {
      const mount = await startMount(scratch, formatGraph(await scratch.makeFolder('brick')));
      const runCleanly = async (script: string): Promise<string> => {
        const { out, err } = await runScript(scratch, mount, script);
        expect(err).toBe('');
        return out;
      };
      expect(await runCleanly('echo x > f; ls -A')).toBe('f\n');
      expect(await runCleanly('ls .meta .meta/graphs/active/cache | sort | tr "\\n" " "')).toMatch(
        / cmdline frames graphs .* name options .* version /,
      );
      const top = '.meta/graphs/active/top';
      expect(await runCleanly(`cat ${top}/name ${top}/subvolumes/0/subvolumes/0/type`)).toBe(
        'meta\nfeatures/negative\n',
      );
      expect(
        await runCleanly('head -c 9 .meta/graphs/active/disk/type; wc -c < .meta/version'),
      ).toBe(`storage/p${'{ \n  "Package Version": "0.1.0"\n}\n'.length}\n`);
      // find and grep follow no link, so they end.
      expect(
        await runCleanly('find .meta -type f -name timeout; grep -rl features/negative .meta'),
      ).toBe(
        '.meta/graphs/0/cache/options/timeout\n.meta/graphs/0/cache/type\n.meta/graphs/0/volfile\n',
      );
      // cp copies the folders without write permission, and a user could not remove such copies.
      const copy = scratch.at('copy');
      await runCleanly(`cp -r .meta '${copy}'; chmod -R u+w '${copy}'; cp .meta/version .`);
      expect(await runCleanly(`cat '${copy}/version' | diff - version && echo same`)).toBe(
        'same\n',
      );
      expect(
        await runCleanly('tar cf - .meta/version .meta/logging | tar t | sort | head -2'),
      ).toBe('.meta/logging/\n.meta/logging/logfile\n');
      expect(await runCleanly('cat .meta/graphs/active/stats/profile')).toMatch(
        /^stats\.latency\.LOOKUP=AVG:[\d.]+ CNT:\d+ TOTAL:\d+ MIN:\d+ MAX:\d+$/m,
      );
      expect(JSON.parse(await runCleanly('cat .meta/frames'))).toMatchObject({
        Stack: [{ Frame: [{ Number: 1 }, { Xlator: 'meta' }] }],
        Call_Count: 1,
      });
      expect(await mount.stop()).toBe(0);
      expect(findErrors(mount.log())).toEqual([]);
    }));

  it('a write to an option file changes the option, and a wrong value gives an error and a log line', () =>
    front.withScratch(async (scratch) => {
      const mount = await startMount(scratch, formatGraph(await scratch.makeFolder('brick')));
      const cache = '.meta/graphs/active/cache/options';
      const { out } = await runScript(
        scratch,
        mount,
        `cd ${cache}; cat timeout; echo 5 > timeout; cat timeout; printf 10m > timeout; cat timeout
        { printf 1; printf 2; } > timeout; cat timeout; : > timeout; cat timeout
        echo 7 >> timeout; cat timeout; cp limit timeout; cat timeout`,
      );
      expect(out.split('\n')).toEqual(['60', '5', '10m', '12', '12', '7', '65536', '']);
      const wrong: readonly (readonly [script: string, error: RegExp, log: RegExp])[] = [
        [`/bin/echo soon > ${cache}/timeout`, /Invalid argument/, /'soon' is not a time/],
        [`/bin/echo > ${cache}/timeout`, /Invalid argument/, /text that is not empty/],
        [`cp .meta/version ${cache}/timeout`, /Invalid argument/, /text that is not empty/],
        [
          'echo x > .meta/graphs/active/disk/options/directory',
          /not permitted|denied/,
          /mount it anew/,
        ],
        ['echo x > .meta/version', /not permitted|denied/, /./],
        ['rm .meta/version; mkdir .meta/x; mv f .meta; rmdir .meta', /not permitted/, /./],
      ];
      for (const [script, error, log] of wrong) {
        const { err, status } = await runScript(scratch, mount, script);
        expect([script, err, status === 0]).toEqual([script, expect.stringMatching(error), false]);
        // For users other than root the kernel refuses the open, and the log has no line.
        if (front.name === 'kernel' && isRoot) expect(findErrors(mount.log()).at(-1)).toMatch(log);
      }
      expect((await runScript(scratch, mount, `cat ${cache}/timeout`)).out).toBe('65536\n');
      expect((await runGlossa(scratch, ['reload', 'mnt'])).out).toMatch('new options for cache');
      expect((await runScript(scratch, mount, `cat ${cache}/timeout`)).out).toBe('60\n');
      expect(await mount.stop()).toBe(0);
    }));
});

const SIZED = `from glupy import Option, Translator


class xlator(Translator):
    options = {"size": Option.int(1, reconfigurable=True)}

    def reconfigure(self, options):
        self.log.info("size %d" % options["size"])

    def writev(self, frame, *args):
        frame.wind()
`;

onlyInFirst(() =>
  describeMounts('.meta on a kernel mount', () => {
    it('a write to an option of a Python module calls its reconfigure, above or below meta', () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('sized.py', SIZED);
        const module = ['module-name sized'];
        const mount = await startMount(
          scratch,
          formatDisk(await scratch.makeFolder('brick')) +
            formatVolume('below', 'features/glupy', 'disk', ...module) +
            formatVolume('meta', 'meta', 'below') +
            formatVolume('above', 'features/glupy', 'meta', ...module),
        );
        for (const name of ['below', 'above']) {
          const option = `.meta/graphs/active/${name}/options/size`;
          const { out, err } = await runScript(
            scratch,
            mount,
            `cat ${option}; echo 8 > ${option}; cat ${option}; /bin/echo big > ${option}; cat ${option}`,
          );
          expect([out, err]).toEqual(['1\n8\n8\n', expect.stringMatching('Invalid argument')]);
          expect(mount.log()).toMatch(new RegExp(`0-${name}: size 8`));
          expect(findErrors(mount.log()).at(-1)).toMatch("'big'");
        }
        expect(await mount.stop()).toBe(0);
      }));

    it('open files of the old graph keep their text after a reload, and writes to its options fail with ESTALE', () =>
      withScratch(async (scratch) => {
        const brick = await scratch.makeFolder('brick');
        const mount = await startMount(scratch, formatGraph(brick));
        const pathInMeta = (path: string): string => join(mount.path, '.meta/graphs', path);
        const volfile = await open(pathInMeta('active/volfile'));
        const option = await open(pathInMeta('active/cache/options/timeout'), 'r+');
        const more = formatVolume('more', 'debug/io-stats', 'meta');
        await scratch.writeFile('mnt.vol', formatGraph(brick) + more);
        expect((await runGlossa(scratch, ['reload', 'mnt'])).out).toMatch('begun more');
        expect(await volfile.readFile('utf8')).not.toMatch('more');
        // The new graph has another number, so the file of the old one is gone.
        await expect(option.write('5\n', 0)).rejects.toMatchObject({ errno: -ESTALE });
        expect((await runScript(scratch, mount, 'cat .meta/graphs/active/top/name')).out).toBe(
          'more\n',
        );
        await scratch.writeFile('mnt.vol', formatDisk(brick));
        expect((await runGlossa(scratch, ['reload', 'mnt'])).status).toBe(0);
        expect((await runScript(scratch, mount, 'ls .meta; ls -A')).err).toMatch('No such file');
        await volfile.close();
        await option.close();
        await scratch.writeFile('mnt.vol', formatGraph(brick, 7));
        expect((await runGlossa(scratch, ['reload', 'mnt'])).status).toBe(0);
        const timeout = '.meta/graphs/active/cache/options/timeout';
        expect((await runScript(scratch, mount, `cat ${timeout}`)).out).toBe('7\n');
        expect(await mount.stop()).toBe(0);
      }));

    it.runIf(isRoot)('refuses other users with EACCES, and normal files keep passthrough', () =>
      withScratch(async (scratch) => {
        const brick = await scratch.makeFolder('brick');
        const mount = await startMount(
          scratch,
          formatDisk(brick) +
            formatVolume('cache', 'features/negative', 'disk') +
            formatVolume('meta', 'meta', 'cache'),
        );
        await chmod(scratch.path, 0o755);
        const other = asUser(OTHER);
        const { out, err } = await runScript(
          scratch,
          mount,
          'ls .meta; cat .meta/version; cat .meta/graphs/0/cache/options/timeout; stat -c %a .meta',
          other,
        );
        expect(out).toBe('500\n');
        expect(err.match(/Permission denied/g)).toHaveLength(3);
        await runScript(scratch, mount, 'echo x > f; cat f .meta/version');
        const { volumes } = JSON.parse((await runGlossa(scratch, ['stats', 'mnt', '--json'])).out);
        expect(volumes[0].dump['passthrough-opened']).toBe(1 + 1);
        expect(await mount.stop()).toBe(0);
      }),
    );
  }),
);
