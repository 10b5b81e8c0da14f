/** Undoes the steps of a run at any end: unmounts, ends processes, removes folders. */
export class Cleanup {
  private steps: (() => Promise<void>)[] = [];

  /** Registers a step for the end, where it runs before all earlier ones. */
  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** Runs all steps; `reportError` gets the message of a failed one, and the rest still run. */
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
