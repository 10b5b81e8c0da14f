/** What could not be measured: as an error where it happens, as a value in a result. */

export interface Missing {
  /** Why there is nothing. */
  readonly missing: string;
  /** It was measured, and worthless: answers were wrong. */
  readonly wrong?: true;
}

/** For a cell: that there is nothing, and why. */
export const missingText = ({ missing, wrong }: Missing): string =>
  `${wrong ? 'wrong' : 'not measured'}: ${missing}`;

export const isMissing = (value: object): value is Missing => 'missing' in value;

/** Something could not be measured. The message says why, and what to do where that is known. */
export class NotMeasured extends Error {
  readonly code: string = 'GLOSSA_NOT_MEASURED';
  /** Exit status of the program that was to measure, where one ended with one. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.name = 'NotMeasured';
    this.status = status;
  }
}

/** Something was measured that is worthless, because answers were wrong: a run that fails. */
export class WrongAnswers extends NotMeasured {
  override readonly code = 'GLOSSA_WRONG_ANSWERS';
  override readonly name = 'WrongAnswers';
}

/** The value of what could be measured. Any other error goes on. */
export async function orMissing<T>(measure: () => Promise<T>): Promise<T | Missing> {
  try {
    return await measure();
  } catch (error) {
    if (error instanceof WrongAnswers) return { missing: error.message, wrong: true };
    if (error instanceof NotMeasured) return { missing: error.message };
    throw error;
  }
}
