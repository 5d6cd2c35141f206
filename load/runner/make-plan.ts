import { randomBytes } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Throttle } from "../../config";
import { payloadOf, SAMPLES } from "../../local/samples";
import { configuredProviders } from "../../local/secrets";
import { schemeName, schemeOf, type ConfiguredScheme } from "../../providers";
import type { Amount, Kind, Plan, Sender } from "./plan";
import { whyNotPlayable } from "./playable";
import type { Target } from "./target";

/** Default amount for each script: small, for a local stack on any machine. */
export const DEFAULT_AMOUNTS: Readonly<Record<Kind, Amount>> = {
  smoke: { seconds: 0, rate: 0, entities: 1 },
  throttle: { seconds: 12, rate: 3, entities: 2 },
  spike: { seconds: 2, rate: 20, entities: 10 },
  soak: { seconds: 60, rate: 10, entities: 10 },
  breakpoint: { seconds: 45, rate: 90, entities: 10 },
};

/** Limits to judge the run by: from the stack's outputs, or from the caller. */
export interface Limits {
  readonly stage: Throttle;
  readonly providers: Readonly<Record<string, Throttle>>;
}

export function limitsOf({ outputs }: Target): Limits {
  return {
    stage: { burst: outputs.throttle_burst_limit, rate: outputs.throttle_rate_limit },
    providers: outputs.provider_throttle_limits,
  };
}

/** A provider of the stack that the scripts cannot play. */
export interface LeftOut {
  readonly provider: string;
  readonly reason: string;
}

export interface MadePlan {
  readonly plan: Plan;
  readonly leftOut: readonly LeftOut[];
}

/** @throws if no provider is left */
export function makePlan(kind: Kind, target: Target, amount: Amount, limits: Limits): MadePlan {
  const leftOut: LeftOut[] = [];
  const senders = Object.entries(target.providers).flatMap(([provider, { scheme, secret }]): Sender[] => {
    const definition = schemeOf(scheme);
    if (!definition) throw new Error(`There is no scheme ${schemeName(scheme)} (provider ${provider}).`);
    const reason = whyNotPlayable(definition);
    if (reason !== undefined) {
      leftOut.push({ provider, reason });
      return [];
    }
    const limit = limits.providers[provider] ?? limits.stage;
    return [{ provider, scheme: definition, secret, ...sampleOf(scheme), limit }];
  });
  if (senders.length === 0)
    throw new Error(`The stack has no provider that the scripts can play.\n${describeLeftOut(leftOut)}`);
  const plan: Plan = {
    run: `${kind}-${randomBytes(4).toString("hex")}`,
    endpoint: target.endpoint,
    senders: kind === "throttle" ? oneOfEachLimit(senders, limits) : senders,
    amount,
  };
  return { plan, leftOut };
}

/** Returns one line for each provider that is left out. */
export function describeLeftOut(leftOut: readonly LeftOut[]): string {
  return leftOut.map(({ provider, reason }) => `Left out: ${provider} (${reason})`).join("\n");
}

/** Returns the first provider that the stage's limit holds for, and every one with a limit of its own. */
function oneOfEachLimit(senders: readonly Sender[], { providers }: Limits): readonly Sender[] {
  const common = senders.find(({ provider }) => !providers[provider]);
  return [...(common ? [common] : []), ...senders.filter(({ provider }) => providers[provider])];
}

/** Returns a payload as providers of this scheme send it. */
function sampleOf(scheme: ConfiguredScheme): Pick<Sender, "payload" | "type"> {
  const named = new Set(
    configuredProviders()
      .filter((provider) => isDeepStrictEqual(provider.scheme, scheme))
      .map(({ name }) => name),
  );
  const sample = SAMPLES.find(({ provider }) => named.has(provider));
  if (!sample) return { payload: { type: "load.test" } };
  return {
    payload: JSON.parse(payloadOf(sample.file).toString()) as Record<string, unknown>,
    ...(sample.type !== undefined && { type: sample.type }),
  };
}
