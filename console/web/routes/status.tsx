import { userInfo } from "node:os";
import { Hono, type Context } from "hono";
import { readCauses } from "../../../inbox/causes";
import {
  redriveCause,
  releaseCause,
  replayUndelivered,
  type CauseResult,
} from "../../../inbox/operations/one-cause";
import { pauseProvider, providerPauses, resumeProvider } from "../../../inbox/pauses";
import { html, type Site } from "../site";
import { StatusPage } from "../views/status";

/** Milliseconds that reading, or an operation on everything with one cause, may take. */
const TIMEOUT_MS = 60_000;

/**
 * Returns the page of troubles by their cause and of paused providers, and the operations on everything with one cause.
 */
export function statusRoutes({ inbox, page }: Site): Hono {
  const app = new Hono();
  const signal = () => AbortSignal.timeout(TIMEOUT_MS);

  app.get("/status", async (context) => {
    const [causes, pauses] = await Promise.all([readCauses(inbox, signal()), providerPauses(inbox)]);
    const names = [
      ...inbox.outputs.providers.map(({ name }) => name),
      ...pauses.map(({ provider }) => provider),
    ];
    return html(
      context,
      // Never refreshes this page by itself: S3 bills each rejected request that is listed.
      <StatusPage
        context={page(0)}
        {...causes}
        pauses={pauses}
        providers={[...new Set(names)].sort()}
        done={doneOf(context)}
      />,
    );
  });

  const ofCause =
    (run: (cause: { provider: string; rule: string; error: string }) => Promise<CauseResult>) =>
    async (context: Context) => {
      const { provider, rule, error } = await context.req.parseBody();
      const cause = { provider: String(provider), rule: String(rule), error: String(error) };
      const { done, left } = await run(cause);
      return context.redirect(`/status?done=${done}&left=${left}`, 303);
    };
  app.post(
    "/status/redrive",
    ofCause((cause) => redriveCause(cause, inbox, signal())),
  );
  app.post(
    "/status/release",
    ofCause((cause) => releaseCause(cause, inbox, signal())),
  );

  app.post(
    "/status/replay",
    ofCause((cause) => replayUndelivered(cause, inbox, signal())),
  );

  app.post("/status/pause/:provider", async (context) => {
    const { reason } = await context.req.parseBody();
    const why = typeof reason === "string" && reason.trim() !== "" ? { reason: reason.trim() } : {};
    await pauseProvider(context.req.param("provider"), { by: userInfo().username, ...why }, inbox);
    return context.redirect("/status", 303);
  });
  app.post("/status/resume/:provider", async (context) => {
    await resumeProvider(context.req.param("provider"), inbox);
    return context.redirect("/status", 303);
  });
  return app;
}

/**
 * Returns the result of the last operation, by the numbers in the address; an address cannot put other words on the
 * page.
 */
function doneOf(context: Context): CauseResult | undefined {
  const { done, left } = context.req.query();
  if (done === undefined || !/^\d{1,9}$/.test(done)) return undefined;
  return { done: Number(done), left: left !== undefined && /^\d{1,9}$/.test(left) ? Number(left) : 0 };
}
