/** Tests of the course in the playground's page. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { checks } from '../../apps/course/lessons/index.ts';
import { readLessons, renderHtml } from '../../tools/lesson-pages.ts';
import { makeFolder } from '../support/folder.ts';

describe("the lessons of the playground's page", () => {
  const lessons = readLessons();

  it('are the lessons that have a check', () => {
    expect(lessons.map(({ name }) => name)).toEqual(Object.keys(checks));
  });

  const all = lessons.flatMap(({ name, variants }) =>
    Object.entries(variants).map(([language, variant]) => ({ name, language, ...variant })),
  );
  it.each(all)('have task, hints, files and solution: $name in $language', (lesson) => {
    const { html, task, hints, module, files, solution } = lesson;
    // The task is where it is checked, and nowhere else.
    expect(html).not.toContain('Your turn');
    expect(task).toMatch(/^<(p|ol)>/);
    expect(task).not.toContain('<h4>');
    expect(task).not.toMatch(/save the file/i);
    expect(html).not.toMatch(/<!--|<h1|storage\/posix/);
    expect(hints.length).toBeGreaterThan(1);
    expect(files[module]).not.toBe(solution);
    // The storage is in memory, or the module itself.
    expect(files['/graph.vol']).toMatch(
      /^volume storage\n {4}type (storage\/memory|features\/glupy)\n/m,
    );
    expect(files['/graph.vol']).toContain(`option module-name ${module.slice(1)}\n`);
  });
});

describe('a lesson in HTML', () => {
  const html = (markdown: string): string => renderHtml(markdown, '/nowhere');

  it('keeps links to the web and drops relative ones', () => {
    expect(html('[a](https://a.org) [b](../b.md)')).toBe(
      '<p><a href="https://a.org" target="_blank" rel="noopener">a</a> b</p>',
    );
  });

  it('embeds its pictures', () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'a.svg'), '<svg/>');
    const picture = Buffer.from('<svg/>').toString('base64');
    expect(renderHtml('![A "b"](a.svg)', folder)).toBe(
      `<p><img alt="A &quot;b&quot;" src="data:image/svg+xml;base64,${picture}"></p>`,
    );
    expect(() => html('![a](a.svg)')).toThrow('a.svg');
  });

  it('escapes code, and a wide block can be scrolled by keyboard', () => {
    expect(html('```js\na < b\n```')).toBe('<pre class="js"><code>a &lt; b</code></pre>');
    expect(html(`\`\`\`\n${'-'.repeat(60)}\n\`\`\``)).toContain('<pre class="plain" tabindex="0">');
  });

  it('has tables without empty header rows', () => {
    expect(html('| | |\n|---|---|\n| a | b |')).toMatch(/^<table><tbody>\s*<tr><td>a</);
    expect(html('| a |\n|---|\n| b |')).toContain('<thead><tr><th>a</th></tr></thead>');
  });
});
