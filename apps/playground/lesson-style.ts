/** How the lessons look in the page of the playground. */

/** From here on text, files and requests fit beside each other. */
const THREE_COLUMNS_MIN = '106rem';
/** From here on counters and picture fit beside each other, below the files. */
const TWO_COLUMNS_MIN = '75rem';
const NARROW_MAX = '60rem';

export const lessonStyle = `
.desk.learning { scroll-margin-top: .75rem; grid-template-columns: minmax(0, 31rem) minmax(0, 1fr);
  grid-template-areas: "course files" "course requests" "course shell"; }
.learning .course { position: sticky; top: .75rem; height: calc(100vh - 1.5rem); display: flex; flex-direction: column;
  gap: .75rem; margin-bottom: 0; }
.lessons { flex: 1 1 8rem; min-height: 0; overflow-y: auto;
  border: 1px solid var(--rule); border-radius: 8px; background: var(--paper); padding: .6rem 1rem 1rem; }
.learning .lesson-bar { flex: 0 1 auto; max-height: 60%; overflow-y: auto; }
.lessons .bar { position: sticky; top: -.6rem; background: var(--paper); margin: -.6rem -1rem 0; padding: .6rem 1rem;
  border-bottom: 1px solid var(--rule); z-index: 1; }
.lessons .acts { align-items: center; }
.lessons details { padding: .5rem 0; }
.lesson-list { margin: .4rem 0 0; padding-left: 1.8rem; display: grid; gap: .15rem; }
.lesson-list li { padding: .1rem 0; }
.lesson-list a { color: var(--accent); text-underline-offset: .2em; }
.lesson-list [aria-current] { color: var(--ink); font-weight: 600; text-decoration: none; }
.passed { color: var(--good); font-size: .8rem; margin-left: .5rem; white-space: nowrap; }
.lessons article { display: flex; flex-direction: column; gap: .5rem; font-size: .95rem; line-height: 1.55; }
#lesson-title { font-size: 1.3rem; color: var(--ink); outline: none; margin-top: .3rem; }
.lesson-text { container-type: inline-size; }
.lesson-text > * + * { margin-top: .7rem; }
.lesson-text > :first-child { margin-top: 0; }
.lesson-text h4 { font-size: 1.02rem; color: var(--ink); margin: 1.3rem 0 0; }
.lesson-text ul, .lesson-text ol { padding-left: 1.4rem; margin-bottom: 0; }
.lesson-text li + li { margin-top: .25rem; }
.lesson-text :not(pre) > code, .lesson-bar :not(pre) > code { background: var(--box); border-radius: 4px;
  padding: .05rem .25rem; overflow-wrap: anywhere; }
.lesson-text td > code { overflow-wrap: break-word; }
.lesson-text code, .lesson-bar code { font: .88em ui-monospace, "DejaVu Sans Mono", monospace; }
.lesson-text pre { background: var(--box); border-radius: 8px; padding: .6rem .8rem; margin-bottom: 0;
  overflow-x: auto; line-height: 1.45; }
.lesson-text pre code { font-size: 12.5px; }
.lesson-text pre.python, .lesson-text pre.js { white-space: pre-wrap; overflow-wrap: anywhere; }
.lesson-text pre.plain { line-height: 1.2; }
.lesson-text pre.plain code { font-size: 12px; }
.lesson-text pre.plain[tabindex] code { font-size: clamp(9.5px, calc((100cqi - 2rem) / 44), 12px); }
.lesson-text pre.sh::before { content: "in a terminal, where glossa is installed"; display: block; color: var(--soft);
  font: .75rem system-ui, sans-serif; margin-bottom: .2rem; }
.lesson-text td, .lesson-text th { font: inherit; font-size: .9rem; padding: .35rem .5rem .35rem 0; }
.lesson-text img { max-width: 100%; }

.desk.learning .cm-editor { height: clamp(10rem, 100vh - 30rem, 30rem); }
/* Text, file and requests are seen at once, though only two columns fit. */
@media (min-width: ${TWO_COLUMNS_MIN}) and (max-width: 105.99rem) {
  .learning .requests-side { display: grid; grid-template-columns: minmax(0, 16rem) minmax(0, 1fr); gap: .5rem 1rem;
    grid-template-areas: "counters watch" "knob watch" "details details"; grid-template-rows: auto 1fr; }
  .learning .counters { grid-area: counters; }
  .learning .tiles { grid-template-columns: repeat(2, minmax(0, 1fr)); }
  .learning .knob { grid-area: knob; align-self: start; }
  .learning .watch { grid-area: watch; }
  .learning .details { grid-area: details; }
}
.lesson-bar { border: 1px solid var(--rule); border-left: 4px solid var(--accent); border-radius: 0 8px 8px 0;
  padding: .6rem .8rem; display: grid; gap: .5rem; min-width: 0; }
.lesson-bar .acts { align-items: center; }
.lesson-bar .next { margin-left: auto; color: var(--accent); padding: .4rem .6rem; border-radius: 6px;
  text-underline-offset: .2em; }
.lesson-bar .next.main { background: var(--accent); color: var(--paper); font-weight: 600; text-decoration: none; }
.lesson-answer { display: grid; gap: .4rem; justify-items: start; }
.lesson-answer:empty, .lesson-hints:empty, #lesson-diff:empty { display: none; }
.lesson-answer p { white-space: pre-wrap; overflow-wrap: anywhere; max-width: 46rem; }
.lesson-answer .result { font-size: .95rem; padding: .1rem .6rem; }
.lesson-hints { margin: 0; padding: .5rem .7rem .5rem 1.9rem; background: var(--box); border-radius: 6px; }
.lesson-hints li + li { margin-top: .3rem; }
#lesson-diff { display: grid; gap: .4rem; justify-items: start; min-width: 0; }
.diff { margin: 0; width: 100%; background: var(--box); border-radius: 6px; padding: .5rem 0; white-space: pre-wrap;
  overflow-wrap: anywhere; font: 12.5px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; }
.diff span { display: block; padding: 0 .7rem; min-height: 1.5em; }
.diff .came { background: var(--good-tint); color: var(--good); }
.diff .gone { background: var(--bad-tint); color: var(--bad); }

@media (min-width: ${THREE_COLUMNS_MIN}) {
  .desk.learning { grid-template-columns: minmax(0, 31rem) minmax(0, 1fr) minmax(0, 1fr);
    grid-template-areas: "course files requests" "course shell requests"; grid-template-rows: auto 1fr; }
}
@media (max-width: ${NARROW_MAX}) {
  .learning .course { display: contents; }
  .learning .lessons { flex: none; order: -3; }
  .learning .files { order: -2; }
  .learning .lesson-bar { order: -1; max-height: none; margin-bottom: .75rem; }
  .lessons { margin-bottom: .75rem; }
  .lesson-bar .next { margin-left: 0; }
}
`.trim();
