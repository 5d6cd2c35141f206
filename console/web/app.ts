import { Hono } from "hono";
import { assets } from "./assets";
import { guard } from "./guard";
import { failed, missing } from "./problems";
import { consumerRoutes } from "./routes/consumers";
import { deadLetterRoutes } from "./routes/dead-letters";
import { listRoutes } from "./routes/list";
import { rejectedRoutes } from "./routes/rejected";
import { sendRoutes } from "./routes/send";
import { statusRoutes } from "./routes/status";
import { webhookRoutes } from "./routes/webhooks";
import { siteOf, type ConsoleOptions } from "./site";

/**
 * Returns the console's pages. The JSX that renders them escapes every value, since a webhook's body is written by its
 * provider.
 * @param access token of the console's address; see {@link guard}
 */
export async function createApp(options: ConsoleOptions, access: string): Promise<Hono> {
  const { samples, allowWrites } = options;
  const files = await assets();
  const { token, middleware } = guard(allowWrites, access);
  const site = siteOf(options, token);

  const app = new Hono();
  app.use(middleware);
  app.get("/assets/:file", (context) => {
    const file = files.get(context.req.param("file"));
    if (!file) return context.notFound();
    return context.body(file.text, 200, { "content-type": file.type });
  });
  app.route("/", listRoutes(site));
  app.route("/", webhookRoutes(site));
  app.route("/", consumerRoutes(site));
  app.route("/", deadLetterRoutes(site));
  app.route("/", rejectedRoutes(site));
  app.route("/", statusRoutes(site));
  if (samples && allowWrites) app.route("/", sendRoutes(site, samples));
  app.notFound((context) => missing(context, site));
  app.onError((error, context) => failed(error, context, site));
  return app;
}
