/** Text coding of the browser's memory, compared with Node's Buffer. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { nodeMachine } from '../node/index.ts';
import { memory } from './memory.ts';

const encodings = ['latin1', 'utf16le'] as const;
const text = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
});

it('a browser encodes and decodes text as Node does, in each encoding', () => {
  fc.assert(
    fc.property(text, fc.constantFrom(...encodings), fc.nat(9), (written, encoding, at) => {
      const length = encoding === 'latin1' ? written.length : written.length * 2;
      const [mine, theirs] = [memory, nodeMachine.memory].map((tools) => {
        const view = tools.view(new ArrayBuffer(at + length));
        view.write(written, at, length, encoding);
        return view;
      });
      expect([...mine!]).toEqual([...theirs!]);
      expect(mine!.toString(encoding, at, at + length)).toBe(
        theirs!.toString(encoding, at, at + length),
      );
    }),
  );
});

it.each([10, 5000])('a browser converts %i bytes to the same text as Node', (length) => {
  const bytes = Uint8Array.from({ length }, (_, i) => i * 7);
  const whole = memory.decodeLatin1(bytes);
  expect(whole).toBe(nodeMachine.memory.decodeLatin1(bytes));
  expect(memory.encodeLatin1(whole)).toEqual(bytes);
  expect(memory.view(bytes.buffer, 1, 4).toString('utf8')).toBe(
    nodeMachine.memory.view(bytes.buffer, 1, 4).toString('utf8'),
  );
});
