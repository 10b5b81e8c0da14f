/**
 * Runs the commands of every text in order, in its own shell and a folder in which glossa is
 * installed, and compares their output; `table.ts` lists the exceptions. Pages whose commands have their own tests run in `test:long`.
 */
import { symlinkSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { quoteWord } from '../../terminal/invocation.ts';
import { Client } from '../support/client.ts';
import {
  describeMountsAnyway,
  glossaCommand,
  type Scratch,
  withScratch,
} from '../support/mount.ts';
import { findMissing, normalize, reduceToWords } from '../support/normal-output.ts';
import { selectVariants } from '../support/test-selection.ts';
import { makePlan, type Plan, pages, type Step } from './plan.ts';

/** Commands that start many interpreters, each with tests of its own in cli. */
const LONG = [
  'docs/write/recording.md',
  'docs/write/replay.md',
  'docs/write/testing.md',
  'apps/course/lessons/README.md',
];

const plans = selectVariants(pages, (page) => !LONG.includes(page))
  .map(makePlan)
  .filter(({ steps }) => steps.length > 0);

/** A dozen commands, on a machine that has much to do. */
const PATIENCE_MS = 500_000;

/** Separates the output of two steps. */
const MARK = '\x1e';

interface Written {
  readonly status: number;
  readonly text: string;
}

async function runTyped({ setup, files, steps }: Plan, scratch: Scratch): Promise<Written[]> {
  const home = await scratch.makeFolder('home');
  await scratch.makeFolder('bin');
  // As after `npm install glossa`.
  await scratch.makeFolder('home/node_modules');
  symlinkSync(packageRoot, scratch.at('home/node_modules/glossa'));
  for (const name of ['glossa', 'npx']) {
    const shift = name === 'npx' ? 'shift\n' : '';
    await scratch.writeFile(`bin/${name}`, `#!/bin/sh\n${shift}exec ${glossaCommand} "$@"\n`);
    await chmod(scratch.at('bin', name), 0o755);
  }
  for (const [name, text] of Object.entries(files)) await scratch.writeFile(`home/${name}`, text);
  // Each step is a group in one shell, so that variables last.
  const script = steps.map(({ script }) => `{\n${script}\n}\nprintf '${MARK}%s\\n' $?`);
  const client = new Client(
    home,
    // Snapshots of interpreters are there already.
    `export XDG_CACHE_HOME="\${XDG_CACHE_HOME:-$HOME/.cache}"
export HOME="$PWD" PACKAGE=${quoteWord(packageRoot)} PATH='${scratch.at('bin')}':"$PATH"
unset XDG_STATE_HOME XDG_CONFIG_HOME\nexec 2>&1 < /dev/null
${setup}\nprintf '${MARK}%s\\n' 0
${script.join('\n')}
for mount in mnt MNT; do ! grep -q " $PWD/$mount " /proc/self/mountinfo || glossa umount $mount; done`,
    { patience: PATIENCE_MS },
  );
  const { out } = await client.outcome;
  // The client has Latin-1, a character for each byte.
  const written = Buffer.from(out, 'latin1').toString().split(MARK);
  return steps.map((_, at) => ({
    status: Number.parseInt(written[at + 2] ?? '-1', 10),
    // In the texts, folders are below /srv.
    text: (written[at + 1] ?? '').replace(/^\d+\n/, '').replaceAll(home, '/srv'),
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

// Pages run concurrently, as many as there are processors.
describeMountsAnyway('commands in the texts', () => {
  it.concurrent.each(plans.map((plan) => [plan.page, plan] as const))(
    'print what the page %s shows',
    (_, plan) =>
      withScratch(async (scratch) => {
        const written = await runTyped(plan, scratch);
        for (const [at, step] of plan.steps.entries()) compare(plan, step, written[at]!);
        expect(scratch.findMounts()).toEqual([]);
      }),
    PATIENCE_MS,
  );
});
