import { Hono } from "hono";
import { RejectedRequests } from "../../../inbox/rejected";
import { noSuchRejectedRequest } from "../problems";
import { html, type Site } from "../site";
import { webhookPath } from "../views/page";
import { RejectedList, RejectedPage } from "../views/rejected";

/** Rejected requests on their page, the newest. */
const SHOWN = 100;

/** Milliseconds that listing them may take. */
const TIMEOUT_MS = 20_000;

/** The rejected requests, and what can be done to one. */
export function rejectedRoutes(site: Site): Hono {
  const { inbox, operations, page } = site;
  const rejected = new RejectedRequests(inbox);
  const app = new Hono();

  app.get("/rejected", async (context) => {
    const found = await rejected.find({}, AbortSignal.timeout(TIMEOUT_MS), SHOWN);
    // S3 bills each request that is listed: this page does not look again on its own.
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
