/** The state of the page: the recording, the request of it that is shown, and the step. */

import { pathOf } from '../../../runtime/observe/event-text.ts';
import type { Head } from '../../../runtime/observe/format.ts';
import type { Outline } from '../../../runtime/observe/outline.ts';
import type { Walk } from '../../../runtime/observe/walk.ts';
import { type SourceText, type Step, stepsOf } from '../steps.ts';

export interface Filter {
  /** Of any volume on the way; '' for every one. */
  readonly fop: string;
  readonly volume: string;
  /** A part of the path that a request is about. */
  readonly path: string;
  /** Only those in which something failed. */
  readonly failed: boolean;
}

/** What has changed. */
export type Topic = 'filter' | 'request' | 'step';

/** The request that is looked at. */
export interface Current {
  readonly walk: Walk;
  readonly steps: readonly Step[];
}

/** Of the whole recording. */
export interface Given {
  readonly head: Head;
  readonly closed: boolean;
  readonly outline: Outline;
  readonly sources: readonly SourceText[];
}

export class Model {
  readonly given: Given;
  filter: Filter = { fop: '', volume: '', path: '', failed: false };
  /** Requests that the filter lets through. */
  shown: Int32Array;
  /** Place in `shown` of the one that is looked at; -1 for none. */
  place = -1;
  current: Current | null = null;
  step = 0;
  /** By request: whether something failed in it. */
  private readonly failures: Uint8Array;
  private paths: string[] | null = null;
  private readonly listeners: [Topic, () => void][] = [];

  constructor(given: Given) {
    this.given = given;
    const { hops, requests } = given.outline;
    this.shown = Int32Array.from(requests, (_, i) => i);
    this.failures = new Uint8Array(requests.length);
    for (let hop = 0; hop < hops.length; hop++) {
      if (hops.errno[hop] !== 0) this.failures[hops.request[hop]!] = 1;
    }
  }

  on(topics: readonly Topic[], listener: () => void): void {
    for (const topic of topics) this.listeners.push([topic, listener]);
  }

  get failed(): number {
    return this.failures.reduce((sum, one) => sum + one, 0);
  }

  setFilter(filter: Filter): void {
    const before = this.place < 0 ? -1 : this.shown[this.place]!;
    this.filter = filter;
    this.shown = this.matching(filter);
    const kept = this.shown.indexOf(before);
    this.tell('filter');
    if (kept < 0) this.select(this.shown.length > 0 ? 0 : -1);
    else this.place = kept;
  }

  /** Looks at the request in this place of those shown. */
  select(place: number): void {
    this.place = Math.min(place, this.shown.length - 1);
    if (this.place < 0) this.current = null;
    else {
      const walk = this.given.outline.walk(this.shown[this.place]!);
      this.current = { walk, steps: stepsOf(walk) };
    }
    this.step = 0;
    this.tell('request');
    this.tell('step');
  }

  /** Goes to a step, as near as there is one. */
  go(step: number): void {
    if (this.current === null) return;
    this.step = Math.max(0, Math.min(step, this.current.steps.length - 1));
    this.tell('step');
  }

  private matching({ fop, volume, path, failed }: Filter): Int32Array {
    const { outline, head } = this.given;
    const { hops, requests } = outline;
    const fits = new Uint8Array(requests.length).fill(fop === '' && volume === '' ? 1 : 0);
    if (fop !== '' || volume !== '') {
      const number = head.tables.fops.find(({ name }) => name === fop)?.number;
      for (let hop = 0; hop < hops.length; hop++) {
        if (fop !== '' && hops.fop[hop] !== number) continue;
        if (volume !== '' && outline.volume(hops.volume[hop]!) !== volume) continue;
        fits[hops.request[hop]!] = 1;
      }
    }
    const wanted = path.toLowerCase();
    const paths = wanted === '' ? null : this.allPaths();
    return Int32Array.from(requests.keys()).filter((request) => {
      if (fits[request] === 0 || (failed && this.failures[request] === 0)) return false;
      return paths === null || paths[request]!.includes(wanted);
    });
  }

  /** Read when somebody looks for one. */
  private allPaths(): readonly string[] {
    this.paths ??= Array.from(this.given.outline.requests, (hop) => {
      return (pathOf(this.given.outline.wind(hop).args) ?? '').toLowerCase();
    });
    return this.paths;
  }

  private tell(topic: Topic): void {
    for (const [wanted, listener] of this.listeners) if (wanted === topic) listener();
  }
}
