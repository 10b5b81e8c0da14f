/** Declares the settings for drawing a graph, which are the same for all formats. */
export interface RenderSettings {
  /** Whether the options of each volume are shown. */
  readonly showOptions?: boolean;
}
