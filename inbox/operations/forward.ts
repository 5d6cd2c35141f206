import { consumerCall } from "../../functions/adapters/consumer-call";
import type { Header } from "../../functions/domain/kept-headers";
import { originalRequest } from "../../functions/domain/original";
import { schemeOf } from "../../providers";
import { cloudEvent, cloudEventHeaders } from "../cloud-event";
import type { Inbox } from "../connect";
import { messageOf, UsageError } from "../errors";
import { providerNamed } from "../outputs";
import { RawPayloads, type RawPayload } from "../payloads";

/** The form in which webhooks are forwarded. */
export type Form = "original" | "cloudevent";

export interface ForwardOptions {
  readonly to: string;
  readonly as: Form;
  /** Returns the secret to sign with. @param provider undefined for CloudEvents */
  readonly secret: (provider: string | undefined) => string;
}

/** A webhook to forward, as its record has it. */
export interface Forwardable {
  readonly provider: string;
  /** Event id. */
  readonly id: string;
  readonly type: string;
  readonly time?: string | undefined;
  /** Time of receipt, RFC 3339. */
  readonly receivedAt: string;
  readonly replay?: number;
  readonly s3Key?: string | undefined;
}

/** Result of forwarding a webhook. */
export interface Forwarded {
  /** Whether the answer was 2xx. */
  readonly accepted: boolean;
  /** Whether the webhook can never be forwarded in this form. */
  readonly final?: true;
  /** Status code of the answer; absent if there was none. */
  readonly status?: number;
  /** Why it was not accepted, and what to do. */
  readonly error?: string;
  /** Start of the answer. */
  readonly answer?: string;
  /** Milliseconds that the answer took. */
  readonly ms: number;
}

/** Milliseconds that a handler may take: a debugger may have stopped it. */
const TIMEOUT_MS = 60_000;

/** Posts webhooks of an inbox to one address. It changes nothing in the inbox. */
export class Forwarder {
  readonly #payloads: RawPayloads;
  readonly #post = consumerCall({ timeoutMs: TIMEOUT_MS, allowLoopback: true });

  constructor(
    private readonly inbox: Inbox,
    private readonly options: ForwardOptions,
  ) {
    this.#payloads = new RawPayloads(inbox);
  }

  /** Forwards one webhook. Never rejects. */
  async forward(webhook: Forwardable): Promise<Forwarded> {
    let startedAt = Date.now();
    try {
      const request = await this.#request(webhook);
      if ("impossible" in request) return { accepted: false, final: true, error: request.impossible, ms: 0 };
      startedAt = Date.now();
      const { status, body } = await this.#post(request);
      const ms = Date.now() - startedAt;
      const accepted = status >= 200 && status < 300;
      const error = accepted ? undefined : adviceFor(status);
      return { accepted, status, answer: body, ms, ...(error !== undefined && { error }) };
    } catch (error) {
      return { accepted: false, error: this.#explain(error), ms: Date.now() - startedAt };
    }
  }

  /** Returns a webhook's event, as text. @throws if its payload cannot be read */
  async event(webhook: Forwardable): Promise<string> {
    return this.#eventOf(webhook, await this.#read(webhook));
  }

  /** Returns the payload as it was received. @throws if it cannot be read */
  async payload(webhook: Forwardable): Promise<Buffer> {
    return (await this.#read(webhook)).body;
  }

  async #request(
    webhook: Forwardable,
  ): Promise<{ url: string; headers: readonly Header[]; body: Buffer } | { impossible: string }> {
    const { to: url, as, secret } = this.options;
    const stored = await this.#read(webhook);
    const now = Date.now();
    if (as === "cloudevent") {
      const body = Buffer.from(this.#eventOf(webhook, stored));
      const identity = { provider: webhook.provider, id: webhook.id, replay: webhook.replay ?? 0 };
      return { url, headers: cloudEventHeaders(body, identity, secret(undefined), now), body };
    }
    const scheme = schemeOf(providerNamed(webhook.provider, this.inbox.outputs)?.scheme);
    if (!scheme) return { impossible: `The stack has no provider ${webhook.provider} any more.` };
    const { id, type } = webhook;
    return originalRequest({ ...stored, scheme, id, type }, { url, secret: secret(webhook.provider), now });
  }

  #read({ s3Key, id }: Forwardable): Promise<RawPayload> {
    if (s3Key === undefined) throw new Error(`the record of ${id} does not say where its payload is`);
    return this.#payloads.read(s3Key);
  }

  #eventOf(webhook: Forwardable, stored: RawPayload): string {
    const uri = `s3://${this.inbox.outputs.s3_bucket_name}/${webhook.s3Key ?? ""}`;
    const provider = providerNamed(webhook.provider, this.inbox.outputs);
    return cloudEvent({ ...webhook, replay: webhook.replay ?? 0, uri }, provider, stored);
  }

  #explain(error: unknown): string {
    const { code } = error as { code?: unknown };
    if (code === "ECONNREFUSED")
      return `Nothing listens at ${new URL(this.options.to).origin}. Start your server.`;
    if (code === "ENOTFOUND") return `There is no host ${new URL(this.options.to).hostname}.`;
    return messageOf(error);
  }
}

/** Returns what to check after an answer; undefined if its status needs no advice. */
function adviceFor(status: number): string | undefined {
  if (status >= 300 && status < 400) return "Redirects are not followed. Give the address that it leads to.";
  if (status === 404) return "The server has nothing at this path.";
  if (status === 400 || status === 401 || status === 403)
    return "If the handler rejects the signature, configure it with the secret that was shown at the start.";
  return undefined;
}

/**
 * Checks the address that webhooks are to be forwarded to: payloads must not cross a network unencrypted, so `http:` is
 * for this machine only.
 * @throws UsageError
 */
export function checkAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol === "https:") return text;
  if (url?.protocol !== "http:") {
    throw new UsageError(`"${text}" is no address. Give one such as http://localhost:3000/stripe.`);
  }
  const { hostname } = url;
  if (/^(?:(?:.+\.)?localhost|127(?:\.\d{1,3}){3}|\[::1\])$/.test(hostname)) return text;
  throw new UsageError(
    `${hostname} is another machine, and http:// would send it payloads without encryption. Give https://, or an address of this machine.`,
  );
}
