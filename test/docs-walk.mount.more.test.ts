/** The walks of a LOOKUP in docs/how-it-works, compared with what a server runs. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makePage, PAGE, recordLookup } from '../tools/walk.ts';
import { describeMounts } from './support/mount.ts';

/** Files in the architecture's walk that run before the message is there, or are tables and generators. */
const BESIDE = [
  'runtime/pump/pump.ts',
  'runtime/mount/fuse/opcodes.ts',
  'runtime/core/fops.ts',
  'tools/gen/crossings.ts',
];

describeMounts('a LOOKUP through Python to a folder', () => {
  it('runs the functions on its page, and the files in the architecture, in their order', async () => {
    const walk = await recordLookup();
    expect(makePage(walk), 'make the page anew: npm run walk page').toBe(
      readFileSync(PAGE, 'utf8'),
    );
    const text = readFileSync(
      new URL('../docs/how-it-works/architecture.md', import.meta.url),
      'utf8',
    );
    const section = text.slice(
      text.indexOf('## A LOOKUP, from the kernel'),
      text.indexOf('## A LOOKUP over'),
    );
    const named = [...section.matchAll(/^\| \d+ \| `([^`]+)`/gm)].map(([, file]) => file!);
    let at = 0;
    for (const file of named.filter((each) => !BESIDE.includes(each))) {
      const found = walk.findIndex((each, index) => index >= at && each.file === file);
      expect(found, `${file} after ${walk[at]!.file}`).not.toBe(-1);
      at = found;
    }
  });
});
