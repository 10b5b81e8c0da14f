/** As brick.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './brick.mount.test.ts';
