/** kill -9 of the server with files open: what clients get, and what is there afterwards. */
import { expect, it } from 'vitest';
import { everyFrontEnd, onFrontEnds } from '../support/front-ends.ts';
import { glossa, startMount } from '../support/mount.ts';
import { type Kind, volfileOf } from '../support/stacks.ts';

const FILES = 100;
const CRASH = 'gcc -O1 -Wall -Werror -o "$PROGRAM" "$CLIENTS/crash.c" && exec "$PROGRAM"';

const ways: readonly (readonly [string, Kind, readonly string[]])[] = [
  ['the kernel writes the data', 'posix', []],
  ['the server writes the data', 'posix', ['--no-passthrough']],
  ['Python in the stack', 'python', []],
];

onFrontEnds(`killed with ${FILES} files open`, everyFrontEnd, (front) => {
  // How Python comes by the data is the same everywhere.
  const tried = front.name === 'kernel' ? ways : ways.slice(0, 1);
  it.each(tried)('%s: ENOTCONN, and what was fsynced is there', (_, kind, args) =>
    front.withScratch(async (scratch) => {
      const volfile = await volfileOf(scratch, kind, await scratch.folder('brick'));
      const mount = await startMount(scratch, volfile, { args });
      const env = { PROGRAM: scratch.at('crash') };
      const client = scratch.client(mount.path, `${CRASH} ${FILES}`, { env });
      await client.said(/^round 2$/m);
      mount.child.kill('SIGKILL');
      await mount.outcome;
      const { out, status } = await client.outcome;
      expect(status).toBe(0);
      // What was under way is told in its own way.
      expect(out).toMatch(/^then (ENOTCONN|ECONNABORTED)$/m);
      for (const what of ['fsync', 'ftruncate', 'open']) {
        expect(out.match(new RegExp(`^${what}: .*$`, 'gm'))).toEqual([
          `${what}: ENOTCONN ${FILES}`,
        ]);
      }
      // A file that the kernel writes by itself goes on without a server.
      expect(out).toMatch(args.length > 0 ? /^write: ENOTCONN 100$/m : /^write: \w+ 100$/m);
      expect(await glossa(scratch, ['umount', mount.path])).toMatchObject({ status: 0, err: '' });
      const again = await startMount(scratch, volfile, { args });
      const last = [...out.matchAll(/^round (\d+)$/gm)].at(-1)![1];
      const verify = `"$PROGRAM" verify ${FILES} ${last}; ls | wc -l`;
      expect((await scratch.client(again.path, verify, { env }).outcome).out).toBe(
        `${FILES}\n${FILES}\n`,
      );
      expect(await again.stop()).toBe(0);
    }),
  );
});
