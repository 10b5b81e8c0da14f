/** As shell.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './shell.mount.test.ts';
