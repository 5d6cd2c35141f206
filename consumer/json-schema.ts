import * as z from "zod/mini";
import { eventSchema, PAYLOADS } from "./event";

/** Returns the JSON Schema (draft 2020-12) of an event, which event.schema.json holds. */
export function eventJsonSchema(): object {
  return {
    ...z.toJSONSchema(eventSchema),
    title: "An event of a webhook inbox",
    oneOf: PAYLOADS.map((name) => ({ required: [name] })),
  };
}
