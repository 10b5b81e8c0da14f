/** How the page looks, on a screen and on paper. */

export const pageStyle = `
:root { color-scheme: light; }
body { margin: 2rem auto; max-width: 62rem; padding: 0 1rem; background: #fff; color: #222;
  font: 16px/1.5 system-ui, "DejaVu Sans", sans-serif; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .6rem; }
h2 { font-size: 1.25rem; margin: 2.2rem 0 .4rem; }
h3 { font-size: 1rem; margin: 1.2rem 0 .2rem; }
p { margin: .4rem 0; }
.answer { font-size: 1.15rem; margin: .3rem 0; }
.how, figcaption { color: #555; font-size: .85rem; }
.warnings { border: 2px solid #D55E00; padding: .6rem 1rem; margin: 1rem 0; }
.warnings ul { margin: .3rem 0 0; padding-left: 1.2rem; }
.table { overflow-x: auto; }
table { border-collapse: collapse; font-size: .78rem; font-variant-numeric: tabular-nums;
  margin: .8rem 0; }
th, td { padding: .25rem .35rem; text-align: right; white-space: nowrap; }
thead th { border-bottom: 2px solid #222; vertical-align: bottom; white-space: normal; }
tbody th { text-align: left; }
tbody tr { border-bottom: 1px solid #ddd; }
td.verdict { white-space: normal; }
td.note { text-align: left; white-space: normal; font-style: italic; }
figure { margin: 1rem 0; }
figure svg { display: block; max-width: 100%; height: auto; }
.pair { display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
pre { background: #f5f5f5; padding: .7rem; overflow-x: auto; font-size: .8rem; }
code { font-size: .9em; overflow-wrap: anywhere; }
@media (max-width: 50rem) { .pair { grid-template-columns: 1fr; } }
@page { size: A4; margin: 15mm; }
@media print {
  body { margin: 0; max-width: none; padding: 0; font-size: 11pt; }
  .pair { grid-template-columns: 1fr 1fr; }
  table { font-size: 6.6pt; }
  th, td { padding: .15rem .25rem; }
  .table { overflow: visible; }
  pre { white-space: pre-wrap; background: none; border: 1px solid #ccc; }
  figure, table, .warnings, pre { break-inside: avoid; }
  h2, h3, h3 + p { break-after: avoid; }
}
`.trim();
