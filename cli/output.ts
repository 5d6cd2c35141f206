import { pcOnStderr as pc } from "../local/colours";

/** Prints the one result of a command on standard output: as JSON, or as a person reads it. */
export function print(options: { readonly json?: true }, value: unknown, text: () => string): void {
  console.log(options.json ? JSON.stringify(value, null, 2) : text());
}

/**
 * Text of a sender as it can be shown on a terminal: control characters, which could rewrite the screen, and those that turn or
 * hide text, as their escapes.
 * @param keep characters that stay, such as the line breaks of a payload
 */
export function harmless(text: string, keep = ""): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) =>
    keep.includes(character) ? character : escaped(character.codePointAt(0) ?? 0),
  );
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** A remark for a person, beside the result. */
export function note(text: string): void {
  process.stderr.write(`${pc.dim(text)}\n`);
}

/** `3 dead letters`, `1 dead letter`. */
export function count(number: number, singular: string, plural = `${singular}s`): string {
  return `${number} ${number === 1 ? singular : plural}`;
}

/** `45 s`, `12 min`, `3.5 h`, `2.1 d`. */
export function age(milliseconds: number): string {
  const seconds = Math.max(0, milliseconds / 1_000);
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3_600) return `${(seconds / 3_600).toFixed(1)} h`;
  return `${(seconds / 86_400).toFixed(1)} d`;
}

/** Pause between two lines of progress where there is no terminal to redraw, in milliseconds. */
const LINE_PAUSE_MS = 5_000;

/** Progress of long work on standard error: one line that is redrawn on a terminal, a line now and then elsewhere. */
export class Counter {
  #done = 0;
  #shownAt = Date.now();
  readonly #startedAt = Date.now();
  readonly #terminal = process.stderr.isTTY;

  constructor(
    private readonly what: string,
    private readonly total: number,
  ) {}

  get done(): number {
    return this.#done;
  }

  readonly add = (): void => {
    this.#done += 1;
    if (Date.now() - this.#shownAt < (this.#terminal ? 100 : LINE_PAUSE_MS)) return;
    this.#shownAt = Date.now();
    process.stderr.write(this.#terminal ? `\r\x1b[2K${this.#line()}` : `${this.#line()}\n`);
  };

  /** Ends the line on a terminal. */
  end(): void {
    if (this.#terminal) process.stderr.write("\r\x1b[2K");
  }

  #line(): string {
    return pc.dim(`${this.what} ${this.#done}/${this.total} (${age(Date.now() - this.#startedAt)})`);
  }
}
