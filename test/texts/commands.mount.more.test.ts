/**
 * Runs the commands of every text in order, as a user does, in its own shell and folder, and
 * compares their output; `table.ts` lists the exceptions. Checkouts, and pages whose commands have
 * their own tests, run in `test:long`.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, symlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client, NOBODY } from '../support/client.ts';
import { describeMounts, GLOSSA, makeScratch, Scratch } from '../support/mount.ts';
import { findMissing, normalize, reduceToWords } from '../support/normal-output.ts';
import { selectVariants } from '../support/test-selection.ts';
import { prepareProgram } from '../support/user.ts';
import { makePlan, type Plan, pages, type Step } from './plan.ts';

/** Commands that start many interpreters, each with tests of its own in cli. */
const LONG = ['docs/write/recording.md', 'docs/write/testing.md', 'apps/course/lessons/README.md'];

/** A dozen commands, on a machine that has much to do. */
const PATIENCE_MS = 500_000;

/** Separates the output of two steps. */
const MARK = '\x1e';

interface Written {
  readonly status: number;
  readonly text: string;
}

/** A user's machine, on which all pages are read. */
let machine: Scratch;

/** A kind of folder in which a page is read. */
interface Place {
  /** Fills the folder `home`; `root` is the package. */
  readonly prepare: (scratch: Scratch, root: string) => Promise<void>;
  /** Changes a command as the pages say. */
  readonly adapt: (script: string) => string;
}

const places: Readonly<Record<string, Place>> = {
  'in an empty folder after `npm install glossa`': {
    async prepare(scratch, root) {
      symlinkSync(root, join(await scratch.makeFolder('home/node_modules'), 'glossa'));
    },
    adapt: (script) => script,
  },
  'in a checkout': {
    async prepare(scratch, root) {
      for (const name of readdirSync(root).filter((name) => name !== '.git'))
        symlinkSync(join(root, name), scratch.at('home', name));
    },
    adapt: (script) => script.replaceAll('node_modules/glossa/', ''),
  },
};

/** The user where root runs the tests, one with a name in /etc/passwd, which fusermount3 needs. */
const reader = process.getuid?.() === 0 ? NOBODY : undefined;

const owner = ['-u', '-g'].map((kind) => {
  const run = (flag: string): string =>
    execFileSync('id', [flag, ...(reader === undefined ? [] : [`${reader.uid}`])], {
      encoding: 'utf8',
    }).trim();
  return { id: run(kind), name: run(`${kind}n`) };
});

const renameOwner = (text: string): string =>
  text
    .replaceAll(owner.map(({ name }) => name).join('  '), 'anna  anna')
    .replaceAll(
      owner.map(({ name, id }) => `${name} (${id})`).join(', '),
      'anna (1000), anna (1000)',
    );

async function runTyped(plan: Plan, scratch: Scratch, place: Place): Promise<Written[]> {
  const { setup, files, steps } = plan;
  const { node = process.execPath, main = GLOSSA, wrapper = [], env = {} } = machine.program;
  // The folder of the package, above dist/cli/main.cjs.
  const root = main === GLOSSA ? packageRoot : join(main, '../../..');
  const home = await scratch.makeFolder('home');
  await scratch.makeFolder('bin');
  await place.prepare(scratch, root);
  for (const name of ['glossa', 'npx']) {
    const shift = name === 'npx' ? 'shift\n' : '';
    await scratch.writeFile(`bin/${name}`, `#!/bin/sh\n${shift}exec '${node}' '${main}' "$@"\n`);
    await chmod(scratch.at('bin', name), 0o755);
  }
  for (const [name, text] of Object.entries(files)) await scratch.writeFile(`home/${name}`, text);
  // Each step is a group in one shell, so that variables last.
  const script = steps.map(
    ({ script }) => `{\n${place.adapt(script)}\n}\nprintf '${MARK}%s\\n' $?`,
  );
  const client = new Client(
    home,
    // Snapshots of interpreters are there already.
    `export XDG_CACHE_HOME="\${XDG_CACHE_HOME:-$HOME/.cache}"
export HOME="$PWD" PACKAGE='${root}' PATH='${scratch.at('bin')}':"$PATH"
unset XDG_STATE_HOME XDG_CONFIG_HOME XDG_RUNTIME_DIR\nexec 2>&1 < /dev/null
${setup}\nprintf '${MARK}%s\\n' 0
${script.join('\n')}
for mount in mnt MNT; do ! grep -q " $PWD/$mount " /proc/self/mountinfo || glossa umount $mount; done`,
    { patience: PATIENCE_MS, wrapper, env },
  );
  const { out } = await client.outcome;
  // The client has Latin-1, a character for each byte.
  const written = Buffer.from(out, 'latin1').toString().split(MARK);
  return steps.map((_, at) => ({
    status: Number.parseInt(written[at + 2] ?? '-1', 10),
    // In the texts, folders are below /srv, and the user is anna.
    text: renameOwner((written[at + 1] ?? '').replace(/^\d+\n/, '').replaceAll(home, '/srv')),
  }));
}

function compare(plan: Plan, step: Step, { status, text }: Written): void {
  const where = `${plan.page}:${step.line}: ${step.script}\n${text}`;
  if (step.status !== undefined) expect(status, where).toBe(step.status);
  if (step.output?.includes('…')) {
    expect(findMissing(normalize(text), normalize(step.output)), where).toBe('');
  } else if (step.output !== undefined) expect(normalize(text), where).toBe(normalize(step.output));
  for (const part of step.parts ?? [])
    expect(findMissing(reduceToWords(text), reduceToWords(part)), where).toBe('');
}

/** Pages for each place; the tests' first run reads most pages where glossa is installed. */
const runs = Object.entries(places).map(([name, place], at) => {
  const isUsual = (page: string): boolean => at === 0 && !LONG.includes(page);
  const plans = selectVariants(pages, isUsual).map(makePlan);
  return [name, place, plans.filter(({ steps }) => steps.length > 0)] as const;
});

// Pages run concurrently, as many as there are processors.
describeMounts('commands in the texts, typed by a user', () => {
  beforeAll(async () => {
    machine = await makeScratch();
    if (reader !== undefined) machine.program = await prepareProgram(machine, reader);
  }, PATIENCE_MS);
  afterAll(() => machine.clean());

  describe.each(runs.filter(([, , plans]) => plans.length > 0))('%s', (name, place, plans) => {
    it.concurrent.each(plans.map((plan) => [plan.page, plan] as const))(
      'print what the page %s shows',
      async (_, plan) => {
        const scratch = new Scratch(machine.at(`${name} ${plan.page}`.replace(/[^a-z]+/gi, '-')));
        scratch.owner = reader;
        try {
          const written = await runTyped(plan, scratch, place);
          for (const [at, step] of plan.steps.entries()) compare(plan, step, written[at]!);
          expect(scratch.findMounts()).toEqual([]);
        } finally {
          await scratch.clean();
        }
      },
      PATIENCE_MS,
    );
  });
});
