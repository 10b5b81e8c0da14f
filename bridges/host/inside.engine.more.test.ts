/** As inside.engine.test.ts: with modules in JavaScript. */
import '../../test/support/other-front-ends.ts';
import './inside.engine.test.ts';
