/**
 * Tests that the parameters of fops agree with the table wherever a source or page writes them out to `xdata`. A fop
 * whose xdata is at the place of a new argument fails here; neither TypeScript nor Python would tell.
 */
import { expect, it } from 'vitest';
import { fops } from '../../runtime/core/fops.ts';
import { readSources } from './sources.ts';

/** Parameters that are no arguments of the table: the instance, and two that C has for the data. */
const OTHERS = /^(xlator_t \*)?_?(xl|this|instance|count|iobref)$/;

/** Finds fops whose parameters, from the frame to xdata, are more or less than the table's arguments. */
function findWrong(path: string, text: string): string[] {
  return fops.flatMap(({ name, args }) => {
    const before = `(?<![.\\w])${name}(?:_?[fF]op)?(?:: \\w*Fop<[^>]*>)?(?: =|:)?\\s*`;
    const list =
      '\\((?:self,\\s*)?(?:glossa_frame_t \\*)?frame((?:,[^,()]*)*,[^,()]*\\b_?xdata),?\\s*\\)';
    return [...text.matchAll(new RegExp(before + list, 'g'))]
      .filter(([, params]) => {
        const own = params!
          .replace(/\{[^}]*\}/, 'xl')
          .split(',')
          .map((param) => param.trim());
        return own.slice(1).filter((param) => !OTHERS.test(param)).length !== args.length;
      })
      .map((match) => `${path}:${text.slice(0, match.index).split('\n').length}: ${name}`);
  });
}

it('a fop that names its parameters up to xdata has those of the table', () => {
  const stale = `${['fsync: (frame, _xl', '\ndef fsync_fop(self, frame'].join(', fd, _xdata)')}, xdata)`;
  expect(findWrong('x', stale)).toEqual(['x:1: fsync', 'x:2: fsync']);
  const fresh = "const fsync: Fop<'fsync', P> = (frame, { priv, children }, fd, sync, xdata)";
  expect(findWrong('x', fresh)).toEqual([]);
  const sources = readSources('.ts', '.js', '.mjs', '.py', '.c', '.cpp', '.md', '.in');
  const wrong = sources.flatMap(({ path, text }) => findWrong(path, text));
  expect(wrong, 'give it the argument, and pass it on').toEqual([]);
});
