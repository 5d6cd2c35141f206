import { z } from "zod";
import type { ConfiguredScheme } from "../providers";
import type { ApiSettings } from "../functions/adapters/reconcile/apis";
import type { ReconcileArgs } from "./arguments";
import { secretRef } from "./secret-ref";
import { text, wholeNumber } from "./values";

const UNITS = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Returns the milliseconds of a duration such as `15m`, `1h` or `1d`. */
export function milliseconds(duration: string): number {
  const unit = duration.at(-1) as keyof typeof UNITS;
  return Number(duration.slice(0, -1)) * UNITS[unit];
}

const MIN_EVERY_MS = 5 * UNITS.m;
const MAX_MS = 7 * UNITS.d;

const duration = (least: number, allowed: string) =>
  text(/^\d{1,4}[mhd]$/, allowed).refine(
    (value) => milliseconds(value) >= least && milliseconds(value) <= MAX_MS,
    allowed,
  );

/** Shape of a provider's `reconcile`. {@link apiSettings} checks which fields the provider's API needs. */
export const reconcile = z.strictObject(
  {
    apiKey: secretRef,
    every: duration(MIN_EVERY_MS, "allowed is a duration from 5m to 7d, such as 15m").optional(),
    settle: duration(UNITS.m, "allowed is a duration from 1m to 7d, such as 15m").optional(),
    endpoint: text(/^[\w-]{1,64}$/, "allowed is the id of the webhook endpoint").optional(),
    account: text(/^acct_\w{1,60}$/, "allowed is the id of a connected account, acct_...").optional(),
    repository: text(/^[\w.-]{1,100}\/[\w.-]{1,100}$/, "allowed is <owner>/<name>").optional(),
    organization: text(/^[\w-]{1,100}$/, "allowed is an organization's name").optional(),
    hook: wholeNumber(1, Number.MAX_SAFE_INTEGER).optional(),
    app: text(/^[\w.-]{1,64}$/, "allowed is the id of the app").optional(),
    shop: text(/^[a-z0-9][a-z0-9-]*\.myshopify\.com$/, "allowed is <name>.myshopify.com").optional(),
  },
  "allowed is { apiKey, every, settle } and what the provider needs; see docs/reconcile.md",
);

/** Fields that name the compared part of an API. */
export type ApiFields = Omit<ReconcileArgs, "apiKey" | "every" | "settle">;
type Field = keyof ApiFields;
const FIELDS: readonly Field[] = ["endpoint", "account", "repository", "organization", "hook", "app", "shop"];

/** Fields of each API: exactly one of the lists in `one`, and optionally those in `also`. */
const APIS: Readonly<Record<ApiSettings["api"], { one: readonly Field[][]; also?: readonly Field[] }>> = {
  stripe: { one: [["endpoint"]], also: ["account"] },
  github: { one: [["repository", "hook"], ["organization", "hook"], ["app"]] },
  shopify: { one: [["shop"]] },
  svix: { one: [["app", "endpoint"]] },
};

/**
 * APIs by the scheme of their providers. Without providers that send through Svix: they have the key of its API, not
 * you.
 */
const API_OF: Readonly<Record<string, ApiSettings["api"]>> = {
  stripe: "stripe",
  github: "github",
  shopify: "shopify",
  svix: "svix",
  "standard-webhooks": "svix",
};

/** Returns the settings of the compared API, or a text with what is wrong. @param scheme the provider's scheme */
export function apiSettings(scheme: ConfiguredScheme, fields: ApiFields): ApiSettings | string {
  const api = typeof scheme === "string" ? API_OF[scheme] : undefined;
  if (api === undefined)
    return `there is nothing to compare for ${typeof scheme === "string" ? scheme : "a scheme of your own"}: webhooks reconcile says what can be done instead. Allowed for ${Object.keys(API_OF).join(", ")}`;
  const { one, also = [] } = APIS[api];
  const given = FIELDS.filter((name) => fields[name] !== undefined);
  const wanted = one.some(
    (needed) =>
      needed.every((name) => given.includes(name)) &&
      given.every((name) => [...needed, ...also].includes(name)),
  );
  if (!wanted) {
    const lists = one.map((names) => names.join(" and ")).join(", or ");
    return `${api} needs ${lists}${also.length > 0 ? `, and takes ${also.join(", ")}` : ""}, and nothing else`;
  }
  return { api, ...Object.fromEntries(given.map((name) => [name, fields[name]])) } as ApiSettings;
}
