/** Filter flags: valid ones are read, wrong ones refused before a command runs. */
import { expect, it } from 'vitest';
import { readFlags } from '../../terminal/flags.ts';
import { filterFlags, formatFilter, parseFilter } from './trace-flags.ts';

const given = (...args: string[]) => readFlags(filterFlags, args).flags;

it('the filter flags of glossa trace are parsed into a filter, which is formatted as flags again', () => {
  const flags = given(
    '--volume',
    'a',
    '--fop=lookup,STAT',
    '--slow',
    '2s',
    '--uid=0',
    '--one-in=9',
  );
  expect(parseFilter(flags)).toEqual({
    volumes: ['a'],
    fops: ['lookup', 'STAT'],
    paths: [],
    pids: [],
    uids: [0],
    errnos: [],
    oneIn: 9,
    slowMs: 2000,
  });
  expect(formatFilter(flags)).toBe('--volume a --fop lookup,STAT --uid 0 --one-in 9 --slow 2s');
  expect(formatFilter(given())).toBe(null);
});

it.each([
  [['--fop', 'lokup'], /no fop 'lokup' \(did you mean 'lookup'/],
  [['--errno', 'ENO'], /no errno 'ENO'/],
  [['--slow', 'soon'], /takes a time such as 100ms/],
  [['--slow', '0'], /takes a time such as 100ms/],
  [['--pid', 'me'], /--pid takes a whole number, not 'me'/],
  [['--path', 'a'], /must begin with '\/'/],
  [['--one-in', '0'], /one request in 0 is impossible/],
])('glossa trace refuses the filter %s with the reason', (args, message) => {
  expect(() => parseFilter(given(...args))).toThrow(message);
});
