import { expect, it } from 'vitest';
import { Source } from '../runtime/volfile/source.ts';
import { readVolfile } from '../runtime/volfile/volfile.ts';
import { formatFinalGraph } from './server-lifecycle.ts';

it('formatFinalGraph prints the effective volfile in the form of GlusterFS’s log', () => {
  const text = `volume a
 type storage/memory
end-volume # the brick
volume b
 type features/negative
 option name "with \t tab"
 subvolumes a
end-volume`;
  const { description } = readVolfile(new Source('test.vol', text), { overrides: ['b.timeout=7'] });
  const rule = `+${'-'.repeat(78)}+`;
  expect(formatFinalGraph(description)).toBe(`Final graph:
${rule}
  1: volume a
  2:     type storage/memory
  3: end-volume
  4: 
  5: volume b
  6:     type features/negative
  7:     option name "with \t tab"
  8:     option timeout 7
  9:     subvolumes a
 10: end-volume
${rule}`);
});
