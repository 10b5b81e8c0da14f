/** Formats and parses the fragment of the playground's address (after `#`) that opens a lesson. */
import { DEFAULT_LANGUAGE } from './lessons/check.ts';

/** The names of a lesson and a language in an address, which may be names of nothing. */
export interface LessonLink {
  readonly lesson: string;
  readonly language: string;
}

/** Formats `lesson=3-fop`, or `lesson=3-fop&language=javascript`; without the `#`. */
export const formatLessonFragment = ({ lesson, language }: LessonLink): string =>
  `lesson=${lesson}${language === DEFAULT_LANGUAGE ? '' : `&language=${language}`}`;

/** Parses a fragment, with or without `#`; null if it names no lesson. */
export function parseLessonFragment(hash: string): LessonLink | null {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const lesson = parameters.get('lesson');
  return lesson === null
    ? null
    : { lesson, language: parameters.get('language') ?? DEFAULT_LANGUAGE };
}
