/** Settings of all formats. */
export interface RenderSettings {
  /** Whether the options of each volume are shown. */
  readonly options?: boolean;
}
