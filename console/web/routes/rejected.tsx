import { Hono } from "hono";
import { RejectedRequests } from "../../../inbox/rejected";
import { noSuchRejectedRequest } from "../problems";
import { html, type Site } from "../site";
import { webhookPath } from "../views/page";
import { RejectedList, RejectedPage } from "../views/rejected";

/** Number of rejected requests that their page shows, the newest ones. */
const SHOWN = 100;

/** Milliseconds that listing rejected requests may take. */
const TIMEOUT_MS = 20_000;

/** Returns the pages of rejected requests, and the operations on one. */
export function rejectedRoutes(site: Site): Hono {
  const { inbox, operations, page } = site;
  const rejected = new RejectedRequests(inbox);
  const app = new Hono();

  app.get("/rejected", async (context) => {
    const found = await rejected.find({}, AbortSignal.timeout(TIMEOUT_MS), SHOWN);
    // Never refreshes this page by itself: S3 bills each request that is listed.
    return html(context, <RejectedList context={page(0)} {...found} />);
  });

  app.get("/rejected/:provider/:name", async (context) => {
    const { provider, name } = context.req.param();
    const found = await rejected.read(`${provider}/${name}`);
    if (!found) return noSuchRejectedRequest(context, site);
    return html(context, <RejectedPage context={page(0)} rejected={found} />);
  });

  app.post("/rejected/:provider/:name/release", async (context) => {
    const { provider, name } = context.req.param();
    const { ignoreTimestamp } = await context.req.parseBody();
    const webhook = await operations.release(`${provider}/${name}`, ignoreTimestamp === "yes");
    return context.redirect(`${webhookPath(webhook)}?done=release`, 303);
  });

  return app;
}
