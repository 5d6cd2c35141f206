import { Hono } from "hono";
import { queueDepths } from "../../../inbox/queue";
import { listWebhooks } from "../../../inbox/records/list";
import { html, type Site } from "../site";
import { DeadLetters } from "../views/dead-letters";

/** The dead-lettered webhooks. */
export function deadLetterRoutes({ inbox, page, samples }: Site): Hono {
  return new Hono().get("/dead-letters", async (context) => {
    const cursor = context.req.query("cursor");
    const [list, { deadLetters }] = await Promise.all([
      listWebhooks(inbox, { since: "0000", status: "dead_lettered", ...(cursor && { cursor }) }),
      queueDepths(inbox),
    ]);
    return html(
      context,
      <DeadLetters context={page()} page={list} depth={deadLetters} failing={samples?.failing} />,
    );
  });
}
