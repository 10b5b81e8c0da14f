/** Settings that all formats understand. */
export interface RenderSettings {
  /** Show the options of each volume, too. */
  readonly options?: boolean;
}
