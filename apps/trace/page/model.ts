/**
 * Holds the state of a page that shows a recording (trace, playground): the filter, the selected
 * request and its step.
 */
import { findPath } from '../../../runtime/observe/event-text.ts';
import type { Head } from '../../../runtime/observe/format.ts';
import type { Outline } from '../../../runtime/observe/outline.ts';
import type { Walk } from '../../../runtime/observe/walk.ts';
import { listSteps, type Step } from '../steps.ts';

/** Conditions for the shown requests, which must meet all. */
export interface Filter {
  /** Only requests with a hop of this fop; '' for all. */
  readonly fop: string;
  /** Only requests with a hop in this volume; '' for all. */
  readonly volume: string;
  /** Part of the request's path, in small or capital letters; '' for all. */
  readonly path: string;
  /** Only requests with a failure. */
  readonly failedOnly: boolean;
}

/** The parts of the model whose changes are reported to listeners. */
export type Topic = 'filter' | 'request' | 'step';

/** The selected request. */
export interface CurrentRequest {
  readonly walk: Walk;
  readonly steps: readonly Step[];
}

/** The source of a volume's module, as a page shows it. */
export interface SourceText {
  readonly volume: string;
  /** File name without folders, as in notes. */
  readonly file: string;
  readonly text: string;
}

/** A parsed recording. */
export interface RecordingData {
  readonly head: Head;
  /** False if the recording was cut off, or had not ended. */
  readonly wasClosed: boolean;
  readonly outline: Outline;
  readonly sources: readonly SourceText[];
}

/** The state of a page, whose parts listen to its changes. */
export class Model {
  readonly data: RecordingData;
  filter: Filter = { fop: '', volume: '', path: '', failedOnly: false };
  /** Numbers of the requests that pass the filter: indices in the outline's `requests`. */
  shownRequests: Int32Array;
  /** Index in `shownRequests` of the selected request; -1 if no request is selected. */
  selectedIndex = -1;
  /** The selected request; null if no request is selected. */
  current: CurrentRequest | null = null;
  /** Index of the current step of the selected request. */
  stepIndex = 0;
  /** For each request 1 if a reply at any volume failed, else 0. */
  private readonly failures: Uint8Array;
  /** Paths of all requests in small letters; null before the first filter by path. */
  private paths: string[] | null = null;
  private readonly listeners: [Topic, () => void][] = [];

  constructor(data: RecordingData) {
    this.data = data;
    const { hops, requests } = data.outline;
    this.shownRequests = Int32Array.from(requests, (_, i) => i);
    this.failures = new Uint8Array(requests.length);
    for (let hop = 0; hop < hops.length; hop++) {
      if (hops.errno[hop] !== 0) this.failures[hops.request[hop]!] = 1;
    }
  }

  /** Makes the model call `listener` after each change of one of the topics. */
  on(topics: readonly Topic[], listener: () => void): void {
    for (const topic of topics) this.listeners.push([topic, listener]);
  }

  /** The number of requests with a failure, of all that are recorded. */
  get failureCount(): number {
    return this.failures.reduce((sum, failed) => sum + failed, 0);
  }

  /** Filters the requests. The selected one stays if it passes; else the first is selected. */
  setFilter(filter: Filter): void {
    const selectedRequest = this.selectedIndex < 0 ? -1 : this.shownRequests[this.selectedIndex]!;
    this.filter = filter;
    this.shownRequests = this.findMatching(filter);
    const newIndex = this.shownRequests.indexOf(selectedRequest);
    this.notify('filter');
    if (newIndex < 0) this.select(this.shownRequests.length > 0 ? 0 : -1);
    else this.selectedIndex = newIndex;
  }

  /** Selects the request at this index of `shownRequests`. */
  select(index: number): void {
    this.selectedIndex = Math.min(index, this.shownRequests.length - 1);
    if (this.selectedIndex < 0) this.current = null;
    else {
      const walk = this.data.outline.walk(this.shownRequests[this.selectedIndex]!);
      this.current = { walk, steps: listSteps(walk) };
    }
    this.stepIndex = 0;
    this.notify('request');
    this.notify('step');
  }

  /** Goes to a step; below 0 to the first, beyond the end to the last. */
  goToStep(index: number): void {
    if (this.current === null) return;
    this.stepIndex = Math.max(0, Math.min(index, this.current.steps.length - 1));
    this.notify('step');
  }

  /** Finds the numbers of the requests that pass a filter. */
  private findMatching({ fop, volume, path, failedOnly }: Filter): Int32Array {
    const { outline, head } = this.data;
    const { hops, requests } = outline;
    const matches = new Uint8Array(requests.length).fill(fop === '' && volume === '' ? 1 : 0);
    if (fop !== '' || volume !== '') {
      const fopNumber = head.tables.fops.find(({ name }) => name === fop)?.number;
      for (let hop = 0; hop < hops.length; hop++) {
        if (fop !== '' && hops.fop[hop] !== fopNumber) continue;
        if (volume !== '' && outline.volume(hops.volume[hop]!) !== volume) continue;
        matches[hops.request[hop]!] = 1;
      }
    }
    const pathPart = path.toLowerCase();
    const paths = pathPart === '' ? null : this.readPaths();
    return Int32Array.from(requests.keys()).filter((request) => {
      if (matches[request] === 0 || (failedOnly && this.failures[request] === 0)) return false;
      return paths === null || paths[request]!.includes(pathPart);
    });
  }

  /** Reads the paths of all requests when a filter first needs them. */
  private readPaths(): readonly string[] {
    this.paths ??= Array.from(this.data.outline.requests, (hop) => {
      return (findPath(this.data.outline.wind(hop).args) ?? '').toLowerCase();
    });
    return this.paths;
  }

  private notify(topic: Topic): void {
    for (const [listenerTopic, listener] of this.listeners) if (listenerTopic === topic) listener();
  }
}
