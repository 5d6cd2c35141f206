import { Hono, type Context } from "hono";
import type { ConsumerState } from "../../../inbox/consumers";
import { consumerState, consumerStates } from "../../../inbox/consumers";
import { DeadLetterQueue, type Reading } from "../../../inbox/dead-letters";
import type { Inbox } from "../../../inbox/connect";
import { missingPage } from "../problems";
import { doneText } from "../done";
import { html, type Site } from "../site";
import { ConsumerList, ConsumerPage } from "../views/consumers";
import { consumerPath } from "../views/page";
import { confirmedMany } from "./confirmed-many";

/** Messages about what was just done, by their names in the address. */
const DONE: Readonly<Record<string, string>> = {
  pause: "It is paused, as soon as what runs has ended.",
  resume: "It is handed its events again, and what waited is tried now.",
  redrive: "They are in the consumer's queue again.",
  "redrive-part":
    "Some are in the consumer's queue again; the time for one request was over. Do it once more.",
  discard: "It is discarded.",
};

/** Milliseconds that reading dead letters may take. */
const TIMEOUT_MS = 20_000;

/** Returns the pages of consumers, and the operations on one. */
export function consumerRoutes(site: Site): Hono {
  const { inbox, operations, page } = site;
  const app = new Hono();
  const isKnown = (name: string) => Object.hasOwn(inbox.outputs.consumer_queues, name);

  app.get("/consumers", async (context) =>
    html(context, <ConsumerList context={page()} consumers={await consumerStates(inbox)} />),
  );

  app.get("/consumers/:name", async (context) => {
    const name = context.req.param("name");
    if (!isKnown(name)) return missingPage(context, site, "No such consumer", "The stack has it no more.");
    const consumer = await consumerState(name, inbox);
    const { deadLetters, hidden, heldByOthers } = await readDeadLetters(inbox, consumer);
    return html(
      context,
      <ConsumerPage
        // Never refreshes this page by itself: reading dead letters hides them for a moment.
        context={page(0)}
        consumer={consumer}
        deadLetters={deadLetters}
        notShown={hidden + heldByOthers}
        done={doneText(context, DONE)}
      />,
    );
  });

  app.post("/consumers/:name/:action{pause|resume}", async (context) => {
    const { name, action } = context.req.param();
    await operations[action === "pause" ? "pause" : "resume"](name);
    return back(context, name, action);
  });

  app.post("/consumers/:name/redrive", async (context) => {
    const name = context.req.param("name");
    const left = await confirmedMany(await context.req.parseBody(), operations, name);
    return back(context, name, left > 0 ? "redrive-part" : "redrive");
  });

  return app;
}

function back(context: Context, name: string, done: string) {
  return context.redirect(`${consumerPath(name)}?done=${done}`, 303);
}

const NONE: Reading = { deadLetters: [], hidden: 0, heldByOthers: 0 };

async function readDeadLetters(inbox: Inbox, { name, deadLetters }: ConsumerState): Promise<Reading> {
  if (!deadLetters || deadLetters.waiting + deadLetters.inFlight === 0) return NONE;
  const queue = new DeadLetterQueue(inbox, name);
  try {
    return await queue.read({ spread: false, signal: AbortSignal.timeout(TIMEOUT_MS) });
  } finally {
    await queue.close();
  }
}
