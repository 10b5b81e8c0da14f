/** Links of the texts, and of the built pages. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { formatLessonFragment, parseLessonFragment } from '../../apps/course/lesson-link.ts';
import { checks } from '../../apps/course/lessons/index.ts';
import { decodeShare } from '../../apps/playground/play/share-fragment.ts';
import { distFolder, readBuiltPages, runTool } from './built-site.ts';
import { BrokenLink, convertLinks, makeSlug } from './links.ts';
import { groups, readRepositoryFile } from './texts.ts';

describe('links in a page', () => {
  const urls: Readonly<Record<string, string>> = {
    'docs/write/python.md': '/write/python',
    'examples/hello/README.md': '/examples/hello',
    'examples/hello': '/examples/hello',
  };
  const convert = (text: string) =>
    convertLinks(text, 'docs/write/testing.md', (path) => urls[path]);

  it('become addresses of the site, and keep their headings', () => {
    expect(convert('[a](python.md#options), [b](../../examples/hello/README.md)')).toBe(
      '[a](/write/python#options), [b](/examples/hello)',
    );
    expect(convert('[a](../../examples/hello/)')).toBe('[a](/examples/hello)');
  });

  it.each(['https://semver.org', '#options', '/write/python', 'mailto:a@b.org'])(
    'to %s stay unchanged',
    (target) => {
      expect(convert(`[a](${target})`)).toBe(`[a](${target})`);
    },
  );

  it('in code stay unchanged', () => {
    const text = '`[a](b.md)`\n\n    [a](b.md)\n\n```sh\n[a](b.md)\n```\n';
    expect(convert(text)).toBe(text);
  });

  it('to an absent file are refused with a message that names the file and line', () => {
    expect(() => convert('# A\n\n`code`\n\n[a](gone.md)\n')).toThrow(
      new BrokenLink('docs/write/testing.md', 5, 'gone.md'),
    );
  });

  it.each([
    ['What a module may reach', 'what-a-module-may-reach'],
    ['copy_file_range', 'copy_file_range'],
    ['.meta', 'meta'],
    ['init, options & logs', 'init-options--logs'],
  ])('to the heading %j have the anchor %s', (heading, slug) => {
    expect(makeSlug(heading)).toBe(slug);
  });
});

interface CrawlResult {
  readonly links: readonly { url: string; parent?: string; state: string; status?: number }[];
}

describe('the built site', () => {
  it("contains the licence notices of its packages and of the playground's", () => {
    const readNotices = (path: string) => readFileSync(join(distFolder, path), 'utf8');
    expect(readNotices('THIRD-PARTY.txt')).toMatch(/Name: @vue\/runtime-dom\n[\s\S]*MIT License/);
    expect(readNotices('playground/THIRD-PARTY.txt')).toContain('In it: CPython');
  });

  it('lists each text in a menu', () => {
    const { sidebar } = JSON.parse(readRepositoryFile('tools/site/.generated/site.json'));
    const menus: { items: { link: string }[] }[] = Object.values(sidebar).flat() as never;
    const links = new Set(menus.flatMap(({ items }) => items.map(({ link }) => link)));
    const urls = Object.values(groups).flatMap(({ texts }) => texts.map(({ url }) => url));
    expect(urls.filter((url) => !links.has(url))).toEqual([]);
  });

  it('has a page for each entry point of the package', () => {
    const { exports } = JSON.parse(readRepositoryFile('package.json')) as { exports: object };
    const pages = Object.keys(exports).map((path) => join('glossa', path).replace('/', '_'));
    expect(readdirSync(join(distFolder, 'api/modules')).sort()).toEqual(
      pages.map((page) => `${page}.html`).sort(),
    );
  });

  it('has links to the playground that the playground can read', async () => {
    const links = readBuiltPages().flatMap(({ html }) => [
      ...html.matchAll(/<a [^>]*href="[^"#]*\/playground\/#([^"]+)"[^>]*>/g),
    ]);
    const lessons = new Set<string>();
    expect(links.length).toBeGreaterThan(5);
    for (const [link, fragment] of links) {
      // Without a target, VitePress would look for a page of its own.
      expect(link).toContain('target="_self"');
      const lesson = parseLessonFragment(fragment!.replaceAll('&amp;', '&'));
      if (lesson !== null) {
        lessons.add(formatLessonFragment(lesson));
        continue;
      }
      const { texts } = await decodeShare(fragment!);
      expect(Object.keys(texts)).toEqual([
        '/graph.vol',
        expect.stringMatching(/^\/shown\.(py|js)$/),
      ]);
      expect(Object.values(texts)[1]).toMatch(/class xlator\b/);
    }
    const all = Object.keys(checks).flatMap((name) =>
      ['python', 'javascript'].map((language) => formatLessonFragment({ lesson: name, language })),
    );
    expect([...lessons].sort()).toEqual(all.sort());
  });

  it('has no broken link', () => {
    const args = [distFolder, '--recurse', '--format', 'json', '--skip', '^https?://(?!localhost)'];
    const { links }: CrawlResult = JSON.parse(runTool('linkinator/build/src/cli.js', args));
    const broken = links.filter(({ state }) => state === 'BROKEN');
    expect(broken.map(({ parent, url, status }) => `${parent}: ${url} (${status})`)).toEqual([]);
    expect(links.filter(({ state }) => state === 'OK').length).toBeGreaterThan(
      readBuiltPages().length,
    );
  });

  it('has every heading that a link names', () => {
    const pages = new Map(
      readBuiltPages().map(({ path, html }) => [
        path,
        { html, ids: new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id!)) },
      ]),
    );
    const missing: string[] = [];
    for (const [path, { html }] of pages) {
      for (const [, href] of html.matchAll(/<a\s[^>]*href="([^"]*#[^"]+)"/g)) {
        const { pathname, hash, host } = new URL(href!, `http://localhost${path}`);
        const targetPage = pages.get(pathname.endsWith('/') ? `${pathname}index.html` : pathname);
        if (host !== 'localhost' || /^\/(playground|api)\//.test(pathname)) continue;
        const id = decodeURIComponent(hash.slice(1));
        if (!targetPage?.ids.has(id)) missing.push(`${path}: ${href}`);
      }
    }
    expect(missing).toEqual([]);
  });
});
