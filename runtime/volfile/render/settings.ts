/** The settings for drawing a graph, in any format. */
export interface RenderSettings {
  /** Whether the options of each volume are shown. */
  readonly options?: boolean;
}
