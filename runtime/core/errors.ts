/** Defines the errors of building and starting a graph. A failed request has `opRet` and `opErrno` instead. */

/** Thrown when a graph cannot be built, started or changed. `problems` has one line per reason. */
export class GraphError extends Error {
  readonly code = 'GLOSSA_GRAPH';
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'GraphError';
    this.problems = problems;
  }
}

/** Thrown by a translator's `init` to refuse the start. The graph adds the volume's name and position. */
export class InitError extends Error {
  readonly code = 'GLOSSA_INIT';

  constructor(message: string) {
    super(message);
    this.name = 'InitError';
  }
}
