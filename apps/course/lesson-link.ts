/** Writes and reads the fragment of the playground's address that leads to a lesson. */
import { FIRST_LANGUAGE } from './lessons/check.ts';

/** A lesson and a language as an address names them, without a check that they exist. */
export interface LessonLink {
  readonly lesson: string;
  readonly language: string;
}

/** `lesson=3-fop`, or `lesson=3-fop&language=javascript`; without the `#`. */
export const lessonFragment = ({ lesson, language }: LessonLink): string =>
  `lesson=${lesson}${language === FIRST_LANGUAGE ? '' : `&language=${language}`}`;

/** Reads the fragment; null if it names no lesson. */
export function parseLessonFragment(hash: string): LessonLink | null {
  const parameters = new URLSearchParams(hash.replace(/^#/, ''));
  const lesson = parameters.get('lesson');
  return lesson === null
    ? null
    : { lesson, language: parameters.get('language') ?? FIRST_LANGUAGE };
}
