import { pcOnStderr as pc } from "./colours";

/** Reports progress on standard error: each step and its duration; on a terminal also while it runs. */
export class Progress {
  private current: { readonly name: string; readonly startedAt: number } | undefined;
  readonly #terminal = process.stderr.isTTY;
  #timer: NodeJS.Timeout | undefined;

  /** Ends the previous step and begins the next. */
  readonly step = (name: string): void => {
    this.done();
    this.current = { name, startedAt: performance.now() };
    if (!this.#terminal) return;
    this.#draw();
    this.#timer = setInterval(() => this.#draw(), 200);
    this.#timer.unref();
  };

  /** Ends the last step. */
  done(): void {
    clearInterval(this.#timer);
    if (!this.current) return;
    const { name, startedAt } = this.current;
    const line = `${pc.green("✔")} ${name} ${pc.dim(seconds(performance.now() - startedAt))}`;
    process.stderr.write(this.#terminal ? `\r\x1b[2K${line}\n` : `${line}\n`);
    this.current = undefined;
  }

  /** Ends the last step without its mark, since it was not finished. */
  abandon(): void {
    clearInterval(this.#timer);
    if (this.current)
      process.stderr.write(`${this.#terminal ? "\r\x1b[2K" : ""}${pc.red("✖")} ${this.current.name}\n`);
    this.current = undefined;
  }

  #draw(): void {
    if (!this.current) return;
    const { name, startedAt } = this.current;
    process.stderr.write(
      `\r\x1b[2K${pc.cyan("…")} ${name} ${pc.dim(seconds(performance.now() - startedAt))}`,
    );
  }
}

export function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
