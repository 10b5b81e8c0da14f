/** As load.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './load.mount.test.ts';
