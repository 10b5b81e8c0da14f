#!/usr/bin/env node
/**
 * Starts the built program. In a checkout that is not built, as `npm ci --ignore-scripts` leaves it, prints the command
 * that builds it; so this file is no TypeScript, which Node 20 does not run.
 */
'use strict';
const { existsSync } = require('node:fs');
const { join } = require('node:path');

const program = join(__dirname, '../dist/cli/main.cjs');
if (existsSync(program)) require(program);
else {
  process.stderr.write(
    "glossa: this checkout is not built yet; type 'npm run build' in it ('npm ci' first, if it has no node_modules)\n",
  );
  process.exitCode = 1;
}
