/** Generates the pages that are in git. `npm run gen` writes them, and a test compares them. */
import { generateApiPage } from './api-operations.ts';
import { generateFopsPage } from './fops-page.ts';
import { generateMessagesPage } from './messages-page.ts';
import type { Output } from './sources.ts';
import { generateSpeedPage } from './speed-page.ts';
import { generateThirdParty } from './third-party.ts';

/** Generates all pages. */
export const generatePages = (): Output[] => [
  { path: 'docs/reference/fops.md', text: generateFopsPage() },
  { path: 'docs/reference/api-protocol.md', text: generateApiPage() },
  { path: 'docs/reference/messages.md', text: generateMessagesPage() },
  { path: 'docs/how-it-works/speed.md', text: generateSpeedPage() },
  { path: 'THIRD-PARTY.md', text: generateThirdParty() },
];
