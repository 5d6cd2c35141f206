import { createSign } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { DAY_MS } from "../../domain/day";
import { ApiError, type ListedEvent, type ProviderApi } from "../../domain/reconcile-ports";
import { findSpans } from "../../../providers/engine/json-spans";
import type { ApiCall } from "./call";

/** Hook of a repository, an organization or an app. */
export interface GitHubSettings {
  /** `<owner>/<name>` */
  readonly repository?: string | undefined;
  readonly organization?: string | undefined;
  /** Id of the hook: the end of its address on GitHub. */
  readonly hook?: number | undefined;
  /** Client id of an app. The API key is then the app's private key, in PEM. */
  readonly app?: string | undefined;
}

/**
 * Milliseconds for which GitHub lists a delivery: 3 days by its documentation. An older delivery cannot be redelivered.
 * @see https://docs.github.com/en/webhooks/testing-and-troubleshooting-webhooks/redelivering-webhooks
 */
const KEPT_MS = 3 * DAY_MS;

/** Milliseconds between two requests that create something. @see https://docs.github.com/en/rest/using-the-rest-api/best-practices-for-using-the-rest-api#pause-between-mutative-requests */
const REQUEST_PAUSE_MS = 1_000;

interface Delivery {
  readonly guid: string;
  readonly delivered_at: string;
  readonly redelivery: boolean;
  readonly event: string;
  readonly action: string | null;
}

/**
 * Returns a client for the deliveries of one hook, newest first. GitHub returns their payloads as parsed JSON, without
 * the signed bytes. A redelivery of a missing one is therefore requested, which arrives at the endpoint as every
 * webhook does.
 */
export function githubApi(settings: GitHubSettings, call: ApiCall): ProviderApi {
  const hook = hookOf(settings);
  let requestedAt = 0;
  return {
    async endpoint() {
      const { text, date } = await call(settings.app === undefined ? hook : `${hook}/config`);
      const { active = true, last_response: last } = JSON.parse(text) as {
        readonly active?: boolean;
        readonly last_response?: { readonly code: number | null; readonly message: string | null };
      };
      const failed = typeof last?.code === "number" && last.code >= 400;
      return {
        now: date,
        ...(!active && { off: "The hook is not active: GitHub sends nothing. Activate it in the settings." }),
        notes: failed ? [`GitHub's last delivery was answered ${last.code}.`] : [],
        // Expect every event: the list contains the deliveries of this hook alone.
        expects: () => true,
      };
    },
    events: {
      keptMs: KEPT_MS,
      // Read the whole range in one list: it has no filter by time, and each list begins now.
      longestMs: Infinity,
      async *list({ from, until }) {
        const redeliveries = new Map<string, number>();
        for (let cursor: string | undefined; ;) {
          const { text, headers } = await call(`${hook}/deliveries`, {
            query: [["per_page", "100"], ...(cursor === undefined ? [] : [["cursor", cursor] as const])],
          });
          const items = findSpans(text, ["*"]).map(({ start, end }) => itemOf(text.slice(start, end)));
          for (const { guid, redelivery } of items)
            if (redelivery) redeliveries.set(guid, (redeliveries.get(guid) ?? 0) + 1);
          // Leave out redeliveries: each belongs to the time of its original, which is listed behind it.
          yield items
            .filter(({ redelivery, at }) => !redelivery && at >= from && at < until)
            .map(({ guid, deliveryId, at, type }): ListedEvent => {
              const delivery = { id: deliveryId, redeliveries: redeliveries.get(guid) ?? 0 };
              return { id: guid, at, type, delivery };
            });
          cursor = nextCursor(headers.get("link"));
          if (cursor === undefined || (items.at(-1)?.at ?? 0) < from) return;
        }
      },
      async redeliver({ id }) {
        const wait = requestedAt + REQUEST_PAUSE_MS - Date.now();
        if (wait > 0) await pause(wait);
        requestedAt = Date.now();
        try {
          await call(`${hook}/deliveries/${id}/attempts`, { method: "POST" });
          return true;
        } catch (error) {
          const isFinal = error instanceof ApiError && ["not_found", "unexpected"].includes(error.problem);
          if (isFinal) return false;
          throw error;
        }
      },
    },
  };
}

function hookOf({ repository, organization, hook, app }: GitHubSettings): string {
  if (app !== undefined) return "/app/hook";
  return `/${repository === undefined ? `orgs/${organization}` : `repos/${repository}`}/hooks/${hook}`;
}

/** Reads a delivery. Cuts its id out of the text, since it has more digits than a JavaScript number can hold. */
function itemOf(text: string) {
  const { guid, delivered_at, redelivery, event, action } = JSON.parse(text) as Delivery;
  const [id] = findSpans(text, ["id"]);
  return {
    guid,
    deliveryId: text.slice(id?.start, id?.end),
    at: Date.parse(delivered_at),
    redelivery,
    type: action === null ? event : `${event}.${action}`,
  };
}

function nextCursor(link: string | null): string | undefined {
  const [, next] = /<([^>]+)>;\s*rel="next"/.exec(link ?? "") ?? [];
  return next === undefined ? undefined : (new URL(next).searchParams.get("cursor") ?? undefined);
}

/** Returns the headers of every request. @see https://docs.github.com/en/rest/about-the-rest-api/api-versions */
export function githubHeaders(settings: GitHubSettings, key: string): Readonly<Record<string, string>> {
  const token = settings.app === undefined ? key : appToken(settings.app, key, Date.now());
  return {
    accept: "application/vnd.github+json",
    "x-github-api-version": "2022-11-28",
    authorization: `Bearer ${token}`,
  };
}

/**
 * Returns a JSON Web Token that authenticates an app.
 * @see https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
function appToken(app: string, privateKey: string, now: number): string {
  const seconds = Math.floor(now / 1_000);
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: app })}`;
  return `${signed}.${createSign("RSA-SHA256").update(signed).sign(privateKey, "base64url")}`;
}
