/**
 * The page of `glossa trace --html`: reads the recording that the page holds, and shows it. All parts
 * know the model alone, which tells them what has changed.
 */
import { errnoName } from '../../../runtime/core/errno.ts';
import { formatTime, logLevelNames, printable } from '../../../runtime/core/log.ts';
import { type OtherEvent, readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { duration } from '../../../terminal/quantities.ts';
import type { SourceText } from '../source-text.ts';
import { clock, pathOf } from '../words.ts';
import { changeView } from './change.ts';
import { el } from './dom.ts';
import { counted, filterForm } from './filters.ts';
import { graphView } from './graph.ts';
import { requestList } from './list.ts';
import { type Given, Model } from './model.ts';
import { scrubber } from './scrubber.ts';
import { sourceView } from './source.ts';
import { timeline } from './timeline.ts';
import { wayView } from './way.ts';

/** Events that are no requests; more are not listed. */
const OTHERS_MAX = 1000;

const embedded = (id: string): string => document.getElementById(id)!.textContent!;

function bytesOf(base64: string): Uint8Array {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
}

async function read(): Promise<Given> {
  const recording = openRecording(bytesOf(embedded('recording')));
  const outline = await readOutline(recording);
  const sources = JSON.parse(embedded('sources')) as SourceText[];
  return { head: recording.head, closed: recording.closed, outline, sources };
}

function header({ given, failed }: Model): HTMLElement {
  const { head, outline } = given;
  const facts = [
    counted(outline.requests.length),
    `${failed.toLocaleString('en')} with a failure`,
    `${head.volumes.length} volume${head.volumes.length === 1 ? '' : 's'}`,
    ...(head.filter === null ? [] : [`recorded: ${head.filter}`]),
    ...(head.redacted ? ['names and contents hidden'] : []),
    `glossa ${head.version}`,
  ];
  return el(
    'header',
    {},
    el('h1', {}, `Requests of ${printable(head.volumes.at(-1)?.name ?? 'a graph')}`),
    el(
      'p',
      { class: 'facts' },
      `${formatTime(head.startedAt).slice(0, 19)} UTC · `,
      facts.join(' · '),
    ),
  );
}

/** What is missing, if something is. */
function warnings({ closed, outline }: Given): Node[] {
  const said = [
    ...(closed
      ? []
      : ['The recording was not ended: it was cut off, or went on when this page was made.']),
    ...outline.problems,
  ];
  if (said.length === 0) return [];
  const items = said.map((text) => el('li', {}, text));
  return [
    el(
      'section',
      { class: 'warnings', role: 'alert' },
      el('p', {}, 'What there is of it is shown:'),
      el('ul', {}, ...items),
    ),
  ];
}

function othersView({ head, outline }: Given): Node[] {
  const { others } = outline;
  if (others.length === 0) return [];
  const rows = others
    .slice(0, OTHERS_MAX)
    .map((event) => el('li', {}, `${clock(head.startedAt, event.at)}  ${otherInWords(event)}`));
  const more = others.length - rows.length;
  if (more > 0) rows.push(el('li', {}, `and ${more} more`));
  return [
    el(
      'details',
      { class: 'others' },
      el('summary', {}, `Events of the graph and lines of its log (${others.length})`),
      el('ol', {}, ...rows),
    ),
  ];
}

function otherInWords(event: OtherEvent): string {
  if (event.kind === 'lost') return `not recorded: ${printable(event.why)}`;
  const volume = printable(event.volume);
  if (event.kind === 'log') {
    const level = logLevelNames[event.level] ?? event.level;
    return `${volume}: ${level} ${printable(event.file)}:${event.line}: ${printable(event.text)}`;
  }
  const about = Object.entries(event.about).map(([key, value]) => `${key} ${printable(value)}`);
  return `${volume}: ${event.event}${about.length === 0 ? '' : ` (${about.join(', ')})`}`;
}

function requestView(model: Model): HTMLElement {
  const title = el('h2', { id: 'title' });
  const facts = el('p', { class: 'facts' });
  const inside = el(
    'div',
    { class: 'inside' },
    el('div', { class: 'left' }, wayView(model), changeView(model), sourceView(model)),
    graphView(model),
  );
  const view = el(
    'article',
    { class: 'request', 'aria-labelledby': 'title' },
    title,
    facts,
    scrubber(model),
    inside,
  );
  model.on(['request'], () => {
    view.hidden = model.current === null;
    if (model.current === null) return;
    const { wind, unwind } = model.current.walk.root;
    const path = pathOf(wind.args);
    const answer =
      unwind === null ? 'no answer yet' : unwind.opRet < 0 ? errnoName(unwind.opErrno) : 'ok';
    title.replaceChildren(
      el('span', {}, `${wind.fop} `),
      el('span', { class: 'path' }, path === null ? '' : printable(path)),
      el('span', { class: `result ${answer === 'ok' ? 'well' : 'failed'}` }, answer),
    );
    const { caller } = wind;
    facts.textContent = [
      `#${wind.request}`,
      clock(model.given.head.startedAt, wind.at),
      ...(unwind === null ? [] : [duration(unwind.at - wind.at)]),
      ...(caller === null ? [] : [`pid ${caller.pid}`, `uid ${caller.uid}`, `gid ${caller.gid}`]),
    ].join(' · ');
  });
  return view;
}

/** What has keys of its own. */
const TAKES_KEYS = 'input:not([type=checkbox]), select';

/** Keys of the page, wherever they mean nothing else. */
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
    if (act === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    const { target } = event;
    if (target instanceof Element && target.matches(TAKES_KEYS)) return;
    if (model.shown.length === 0 && event.key !== '/') return;
    event.preventDefault();
    act();
  });
}

const keysInWords = (): HTMLElement =>
  el(
    'footer',
    {},
    ...[
      ['←', '→'].map((key) => el('kbd', {}, key)),
      [' a step · '],
      ['n', 'p'].map((key) => el('kbd', {}, key)),
      [' next and previous request · '],
      [el('kbd', {}, '/')],
      [' filter by path · in the timeline '],
      ['+', '−', '0'].map((key) => el('kbd', {}, key)),
      [' shorter, longer, all'],
    ].flat(),
  );

async function start(): Promise<void> {
  const page = document.getElementById('page')!;
  let given: Given;
  try {
    given = await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    page.replaceChildren(el('p', { role: 'alert' }, `The recording cannot be read: ${why}`));
    return;
  }
  const model = new Model(given);
  page.replaceChildren(
    header(model),
    ...warnings(given),
    timeline(model),
    el(
      'div',
      { class: 'columns' },
      el(
        'nav',
        { class: 'requests', 'aria-label': 'Requests' },
        filterForm(model),
        requestList(model),
      ),
      requestView(model),
    ),
    ...othersView(given),
    keysInWords(),
  );
  listen(model);
  model.select(0);
  // For who waits for it.
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

void start();
