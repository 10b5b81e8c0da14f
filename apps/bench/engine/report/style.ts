/**
 * How the page looks: on a screen of any width, in the dark, and on paper.
 *
 * Pictures are drawn twice, for wide and for narrow screens, since nothing on the page could draw them
 * anew; one of the two is shown. Their colours are attributes, which rules of the page overrule.
 */

/** Of pictures, and of the page by day. */
export const INK = '#222222';
export const GRID = '#dddddd';
export const PAPER = '#ffffff';

/** Pixels, for which pictures are drawn; they grow and shrink with the page from there. */
export const WIDE = 840;
export const HALF = 420;
export const NARROW = 360;

/** Up to here a screen is narrow. */
const NARROW_MAX = '40rem';

/** Of pictures, what has another colour in the dark. */
const inTheDark: readonly (readonly [by: string, dark: string])[] = [
  [INK, 'var(--ink)'],
  [GRID, 'var(--rule)'],
  [PAPER, 'var(--paper)'],
  ['#fff', 'var(--paper)'],
  ['#000000', '#fff'],
];

const darkPictures = inTheDark
  .flatMap(([by, dark]) =>
    ['fill', 'stroke'].map((what) => `  svg [${what}="${by}"] { ${what}: ${dark}; }`),
  )
  .join('\n');

/** Colours of pages by day and in the dark, as variables of CSS. */
export const LIGHT = `color-scheme: light; --paper: ${PAPER}; --ink: ${INK}; --soft: #555;
  --rule: ${GRID}; --box: #f5f5f5; --warning: #D55E00;`;
export const DARK = `color-scheme: dark; --paper: #161616; --ink: #e4e4e4; --soft: #aaa;
  --rule: #444; --box: #242424; --warning: #E69F00;`;

export const pageStyle = `
:root { ${LIGHT} }
@media screen and (prefers-color-scheme: dark) {
  :root { ${DARK} }
${darkPictures}
}
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: var(--paper);
  color: var(--ink); font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
p { margin: .4rem 0; }
.answer { font-size: 1.15rem; margin: .3rem 0; }
.how, figcaption, caption { color: var(--soft); font-size: .85rem; }
.warnings { border: 2px solid var(--warning); padding: .6rem 1rem; margin: 1rem 0; }
.warnings h2 { font-size: 1rem; margin: 0; }
.warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.table { overflow-x: auto; margin: .8rem 0; }
table { border-collapse: collapse; font-size: .78rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding: 0 0 .3rem; }
caption span { display: inline-block; position: sticky; left: 0; max-width: calc(100vw - 3rem); }
th, td { padding: .25rem .35rem; text-align: right; white-space: nowrap; overflow-wrap: normal; }
thead th { border-bottom: 2px solid var(--ink); vertical-align: bottom; white-space: normal; }
tbody th, thead th:first-child { text-align: left; position: sticky; left: 0;
  background: var(--paper); }
tbody tr { border-bottom: 1px solid var(--rule); }
td.verdict { white-space: normal; min-width: 6rem; }
td.note { text-align: left; white-space: normal; font-style: italic; }
figure { margin: 1rem 0; }
figure svg { display: block; width: 100%; height: auto; }
.narrow { display: none; max-width: 30rem; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 0 1rem; }
pre { background: var(--box); padding: .7rem; overflow-x: auto; font-size: .8rem;
  overflow-wrap: normal; }
code { font-size: .9em; }
:focus-visible { outline: 2px solid var(--ink); }
@media screen and (max-width: ${NARROW_MAX}) {
  body { margin: 1rem auto; }
  h1 { font-size: 1.4rem; }
  .wide { display: none; }
  .narrow { display: block; }
  .pair { grid-template-columns: minmax(0, 1fr); }
}
@page { size: A4; margin: 15mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 11pt; }
  table { width: 100%; font-size: 6.6pt; }
  th, td, tbody th { padding: .15rem .25rem; white-space: normal; position: static; }
  tbody th { overflow-wrap: anywhere; min-width: 9ch; }
  td.verdict { min-width: 0; }
  .table { overflow: visible; }
  pre { overflow: visible; white-space: pre-wrap; overflow-wrap: anywhere; background: none;
    border: 1px solid #ccc; }
  figure, table, .warnings, pre { break-inside: avoid; }
  h2, h3, h3 + p { break-after: avoid; }
}
`.trim();
