import { UpdateStageCommand } from "@aws-sdk/client-api-gateway";
import { randomUUID } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { postSigned } from "../../inbox/operations/send";
import { configuredProviders } from "../../local/secrets";
import type { Kind, Plan } from "./plan";
import type { Target } from "./target";

/** Limits of a local stack for `throttle`: low enough to be reached before the limits of the machine. */
const SMALL_LIMITS = { stage: { burst: 10, rate: 5 }, acme: { burst: 4, rate: 2 } };

/** Kinds of proof that k6 can make and that no provider of the local stack uses. */
const OTHER_PROOFS = {
  hex: { hmac: { header: "X-Hex-Signature", prefix: "sha256=", key: { encoding: "hex" } } },
  token: { token: { header: "Authorization", prefix: "Bearer " } },
  query: { token: { query: "key" } },
  basic: { token: { basic: true } },
};

/** Concurrent webhooks that start the functions, and how often they are sent at most until all are accepted. */
const WORKERS = 6;
const MAX_WAVES = 10;

/** Returns the configuration of the stack that is deployed for one kind of run. */
export function localConfig(kind: Kind): Readonly<Record<string, unknown>> {
  const small = kind === "throttle";
  const providers = configuredProviders().map((provider) => ({
    ...provider,
    // Spread the webhooks of one path over many groups, as a provider does whose webhooks are ordered by customer.
    ...(provider.name === "stripe" && { orderingKey: "load.entity" }),
    ...(small && provider.name === "acme" && { throttle: SMALL_LIMITS.acme }),
  }));
  const others = Object.entries(OTHER_PROOFS).map(([name, proof]) => ({
    name,
    scheme: { ...proof, event: { id: "body.id", type: "body.type" } },
    secret: { ssm: `/webhook-inbox/local/${name}` },
  }));
  const { burst, rate } = SMALL_LIMITS.stage;
  return {
    providers: [...providers, ...(kind === "smoke" ? others : [])],
    ...(small && { throttleBurstLimit: burst, throttleRateLimit: rate }),
  };
}

/**
 * Starts as many workers of the functions as the run needs at once, then waits until the token buckets are full again.
 * The emulator takes seconds to start many cold workers, and AWS calls time out meanwhile.
 */
export async function warmUp({ endpoint, providers }: Target, { senders }: Plan): Promise<void> {
  const post = async (provider: string): Promise<number> => {
    const known = providers[provider];
    if (!known) throw new Error(`the stack has no provider ${provider}`);
    const id = `warm_${randomUUID()}`;
    const body = Buffer.from(JSON.stringify({ id, event_id: id, type: "load.warm-up" }));
    const { status } = await postSigned({ ...known, url: `${endpoint}/${provider}`, body, id });
    return status;
  };
  for (let wave = 0; wave < MAX_WAVES; wave += 1) {
    const wanted = Array.from({ length: WORKERS }, (_, index) => senders[index % senders.length]);
    const statuses = await Promise.all(wanted.map((sender) => post(sender?.provider ?? "")));
    if (statuses.every((status) => status === 202)) break;
    await pause(1_000);
  }
  await pause(Math.max(...senders.map(({ limit }) => WORKERS / limit.rate)) * 1_000);
}

/**
 * Doubles the stage's rate limit but not the one in the outputs: a run that is judged by the outputs must then fail.
 */
export async function doubleStageRate({ endpoint, inbox, local, outputs }: Target): Promise<void> {
  const [, restApiId, stageName] = /restapis\/([^/]+)\/([^/]+)\//.exec(endpoint) ?? [];
  if (!local || restApiId === undefined) throw new Error("--change-limit is for a local stack only");
  const value = String(2 * outputs.throttle_rate_limit);
  await inbox.clients.apiGateway.send(
    new UpdateStageCommand({
      restApiId,
      stageName,
      patchOperations: [{ op: "replace", path: "/*/*/throttling/rateLimit", value }],
    }),
  );
}
