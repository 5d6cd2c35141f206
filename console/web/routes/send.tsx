import { Hono, type Context } from "hono";
import type { Samples } from "../../samples";
import { html, type Site } from "../site";
import { Send, type Sent } from "../views/send";

/** Returns the page that signs a sample and sends it. */
export function sendRoutes({ page }: Site, samples: Samples): Hono {
  const app = new Hono();
  const sendPage = (context: Context, chosen: string, payload: string, sent?: Sent) =>
    html(
      context,
      <Send
        context={page(0)}
        samples={samples.list}
        failing={samples.failing}
        chosen={chosen}
        payload={payload}
        {...(sent && { sent })}
      />,
    );

  app.get("/send", (context) => {
    const asked = context.req.query("sample");
    const chosen = samples.list.find(({ name }) => name === asked) ?? samples.list[0];
    return sendPage(context, chosen?.name ?? "", chosen ? samples.payload(chosen.name) : "");
  });

  app.post("/send", async (context) => {
    const form = await context.req.parseBody();
    const sample = String(form["sample"] ?? "");
    const payload = String(form["payload"] ?? "").replaceAll("\r\n", "\n");
    const sent = await samples.send(sample, payload, {
      fresh: form["fresh"] === "yes",
      forged: form["forged"] === "yes",
    });
    return sendPage(context, sample, payload, sent);
  });

  return app;
}
