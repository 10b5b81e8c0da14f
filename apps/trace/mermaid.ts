/** Requests as a Mermaid sequence diagram, for Markdown that draws it. */

import type { Head } from '../../runtime/observe/format.ts';
import { answeredHere, tookNs, type Walk } from '../../runtime/observe/walk.ts';
import { mermaidText } from '../../runtime/volfile/render/mermaid.ts';
import { type Step, stepsOf } from './steps.ts';
import { answerInShort, duration, values } from './words.ts';

/** Requests that are drawn when nobody says which: more are hard to read. */
export const DRAWN = 5;
/** Letters of a message; longer ones make a diagram too wide. */
const LETTERS_MAX = 60;

/** Volumes are called v0, v1 … from the top down; whoever asks is `from`. */
export function mermaidLines(walks: readonly Walk[], head: Head): string[] {
  const steps = walks.map((walk) => stepsOf(walk));
  const used = new Set(steps.flat().map(({ hop }) => hop.wind.volume));
  const known = head.volumes.map(({ name }) => name).reverse();
  // A graph may have been exchanged: what came later stands behind.
  const volumes = [...new Set([...known, ...used])].filter((name) => used.has(name));
  const ids = new Map(volumes.map((name, i) => [name, `v${i}`]));
  return [
    'sequenceDiagram',
    '    participant from as whoever asks',
    ...volumes.map((name) => `    participant ${ids.get(name)} as ${text(name)}`),
    ...walks.flatMap((walk, i) => [
      `    Note over from: ${text(title(walk))}`,
      ...steps[i]!.map((step) => `    ${line(step, ids, head)}`),
    ]),
  ];
}

function title({ request, root }: Walk): string {
  const { caller } = root.wind;
  return `#${request}${caller === null ? '' : ` pid ${caller.pid} uid ${caller.uid}`}`;
}

function line({ kind, hop, above, notes }: Step, ids: ReadonlyMap<string, string>, head: Head) {
  const own = ids.get(hop.wind.volume)!;
  const from = above === null ? 'from' : ids.get(above.wind.volume)!;
  if (kind === 'wind') return `${from}->>${own}: ${text(callOf(hop.wind))}`;
  if (kind === 'note') {
    const said = Object.entries(notes!).map(([key, value]) => text(`${key}: ${value}`));
    return `Note over ${own}: ${said.join('<br/>')}`;
  }
  const here = head.seesAll && answeredHere(hop) ? ', answered here' : '';
  const said = `${answerInShort(hop.unwind!)} (${duration(tookNs(hop)!)}${here})`;
  return `${own}-->>${from}: ${text(said)}`;
}

const callOf = ({ fop, args, tail }: Step['hop']['wind']): string =>
  `${fop}(${values(args)})${tail ? ' [tail]' : ''}`;

/** What means something in a message, to Mermaid or to the Markdown around it. */
const SPECIAL = /["#$%&;<>`{}]/g;
/** By itself it ends a block. */
const END = /\bend\b/gi;

/** One line that is drawn as it is. */
function text(said: string): string {
  const letters = [...said];
  const cut = letters.length > LETTERS_MAX ? `${letters.slice(0, LETTERS_MAX).join('')}…` : said;
  const codes = mermaidText(cut, SPECIAL);
  return codes.replace(END, (word) => `#${word.charCodeAt(0)};${word.slice(1)}`);
}
