/**
 * Tests of the program on other versions of Node: the binaries in GLOSSA_NODES, separated by
 * colons. Each has a mount for every language that needs no compiler; in `test:long` the last runs
 * the demo.
 */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { BAKED_PARTS, type BakedHead } from '../../bridges/host/machine.ts';
import { nodeMachine } from '../../bridges/machine/node/index.ts';
import { bakePython } from '../../bridges/python/page-snapshot.ts';
import { packageRoot } from '../../runtime/sys/paths.ts';
import { Client } from '../support/client.ts';
import { describeMounts, run, runGlossa, startMount, withScratch } from '../support/mount.ts';
import { otherNodes } from '../support/nodes.ts';
import { selected } from '../support/test-selection.ts';

const isRequired = process.env.GLOSSA_REQUIRE_ALL === '1';
if (otherNodes.length === 0 && !isRequired) {
  process.stderr.write('skipped: other versions of Node: GLOSSA_NODES names none\n');
}

it.runIf(isRequired)('GLOSSA_NODES names other versions of Node', () => {
  expect(otherNodes).not.toEqual([]);
});

/** Volfiles by the language of their translator, and what is changed in them. */
const stacks = {
  TypeScript: ['negative.vol', ''],
  Python: ['python-negative.vol', ''],
  JavaScript: [
    'python-negative.vol',
    `negative.js\n    option module-path ${join(packageRoot, 'examples/negative/javascript')}`,
  ],
} as const;

describe.skipIf(otherNodes.length === 0)('another version of Node', () => {
  const all = otherNodes.map((node, at) => [node, at === otherNodes.length - 1] as const);
  describe.each(selected.first ? all : all.slice(-1))('%s', (node, isLast) => {
    // It does what it does elsewhere on a mount.
    if (isLast && selected.others) {
      it('runs the demo', () =>
        withScratch(async (scratch) => {
          const env = { TMPDIR: await scratch.makeFolder('tmp') };
          const args = ['demo', '--json', '--searches', '300', '--delay', '0.02'];
          const { status, out, err } = await runGlossa(scratch, args, { node, env });
          expect({ status, err }).toEqual({ status: 0, err: '' });
          const { searches, passes } = JSON.parse(out);
          expect([searches, passes.length]).toEqual([300, 2]);
          for (const { bricks, stacks: rows } of passes) {
            const [baseline, ...caches] = rows;
            expect(caches).toHaveLength(bricks === 0 ? 1 : 2);
            // Fewer lookups reach the storage with a cache, in every language.
            for (const { lookups, answered, forwarded } of caches) {
              expect(answered + forwarded).toBe(lookups);
              expect(forwarded).toBeLessThan(baseline.forwarded);
            }
          }
        }));
    }

    if (!selected.first) return;

    it('starts the program', () =>
      withScratch(async (scratch) => {
        const { out } = await run(scratch, node, ['--version']);
        expect(out).toMatch(/^v\d+\./);
        const version = await runGlossa(scratch, ['--version'], { node });
        expect(version).toMatchObject({ status: 0, err: '' });
      }));

    // The newest differs most.
    if (isLast)
      it('bakes a Python snapshot that runs in the same browsers', () =>
        withScratch(async (scratch) => {
          const folder = scratch.at('page');
          const args = ['playground', '--out', folder];
          const { status, err } = await runGlossa(scratch, args, { node });
          expect({ status, err }).toEqual({ status: 0, err: '' });
          const part = await readFile(join(folder, 'parts/snapshot-python.json.js'), 'utf8');
          const packed = Buffer.from(/,"(.*)"\);$/m.exec(part)![1]!, 'base64');
          const theirs = JSON.parse(gunzipSync(packed).toString()) as BakedHead;
          const bytes = (await bakePython(nodeMachine)).get(BAKED_PARTS.head);
          const ours = JSON.parse(new TextDecoder().decode(bytes)) as BakedHead;
          // A browser takes it that has these functions: those of ours, and one that newer engines add.
          expect(theirs.of).toEqual(ours.of);
          expect([0, 1]).toContain(theirs.functions - ours.functions);
        }));

    describeMounts('mounts', () => {
      it.each(Object.entries(stacks))(
        'serves a mount with a translator in %s',
        (_, [file, module]) =>
          withScratch(async (scratch) => {
            const brick = await scratch.makeFolder('brick');
            const text = await readFile(join(packageRoot, 'volfiles', file), 'utf8');
            const volfile =
              module === '' ? text : text.replace(/(?<=module-name )negative$/m, module);
            const args = ['--xlator-option', `test-posix.directory=${brick}`];
            const mount = await startMount(scratch, volfile, { node, args });
            const script = `for i in 1 2 3; do [ -e absent ] && echo found; done; mkdir d
            seq 1000 > d/f
            cat d/f | md5sum; mv d/f absent; tail -1 absent; rm absent
            [ -e absent ] && echo found; ls`;
            const { out, err } = await new Client(mount.path, script).outcome;
            expect(out + err).toBe('53d025127ae99ab79e8502aae2d9bea6  -\n1000\nd\n');
            // Of that Node, and of ours.
            for (const asking of [{ node }, {}]) {
              const { out: stats } = await runGlossa(scratch, ['stats', mount.path], asking);
              expect(stats).toMatch(/hits\W+\d/);
            }
            expect(await mount.stop()).toBe(0);
            expect(mount.log()).not.toMatch(/^\[[^\]]*\] [EC] /m);
          }),
      );
    });
  });
});
