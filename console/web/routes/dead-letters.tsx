import { Hono } from "hono";
import { queueDepths } from "../../../inbox/queue";
import { listWebhooks } from "../../../inbox/records/list";
import { confirmedMany } from "./confirmed-many";
import { doneText } from "../done";
import { html, type Site } from "../site";
import { DeadLetters } from "../views/dead-letters";

/** Messages about what was just done, by their names in the address. */
const DONE: Readonly<Record<string, string>> = {
  redrive: "They are in the queue again.",
  "redrive-part": "Some are in the queue again; the time for one request was over. Do it once more.",
};

/** Returns the page of dead-lettered webhooks, and the operations on them. */
export function deadLetterRoutes({ inbox, page, samples, operations }: Site): Hono {
  const app = new Hono();

  app.get("/dead-letters", async (context) => {
    const cursor = context.req.query("cursor");
    const [list, { deadLetters }] = await Promise.all([
      listWebhooks(inbox, { since: "0000", status: "dead_lettered", ...(cursor && { cursor }) }),
      queueDepths(inbox),
    ]);
    return html(
      context,
      <DeadLetters
        context={page()}
        page={list}
        depth={deadLetters}
        failing={samples?.failing}
        done={doneText(context, DONE)}
      />,
    );
  });

  app.post("/dead-letters/redrive", async (context) => {
    const left = await confirmedMany(await context.req.parseBody(), operations);
    return context.redirect(`/dead-letters?done=${left > 0 ? "redrive-part" : "redrive"}`, 303);
  });

  return app;
}
