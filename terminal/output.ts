import { isUtf8 } from "node:buffer";
import { age } from "../inbox/text";
import { pcOnStderr as pc } from "./colours";

/** Prints the one result of a command on standard output: as JSON, or as a person reads it. */
export function print(options: { readonly json?: true }, value: unknown, text: () => string): void {
  console.log(options.json ? asJson(value, 2) : text());
}

/**
 * Returns JSON that can be shown on a terminal: the characters that {@link sanitize} escapes, which JSON allows
 * unescaped, are escaped as in JSON, so that a parser returns the same text.
 * @param indent spaces for each level @default all on one line
 */
export function asJson(value: unknown, indent?: number): string {
  const json = JSON.stringify(value, null, indent);
  return json.replace(CONTROLS, (character) =>
    character === "\n" ? character : character.split("").map(escapedUnit).join(""),
  );
}

/**
 * Returns whether a payload can be written to a terminal as it is: UTF-8 without characters that could rewrite the
 * screen.
 */
export function isPrintable(payload: Buffer): boolean {
  const text = payload.toString().replaceAll("\r\n", "\n");
  return isUtf8(payload) && sanitize(text, "\n\t") === text;
}

/** Control characters, and characters that turn or hide text. */
const CONTROLS = /[\p{Cc}\p{Cf}]/gu;

const escapedUnit = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;

/**
 * Returns a provider's text as it can be shown on a terminal: escapes control characters, which could rewrite the
 * screen, and characters that turn or hide text.
 * @param keep characters that are not escaped, such as the line breaks of a payload
 */
export function sanitize(text: string, keep = ""): string {
  return text.replace(CONTROLS, (character) =>
    keep.includes(character) ? character : escaped(character.codePointAt(0) ?? 0),
  );
}

function escaped(code: number): string {
  const hex = code.toString(16);
  return code > 0xffff ? `\\u{${hex}}` : `\\u${hex.padStart(4, "0")}`;
}

/** Writes a remark for a person to standard error, beside the result. */
export function note(text: string): void {
  process.stderr.write(`${pc.dim(text)}\n`);
}

/** Milliseconds between two lines of progress if there is no terminal on which to redraw one. */
const LINE_PAUSE_MS = 5_000;

/**
 * Shows the progress of long work on standard error: one line that is redrawn on a terminal, a line now and then
 * elsewhere.
 */
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

  /** Clears the line on a terminal. */
  end(): void {
    if (this.#terminal) process.stderr.write("\r\x1b[2K");
  }

  #line(): string {
    return pc.dim(`${this.what} ${this.#done}/${this.total} (${age(Date.now() - this.#startedAt)})`);
  }
}
