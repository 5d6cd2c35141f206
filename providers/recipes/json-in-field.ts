import { formField, parseForm } from "../engine/form";
import type { WebhookRequest } from "../engine/request";
import type { WrappedPayload } from "../engine/scheme";

/** Returns a function that unwraps JSON in one field of a form. It returns undefined for a body without this field. */
export function jsonInField(name: string): (request: WebhookRequest) => WrappedPayload | undefined {
  return ({ body }) => {
    const value = formField(parseForm(body), name);
    return value === undefined ? undefined : { bytes: Buffer.from(value), mediaType: "application/json" };
  };
}
