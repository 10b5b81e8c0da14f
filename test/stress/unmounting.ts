/** Unmounts in each way while clients work. */
import { Client } from '../support/client.ts';
import {
  type Outcome,
  run,
  runGlossa,
  type Scratch,
  type ServedMount,
  startMount,
} from '../support/mount.ts';
import { type Kind, makeVolfile } from '../support/stacks.ts';
import { expectSame, inScratch, type Scenario } from './scenario.ts';

const WRITERS = 6;

/** Writes files until that fails; prints the number of each that was written. */
const WRITER = `exec 9> open; while i=$((i + 1)); echo $i > f$i && mv f$i g$i && echo $i >&9
  do echo $i; done 2>/dev/null`;

type End = (mount: ServedMount, scratch: Scratch, clients: readonly Client[]) => Promise<unknown>;

/** The server of a detached mount runs while a process uses the mount. */
const lazily =
  (program: string, args: readonly string[]): End =>
  async ({ path }, scratch, clients) => {
    expectSame('status', (await run(scratch, program, [...args, path])).status, 0);
    for (const client of clients) client.kill();
  };

const endings: Readonly<Record<string, End>> = {
  SIGTERM: async ({ child }) => child.kill('SIGTERM'),
  SIGINT: async ({ child }) => child.kill('SIGINT'),
  'glossa umount --lazy': async ({ path }, scratch, clients) => {
    expectSame(
      'status',
      (await runGlossa(scratch, ['umount', '--lazy', '--no-wait', path])).status,
      0,
    );
    for (const client of clients) client.kill();
  },
  'umount -l': lazily('umount', ['-l']),
  'umount -f': async ({ path }, scratch) => run(scratch, 'umount', ['-f', '-l', path]),
};

/** Checks that every file of a successful write exists. */
async function expectWritten(scratch: Scratch, name: string, { out }: Outcome): Promise<number> {
  const numbers = out.trimEnd().split('\n').filter(Boolean).length;
  const look = `for i in $(seq ${numbers}); do cat g$i; done; head -${numbers} open`;
  const listing = await new Client(scratch.at('brick', name), look).outcome;
  expectSame(`files of ${name}`, listing.out, out.repeat(2));
  return numbers;
}

async function end(scratch: Scratch, kind: Kind, ending: string): Promise<number> {
  const mount = await startMount(
    scratch,
    await makeVolfile(scratch, kind, await scratch.makeFolder('brick')),
  );
  const names = Array.from({ length: WRITERS }, (_, i) => `w${i}`);
  const writers = names.map((name) => new Client(`${mount.path}/${name}`, WRITER));
  for (const writer of writers) await writer.waitForOutput(/^20$/m);
  const refused = await run(scratch, 'umount', [mount.path]);
  expectSame(
    'umount of what is busy',
    [refused.status === 0, /busy/.test(refused.err)],
    [false, true],
  );
  await endings[ending]!(mount, scratch, writers);
  expectSame(`the server, ended by ${ending},`, (await mount.outcome).status, 0);
  expectSame('mounts that are left', scratch.findMounts(), []);
  let written = 0;
  for (const [i, writer] of writers.entries()) {
    written += await expectWritten(scratch, names[i]!, await writer.outcome);
  }
  return written;
}

export const unmounted: Scenario = {
  title: `unmounted while ${WRITERS} clients write`,
  kinds: ['posix', 'python', 'awaited'],
  async run(kind, pace) {
    let times = 0;
    let written = 0;
    do {
      for (const ending of Object.keys(endings)) {
        await inScratch(async (scratch) => {
          written += await end(scratch, kind, ending);
        });
        times += 1;
      }
    } while (!pace.isOver());
    return `unmounted ${times} times; ${written} files were written, and are there`;
  },
};
