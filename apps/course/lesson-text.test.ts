/** Texts of lessons for one language, and links to lessons. */
import { describe, expect, it } from 'vitest';
import { formatLessonFragment, parseLessonFragment } from './lesson-link.ts';
import { reduceLessonText } from './lesson-text.ts';

const LESSON = `# 1. A keeper

Call \`self.log.info(…)\` in \`lookup_cbk\`, of keeper.py.

\`\`\`python
frame.wind()
\`\`\`

\`\`\`js
frame.wind();
\`\`\`

\`\`\`sh
glossa test keeper.py
\`\`\`

<!-- hints -->
## Hints

1. The first, which
   \`self.log\` ends.
2. The second.

## In C

There it is \`lookup_cbk\`.
`;

describe("a lesson's text", () => {
  it('has the code of one language only, and does not contain the hints', () => {
    const { text, hints } = reduceLessonText(LESSON, 'python');
    expect(text).toContain('frame.wind()\n```\n');
    expect(text).not.toContain('```js');
    expect(text).not.toMatch(/hints|The second/i);
    expect(hints).toEqual(['The first, which `self.log` ends.', 'The second.']);
  });

  it('spells names in the style of JavaScript if the learner chose JavaScript', () => {
    const { text, hints } = reduceLessonText(LESSON, 'javascript');
    expect(text).toContain('Call `this.log.info(…)` in `lookupCbk`, of keeper.py.');
    expect(text).toContain('glossa test keeper.js');
    expect(text).not.toContain('```python');
    expect(text).toContain('## In C\n\nThere it is `lookup_cbk`.');
    expect(hints[0]).toBe('The first, which `this.log` ends.');
  });
});

describe('a link to a lesson', () => {
  it.each([
    ['lesson=3-fop', { lesson: '3-fop', language: 'python' }],
    ['lesson=3-fop&language=javascript', { lesson: '3-fop', language: 'javascript' }],
  ])('names a lesson and a language in the fragment %s', (fragment, link) => {
    expect(formatLessonFragment(link)).toBe(fragment);
    expect(parseLessonFragment(`#${fragment}`)).toEqual(link);
  });

  it.each(['', '#', '#g1.eJwDAAAAAAE', '#lessons'])('is not found in the fragment %j', (hash) => {
    expect(parseLessonFragment(hash)).toBeNull();
  });
});
