/** What a part of the bench hands back. */
import type { Figure } from './figures.ts';

/** A row of measurements, for people. */
export interface Row {
  readonly title: string;
  readonly cells: readonly string[];
}

export interface Section {
  readonly title: string;
  /** Above the cells; may be none. */
  readonly columns: readonly string[];
  readonly rows: readonly Row[];
}

export interface Report {
  readonly sections: readonly Section[];
  readonly figures: readonly Figure[];
  /** Everything that was measured, for programs. */
  readonly raw: unknown;
}
