/** As lost-interpreter.mount.test.ts: by the other front ends, on the other stacks. */
import '../support/other-front-ends.ts';
import './lost-interpreter.mount.test.ts';
