/** Settings of VitePress; the pages and their lists are made by ../generate.ts. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import license from 'rollup-plugin-license';
import { defineConfig, type MarkdownEnv, type MarkdownRenderer } from 'vitepress';
import { slugOf } from '../links.ts';

// Where VitePress runs this from is not where it stands.
const site = process.cwd();
const { nav, sidebar } = JSON.parse(readFileSync(join(site, '.generated/site.json'), 'utf8'));
const volfile = JSON.parse(
  readFileSync(join(site, '../../apps/vscode/syntaxes/volfile.tmLanguage.json'), 'utf8'),
);

/** A page as what is searched in: without the colours of code, whose making takes most of the time. */
function textOf(source: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    const html = md.render(source, env);
    return env.frontmatter?.search === false ? '' : html;
  } finally {
    md.options.highlight = highlight ?? null;
  }
}

type Token = ReturnType<MarkdownRenderer['parse']>[number];

/** Words, and names as they are written: `negative-timeout` is one, and two words. Runs in the page too. */
const tokenize = (text: string): string[] =>
  text.split(/[\s`"'()]+/u).flatMap((word) => {
    const name = word.replace(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, '');
    const parts = name.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    return parts.length > 1 ? [...parts, name] : parts;
  });

/** In the HTML of some code: not in its tags and entities. */
const SEPARATOR = /(?<=[^\s<>])[/_.,=:]+(?=[^\s<>])(?![^<]*>)/g;

/** Markdown has no table without a head; one that says nothing is none. */
function withoutBlankHeads(tokens: Token[]): void {
  for (let from = 0; from < tokens.length; from++) {
    if (tokens[from]!.type !== 'thead_open') continue;
    const end = tokens.findIndex(({ type }, at) => at > from && type === 'thead_close');
    const head = tokens.slice(from, end + 1);
    if (head.every(({ content }) => content === '')) tokens.splice(from, head.length);
  }
}

/** Where a server has the site: VitePress takes it from the command line alone. */
const base = process.env.SITE_BASE ?? '/';

/** Lists what packages the programs of the pages hold; what renders them once holds others. */
const notices = {
  ...license({ thirdParty: { output: join(site, '.generated/THIRD-PARTY.txt') } }),
  apply: (_: unknown, { isSsrBuild }: { readonly isSsrBuild?: boolean }) => isSsrBuild !== true,
};

export default defineConfig({
  base,
  lang: 'en-GB',
  title: 'glossa',
  description: 'A runtime for translators of file systems, in Python, JavaScript, TypeScript and C',
  srcDir: '.generated/pages',
  outDir: 'dist',
  cacheDir: '.generated/cache',
  head: [['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }]],
  // No pages of VitePress's; whether they are there is seen in the built folder.
  ignoreDeadLinks: [/^\/(playground|api)\//],
  vite: { plugins: [notices] },
  markdown: {
    anchor: { slugify: slugOf },
    // Texts have no elements in them, and names of files are no links.
    html: false,
    linkify: false,
    languages: [{ ...volfile, name: 'volfile' }],
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => {
      const { rules } = md.renderer;
      // A block of code that is indented looks, and scrolls, as one between fences does.
      rules.code_block = (...args) => rules.fence?.(...args) ?? '';
      // A name may end a line at its separators, and nowhere else.
      const code = rules.code_inline;
      rules.code_inline = (...args) => (code?.(...args) ?? '').replace(SEPARATOR, '$&<wbr>');
      md.core.ruler.push('blank_heads', ({ tokens }) => withoutBlankHeads(tokens));
    },
  },
  themeConfig: {
    nav,
    sidebar,
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: { _render: textOf, miniSearch: { options: { tokenize } } },
    },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
});
