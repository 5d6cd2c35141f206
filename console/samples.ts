import { randomUUID } from "node:crypto";
import { postSigned, signedHeaders, post } from "../local/post";
import { FAILING_SAMPLE, payloadOf, SAMPLES } from "../local/samples";

/** How a provider signs, and what with. */
export interface Signing {
  readonly scheme: string;
  readonly secret: string;
}

export interface SampleAnswer {
  readonly provider: string;
  readonly status: number;
  readonly body: string;
  /** Event id, where the endpoint told one. */
  readonly id?: string;
}

/** Sample webhooks, signed and sent as their provider would. */
export interface Samples {
  readonly list: readonly { readonly name: string; readonly provider: string }[];
  /** Name of the one that fails for a while, where there is one. */
  readonly failing?: string;
  /** JSON text. @throws {RangeError} where there is no such sample */
  payload(name: string): string;
  /**
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
      const { provider, id, type } = sampleOf(name);
      const signing = providers[provider];
      if (!signing) throw new RangeError("There is no such provider.");
      const message = {
        ...signing,
        url: `${endpoint}/${provider}`,
        body: Buffer.from(fresh ? renewed(payload) : payload),
        type,
        id: fresh && id !== undefined ? `msg_${randomUUID()}` : id,
      };
      const reply = forged
        ? await post(message.url, signedHeaders({ ...message, secret: "whsec_Zm9yZ2Vk" }), message.body)
        : await postSigned(message);
      return {
        provider,
        status: reply.status,
        body: reply.body,
        ...(typeof reply.json["id"] === "string" && { id: reply.json["id"] }),
      };
    },
  };
}

/** The same payload as another event: with another id, or one field more where the id is made of the content. */
function renewed(payload: string): string {
  let event: Record<string, unknown>;
  try {
    event = JSON.parse(payload) as Record<string, unknown>;
  } catch {
    // What is no JSON is sent as it is, to be refused.
    return payload;
  }
  const unique = randomUUID().replaceAll("-", "").slice(0, 16);
  if (typeof event["id"] === "string") event["id"] = `evt_${unique}`;
  else if (typeof event["event_id"] === "string") event["event_id"] = `Ev${unique}`;
  else event["sample"] = unique;
  return JSON.stringify(event, null, 2);
}
