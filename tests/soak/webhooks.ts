import { schemes } from "../../providers";

/** The six providers of the soak, with an expression that cannot process a poison webhook. */
export const PROVIDERS = ["stripe", "github", "shopify", "slack", "standard", "acme"].map((name) => {
  const scheme = { standard: "standard-webhooks", acme: "hmac-sha256" }[name] ?? name;
  if (!schemes[scheme]) throw new Error(`there is no scheme ${scheme}`);
  return {
    name,
    scheme,
    secret: { ssm: `/webhook-inbox/local/${name}` },
    transform: "data.soak.poison ? $error('poison') : data.soak",
  };
});

/** One webhook to send, as its provider would write it. */
export interface SoakWebhook {
  readonly provider: string;
  /** Place in the order of its provider. */
  readonly position: number;
  readonly poison: boolean;
  readonly payload: Record<string, unknown>;
  /** Event id and type, where the scheme carries them in headers. */
  readonly headers: { readonly id?: string; readonly type?: string };
}

export interface Plan {
  readonly webhooks: readonly SoakWebhook[];
  /** By provider: what is sent, in this order; a webhook that stands there twice is a duplicate. */
  readonly sends: ReadonlyMap<string, readonly SoakWebhook[]>;
}

/** What is sent: spread over the providers, with duplicates of what was sent before in between. */
export function plan(
  run: string,
  options: { readonly webhooks: number; readonly duplicates: number; readonly poison: number },
  random: () => number,
): Plan {
  const sends = new Map<string, SoakWebhook[]>(PROVIDERS.map(({ name }) => [name, []]));
  const webhooks = Array.from({ length: options.webhooks }, (_, index): SoakWebhook => {
    const { name } = PROVIDERS[index % PROVIDERS.length] ?? { name: "" };
    const webhook = write(run, name, Math.floor(index / PROVIDERS.length), random() < options.poison);
    const order = sends.get(name) ?? [];
    order.push(webhook);
    const earlier = order[Math.floor(random() * order.length)];
    if (earlier && random() < options.duplicates) order.push(earlier);
    return webhook;
  });
  return { webhooks, sends };
}

function write(run: string, provider: string, position: number, poison: boolean): SoakWebhook {
  const id = `${run}-${provider}-${position}`;
  const soak = { run, position, poison };
  const base = { provider, position, poison };
  switch (provider) {
    case "stripe":
      return { ...base, payload: { id, type: "invoice.paid", soak }, headers: {} };
    case "slack":
      return {
        ...base,
        payload: { type: "event_callback", event_id: id, event: { type: "message" }, soak },
        headers: {},
      };
    case "standard":
      return { ...base, payload: { type: "contact.created", soak }, headers: { id } };
    default:
      // The id of these is that of the delivery, in a header.
      return { ...base, payload: { id, soak }, headers: { id, type: "thing.made" } };
  }
}
