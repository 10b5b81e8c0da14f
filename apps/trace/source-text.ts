/** The source of a module, as a page has it. */
export interface SourceText {
  readonly volume: string;
  /** Its name without folders, as notes have it. */
  readonly file: string;
  readonly text: string;
}
