/** What cannot be done in one of several ways to mount: tests that have to fail there. */
import { stripVTControlCharacters } from 'node:util';
import { beforeEach } from 'vitest';

/** What cannot be done, with the tests that show it, and what in their failures does. */
export type Limits = Readonly<
  Record<string, { readonly tests: readonly string[]; readonly shows: RegExp }>
>;

/** What a comparison says that did not hold, whatever it compares; no time-out and no crash does. */
export const differs = /\bexpected [\s\S]* to (be|deeply equal|match)\b/;

/** To be called in a group: what cannot work there must not seem to, nor fail otherwise. */
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
    // Before the failure is taken for a success: another one stays what it is.
    onTestFinished(() => {
      const { errors = [] } = task.result ?? {};
      if (errors.some((error) => !shows.test(textOf(error)))) Object.assign(task, { fails: false });
    });
  });
}

/** What an error says, with what differs where it is a comparison. */
const textOf = ({ message, diff = '' }: { message: string; diff?: string }): string =>
  stripVTControlCharacters(`${message}\n${diff}`);
