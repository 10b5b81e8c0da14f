/** As names.mount.test.ts: through bricks. */
import '../support/on-bricks.ts';
import './names.mount.test.ts';
