/** Limits of one way to mount: tests that must fail there, with the expected error. */
import { stripVTControlCharacters } from 'node:util';
import { beforeEach } from 'vitest';

/** Limits by name, each with its failing tests and the pattern of their errors. */
export type Limits = Readonly<
  Record<string, { readonly tests: readonly string[]; readonly shows: RegExp }>
>;

/** Matches the message of any failed comparison, but of no time-out or crash. */
export const differs = /\bexpected [\s\S]* to (be|deeply equal|match)\b/;

/** Called in a group: the tests of a limit must fail there, and only with its error. */
export function expectLimits(limits: Limits): void {
  const unable = new Map(
    Object.values(limits).flatMap(({ tests, shows }) =>
      tests.map((test) => [test, shows] as const),
    ),
  );
  beforeEach(({ task, onTestFinished }) => {
    const shows = unable.get(task.name);
    if (shows === undefined) return;
    Object.assign(task, { fails: true });
    // Runs before vitest inverts the result: any other error stays a failure.
    onTestFinished(() => {
      const { errors = [] } = task.result ?? {};
      if (errors.some((error) => !shows.test(errorText(error))))
        Object.assign(task, { fails: false });
    });
  });
}

/** The text of an error, with the difference of a comparison. */
const errorText = ({ message, diff = '' }: { message: string; diff?: string }): string =>
  stripVTControlCharacters(`${message}\n${diff}`);
