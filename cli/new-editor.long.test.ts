/** As new-editor.more.test.ts: with glossa elsewhere. */
import '../test/support/other-front-ends.ts';
import './new-editor.more.test.ts';
