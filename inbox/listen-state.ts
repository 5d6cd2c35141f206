import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import type { NewSecret } from "../providers/engine/custom-verification";
import type { ConfiguredScheme } from "../providers";
import { newSecret } from "../providers/new-secret";
import type { Cursor } from "./operations/listen";
import type { Outputs } from "./outputs";

/** Contents of the file in which this machine keeps its state of listening to a stack. */
interface Contents {
  /** Secrets by the id of their scheme or, for a scheme of the user's own, by its definition as JSON. */
  readonly secrets: Readonly<Record<string, NewSecret>>;
  /** Cursors by the address that webhooks are forwarded to. */
  readonly cursors: Readonly<Record<string, Cursor>>;
}

/** @see https://specifications.freedesktop.org/basedir-spec/latest/ */
const FOLDER = (): string =>
  join(process.env["XDG_STATE_HOME"] ?? join(homedir(), ".local", "state"), "webhook-inbox");

/**
 * Keeps the developer's own secrets for a stack, so that they are the same at each start, and where listening
 * continues. It is a file of this machine's user; nothing of it is stored in the stack.
 */
export class ListenState {
  readonly #file: string;

  constructor({ eventbridge_bus_arn, dynamodb_table_name }: Outputs) {
    const stack = createHash("sha256").update(`${eventbridge_bus_arn} ${dynamodb_table_name}`).digest("hex");
    this.#file = join(FOLDER(), `listen-${stack.slice(0, 16)}.json`);
  }

  /** Returns the secret for webhooks of a scheme; makes it at the first call, and keeps it. */
  secret(configured: ConfiguredScheme): NewSecret {
    const scheme = typeof configured === "string" ? configured : JSON.stringify(configured);
    const { secrets } = this.#read();
    const known = Object.hasOwn(secrets, scheme) ? secrets[scheme] : undefined;
    const secret = known ?? newSecret(configured);
    if (!known) this.#change(({ secrets: all }) => ({ secrets: { ...all, [scheme]: secret } }));
    return secret;
  }

  cursor(to: string): Cursor | undefined {
    const { cursors } = this.#read();
    return Object.hasOwn(cursors, to) ? cursors[to] : undefined;
  }

  save(to: string, cursor: Cursor): void {
    this.#change(({ cursors }) => ({ cursors: { ...cursors, [to]: cursor } }));
  }

  #read(): Contents {
    try {
      const contents = JSON.parse(readFileSync(this.#file, "utf8")) as Partial<Contents>;
      return { secrets: {}, cursors: {}, ...contents };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return { secrets: {}, cursors: {} };
      throw new Error(`${this.#file} cannot be read. Remove it to begin again.`, { cause: error });
    }
  }

  #change(change: (contents: Contents) => Partial<Contents>): void {
    const contents = this.#read();
    mkdirSync(dirname(this.#file), { recursive: true, mode: 0o700 });
    // Replaces the file as a whole: a process that ends in between leaves the old file as it was.
    const written = `${this.#file}.${process.pid}`;
    writeFileSync(written, JSON.stringify({ ...contents, ...change(contents) }), { mode: 0o600 });
    renameSync(written, this.#file);
  }
}
