/** What a file is to a translator: the places that lead to it, the inode, and its attributes. */
import type { LocSeen, StructSeen } from '../../../runtime/observe/read-values.ts';
import type { Walk } from '../../../runtime/observe/walk.ts';
import { arrow, box, drawn, heightOf, LINE_HEIGHT, short, text } from './svg.ts';

const WIDTH = 456;
const MARGIN = 12;
const COLUMN = 190;
const RIGHT = WIDTH - MARGIN - COLUMN;
/** No value is that long. */
const LETTERS = 40;

/** Of `struct iatt`, what people look at. */
const SHOWN: readonly (readonly [field: string, base: number])[] = [
  ['iaSize', 10],
  ['iaNlink', 10],
  ['iaProt', 8],
  ['iaUid', 10],
  ['iaGid', 10],
];

/** As Python, and GlusterFS, call a field. */
const named = (field: string): string => field.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`);

const locLines = ({ path, name, pargfid }: LocSeen): string[] => [
  'loc',
  `path = ${path}`,
  `name = ${name}`,
  `pargfid = ${pargfid}`,
];

const iattLines = (buf: StructSeen): string[] => [
  'iatt',
  ...SHOWN.map(([field, base]) => {
    const value = Number(buf[field]).toString(base);
    return `${named(field)} = ${base === 8 ? `0o${value}` : value}`;
  }),
];

/** @param walks lookups that found the same file, by several names */
export function things(title: string, walks: readonly Walk[]): string {
  const found = walks.map(({ root }) => {
    const { args } = root.wind;
    const { inode, buf } = root.unwind!.reply;
    return {
      loc: args.loc as LocSeen,
      inode: inode as { readonly gfid: string },
      buf: buf as StructSeen,
    };
  });
  const { inode, buf } = found.at(-1)!;
  const shortened = (lines: string[]): string[] => lines.map((line) => short(line, LETTERS));
  const locs = found.map(({ loc }) => shortened(locLines(loc)));
  const inodeBox = shortened(['inode', `gfid = ${inode.gfid}`]);
  const iattBox = iattLines(buf);
  const top = MARGIN + LINE_HEIGHT + 6;
  const parts = [
    text(MARGIN, MARGIN + LINE_HEIGHT - 5, 'places that are asked for', 'soft'),
    text(RIGHT, MARGIN + LINE_HEIGHT - 5, 'the file itself', 'soft'),
  ];
  const heading = { heading: true };
  let y = top;
  const middles = locs.map((lines) => {
    parts.push(...box({ x: MARGIN, y, width: COLUMN }, lines, heading));
    const middle = y + heightOf(lines) / 2;
    y += heightOf(lines) + LINE_HEIGHT;
    return middle;
  });
  const inodeMiddle = top + heightOf(inodeBox) / 2;
  parts.push(...box({ x: RIGHT, y: top, width: COLUMN }, inodeBox, { ...heading, kind: 'note' }));
  for (const [i, middle] of middles.entries()) {
    const aim = inodeMiddle + i * 12;
    parts.push(...arrow([MARGIN + COLUMN, middle], [RIGHT, aim], 'down'));
  }
  const iattTop = top + heightOf(inodeBox) + 2 * LINE_HEIGHT;
  const x = RIGHT + COLUMN / 2;
  parts.push(...arrow([x, top + heightOf(inodeBox)], [x, iattTop], 'down'));
  parts.push(...box({ x: RIGHT, y: iattTop, width: COLUMN }, iattBox, heading));
  const height = Math.max(y, iattTop + heightOf(iattBox) + LINE_HEIGHT);
  const description = `${[...locs, inodeBox, iattBox]
    .map(([what, ...values]) => `${what}: ${values.join(', ')}`)
    .join('. ')}. Each loc leads to the inode, and the inode has the iatt.`;
  return drawn({ width: WIDTH, height, title, description, parts });
}
