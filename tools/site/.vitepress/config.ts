/**
 * Configures VitePress, which builds the site from the pages and menus that ../generate.ts writes.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import license from 'rollup-plugin-license';
import { defineConfig, type MarkdownEnv, type MarkdownRenderer } from 'vitepress';
import { makeSlug } from '../links.ts';

// VitePress runs a compiled copy of this file from elsewhere: paths start at the working directory.
const siteFolder = process.cwd();
const { nav, sidebar } = JSON.parse(readFileSync(join(siteFolder, '.generated/site.json'), 'utf8'));
/** The grammar by which volfiles are highlighted. */
const volfileGrammar = JSON.parse(
  readFileSync(join(siteFolder, '../../apps/vscode/syntaxes/volfile.tmLanguage.json'), 'utf8'),
);

/**
 * Renders a page for the search index, without highlighting code, which is slow; '' for a page whose
 * front matter has `search: false`.
 */
function renderForSearch(source: string, env: MarkdownEnv, md: MarkdownRenderer): string {
  const { highlight } = md.options;
  md.options.highlight = null;
  try {
    const html = md.render(source, env);
    return env.frontmatter?.search === false ? '' : html;
  } finally {
    md.options.highlight = highlight ?? null;
  }
}

/** A token of parsed Markdown. */
type Token = ReturnType<MarkdownRenderer['parse']>[number];

/**
 * Splits a text into words and names: `negative-timeout` yields `negative`, `timeout` and the whole.
 * VitePress also sends the function's source to the browser, so it uses nothing outside of itself.
 */
const tokenize = (text: string): string[] =>
  text.split(/[\s`"'()]+/u).flatMap((word) => {
    const name = word.replace(/^[^\p{L}\p{N}_]+|[^\p{L}\p{N}_]+$/gu, '');
    const parts = name.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
    return parts.length > 1 ? [...parts, name] : parts;
  });

/** Matches separators within names in the HTML of code, outside of tags. */
const SEPARATOR_PATTERN = /(?<=[^\s<>])[/_.,=:]+(?=[^\s<>])(?![^<]*>)/g;

/** Removes empty heads of tables, which Markdown requires. */
function removeBlankHeads(tokens: Token[]): void {
  for (let start = 0; start < tokens.length; start++) {
    if (tokens[start]!.type !== 'thead_open') continue;
    const endIndex = tokens.findIndex(({ type }, index) => index > start && type === 'thead_close');
    const head = tokens.slice(start, endIndex + 1);
    if (head.every(({ content }) => content === '')) tokens.splice(start, head.length);
  }
}

/** The site's path on its server, from --base of ../build.ts. */
const base = process.env.SITE_BASE ?? '/';

/**
 * The plugin of Vite that writes the licences of the packages bundled into the pages. It is not
 * applied to the build of the pages' HTML.
 */
const noticesPlugin = {
  ...license({ thirdParty: { output: join(siteFolder, '.generated/THIRD-PARTY.txt') } }),
  apply: (_: unknown, { isSsrBuild }: { readonly isSsrBuild?: boolean }) => isSsrBuild !== true,
};

export default defineConfig({
  base,
  lang: 'en-GB',
  title: 'glossa',
  description:
    'A runtime for translators of file systems, in Python, JavaScript, TypeScript, C and Rust',
  srcDir: '.generated/pages',
  outDir: 'dist',
  cacheDir: '.generated/cache',
  head: [['link', { rel: 'icon', href: `${base}favicon.svg`, type: 'image/svg+xml' }]],
  // VitePress does not know the playground and the API; links.test.ts checks these links.
  ignoreDeadLinks: [/^\/(playground|api)\//],
  vite: { plugins: [noticesPlugin] },
  markdown: {
    anchor: { slugify: makeSlug },
    // Texts contain no HTML elements, and file names are no links.
    html: false,
    linkify: false,
    languages: [{ ...volfileGrammar, name: 'volfile' }],
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: (md) => {
      const { rules } = md.renderer;
      // Indented code looks and scrolls like fenced code.
      rules.code_block = (...args) => rules.fence?.(...args) ?? '';
      // Names in code may break only at their separators.
      const code = rules.code_inline;
      rules.code_inline = (...args) =>
        (code?.(...args) ?? '').replace(SEPARATOR_PATTERN, '$&<wbr>');
      md.core.ruler.push('blank_heads', ({ tokens }) => removeBlankHeads(tokens));
    },
  },
  themeConfig: {
    nav,
    sidebar,
    outline: { level: [2, 3], label: 'On this page' },
    search: {
      provider: 'local',
      options: { _render: renderForSearch, miniSearch: { options: { tokenize } } },
    },
    docFooter: { prev: 'Previous', next: 'Next' },
  },
});
