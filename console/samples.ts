import { randomUUID } from "node:crypto";
import { newSecret } from "../providers/new-secret";
import { acceptedId, post, signedRequest } from "../inbox/operations/send";
import { FAILING_SAMPLE, payloadOf, SAMPLES, type Sample } from "../local/samples";
import { formObject, parseForm, withQuery, type ConfiguredScheme } from "../providers";

/** A provider's signature scheme and the secret that it signs with. */
export interface Signing {
  readonly scheme: ConfiguredScheme;
  readonly secret: string;
  /** URL that the provider signs, if one is configured. */
  readonly signedUrl?: string;
}

export interface SampleAnswer {
  readonly provider: string;
  readonly status: number;
  readonly body: string;
  /** Event id, if the endpoint returned one. */
  readonly id?: string;
}

/** Sample webhooks, signed and sent as their provider would. */
export interface Samples {
  readonly list: readonly { readonly name: string; readonly provider: string }[];
  /** Name of the sample that fails for a while, if there is one. */
  readonly failing?: string;
  /** Returns the payload as text: JSON, or a form. @throws {RangeError} if there is no such sample */
  payload(name: string): string;
  /**
   * Signs a payload and sends it.
   * @param options.fresh gives the event an id of its own
   * @param options.forged signs with another secret
   */
  send(
    name: string,
    payload: string,
    options: { readonly fresh: boolean; readonly forged: boolean },
  ): Promise<SampleAnswer>;
}

/** @param endpoint address that a provider's name is appended to */
export function samplesFor(endpoint: string, providers: Readonly<Record<string, Signing>>): Samples {
  const known = [...SAMPLES, FAILING_SAMPLE].filter(({ provider }) => providers[provider] !== undefined);
  const sampleOf = (name: string) => {
    const sample = known.find(({ file }) => file === name);
    if (!sample) throw new RangeError("There is no such sample.");
    return sample;
  };
  return {
    list: known.map(({ file, provider }) => ({ name: file, provider })),
    ...(known.includes(FAILING_SAMPLE) && { failing: FAILING_SAMPLE.file }),
    payload: (name) => payloadOf(sampleOf(name).file).toString(),
    async send(name, payload, { fresh, forged }) {
      const sample = sampleOf(name);
      const { provider, id, type } = sample;
      const signing = providers[provider];
      if (!signing) throw new RangeError("There is no such provider.");
      const url = `${endpoint}/${provider}`;
      const request = signedRequest({
        url,
        ...signing,
        ...(forged && { secret: newSecret(signing.scheme).signWith }),
        body: Buffer.from(fresh ? renewed(payload, sample) : payload),
        type,
        id: fresh && id !== undefined ? `msg_${randomUUID()}` : id,
      });
      const reply = await post(withQuery(url, request.query), request.headers, request.body);
      const eventId = acceptedId(signing.scheme, request, reply);
      return {
        provider,
        status: reply.status,
        body: reply.body,
        ...(eventId !== undefined && { id: eventId }),
      };
    },
  };
}

/** Returns the same payload as another event: changes the field that identifies it, or adds a field. */
function renewed(payload: string, { identity = "sample" }: Sample): string {
  const unique = randomUUID().slice(0, 8);
  const path = identity.split(".");
  const last = path.pop() ?? "";
  const change = (event: unknown): unknown => {
    const owner = path.reduce<unknown>(
      (at, name) => (at as Record<string, unknown> | undefined)?.[name],
      event,
    );
    if (typeof owner !== "object" || owner === null) return event;
    const fields = owner as Record<string, unknown>;
    const known = typeof fields[last] === "string" || typeof fields[last] === "number";
    fields[last] = known ? `${String(fields[last])}-${unique}` : unique;
    return event;
  };
  try {
    return JSON.stringify(change(JSON.parse(payload)), null, 2);
  } catch {
    const form = parseForm(Buffer.from(payload));
    // Sends a payload that is neither JSON nor a form unchanged: it is to be rejected.
    return form
      ? new URLSearchParams(change(formObject(form)) as Record<string, string>).toString()
      : payload;
  }
}
