/**
 * Builds the page of `glossa trace --html`, which has the recording embedded. Its parts depend only
 * on the model, which notifies them of changes.
 */
import { formatTime, printable } from '../../../runtime/core/log.ts';
import { findPath, formatClock } from '../../../runtime/observe/event-text.ts';
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { formatDuration } from '../../../terminal/quantities.ts';
import { formatOtherEvent } from '../event-texts.ts';
import { makeChangeView } from './change-view.ts';
import { decodeBase64, html, isPageKey } from './dom.ts';
import { formatRequestCount, makeFilterForm } from './filter-form.ts';
import { makeGraphView } from './graph-picture.ts';
import { makeHopsView } from './hops-view.ts';
import { Model, type RecordingData, type SourceText } from './model.ts';
import { makeRequestList, makeResultMark } from './request-list.ts';
import { makeScrubber } from './scrubber.ts';
import { makeSourceView } from './source-view.ts';
import { makeTimeline } from './timeline.ts';

/** Maximum number of listed events that belong to no request. */
const LISTED_EVENTS_MAX = 1000;

const readEmbeddedText = (id: string): string => document.getElementById(id)!.textContent!;

async function readRecording(): Promise<RecordingData> {
  const recording = openRecording(decodeBase64(readEmbeddedText('recording')));
  const outline = await readOutline(recording);
  const sources = JSON.parse(readEmbeddedText('sources')) as SourceText[];
  return { head: recording.head, wasClosed: recording.closed, outline, sources };
}

function makeHeader({ data, failureCount }: Model): HTMLElement {
  const { head, outline } = data;
  const facts = [
    // Without fractions of a second.
    `${formatTime(head.startedAt).slice(0, 19)} UTC`,
    formatRequestCount(outline.requests.length),
    `${failureCount.toLocaleString('en')} with a failure`,
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

/** Makes warnings about missing parts of the recording. */
function makeWarnings({ wasClosed, outline }: RecordingData): Node[] {
  const cutOffText =
    'The recording was not ended: it was cut off, or went on when this page was made.';
  const texts = [...(wasClosed ? [] : [cutOffText]), ...outline.problems];
  if (texts.length === 0) return [];
  return [
    html`<section class="warnings" role="alert">
      <p>What there is of it is shown:</p><ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>
    </section>`,
  ];
}

/** Makes the list of events that belong to no request, such as lines of the log. */
function makeOtherEventsView({ head, outline: { others } }: RecordingData): Node[] {
  if (others.length === 0) return [];
  const rows = others
    .slice(0, LISTED_EVENTS_MAX)
    .map(
      (event) =>
        html`<li>${formatClock(head.startedAt, event.at)}  ${formatOtherEvent(event)}</li>`,
    );
  const omittedCount = others.length - rows.length;
  if (omittedCount > 0) rows.push(html`<li>and ${omittedCount} more</li>`);
  return [
    html`<details class="others">
      <summary>Events of the graph and lines of its log (${others.length})</summary>
      <ol>${rows}</ol>
    </details>`,
  ];
}

/** Makes the view of the model's current request: its title, steps, hops and graph. */
function makeRequestView(model: Model): HTMLElement {
  const title = html`<h2 id="title"></h2>`;
  const facts = html`<p class="facts"></p>`;
  const view = html`<article class="request" aria-labelledby="title">
    ${title}${facts}${makeScrubber(model)}
    <div class="inside">
      <div class="left">${makeHopsView(model)}${makeChangeView(model)}${makeSourceView(model)}</div>
      ${makeGraphView(model)}
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
      makeResultMark(errno),
    );
    const { caller } = wind;
    facts.textContent = [
      `#${wind.request}`,
      formatClock(model.data.head.startedAt, wind.at),
      ...(unwind === null ? ['no answer yet'] : [formatDuration(unwind.at - wind.at)]),
      ...(caller === null ? [] : [`pid ${caller.pid}`, `uid ${caller.uid}`, `gid ${caller.gid}`]),
    ].join(' · ');
  });
  return view;
}

/** Handles the page's keys, unless a field uses them. */
function listenForKeys(model: Model): void {
  const keys: Readonly<Record<string, () => void>> = {
    ArrowRight: () => model.goToStep(model.stepIndex + 1),
    ArrowLeft: () => model.goToStep(model.stepIndex - 1),
    n: () => model.select(model.selectedIndex + 1),
    p: () => model.select(Math.max(0, model.selectedIndex - 1)),
    '/': () => document.getElementById('path')!.focus(),
  };
  document.addEventListener('keydown', (event) => {
    const action = keys[event.key];
    if (action === undefined || !isPageKey(event, 'input:not([type=checkbox]), select')) return;
    if (model.shownRequests.length === 0 && event.key !== '/') return;
    event.preventDefault();
    action();
  });
}

async function showPage(): Promise<void> {
  const page = document.getElementById('page')!;
  let data: RecordingData;
  try {
    data = await readRecording();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    page.replaceChildren(html`<p role="alert">The recording cannot be read: ${reason}</p>`);
    return;
  }
  const model = new Model(data);
  page.replaceChildren(
    makeHeader(model),
    ...makeWarnings(data),
    makeTimeline(model),
    html`<div class="columns">
      <nav class="requests" aria-label="Requests">${makeFilterForm(model)}${makeRequestList(model)}</nav>
      ${makeRequestView(model)}
    </div>`,
    ...makeOtherEventsView(data),
    html`<footer>
      <kbd>←</kbd><kbd>→</kbd> a step · <kbd>n</kbd><kbd>p</kbd> next and previous request
      <span> · <kbd>/</kbd> filter by path</span>
    </footer>`,
  );
  listenForKeys(model);
  model.select(0);
  // Tests wait for this attribute.
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

void showPage();
