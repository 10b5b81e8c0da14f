/** Commands that need a temporary folder, when the folder is missing or full. */
import { expect, it } from 'vitest';
import { describeMounts, runGlossa, withScratch } from '../test/support/mount.ts';

const memory = 'volume mem\n    type storage/memory\nend-volume\n';
const MODULE = "import { Translator } from 'glossa';\nexport class xlator extends Translator {}\n";

describeMounts('a command with a temporary mount', () => {
  it('fails with a message when the folder for temporary files is missing', () =>
    withScratch(async (scratch) => {
      await scratch.writeFile('test.vol', memory);
      const env = { TMPDIR: scratch.at('absent') };
      expect(await runGlossa(scratch, ['run', 'test.vol', '--', 'true'], { env })).toMatchObject({
        status: 1,
        out: '',
        err:
          `glossa: cannot make a temporary folder in ${env.TMPDIR}: No such file or directory; ` +
          'TMPDIR names another place\n',
      });
    }));

  it.runIf(process.getuid?.() === 0)(
    'fails with a message when the disk of the temporary folder is full',
    () =>
      withScratch(async (scratch) => {
        await scratch.writeFile('m.js', MODULE);
        const TMPDIR = await scratch.makeFolder('full');
        const full = 'mount -t tmpfs -o size=4k none full; head -c 4096 /dev/zero > full/fill';
        const lines = `${full}\nexec "$@"`;
        const wrapper = ['unshare', '-m', '--propagation', 'private', 'sh', '-ec', lines, 'sh'];
        const env = { TMPDIR };
        expect(await runGlossa(scratch, ['dev', 'm.js'], { env, wrapper })).toMatchObject({
          status: 1,
          out: '',
          err: expect.stringMatching(
            new RegExp(`^glossa: No space left on device: .*${TMPDIR}\\S*\n$`),
          ),
        });
      }),
  );

  it("refuses a folder instead of a volfile, in a message that begins with the command's name", () =>
    withScratch(async (scratch) => {
      await scratch.makeFolder('folder');
      const { status, err } = await runGlossa(scratch, ['run', 'folder', '--', 'true']);
      expect(status).toBe(2);
      expect(err).toMatch(/^glossa run: folder is a folder, and no volfile/);
    }));
});
