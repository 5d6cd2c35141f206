import type { WebhookRequest } from "../../providers";

export type Payload =
  | { readonly ok: true; readonly text: string; readonly value: unknown; readonly contentType: string }
  | { readonly ok: false; readonly detail: string };

const UTF8 = new TextDecoder("utf-8", { fatal: true });

/** The payload of a verified request: its JSON text and value, or what is wrong with it. Never throws. */
export function readPayload(request: WebhookRequest): Payload {
  let text: string;
  try {
    text = UTF8.decode(request.body);
  } catch {
    return { ok: false, detail: "The body is not valid UTF-8." };
  }
  try {
    return { ok: true, text, value: JSON.parse(text) as unknown, contentType: "application/json" };
  } catch {
    return { ok: false, detail: "The body is not valid JSON; it may have been cut off on the way." };
  }
}
