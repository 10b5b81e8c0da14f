import { afterEach, expect, it, vi } from 'vitest';
import type { Terminal } from '../../terminal/terminal.ts';
import { Status } from './status.ts';

afterEach(() => void vi.restoreAllMocks());

/** All that is shown, one after the other, in so many columns. */
function shownIn(width: number, what: string): string[] {
  const written: string[] = [];
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => written.push(String(text)) > 0);
  const quiet = { out() {}, err() {}, flush: async () => {} };
  const colour = { out: false, err: false };
  const terminal: Terminal = { ...quiet, interactive: true, width, colour };
  const status = new Status(terminal);
  status.begin(what);
  for (let part = 0; part <= 100; part++) status.progress(part / 100);
  vi.restoreAllMocks();
  return written.map((text) => text.replace('\r\x1b[K', ''));
}

it.each([20, 40, 51, 52, 80, 100])('stays on one line of %d columns', (width) => {
  const shown = shownIn(width, '4 of 4: Python + kernel');
  expect(Math.max(...shown.map((text) => text.length))).toBeLessThan(width);
  expect(shown[0]).toMatch(/^ {2}4 of 4: Pytho/);
});

it('shows how far it has come, in what there is room for', () => {
  expect(shownIn(80, '1 of 4: no cache').at(-1)).toBe(`  1 of 4: no cache  ${'='.repeat(24)}`);
  expect(shownIn(40, '1 of 4: no cache').at(-1)).toBe(`  1 of 4: no cache  ${'='.repeat(19)}`);
  expect(shownIn(40, '1 of 4: no cache')[1]).toBe(`  1 of 4: no cache  ${'.'.repeat(19)}`);
});
