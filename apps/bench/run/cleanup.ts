/** What has to be taken back at the end, however it comes: mounts, processes, folders. */
export class Cleanup {
  private steps: (() => Promise<void>)[] = [];

  /** `step` runs at the end, before all those that were added earlier. */
  add(step: () => Promise<void>): void {
    this.steps.push(step);
  }

  /** One that fails is told to `tell` and keeps no other from running. */
  async run(tell: (message: string) => void): Promise<void> {
    for (let step = this.steps.pop(); step !== undefined; step = this.steps.pop()) {
      try {
        await step();
      } catch (error) {
        tell(`cleaning up: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}
