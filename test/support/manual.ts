/** Writes the manual pages as the build does, with a fixed date. */
import { commands } from '../../cli/commands.ts';
import { makeManual } from '../../cli/man/manual-pages.ts';
import { registry } from '../../server/registry.ts';

export const readManualPages = async (): Promise<Map<string, string>> =>
  makeManual({
    commands,
    translators: [...(await registry.loadAll()).listTypeNames()]
      .sort()
      .map((type) => registry.lookup(type)!),
    version: '1.2.3',
    date: '2026-01-02',
  });
