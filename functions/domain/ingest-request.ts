import type { WebhookRequest } from "../../providers";

/** A request at the door, already free of the transport's shape. */
export interface IngestRequest extends WebhookRequest {
  /** Provider named by the path, or undefined on `POST /webhook`, where a header names it. */
  readonly pathProvider?: string;
  readonly requestId: string;
  /** Address of the sender. */
  readonly sourceIp?: string;
}
