/** Kills the server with SIGKILL again and again while clients work on open files. */
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from '../support/client.ts';
import { runGlossa, type Scratch, startMount } from '../support/mount.ts';
import { type Kind, makeVolfile } from '../support/stacks.ts';
import { expectSame, inScratch, type Scenario } from './scenario.ts';

const FILES = 100;
const MOMENT_MS = 400;

const CRASH = 'gcc -O1 -Wall -Werror -o "$PROGRAM" "$CLIENTS/crash.c" && exec "$PROGRAM"';

/** Rounds of writing that were fsynced before the end, and are there after it. */
async function kill(scratch: Scratch, kind: Kind, args: readonly string[]): Promise<number> {
  const volfile = await makeVolfile(scratch, kind, await scratch.makeFolder('brick'));
  const env = { PROGRAM: scratch.at('crash') };
  const mount = await startMount(scratch, volfile, { args });
  const client = new Client(mount.path, `${CRASH} ${FILES}`, { env });
  await client.waitForOutput(/^round 0$/m);
  await delay(Math.random() * MOMENT_MS);
  mount.child.kill('SIGKILL');
  const { out, status, err } = await client.outcome;
  expectSame('the client', { status, err }, { status: 0, err: '' });
  for (const call of ['fsync', 'ftruncate', 'open']) {
    const report = out.match(new RegExp(`^${call}: .*$`, 'gm'));
    expectSame('after the end', report, [`${call}: ENOTCONN ${FILES}`]);
  }
  expectSame('glossa umount', (await runGlossa(scratch, ['umount', mount.path])).err, '');
  const last = [...out.matchAll(/^round (\d+)$/gm)].at(-1)![1];
  const again = await startMount(scratch, volfile, { args });
  const verify = `"$PROGRAM" verify ${FILES} ${last}; ls | wc -l; rm *`;
  const verified = (await new Client(again.path, verify, { env }).outcome).out;
  expectSame('files that are whole, and files', verified, `${FILES}\n${FILES}\n`);
  expectSame('the server ended with', await again.stop(), 0);
  return Number(last) + 1;
}

export const killed: Scenario = {
  title: `kill -9 of the server with ${FILES} files open`,
  kinds: ['posix', 'python', 'locks'],
  async run(kind, pace) {
    let times = 0;
    let rounds = 0;
    do {
      const args = times % 2 === 0 ? [] : ['--no-passthrough'];
      await inScratch(async (scratch) => {
        rounds += await kill(scratch, kind, args);
      });
      times += 1;
    } while (!pace.isOver());
    return `killed ${times} times; ${rounds * FILES} blocks were fsynced, and are there`;
  },
};
