/** The frame stack where a request is: the volumes above it with what each has noted for itself, and the log. */
import { logLevelNames, printable } from '../../../runtime/core/log.ts';
import type { HopSeen } from '../../../runtime/observe/walk.ts';
import { el } from '../../trace/page/dom.ts';
import type { Current, Model } from '../../trace/page/model.ts';

export function framesView(model: Model): HTMLElement {
  const rows = el('tbody', {});
  const log = el('ul', { class: 'small' });
  const update = (): void => {
    const { current, step } = model;
    const now = current?.steps[step];
    if (current === null || now === undefined) return;
    const stack = pathTo(current.walk.root, now.hop) ?? [];
    // The newest frame is on top, as in a debugger.
    rows.replaceChildren(...stack.reverse().map((hop) => rowOf(hop, now.at, hop === now.hop)));
    const lines = logsUntil(current, now.at);
    log.replaceChildren(...lines.map((line) => el('li', {}, line)));
  };
  model.on(['step'], update);
  const head = ['frame', 'frame.local', 'its state changed'].map((name) =>
    el('th', { scope: 'col' }, name),
  );
  return el(
    'section',
    { class: 'frames', id: 'frames', 'aria-label': 'Frame stack' },
    el('h3', {}, 'Frame stack, the newest on top'),
    el(
      'div',
      { class: 'table', tabindex: 0, role: 'region', 'aria-label': 'Frames' },
      el('table', {}, el('thead', {}, el('tr', {}, ...head)), rows),
    ),
    log,
  );
}

/** The hops that lead to one, the first of the request first. */
function pathTo(from: HopSeen, hop: HopSeen): HopSeen[] | null {
  if (from === hop) return [from];
  for (const child of from.below) {
    const rest = pathTo(child, hop);
    if (rest !== null) return [from, ...rest];
  }
  return null;
}

function rowOf({ wind, notes }: HopSeen, at: number, isNow: boolean): HTMLElement {
  const seen = notes.filter((note) => note.at <= at);
  const local = seen.findLast(({ notes: own }) => own.local !== undefined)?.notes.local;
  const changed = seen.flatMap(({ notes: own }) => own.changed ?? []).join('  ');
  return el(
    'tr',
    { class: isNow ? 'now' : '', ...(isNow && { 'aria-current': 'step' }) },
    el('th', { scope: 'row' }, `${printable(wind.volume)} ${wind.fop}`),
    el('td', {}, local === undefined ? '' : printable(local)),
    el('td', {}, printable(changed)),
  );
}

/** What was logged in the request so far. */
function logsUntil({ walk }: Current, until: number): string[] {
  const found: { readonly at: number; readonly line: string }[] = [];
  const collect = ({ logs, below, wind }: HopSeen): void => {
    for (const { at, level, text } of logs) {
      const name = logLevelNames[level] ?? String(level);
      if (at <= until) found.push({ at, line: `${wind.volume}: ${name} ${printable(text)}` });
    }
    below.forEach(collect);
  };
  collect(walk.root);
  return found.sort((a, b) => a.at - b.at).map(({ line }) => line);
}
