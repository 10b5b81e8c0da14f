import fc from 'fast-check';
import { expect, test } from 'vitest';
import { FOP_ITEMS, parseFopList } from './fop-list.ts';
import { findFop, numbersWithoutMethod } from './fops.ts';
import { fopNames } from './gen/fops.gen.ts';
import { defineOptions, describeOption, parseOption } from './options.ts';

const { enable } = defineOptions({
  enable: { type: 'str', items: FOP_ITEMS, description: 'Which.' },
});

test('a list of fops accepts method names and log names, in any case and with blanks', () => {
  const spelled = fc.constantFrom(...fopNames).chain((name) => {
    const log = findFop(name)!.logName;
    return fc.record({
      name: fc.constant(name),
      text: fc.constantFrom(name, log, log.toLowerCase(), ` ${log} `),
    });
  });
  fc.assert(
    fc.property(fc.array(spelled, { minLength: 1 }), (items) => {
      const text = items.map((item) => item.text).join(',');
      expect(parseOption('enable', enable, text)).toEqual({ value: text });
      expect(parseFopList(text)).toEqual(items.map(({ name }) => name));
    }),
  );
});

test('an absent list of fops means all fops', () => {
  expect(parseFopList(undefined)).toEqual(fopNames);
});

test('a list of fops accepts and ignores names without a method, such as FORGET', () => {
  for (const name of numbersWithoutMethod.values()) {
    expect(parseOption('enable', enable, name)).toEqual({ value: name });
    expect(parseFopList(`${name},STAT`)).toEqual(['stat']);
  }
});

test.each([
  ['LOKUP', "'LOKUP' has 'LOKUP', which is not one of them (did you mean 'LOOKUP'?)"],
  ['STAT,,READ', "'STAT,,READ' has an item that is empty"],
  ['', "'' has an item that is empty"],
])('a list of fops with an unknown or empty item is refused: %j', (text, error) => {
  expect(parseOption('enable', enable, text)).toEqual({
    error: `option 'enable': ${error}; it takes names of fops with commas between, such as LOOKUP,READ`,
  });
});

test('the help of an option describes the accepted items of a list of fops', () => {
  expect(describeOption('enable', enable)).toBe(
    'enable (str)\n    Which.\n    Takes names of fops with commas between, such as LOOKUP,READ.',
  );
});
