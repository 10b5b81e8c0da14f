/** Defines failed measurements: errors to throw, and the reason as a value for the result. */

import { Failure } from '../../../terminal/exit.ts';

/** Stands in the place of a result that is missing. */
export interface MissingResult {
  /** Why the result is missing. */
  readonly missing: string;
  /** Present if the stack gave wrong answers, so that its times are worthless. */
  readonly wrong?: true;
}

/** Formats the reason for a table cell. */
export const formatMissing = ({ missing, wrong }: MissingResult): string =>
  `${wrong ? 'wrong' : 'not measured'}: ${missing}`;

/** Whether a value stands in the place of a missing result. */
export const isMissing = (value: unknown): value is MissingResult =>
  typeof value === 'object' && value !== null && 'missing' in value;

/** Thrown if a measurement is impossible. The message has the reason, and a known remedy. */
export class MeasurementError extends Error {
  readonly code: string = 'GLOSSA_NOT_MEASURED';
  /** Exit status of the measuring program, if it has exited. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'MeasurementError';
    this.status = status;
  }
}

/** Thrown if a stack gave wrong answers: its times are worthless, and the run fails. */
export class WrongAnswers extends MeasurementError {
  override readonly code = 'GLOSSA_WRONG_ANSWERS';
  override readonly name = 'WrongAnswers';
}

/** Calls `measure`; returns the reason of a MeasurementError as a value, and throws other errors. */
export async function measureOrExplain<T>(measure: () => Promise<T>): Promise<T | MissingResult> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof WrongAnswers) return { missing: error.message, wrong: true };
    if (error instanceof MeasurementError) return { missing: error.message };
    throw error;
  }
}

/** Turns the failure to start something that is to be measured into a MeasurementError. */
export async function explainFailure<T>(start: Promise<T>): Promise<T> {
  try {
    return await start;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // A row of a table has one line.
    throw new MeasurementError(error.message.replaceAll(/\s*\n\s*/g, '; '));
  }
}
