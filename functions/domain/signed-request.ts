import { signatureHeader } from "../../providers";
import type { IngestRequest } from "./ingest-request";
import type { Provider } from "./provider";

/**
 * Returns the request with the endpoint's address as the provider signs it. On `POST /webhook` the header `X-Webhook-Signature`
 * stands for the provider's own, which wins if it is present.
 */
export function asProviderKnowsIt(
  request: IngestRequest,
  { scheme, url = request.url }: Provider,
): IngestRequest {
  const addressed = url === undefined ? request : { ...request, url };
  if (request.pathProvider !== undefined) return addressed;
  const native = signatureHeader(scheme)?.toLowerCase();
  const carried = request.headers["x-webhook-signature"];
  if (native === undefined || carried === undefined || request.headers[native] !== undefined)
    return addressed;
  return { ...addressed, headers: { ...request.headers, [native]: carried } };
}
