/**
 * Runs the tests of Python's sandbox again with modules in their own threads. Tests of an engine
 * without a volume and the walk of reach.engine.long.test.ts are the same in each thread, and are
 * omitted.
 */
import { setAttemptSettings } from '../../support/attempt.ts';
import { isolatedLanguage, setDefaultLanguage } from '../../support/module.ts';

setDefaultLanguage(isolatedLanguage);
setAttemptSettings({
  shares: true,
  leftOut: {
    'time-limit has a suite of its own, which runs isolated too': [
      'a loop',
      'a loop that takes no interrupt',
      'a loop in C',
      'an endless iterator',
      'a very long range',
      'a long sleep',
      'a lock',
      'an empty queue',
      'a signal handler of its own',
      'a regular expression',
      'finalizers',
      'no end',
    ],
    'Python is broken, and nothing that leads out of the interpreter': [
      'sys.exit',
      'marshalled code',
      'a pickle',
      'a trace function',
      'a profile function',
      'monitoring',
      'a hook that is a lie',
      'no json',
      'no builtins',
      'an import that is a lie',
      'classes of the library',
      'an exception that lies',
      'warnings',
      'something at the end',
      'a made-up object',
      'marshal with bad code',
      'a constant beyond all',
      'a stack that is empty',
      'a jump to nowhere',
      'a write over what is there',
    ],
  },
});
await import('../../../bridges/python/escapes.engine.test.ts');
await import('../../../bridges/python/outside.engine.test.ts');
await import('../../../bridges/python/harm.engine.more.test.ts');
