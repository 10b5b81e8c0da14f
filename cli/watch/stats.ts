/** `glossa stats --watch`: what volumes tell, again and again. */

import { formatStatedump } from '../../server/statedump/paragraphs.ts';
import type { Statedump, VolumeDump } from '../../server/statedump/volumes.ts';
import { EXIT_OK } from '../../terminal/exit.ts';
import { Interruption } from '../../terminal/interruption.ts';
import { hasScreen, Screen } from '../../terminal/screen.ts';
import { paint, type Terminal } from '../../terminal/terminal.ts';
import type { Question } from './asking.ts';
import { giveUp, type Shown, watch } from './watching.ts';

/** The exit status. @throws {Failure} */
export async function watchStats(
  question: Question,
  everyMs: number,
  json: boolean,
  terminal: Terminal,
): Promise<number> {
  const interruption = new Interruption();
  const ending = new AbortController();
  const end = (): void => ending.abort();
  // A reader that goes away, such as head, has seen enough.
  process.stdout.once('error', end);
  const signal = AbortSignal.any([interruption.signal, ending.signal]);
  const { given } = question.served;
  const screen = json || !hasScreen() ? null : new Pager(given, terminal.colour.out, end);
  const lines = (json ? jsonLines : texts)(given, terminal);
  try {
    await watch<Statedump>(question, everyMs, screen ?? lines, signal);
    return (await interruption.status()) ?? EXIT_OK;
  } finally {
    process.stdout.off('error', end);
    screen?.close();
    interruption.close();
  }
}

const jsonLines = (given: string, { out }: Terminal): Shown<Statedump> => ({
  show: (dump) => out(JSON.stringify({ time: Date.now(), ...dump })),
  late: (seconds) => giveUp(given, seconds),
});

function texts(given: string, { out, colour }: Terminal): Shown<Statedump> {
  const changes = new Changes();
  return {
    show(dump) {
      changes.next(dump);
      const text = formatStatedump(dump, colour.out, (...of) => changes.of(...of));
      out(`${new Date().toISOString()}\n${text}\n`);
    },
    late: (seconds) => giveUp(given, seconds),
  };
}

/** The last lines of the screen. */
const FOOT = 2;

class Pager implements Shown<Statedump> {
  private readonly given: string;
  private readonly colour: boolean;
  private readonly screen: Screen;
  private readonly changes = new Changes();
  private lines: readonly string[] = [];
  private skipped = 0;
  private lateS: number | null = null;

  constructor(given: string, colour: boolean, end: () => void) {
    this.given = given;
    this.colour = colour;
    const press = (key: string): void => {
      if (key === 'q' || key === 'ctrl-c') end();
      else this.move(key);
    };
    this.screen = new Screen(press, () => this.draw(), end);
    this.draw();
  }

  show(dump: Statedump): void {
    this.lateS = null;
    this.changes.next(dump);
    const text = formatStatedump(dump, this.colour, (...of) => this.changes.of(...of));
    this.lines = text.split('\n');
    this.draw();
  }

  late(seconds: number): void {
    this.lateS = seconds;
    this.draw();
  }

  close(): void {
    this.screen.close();
  }

  private move(key: string): void {
    const page = Math.max(1, this.screen.size.rows - FOOT - 1);
    const steps: Readonly<Record<string, number>> = {
      up: -1,
      k: -1,
      down: 1,
      j: 1,
      'page-up': -page,
      'page-down': page,
      ' ': page,
      home: Number.NEGATIVE_INFINITY,
      end: Number.POSITIVE_INFINITY,
    };
    this.skipped += steps[key] ?? 0;
    this.draw();
  }

  private draw(): void {
    const { columns, rows } = this.screen.size;
    const room = Math.max(1, rows - FOOT);
    this.skipped = Math.max(0, Math.min(this.skipped, this.lines.length - room));
    const shown = this.lines.slice(this.skipped, this.skipped + room);
    const below = this.lines.length - this.skipped - shown.length;
    const late = this.lateS === null ? '' : `${this.given} has not answered for ${this.lateS} s`;
    const state = below > 0 ? `${below} lines more below` : '';
    const keys = 'q end  up down PgUp PgDn move'.slice(0, columns);
    const first = this.lines.length === 0 ? [`asking ${this.given} …`] : shown;
    const foot = late === '' ? state : paint('error', late, this.colour);
    this.screen.draw([...first, foot, paint('dim', keys, this.colour)]);
  }
}

/** By how much the numbers that volumes tell have changed since the look before. */
class Changes {
  private before = new Map<string, number>();
  private now = new Map<string, number>();

  next({ volumes, replaced = [] }: Statedump): void {
    this.before = this.now;
    this.now = new Map();
    for (const volume of [...volumes, ...replaced]) {
      for (const [key, value] of Object.entries(volume.dump)) {
        if (typeof value === 'number') this.now.set(nameOf(volume, key), value);
      }
    }
  }

  /** `+12`; '' for what has not changed, or was not there. */
  of(volume: VolumeDump, key: string, value: string | number): string {
    const before = this.before.get(nameOf(volume, key));
    if (typeof value !== 'number' || before === undefined || before === value) return '';
    return `${value > before ? '+' : ''}${value - before}`;
  }
}

const nameOf = ({ name }: VolumeDump, key: string): string => `${name}\0${key}`;
