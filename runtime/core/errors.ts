/** Errors of setting up. On the path of a request an error is a pair of numbers instead. */

/** A graph cannot be built, started or changed. `problems` has a line for each reason. */
export class GraphError extends Error {
  readonly code = 'GLOSSA_GRAPH';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'GraphError';
    this.problems = problems;
  }
}

/** A translator's `init` refuses: the volume's name and place are added by the graph. */
export class InitError extends Error {
  readonly code = 'GLOSSA_INIT';

  constructor(message: string) {
    super(message);
    this.name = 'InitError';
  }
}
