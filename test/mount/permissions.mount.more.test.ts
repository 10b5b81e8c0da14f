/** As permissions.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './permissions.mount.test.ts';
