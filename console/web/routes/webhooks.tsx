import { Hono } from "hono";
import { readPayload } from "../../../inbox/payloads";
import { findById } from "../../../inbox/records/find";
import { readRecord } from "../../../inbox/records/read";
import { readDefinition } from "../../../inbox/trace/executions";
import { readTrace } from "../../../inbox/trace/read";
import { missing } from "../problems";
import { doneText } from "../done";
import { html, type Site } from "../site";
import { webhookPath } from "../views/page";
import { Shared } from "../views/shared";
import { TracePage } from "../views/trace";

/** Messages about what was just done, by their names in the address: an address cannot put other words on the page. */
const DONE: Readonly<Record<string, string>> = {
  replay: "The replay is in the queue; this page follows it.",
  redrive: "The message is in the queue again; this page follows it.",
  erase:
    "It was erased. `webhooks erase --dry-run` lists what is out of reach, such as logs and what consumers stored.",
  discard: "It is discarded; its record says who did it and why.",
  release: "It was released; this page follows it.",
};

/** Returns the pages of one webhook, with its trace and its payload, and the operations on it. */
export function webhookRoutes(site: Site): Hono {
  const { inbox, operations, page } = site;
  const app = new Hono();

  app.get("/webhooks/:provider/:key", async (context) => {
    const { provider, key } = context.req.param();
    const [trace, definition] = await Promise.all([
      readTrace(inbox, provider, key),
      readDefinition(inbox).catch(() => undefined),
    ]);
    if (!trace) {
      const [only, ...others] = await findById(inbox, [provider], key);
      if (only && others.length === 0) return context.redirect(webhookPath(only), 302);
      if (only) return html(context, <Shared context={page(0)} id={key} rows={[only, ...others]} />);
      return missing(context, site);
    }
    const payload = await readPayload(inbox, trace.webhook).catch(() => undefined);
    const last = trace.executions.length - 1;
    const asked = Number(context.req.query("execution") ?? last);
    return html(
      context,
      <TracePage
        context={page()}
        trace={trace}
        payload={payload?.toString()}
        definition={definition}
        consumers={Object.keys(inbox.outputs.consumer_queues).sort()}
        shown={Number.isInteger(asked) && asked >= 0 && asked <= last ? asked : last}
        emulated={inbox.emulated}
        region={inbox.region}
        done={doneText(context, DONE)}
      />,
    );
  });

  app.get("/webhooks/:provider/:key/payload", async (context) => {
    const { provider, key } = context.req.param();
    const webhook = await readRecord(inbox, provider, key);
    const payload = webhook && (await readPayload(inbox, webhook));
    if (!webhook || !payload) return missing(context, site);
    // Sends a type that browsers do not show: the provider chose the payload's own content type.
    return context.body(new Uint8Array(payload), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${provider}-${webhook.id.replace(/[^\w.-]/g, "_")}.json"`,
    });
  });

  app.post("/webhooks/:provider/:key/erase", async (context) => {
    const { provider, key } = context.req.param();
    const { reason } = await context.req.parseBody();
    await operations.erase(provider, key, typeof reason === "string" ? reason : "");
    return context.redirect(`${webhookPath({ provider, key })}?done=erase`, 303);
  });

  app.post("/webhooks/:provider/:key/discard", async (context) => {
    const { provider, key } = context.req.param();
    const { reason } = await context.req.parseBody();
    const consumer = context.req.query("consumer");
    await operations.discard({ provider, key, consumer }, typeof reason === "string" ? reason : "");
    return context.redirect(`${webhookPath({ provider, key })}?done=discard`, 303);
  });

  app.post("/webhooks/:provider/:key/:action{replay|redrive}", async (context) => {
    const { provider, key, action } = context.req.param();
    const { consumer } = await context.req.parseBody();
    if (action === "replay")
      await operations.replay(provider, key, typeof consumer === "string" ? consumer : undefined);
    else await operations.redrive(provider, key);
    return context.redirect(`${webhookPath({ provider, key })}?done=${action}`, 303);
  });

  return app;
}
