/**
 * Runs the registered cleanup steps of a run, the newest first, however the run ends: unmounts,
 * ends processes, removes folders.
 */
export class Cleanup {
  private steps: (() => Promise<unknown>)[] = [];

  /** Registers a step; `run` calls it before all steps that were registered earlier. */
  add(step: () => Promise<unknown>): void {
    this.steps.push(step);
  }

  /**
   * Runs all steps, also after one has failed.
   * @param reportError gets the message of each error
   */
  async run(reportError: (message: string) => void): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        reportError(`cleaning up: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
