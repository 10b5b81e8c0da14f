/** Shows requests: the picture of the graph, and the recording of the last line of the shell. */
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { changeView } from '../../trace/page/change.ts';
import { html } from '../../trace/page/dom.ts';
import { filterForm } from '../../trace/page/filters.ts';
import { type DrawnVolume, type GraphPicture, graphPicture } from '../../trace/page/graph.ts';
import { requestList } from '../../trace/page/list.ts';
import { Model } from '../../trace/page/model.ts';
import { scrubber } from '../../trace/page/scrubber.ts';
import { placeOf, type SourceLine } from '../../trace/page/source.ts';
import { wayView } from '../../trace/page/way.ts';
import type { FileTexts } from '../page-data.ts';
import type { PlayVolume } from '../play/protocol.ts';
import { framesView } from './frames.ts';
import { Player } from './player.ts';

export class RequestView {
  private readonly player = new Player();
  private readonly graph = html`<section class="graph" id="graph" aria-label="Graph"></section>`;
  private readonly steps = html`<div class="steps"></div>`;
  /** The picture, and the controls of the steps. */
  readonly element = html`<section class="watch" aria-label="Requests">
    <h2>The way of a request</h2>
    ${this.graph}<div class="steering">${this.player.element}${this.steps}</div>
  </section>`;
  /** The request in detail. */
  readonly details = html`<div class="details"></div>`;
  private readonly at: (place: SourceLine | null) => void;
  private picture: GraphPicture | null = null;
  private model: Model | null = null;

  /** @param at receives the line of code of the current step; null for none */
  constructor(at: (place: SourceLine | null) => void) {
    this.at = at;
    this.showNone();
  }

  showGraph(volumes: readonly PlayVolume[]): void {
    this.draw(volumes);
    this.showNone();
  }

  private draw(volumes: readonly DrawnVolume[]): void {
    this.picture = graphPicture(volumes, { name: 'a program', type: 'asks for a file' });
    this.picture.show(null, 0);
    this.graph.replaceChildren(this.picture.picture);
  }

  /** Shows the first request of a recording, and plays it. */
  async showRecording(bytes: Uint8Array, files: FileTexts): Promise<void> {
    const recording = openRecording(bytes);
    const outline = await readOutline(recording);
    const { length } = outline.requests;
    if (length === 0) return this.showNone('The line has made no request.');
    const { head, closed } = recording;
    this.draw(head.volumes);
    const sources = Object.entries(files).map(([path, text]) => ({
      ...{ volume: '', file: path.slice(1), text },
    }));
    const model = new Model({ head, closed, outline, sources });
    this.model = model;
    this.steps.replaceChildren(scrubber(model));
    this.details.replaceChildren(
      framesView(model),
      changeView(model),
      wayView(model),
      html`<details class="all" ${length > 1 && 'open'}>
        <summary>All requests of the line (${length})</summary>
        <nav class="requests" aria-label="Requests of the line">
          ${filterForm(model)}${requestList(model)}
        </nav>
      </details>`,
    );
    model.on(['step'], () => {
      this.picture?.show(model.current, model.step);
      const { current } = model;
      this.at(current === null ? null : placeOf(current.steps, model.step, sources));
    });
    model.select(0);
    this.player.show(model);
  }

  /** Steps forwards or backwards, by keys of the page. */
  go(by: number): void {
    if (this.model === null) return;
    this.player.stop();
    this.model.go(this.model.step + by);
  }

  private showNone(
    why = 'Type a line into the shell: what it asks for is seen here, step by step.',
  ): void {
    this.model = null;
    this.player.show(null);
    this.picture?.show(null, 0);
    this.at(null);
    this.steps.replaceChildren();
    this.details.replaceChildren(html`<p class="none">${why}</p>`);
  }
}
