/**
 * Converts the output of `glossa check --json` into an editor's problems by file, with positions
 * from 0. It uses no API of an editor.
 */

/** A problem as an editor shows it. */
export interface Finding {
  /** Lines and columns count from 0; columns are UTF-16 units, as an editor's are. */
  readonly line: number;
  readonly column: number;
  /** Length of the marked text on that line; 0 if only the position is known. */
  readonly length: number;
  readonly severity: 'error' | 'warning';
  /** The problem's stable name. */
  readonly code: string;
  readonly message: string;
}

/** The problems of one volfile, by the absolute path of the file that has them. */
export type Findings = ReadonlyMap<string, readonly Finding[]>;

/** A problem as `glossa check --json` prints it; lines and columns count from 1, 0 if unknown. */
interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly message: string;
  readonly hint?: string;
}

interface CheckOutput {
  readonly files: readonly {
    readonly problems: readonly Problem[];
    /** Why the volfile could not be checked. */
    readonly error?: string;
  }[];
}

/** The number of characters of an unusable output that an error quotes. */
const QUOTED_LENGTH = 200;

/** Thrown when the command gives no usable output: it did not start, or is not glossa. */
export class UnusableOutput extends Error {
  readonly code = 'GLOSSA_NO_ANSWER';
}

/** Makes the finding for a file that cannot be read. */
const makeFileFinding = (message: string): Finding => ({
  line: 0,
  column: 0,
  length: 0,
  severity: 'error',
  code: 'unreadable',
  message,
});

const makeFinding = ({
  severity,
  code,
  line,
  column,
  length,
  message,
  hint,
}: Problem): Finding => ({
  line: Math.max(0, line - 1),
  column: Math.max(0, column - 1),
  length,
  severity,
  code,
  message: hint === undefined ? message : `${message}\n${hint}`,
});

/**
 * Parses what `glossa check --json PATH` printed.
 * @param path absolute path of the volfile, which the command got
 * @throws {UnusableOutput}
 */
export function parseFindings(output: string, path: string): Findings {
  let parsed: CheckOutput;
  try {
    parsed = JSON.parse(output) as CheckOutput;
  } catch {
    throw new UnusableOutput(
      `glossa check did not print JSON: ${output.slice(0, QUOTED_LENGTH) || 'nothing'}`,
    );
  }
  if (!Array.isArray(parsed?.files))
    throw new UnusableOutput('glossa check printed no list of files');
  const findings = new Map<string, Finding[]>([[path, []]]);
  for (const { problems, error } of parsed.files) {
    for (const problem of problems) {
      const fileFindings = findings.get(problem.file) ?? [];
      fileFindings.push(makeFinding(problem));
      findings.set(problem.file, fileFindings);
    }
    if (error !== undefined) findings.get(path)!.push(makeFileFinding(error));
  }
  return findings;
}
