/** Writes the contract's modules in AssemblyScript that have a method for every fop: the language has no macros. */
import { type FopRow, fops, toCamelCase } from '../../runtime/core/fops.ts';
import { makeTypeName } from '../../tools/gen/rust.ts';

/** The bodies of each module's methods, for `frame` and `it`; null for no method. */
const MODULES: Readonly<Record<string, readonly [fop: string | null, cbk: string | null]>> = {
  both: ['return frame.wind(it);', 'return frame.unwind(it);'],
  change: [
    'changeAll(it, it.row.args); return frame.wind(it);',
    'changeAll(it, it.row.reply); return frame.unwind(it);',
  ],
  echo: [
    'log.info(describe(it, it.row.args)); return frame.wind(it);',
    'log.info(describe(it, it.row.reply)); return frame.unwind(it);',
  ],
  named: ['return frame.tail(it);', null],
  only_cbk: [null, 'return frame.unwind(it);'],
  own: ['return frame.unwind(makeOwnReply(it, ownRet(it, 3)));', null],
};

/** The names of the modules. */
export const everyFopModules: readonly string[] = Object.keys(MODULES);

const makeClassName = (module: string): string => `Every${toCamelCase(`_${module}`)}`;

function writeMethods(row: FopRow, [fop, cbk]: readonly [string | null, string | null]): string {
  const name = toCamelCase(row.name);
  const type = makeTypeName(row);
  return [
    fop === null ? '' : `  ${name}(frame: Frame, it: fop.${type}): Answer { ${fop} }\n`,
    cbk === null ? '' : `  ${name}Cbk(frame: Frame, it: reply.${type}): Answer { ${cbk} }\n`,
  ].join('');
}

/** Writes the source of all modules; shapes.ts and selection.ts are found by the flag --lib. */
export function writeEveryFop(): string {
  const classes = Object.entries(MODULES).map(
    ([module, bodies]) =>
      `class ${makeClassName(module)} extends Translator {\n${fops.map((row) => writeMethods(row, bodies)).join('')}}`,
  );
  const offers = everyFopModules.map((module) => {
    const needs = module === 'echo' ? 'NEEDS_PATH' : '0';
    return `if (isSelected('${module}')) translator<${makeClassName(module)}>([], ${needs});`;
  });
  return `import { Answer, fop, Frame, log, NEEDS_PATH, reply, Translator, translator } from 'glossa';
import { isSelected } from 'selection';
import { changeAll, describe, makeOwnReply, ownRet } from 'shapes';

export * from 'glossa/module';

${classes.join('\n\n')}

${offers.join('\n')}
`;
}
