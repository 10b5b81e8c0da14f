/** Tests of the translators' READMEs: volfiles load, and the listed options exist. */
import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { translators as gluster } from '../../gluster/registry.gen.ts';
import { Source } from '../../runtime/volfile/source.ts';
import { inspectVolfile } from '../../runtime/volfile/volfile.ts';
import { translators as local } from '../../runtime/xlators/registry.gen.ts';
import { registry } from '../../server/registry.ts';
import { readSources } from './sources.ts';

await registry.loadAll();
/** The folder of each translator, by its type. */
const folders = new Map([
  ...Object.keys(local).map((type) => [type, `runtime/xlators/${type}`] as const),
  ...Object.keys(gluster).map((type) => [type, `gluster/${type}`] as const),
]);
const readmes = readSources('README.md').flatMap(({ path, text }) =>
  [...folders]
    .filter(([, folder]) => path === `${folder}/README.md`)
    .map(([type]) => [type, path, text] as const),
);

/** Blocks of code, indented or fenced, that have a volume in them. */
function findVolfiles(text: string): string[] {
  const fenced = [...text.matchAll(/^```\w*\n(.*?)^```/gms)].map((match) => match[1]!);
  const indented = text.match(/(^ {4}.*\n|^\n(?= {4}))+/gm) ?? [];
  return [...fenced, ...indented].filter((block) => /^\s*volume \S/m.test(block));
}

it.each([...folders])('the translator %s has a README', (_type, folder) => {
  expect(existsSync(`${folder}/README.md`)).toBe(true);
});

describe.each(readmes)('the README of %s', (type, path, text) => {
  it('shows a valid volfile with the translator', () => {
    const blocks = findVolfiles(text);
    expect(blocks.join()).toContain(`type ${type}\n`);
    for (const block of blocks) {
      const { problems } = inspectVolfile(new Source(path, block), { registry, strict: true });
      expect(problems).toEqual([]);
    }
  });

  it('lists only options of the translator', () => {
    const listed = [...text.matchAll(/^\| `([\w.-]+)` \|/gm)].map((match) => match[1]!);
    const known = Object.keys(registry.lookup(type)!.options);
    expect(known).toEqual(expect.arrayContaining(listed));
  });

  it('names every option that is accepted without effect', () => {
    const { options } = registry.lookup(type)!;
    const idle = Object.keys(options).filter((name) =>
      options[name]!.description.startsWith('Accepted, without effect'),
    );
    const effectless = text
      .split(/\n\n|^\|/m)
      .filter((part) => /accepted,? without effect/i.test(part));
    expect(idle.filter((name) => !effectless.some((part) => part.includes(`\`${name}\``)))).toEqual(
      [],
    );
  });
});
