/** The start of a TypeScript module warns of the fops that it lacks. */
import { expect, it } from 'vitest';
import { nativeLanguage, startModule } from '../../test/support/module.ts';

const language = nativeLanguage('.ts');

/** The text of a module that fails readdirp, with more fields of its record. */
const makeModule = (more: string): string => `import { fail } from 'glossa';
export default {
  type: 'test/listing',
  description: 'A module.',
  children: [1, 1],
  options: {},
  fops: { readdirp: (frame) => fail.readdirp(frame, 2) },
  init: () => null,
  ${more}
};
`;

it.each([
  ['', true],
  ['observes: true,', false],
  ['watches: true,', false],
])(
  'a module with readdirp, without readdir, and with %j: its start warns: %s',
  async (more, warns) => {
    const run = await startModule({ 'm.ts': makeModule(more) }, { language });
    const warning = /^W .*m\.ts: it defines readdirp, but not readdir, which show the same names/m;
    expect(warning.test(run.takeLines().join('\n'))).toBe(warns);
  },
);
