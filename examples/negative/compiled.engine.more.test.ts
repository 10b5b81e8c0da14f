/** The cache of absent names in languages whose compilers are slow: the same requirements. */
import { useSlowVariants } from '../../test/support/negative.ts';

await useSlowVariants();
await import('./negative.engine.test.ts');
await import('./alike.engine.test.ts');
