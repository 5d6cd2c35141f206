import type { WebhookRequest } from "../../providers";

/** A request to the endpoint, independent of the transport. */
export interface IngestRequest extends WebhookRequest {
  /** Provider named by the path, or undefined on `POST /webhook`, where a header names it. */
  readonly pathProvider?: string;
  readonly requestId: string;
  /** IP address of the client. */
  readonly sourceIp?: string;
}
