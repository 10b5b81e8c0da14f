/** kill -9 of the server with open files: the clients' errors, and the data afterwards. */
import { expect, it } from 'vitest';
import { describeFrontEnds, everyFrontEnd } from '../support/front-ends.ts';
import { runGlossa, startMount } from '../support/mount.ts';
import { type Kind, makeVolfile } from '../support/stacks.ts';
import { endUnmounter } from '../support/unmounter.ts';

const FILES = 100;
const CRASH = 'gcc -O1 -Wall -Werror -o "$PROGRAM" "$CLIENTS/crash.c" && exec "$PROGRAM"';

const ways: readonly (readonly [string, Kind, readonly string[]])[] = [
  ['passthrough', 'posix', []],
  ['no passthrough', 'posix', ['--no-passthrough']],
  ['a Python module', 'python', []],
];

describeFrontEnds(`a server killed with ${FILES} open files`, everyFrontEnd, (front) => {
  // Python handles data the same with every front end.
  const tried = front.name === 'kernel' ? ways : ways.slice(0, 1);
  it.each(tried)(
    'gives its clients ENOTCONN, and loses no fsynced data, with %s',
    (_, kind, args) =>
      front.withScratch(async (scratch) => {
        const volfile = await makeVolfile(scratch, kind, await scratch.makeFolder('brick'));
        const mount = await startMount(scratch, volfile, { args });
        const env = { PROGRAM: scratch.at('crash') };
        const client = scratch.startClient(mount.path, `${CRASH} ${FILES}`, { env });
        await client.waitForOutput(/^round 2$/m);
        await endUnmounter(mount.path);
        mount.child.kill('SIGKILL');
        await mount.outcome;
        const { out, status } = await client.outcome;
        expect(status).toBe(0);
        // Active requests fail in their own way.
        expect(out).toMatch(/^then (ENOTCONN|ECONNABORTED)$/m);
        for (const call of ['fsync', 'ftruncate', 'open']) {
          expect(out.match(new RegExp(`^${call}: .*$`, 'gm'))).toEqual([
            `${call}: ENOTCONN ${FILES}`,
          ]);
        }
        // A file with passthrough works without a server.
        expect(out).toMatch(args.length > 0 ? /^write: ENOTCONN 100$/m : /^write: \w+ 100$/m);
        expect(await runGlossa(scratch, ['umount', mount.path])).toMatchObject({
          status: 0,
          err: '',
        });
        const again = await startMount(scratch, volfile, { args });
        const last = [...out.matchAll(/^round (\d+)$/gm)].at(-1)![1];
        const verify = `"$PROGRAM" verify ${FILES} ${last}; ls | wc -l`;
        expect((await scratch.startClient(again.path, verify, { env }).outcome).out).toBe(
          `${FILES}\n${FILES}\n`,
        );
        expect(await again.stop()).toBe(0);
      }),
  );
});
