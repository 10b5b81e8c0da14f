/**
 * Ratios that pages quote are figures of docs/how-it-works/speed.md, which is made of records, so that two pages do not
 * tell two figures. Others have a mark before their paragraph or table: `<!-- own figures: REASON -->`.
 */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readSources } from './sources.ts';

const SPEED_PAGE = 'docs/how-it-works/speed.md';
/** Pages of history, and those that are generated. */
const EXEMPT = /^docs\/(?:how-it-works\/speed|reference\/)|^CHANGELOG|^test\//;
/** A ratio of times, such as `1.4 ×`, `1.1 to 1.4 ×` or `2.1 times as long`. */
const RATIO =
  /(?<![\w.])(\d+\.\d+|\d+)(?: (?:to|–|and) (\d+\.\d+|\d+))? ?(?:×(?! fop)|times as (?:long|fast))/g;
const MARK = /^<!-- own figures: [^>]+-->$/m;

const known = new Set(readFileSync(SPEED_PAGE, 'utf8').match(/\d+(?:\.\d+)?/g));

/** Lists the ratios of a page that are neither in the page of figures nor marked. */
function findStrangeRatios(text: string): string[] {
  const blocks = text.replace(/^```.*?^```$/gms, '').split(/\n{2,}/);
  return blocks.flatMap((block, index) => {
    if (MARK.test(block) || MARK.test(blocks[index - 1] ?? '')) return [];
    return [...block.matchAll(RATIO)]
      .filter(([, ...ends]) => ends.some((end) => end !== undefined && !known.has(end)))
      .map(([ratio]) => ratio);
  });
}

it('each ratio that a page quotes is in the page of figures, or marked as one of its own', () => {
  const pages = readSources('.md').filter(({ path }) => !EXEMPT.test(path));
  expect(pages.length).toBeGreaterThan(50);
  const found = pages.flatMap(({ path, text }) =>
    findStrangeRatios(text).map((ratio) => `${path}: ${ratio}`),
  );
  expect(found).toEqual([]);
});

it('a ratio that is in no record is found, unless it is marked', () => {
  expect(findStrangeRatios('It takes 97.31 × the time, or 98.77 to 99.11 times as long.')).toEqual([
    '97.31 ×',
    '98.77 to 99.11 times as long',
  ]);
  expect(findStrangeRatios('<!-- own figures: of 2012 -->\nIt takes 97.31 ×.')).toEqual([]);
  expect(findStrangeRatios('<!-- own figures: of 2012 -->\n\n| 97.31 × |')).toEqual([]);
});
