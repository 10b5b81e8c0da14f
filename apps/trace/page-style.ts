/** How the page of `glossa trace --html` looks: by day and in the dark, on desks and on phones. */
import { DARK, LIGHT } from '../bench/engine/report/style.ts';

/** Up to here a list and a request do not fit beside each other. */
const NARROW_MAX = '60rem';

export const pageStyle = `
:root { ${LIGHT} --accent: #0072B2; --tint: #e3f0f9; --bad: #b3401a; --bad-tint: #fbe9e2;
  --good: #00694d; --good-tint: #def3ec; }
@media screen and (prefers-color-scheme: dark) {
  :root { ${DARK} --accent: #56B4E9; --tint: #17324a; --bad: #ff8f66; --bad-tint: #43231a;
    --good: #4fd1ab; --good-tint: #14372d; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink);
  font: 14px/1.45 system-ui, "DejaVu Sans", sans-serif; }
[hidden] { display: none !important; }
main { display: flex; flex-direction: column; gap: .75rem; padding: 1rem 1.25rem; min-height: 100vh; }
h1, h2, h3, p { margin: 0; }
h1 { font-size: 1.35rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; display: flex; flex-wrap: wrap; gap: 0 .5rem; align-items: baseline; }
h2 .path { font-weight: 400; overflow-wrap: anywhere; }
h3 { font-size: .8rem; color: var(--soft); font-weight: 600; }
section > h3 { margin-bottom: .35rem; }
.facts, .small, footer { color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
.facts { overflow-wrap: anywhere; }
.none { color: var(--soft); padding: .4rem 0; }
.warnings { border: 2px solid var(--warning); border-radius: 6px; padding: .5rem .9rem; }
.warnings ul { margin: .2rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
button, select, input[type=search] { font: inherit; color: inherit; background: var(--box);
  border: 1px solid var(--rule); border-radius: 6px; min-height: 2.1rem; padding: 0 .6rem; }
button { cursor: pointer; }
button:hover { border-color: var(--accent); }
input[type=checkbox], input[type=range] { accent-color: var(--accent); }
.result { font-weight: 600; font-size: .8rem; padding: 0 .4rem; border-radius: 4px; }
.result.failed, .result.waits { color: var(--bad); background: var(--bad-tint); }
.result.well { color: var(--good); background: var(--good-tint); }

.timeline canvas { display: block; width: 100%; height: 112px; background: var(--paper);
  border: 1px solid var(--rule); border-radius: 8px; cursor: crosshair; margin-top: .3rem; }
.bar { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; align-items: center; }
.zoom { display: flex; gap: .3rem; align-items: center; }
.zoom button { min-height: 1.7rem; min-width: 2rem; padding: 0 .4rem; font-size: .8rem; }
.key { font-size: .78rem; color: var(--soft); margin-right: .4rem; }
.key::before { content: ""; display: inline-block; width: .7rem; height: .7rem; border-radius: 2px;
  background: var(--accent); margin-right: .35rem; vertical-align: -1px; }
.key.failed::before { background: var(--bad); }

.columns { display: grid; grid-template-columns: 21rem minmax(0, 1fr); gap: 1.25rem; flex: 1; }
.requests { display: flex; flex-direction: column; gap: .5rem; position: sticky; top: .75rem;
  height: calc(100vh - 1.5rem); min-height: 20rem; }
.filters { display: grid; grid-template-columns: 1fr 1fr; gap: .4rem; align-items: center; }
.filters input[type=search] { grid-column: 1 / -1; width: 100%; }
.filters select { min-width: 0; width: 100%; }
.filters label { white-space: nowrap; }
#count { text-align: right; }
.list { flex: 1; overflow-y: auto; overflow-x: hidden; border: 1px solid var(--rule);
  border-radius: 8px; contain: strict; }
.space { position: relative; }
.space .none { padding: 1rem; }
.row { position: absolute; inset: 0 0 auto; height: 46px; padding: .3rem .6rem; display: grid;
  grid-template-columns: auto minmax(0, 1fr) auto; gap: 0 .5rem; cursor: pointer;
  border-bottom: 1px solid var(--rule); align-content: center; line-height: 1.25; }
.row .path { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; grid-column: 2;
  grid-row: 1; }
.row .result { grid-column: 3; grid-row: 1; align-self: center; }
.row .small { grid-column: 1 / -1; font-size: .74rem; }
.row:hover { background: var(--box); }
.row[aria-selected=true] { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }

.request { display: flex; flex-direction: column; gap: .35rem; min-width: 0; }
.scrubber { position: sticky; top: 0; z-index: 2; background: var(--paper); padding: .4rem 0; }
.buttons { display: flex; align-items: center; gap: .35rem; }
.buttons button { min-width: 2.5rem; min-height: 2.3rem; padding: 0; }
.buttons input { flex: 1; min-width: 4rem; height: 2.3rem; }
#where { white-space: nowrap; min-width: 9.5rem; text-align: right; }
.said { font-size: 1rem; margin-top: .45rem; padding: .4rem .7rem; border-left: 4px solid var(--accent);
  background: var(--box); border-radius: 0 6px 6px 0; overflow-wrap: anywhere; }
.said[data-kind=unwind] { border-left-color: var(--good); }
.said[data-kind=note] { border-left-color: var(--warning); }
.inside { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 1.25rem; align-items: start; }
.left { display: flex; flex-direction: column; gap: 1rem; min-width: 0; }

.hop { display: grid; grid-template-columns: minmax(9rem, 16rem) minmax(5rem, 1fr) 11rem; width: 100%;
  gap: 0 .75rem; align-items: center; text-align: left; background: none; border: 0; min-height: 0;
  border-radius: 6px; padding: .3rem .5rem; line-height: 1.3; }
.hop:hover { background: var(--box); }
.hop.now { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
.hop.later .who, .hop.later .answer, .hop.later .small { opacity: .55; }
.who { grid-column: 1; grid-row: 1; overflow-wrap: anywhere; }
.answer { grid-column: 3; grid-row: 1; font-size: .8rem; text-align: right; }
.answer.failed { color: var(--bad); font-weight: 600; }
.hop .small { grid-column: 3; grid-row: 2; text-align: right; font-size: .74rem; white-space: nowrap; }
.track { grid-column: 2; grid-row: 1 / 3; position: relative; height: 1.1rem; }
.track span { position: absolute; top: 0; bottom: 0; border-radius: 3px; }
.track .waiting { background: var(--rule); top: 35%; bottom: 35%; min-width: 2px; }
.track .own { background: var(--accent); min-width: 2px; }
.track .cursor { width: 2px; top: -.35rem; bottom: -.35rem; background: var(--ink); margin-left: -1px; }
.hop:not(.now) .cursor { opacity: .25; }

.graph { max-width: 22rem; overflow-x: auto; border: 1px solid var(--rule); border-radius: 8px;
  padding: .6rem .8rem; }
.graph svg { display: block; max-width: 100%; height: auto; }
.edge { fill: none; stroke: var(--rule); stroke-width: 2; }
.edge.down { stroke: var(--accent); stroke-width: 4; stroke-dasharray: 6 4; animation: down .6s linear infinite; }
.edge.up { stroke: var(--good); stroke-width: 4; stroke-dasharray: 6 4; animation: up .6s linear infinite; }
@keyframes down { to { stroke-dashoffset: -10; } }
@keyframes up { to { stroke-dashoffset: 10; } }
.token { fill: var(--accent); stroke: var(--paper); stroke-width: 2; offset-rotate: 0deg; }
.token.down { offset-distance: 100%; animation: sink .6s ease-in-out; }
.token.up { fill: var(--good); offset-distance: 0%; animation: rise .6s ease-in-out; }
@keyframes sink { from { offset-distance: 0%; } }
@keyframes rise { from { offset-distance: 100%; } }
@media (prefers-reduced-motion: reduce) { .edge, .token { animation: none !important; } }
.volume rect { fill: var(--paper); stroke: var(--rule); stroke-width: 1.5; }
.volume text { fill: var(--soft); text-anchor: middle; font-size: 12px; }
.volume .name { font-weight: 600; font-size: 13px; }
.volume.met rect { fill: var(--box); stroke: var(--soft); }
.volume.met .name { fill: var(--ink); }
.volume.now rect { fill: var(--tint); stroke: var(--accent); stroke-width: 2.5; }

.bar label { font-size: .8rem; color: var(--soft); }
.table { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .82rem; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--rule);
  vertical-align: top; overflow-wrap: anywhere; }
thead th { color: var(--soft); font-weight: 600; font-size: .76rem; }
tbody th { font-weight: 400; color: var(--soft); width: 30%; }
td { font-family: ui-monospace, "DejaVu Sans Mono", monospace; font-size: .78rem; }
.compared td { width: 35%; }
.same td { color: var(--soft); }
.differs th { color: var(--ink); font-weight: 600; }
.gone { background: var(--bad-tint); }
.came { background: var(--good-tint); }
del { text-decoration: none; color: var(--bad); }
ins { text-decoration: none; color: var(--good); }
del::before { content: "− "; }
ins::before { content: "+ "; }
.change .small { margin-top: .35rem; overflow-wrap: anywhere; }

.code { max-height: 24rem; overflow: auto; position: relative; background: var(--box);
  border-radius: 8px; padding: .5rem 0; counter-reset: line;
  font: 12.5px/1.55 ui-monospace, "DejaVu Sans Mono", monospace; }
.line { counter-increment: line; white-space: pre; min-width: max-content; padding-right: 1rem; min-height: 1.55em; }
.line::before { content: counter(line); display: inline-block; width: 3.2rem; padding-right: .9rem;
  text-align: right; color: var(--soft); user-select: none; }
.line code { font: inherit; }
.line.lit { background: var(--tint); box-shadow: inset 4px 0 var(--accent); font-weight: 600; }

.others ol { font-size: .8rem; padding-left: 1.2rem; overflow-wrap: anywhere; }
.others summary { cursor: pointer; color: var(--soft); }
kbd { font: .75rem ui-monospace, monospace; border: 1px solid var(--rule); border-radius: 4px;
  padding: .05rem .35rem; margin: 0 .1rem; background: var(--box); }

@media (max-width: 80rem) { .inside { grid-template-columns: minmax(0, 1fr); }
  .graph { max-width: none; } .graph svg { margin: 0 auto; } }
@media (max-width: ${NARROW_MAX}) {
  main { padding: .75rem; }
  .columns { grid-template-columns: minmax(0, 1fr); }
  .requests { position: static; height: 46vh; min-height: 17rem; }
  .hop { grid-template-columns: minmax(0, 1fr) auto; padding: .4rem .5rem; }
  .answer { grid-column: 2; }
  .track { grid-column: 1 / -1; grid-row: 2; margin: .25rem 0; }
  .hop .small { grid-column: 1 / -1; grid-row: 3; text-align: left; }
  .buttons { flex-wrap: wrap; }
  .buttons button { flex: 1; }
  .buttons input { flex: 1 1 100%; order: 2; }
  #where { order: 3; flex: 1 1 100%; text-align: left; }
  .compared thead { display: none; }
  .compared tr { display: block; padding: .3rem 0; border-bottom: 1px solid var(--rule); }
  .compared th, .compared td { display: block; width: auto; border: 0; }
}
`.trim();
