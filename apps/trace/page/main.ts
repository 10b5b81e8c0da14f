/**
 * The page of `glossa trace --html`: reads the embedded recording, and shows it. Its parts depend
 * only on the model, which notifies them of changes.
 */
import { formatTime, printable } from '../../../runtime/core/log.ts';
import { findPath, formatClock } from '../../../runtime/observe/event-text.ts';
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import { otherInWords } from '../event-texts.ts';
import type { SourceText } from '../steps.ts';
import { changeView } from './change.ts';
import { bytesOf, html, isPageKey } from './dom.ts';
import { counted, filterForm } from './filters.ts';
import { graphView } from './graph.ts';
import { requestList, resultMark } from './list.ts';
import { Model, type RecordingData } from './model.ts';
import { scrubber } from './scrubber.ts';
import { sourceView } from './source.ts';
import { timeline } from './timeline.ts';
import { wayView } from './way.ts';

/** Most listed events that are no requests. */
const OTHERS_MAX = 1000;

const embedded = (id: string): string => document.getElementById(id)!.textContent!;

async function read(): Promise<RecordingData> {
  const recording = openRecording(bytesOf(embedded('recording')));
  const outline = await readOutline(recording);
  const sources = JSON.parse(embedded('sources')) as SourceText[];
  return { head: recording.head, closed: recording.closed, outline, sources };
}

function header({ given, failed }: Model): HTMLElement {
  const { head, outline } = given;
  const facts = [
    `${formatTime(head.startedAt).slice(0, 19)} UTC`,
    counted(outline.requests.length),
    `${failed.toLocaleString('en')} with a failure`,
    `${head.volumes.length} volume${head.volumes.length === 1 ? '' : 's'}`,
    ...(head.filter === null ? [] : [`recorded: ${head.filter}`]),
    ...(head.redacted ? ['names and contents hidden'] : []),
    `glossa ${head.version}`,
  ];
  return html`<header>
    <h1>Requests of ${printable(head.volumes.at(-1)?.name ?? 'a graph')}</h1>
    <p class="facts">${facts.join(' · ')}</p>
  </header>`;
}

/** Warnings about missing parts of the recording. */
function warnings({ closed, outline }: RecordingData): Node[] {
  const cut = 'The recording was not ended: it was cut off, or went on when this page was made.';
  const said = [...(closed ? [] : [cut]), ...outline.problems];
  if (said.length === 0) return [];
  return [
    html`<section class="warnings" role="alert">
      <p>What there is of it is shown:</p><ul>${said.map((text) => html`<li>${text}</li>`)}</ul>
    </section>`,
  ];
}

function othersView({ head, outline: { others } }: RecordingData): Node[] {
  if (others.length === 0) return [];
  const rows = others
    .slice(0, OTHERS_MAX)
    .map(
      (event) => html`<li>${formatClock(head.startedAt, event.at)}  ${otherInWords(event)}</li>`,
    );
  const more = others.length - rows.length;
  if (more > 0) rows.push(html`<li>and ${more} more</li>`);
  return [
    html`<details class="others">
      <summary>Events of the graph and lines of its log (${others.length})</summary>
      <ol>${rows}</ol>
    </details>`,
  ];
}

function requestView(model: Model): HTMLElement {
  const title = html`<h2 id="title"></h2>`;
  const facts = html`<p class="facts"></p>`;
  const view = html`<article class="request" aria-labelledby="title">
    ${title}${facts}${scrubber(model)}
    <div class="inside">
      <div class="left">${wayView(model)}${changeView(model)}${sourceView(model)}</div>
      ${graphView(model)}
    </div>
  </article>`;
  model.on(['request'], () => {
    view.hidden = model.current === null;
    if (model.current === null) return;
    const { wind, unwind } = model.current.walk.root;
    const errno = unwind === null ? null : unwind.opRet < 0 ? unwind.opErrno : 0;
    title.replaceChildren(
      html`<span>${wind.fop} </span>`,
      html`<span class="path">${printable(findPath(wind.args) ?? '')}</span>`,
      resultMark(errno),
    );
    const { caller } = wind;
    facts.textContent = [
      `#${wind.request}`,
      formatClock(model.given.head.startedAt, wind.at),
      ...(unwind === null ? ['no answer yet'] : [formatDuration(unwind.at - wind.at)]),
      ...(caller === null ? [] : [`pid ${caller.pid}`, `uid ${caller.uid}`, `gid ${caller.gid}`]),
    ].join(' · ');
  });
  return view;
}

/** Handles the page's keys, unless a field uses them. */
function listen(model: Model): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => model.go(model.step + 1),
    ArrowLeft: () => model.go(model.step - 1),
    n: () => model.select(model.place + 1),
    p: () => model.select(Math.max(0, model.place - 1)),
    '/': () => document.getElementById('path')!.focus(),
  };
  document.addEventListener('keydown', (event) => {
    const act = keys[event.key];
    if (act === undefined || !isPageKey(event, 'input:not([type=checkbox]), select')) return;
    if (model.shown.length === 0 && event.key !== '/') return;
    event.preventDefault();
    act();
  });
}

async function start(): Promise<void> {
  const page = document.getElementById('page')!;
  let given: RecordingData;
  try {
    given = await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    page.replaceChildren(html`<p role="alert">The recording cannot be read: ${why}</p>`);
    return;
  }
  const model = new Model(given);
  page.replaceChildren(
    header(model),
    ...warnings(given),
    timeline(model),
    html`<div class="columns">
      <nav class="requests" aria-label="Requests">${filterForm(model)}${requestList(model)}</nav>
      ${requestView(model)}
    </div>`,
    ...othersView(given),
    html`<footer>
      <kbd>←</kbd><kbd>→</kbd> a step · <kbd>n</kbd><kbd>p</kbd> next and previous request
      <span> · <kbd>/</kbd> filter by path</span>
    </footer>`,
  );
  listen(model);
  model.select(0);
  // For tests, which wait for it.
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

void start();
