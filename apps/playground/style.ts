/** How the page of the playground looks: as that of recordings, and its own parts. */
import { pageStyle } from '../trace/page-style.ts';

const NARROW_MAX = '60rem';

export const playgroundStyle = `${pageStyle}
:root { --code-keyword: #8b2f8f; --code-string: #2f6b1f; --code-name: #005a9c; }
@media screen and (prefers-color-scheme: dark) {
  :root { --code-keyword: #d99be0; --code-string: #a5d68c; --code-name: #7cc4f5; }
}
main > header { display: flex; flex-wrap: wrap; gap: .5rem 1rem; align-items: center; }
main > header #status { flex: 1 1 12rem; color: var(--soft); overflow-wrap: anywhere; }
.acts { display: flex; flex-wrap: wrap; gap: .35rem; }
button.main { background: var(--accent); border-color: var(--accent); color: var(--paper); font-weight: 600; }
button:disabled { opacity: .6; cursor: default; }
.notices { display: grid; gap: .4rem; }
.notice { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .4rem .7rem;
  border-left: 4px solid var(--warning); background: var(--box); border-radius: 0 6px 6px 0; }
.notice span { flex: 1 1 16rem; overflow-wrap: anywhere; }
.notice input { flex: 1 1 16rem; min-width: 0; }
input[type=text] { font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--rule);
  border-radius: 6px; min-height: 2.1rem; padding: 0 .6rem; }

.desk { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 0 1.25rem; align-items: start;
  grid-template-rows: auto auto 1fr;
  grid-template-areas: "files requests" "course requests" "shell requests"; }
.desk > * { margin-bottom: .75rem; }
.course { grid-area: course; min-width: 0; }
.course:not(:has(> :not([hidden]))) { display: none; }
.files { grid-area: files; }
.shell-side { grid-area: shell; }
.requests-side { grid-area: requests; }
.side { display: flex; flex-direction: column; gap: .75rem; min-width: 0; }
.editor { border: 1px solid var(--rule); border-radius: 8px; overflow: hidden; }
.filebar { display: flex; justify-content: space-between; background: var(--box); gap: .5rem;
  border-bottom: 1px solid var(--rule); }
.filebar .acts { flex-wrap: nowrap; padding: .2rem; }
.filebar .acts button { min-height: 1.8rem; }
.tabs { display: flex; flex: 1; overflow-x: auto; }
.tabs [role=tab] { border: 0; border-radius: 0; background: none; border-bottom: 3px solid transparent;
  white-space: nowrap; padding: 0 .8rem; }
.tabs [aria-selected=true] { background: var(--paper); border-bottom-color: var(--accent); font-weight: 600; }
.tabs .wrong .count { color: var(--bad); font-size: .75rem; }
.naming { display: flex; flex-wrap: wrap; gap: .5rem; align-items: center; padding: .5rem; }
.naming [role=alert] { color: var(--bad); }
.cm-editor { height: clamp(12rem, 100vh - 27rem, 34rem); font-size: 13px; background: var(--paper); color: var(--ink); }
.cm-editor.cm-focused { outline: 2px solid var(--accent) !important; outline-offset: -2px; }
.cm-scroller { font-family: ui-monospace, "DejaVu Sans Mono", monospace !important; }
.cm-editor .cm-gutters { background: var(--box); color: var(--soft); border-color: var(--rule); }
.cm-editor .cm-activeLine, .cm-editor .cm-activeLineGutter { background: color-mix(in srgb, var(--rule) 30%, transparent); }
.cm-editor .cm-line.lit { background: var(--tint); box-shadow: inset 4px 0 var(--accent); font-weight: 600; }
.cm-editor .cm-cursor { border-left-color: var(--ink) !important; }
.cm-editor .cm-selectionBackground, .cm-editor.cm-focused .cm-selectionBackground {
  background: color-mix(in srgb, var(--accent) 30%, transparent) !important; }
.cm-editor .cm-tooltip, .cm-editor .cm-panels { background: var(--box); color: var(--ink); border-color: var(--rule);
  max-width: min(34rem, 90vw); }
.cm-editor .cm-tooltip-autocomplete ul li[aria-selected] { background: var(--accent); color: var(--paper); }
.cm-editor .cm-panels button, .cm-editor .cm-panels input { background: var(--paper); color: var(--ink); }
.cm-editor .cm-matchingBracket { background: var(--tint) !important; }
.card { padding: .4rem .7rem; max-height: 18rem; overflow: auto; font: 13px/1.4 system-ui, sans-serif; }
.card p { margin-bottom: .3rem; overflow-wrap: anywhere; }
.card :is(td, th) { font-family: inherit; }
.card td:first-child { white-space: nowrap; color: var(--soft); }
.problems ul { margin: 0; padding: 0; list-style: none; display: grid; gap: .2rem; }
.problems button, .problems span { display: block; width: 100%; text-align: left; padding: .3rem .6rem;
  border: 1px solid var(--rule); border-left: 4px solid var(--bad); overflow-wrap: anywhere; min-height: 0;
  white-space: pre-wrap; background: var(--paper); border-radius: 4px; font-size: .85rem; }
.problems .warning { border-left-color: var(--warning); }

.shell { border: 1px solid var(--rule); border-radius: 8px; overflow: hidden;
  font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.output { height: clamp(6rem, 18vh, 12rem); overflow: auto; padding: .5rem .7rem; background: var(--box); }
.output pre { margin: 0; font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
.output .typed { color: var(--soft); overflow-wrap: anywhere; }
.output .failed { color: var(--bad); }
.output .remark { font-family: system-ui, "DejaVu Sans", sans-serif; color: var(--soft); margin-top: .2rem; }
.prompt { display: flex; align-items: center; gap: .5rem; padding: .3rem .7rem; border-top: 1px solid var(--rule); }
.prompt input { flex: 1; min-width: 0; border: 0; font: inherit; }
#log { margin: .3rem 0 0; max-height: 12rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere;
  font: 12px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--box); padding: .5rem; }
summary { cursor: pointer; color: var(--soft); font-size: .85rem; }

.tiles { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: .5rem; }
.tiles p { display: flex; flex-direction: column; padding: .4rem .6rem; background: var(--box); border-radius: 6px; }
.tiles b { font-size: 1.15rem; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.tiles span { color: var(--soft); font-size: .78rem; }
#counters-of { font-size: .8rem; font-weight: 600; color: var(--soft); margin-bottom: .35rem; }
.counters details { margin-top: .4rem; }
.counters tbody th { width: auto; }
.knob { display: flex; flex-wrap: wrap; gap: .3rem .7rem; align-items: center; }
.knob input { flex: 1 1 8rem; min-width: 6rem; height: 2rem; }
.knob output { flex: 0 0 4rem; text-align: right; font-variant-numeric: tabular-nums; }
.watch { display: flex; flex-direction: column; gap: .75rem; min-width: 0; }
.watch { gap: .5rem; }
.watch .graph { max-width: none; padding: .4rem .8rem; }
.watch .graph svg { margin: 0 auto; max-height: max(13rem, 30vh); }
.watch .scrubber { position: static; padding: 0; }
.watch .none { padding: 0; }
.player { display: flex; gap: .5rem; align-items: center; }
.player button { min-width: 5rem; }
.details { display: flex; flex-direction: column; gap: 1rem; min-width: 0; }
.frames .now th { color: var(--ink); font-weight: 600; }
.frames .now { background: var(--tint); }
.frames ul { margin: .3rem 0 0; padding-left: 1.2rem; overflow-wrap: anywhere; }
.details .hop { grid-template-columns: minmax(0, 1fr) minmax(4rem, 1fr) 9rem; }
.details .requests { position: static; height: 24rem; min-height: 0; margin-top: .5rem; }
footer p { overflow-wrap: anywhere; }
footer button { min-height: 1.6rem; font-size: .8rem; }

@media (max-width: ${NARROW_MAX}) {
  .desk { display: flex; flex-direction: column; align-items: stretch; }
  .requests-side { display: contents; }
  .requests-side > * { margin-bottom: .75rem; }
  .counters, .knob { order: 1; }
  .files { order: 2; }
  .details { order: 3; }
  .cm-editor { height: 46vh; }
  .knob label { flex: 1 0 100%; }
  .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .details .hop { grid-template-columns: minmax(0, 1fr) auto; }
}
@media (prefers-reduced-motion: reduce) { * { animation: none !important; transition: none !important; } }
`.trim();
