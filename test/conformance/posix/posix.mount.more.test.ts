/** As posix.mount.test.ts: on a mount whose kernel believes for long what it was told. */
import '../../support/other-front-ends.ts';
import './posix.mount.test.ts';
