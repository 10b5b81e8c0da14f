/** What is seen of requests: the picture of the graph, and the recording of the last line of the shell. */
import { readOutline } from '../../../runtime/observe/outline.ts';
import { openRecording } from '../../../runtime/observe/reader.ts';
import { changeView } from '../../trace/page/change.ts';
import { el } from '../../trace/page/dom.ts';
import { filterForm } from '../../trace/page/filters.ts';
import { type Drawn, type GraphPicture, graphPicture } from '../../trace/page/graph.ts';
import { requestList } from '../../trace/page/list.ts';
import { Model } from '../../trace/page/model.ts';
import { scrubber } from '../../trace/page/scrubber.ts';
import { type Place, placeOf } from '../../trace/page/source.ts';
import { wayView } from '../../trace/page/way.ts';
import type { FileTexts } from '../given.ts';
import type { PlayVolume } from '../play/protocol.ts';
import { framesView } from './frames.ts';
import { Player } from './player.ts';

export interface WatchSettings {
  /** The line of code at which the request is; null where it is in none. */
  at(place: Place | null): void;
}

export class Watch {
  /** The picture, and what leads through the steps. */
  readonly element: HTMLElement;
  /** The request in detail. */
  readonly details = el('div', { class: 'details' });
  private readonly settings: WatchSettings;
  private readonly player = new Player();
  private readonly graph = el('section', { class: 'graph', id: 'graph', 'aria-label': 'Graph' });
  private readonly steps = el('div', { class: 'steps' });
  private picture: GraphPicture | null = null;
  private model: Model | null = null;

  constructor(settings: WatchSettings) {
    this.settings = settings;
    this.element = el(
      'section',
      { class: 'watch', 'aria-label': 'Requests' },
      el('h2', {}, 'The way of a request'),
      this.graph,
      el('div', { class: 'steering' }, this.player.element, this.steps),
    );
    this.showNone();
  }

  showGraph(volumes: readonly PlayVolume[]): void {
    this.draw(volumes);
    this.showNone();
  }

  private draw(volumes: readonly Drawn[]): void {
    this.picture = graphPicture(volumes, { name: 'a program', type: 'asks for a file' });
    this.picture.show(null, 0);
    this.graph.replaceChildren(this.picture.picture);
  }

  /** Shows the first request of a recording, and plays it. */
  async showRecording(bytes: Uint8Array, files: FileTexts): Promise<void> {
    const recording = openRecording(bytes);
    const outline = await readOutline(recording);
    if (outline.requests.length === 0) return this.showNone('The line has made no request.');
    const { head, closed } = recording;
    this.draw(head.volumes);
    const sources = Object.entries(files).map(([path, text]) => ({
      volume: '',
      file: path.slice(1),
      text,
    }));
    const model = new Model({ head, closed, outline, sources });
    this.model = model;
    this.steps.replaceChildren(scrubber(model));
    this.details.replaceChildren(
      framesView(model),
      changeView(model),
      wayView(model),
      el(
        'details',
        { class: 'all', ...(outline.requests.length > 1 && { open: true }) },
        el('summary', {}, `All requests of the line (${outline.requests.length})`),
        el(
          'nav',
          { class: 'requests', 'aria-label': 'Requests of the line' },
          filterForm(model),
          requestList(model),
        ),
      ),
    );
    model.on(['step'], () => {
      this.picture?.show(model.current, model.step);
      const { current } = model;
      this.settings.at(current === null ? null : placeOf(current.steps, model.step, sources));
    });
    model.select(0);
    this.player.show(model);
  }

  /** A step forwards or backwards, by keys of the page. */
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
    this.settings.at(null);
    this.steps.replaceChildren();
    this.details.replaceChildren(el('p', { class: 'none' }, why));
  }
}
