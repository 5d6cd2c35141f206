import * as aws from "./aws";
import type * as pulumi from "@pulumi/pulumi";
import { MAX_BODY_BYTES } from "../functions/domain/payload";
import type { ApiPart } from "./api-part";

interface GatewayResponse {
  readonly type: string;
  readonly status?: number;
  readonly title: string;
  /** Mapping expression, or a JSON string. */
  readonly detail: string;
  /** Seconds after which the provider should retry. */
  readonly retryAfter?: number;
}

/**
 * Responses that API Gateway generates itself, as RFC 9457 problem details. They pass on API Gateway's own texts about
 * the request, but not those about a failure behind it. Such a failure is a function that crashed, took too long, or
 * reached its concurrency limit: all are temporary, and therefore 503.
 *
 * A body larger than ingestion accepts and up to 10 MB is rejected by Lambda, "Request Too Long", and answered here
 * with 413 by REQUEST_TOO_LARGE or DEFAULT_4XX. A larger one does not reach the API: AWS answers 413 in plain text.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 * @see https://github.com/koki-develop/lgtm-generator/issues/10
 */
const GATEWAY_RESPONSES: readonly GatewayResponse[] = [
  {
    type: "MISSING_AUTHENTICATION_TOKEN",
    status: 404,
    title: "Unknown provider",
    detail: '"No provider of this name is configured here, or the method is not POST."',
  },
  {
    type: "BAD_REQUEST_PARAMETERS",
    status: 400,
    title: "Malformed request",
    detail: "$context.error.messageString",
  },
  {
    type: "REQUEST_TOO_LARGE",
    status: 413,
    title: "Payload too large",
    detail: JSON.stringify(`The body is too large; at most ${MAX_BODY_BYTES} bytes are taken.`),
  },
  {
    type: "THROTTLED",
    status: 429,
    title: "Too many requests",
    detail: "$context.error.messageString",
    retryAfter: 1,
  },
  { type: "DEFAULT_4XX", title: "Request rejected", detail: "$context.error.messageString" },
  {
    type: "DEFAULT_5XX",
    status: 503,
    title: "Temporarily unavailable",
    detail: '"The webhook could not be stored. Send it again."',
    retryAfter: 5,
  },
];

/** Creates the responses that API Gateway generates itself. */
export function createGatewayResponses(
  parent: pulumi.Resource,
  name: string,
  api: aws.apigateway.RestApi,
): ApiPart[] {
  return GATEWAY_RESPONSES.map((response) => {
    const inputs = {
      restApiId: api.id,
      responseType: response.type,
      ...(response.status !== undefined && { statusCode: String(response.status) }),
      responseParameters: {
        "gatewayresponse.header.Content-Type": "'application/problem+json'",
        ...(response.retryAfter !== undefined && {
          "gatewayresponse.header.Retry-After": `'${response.retryAfter}'`,
        }),
      },
      responseTemplates: { "application/json": problemTemplate(response) },
    };
    const part = response.type.toLowerCase().replaceAll("_", "-");
    return { resource: new aws.apigateway.Response(`${name}-${part}`, inputs, { parent }), inputs };
  });
}

function problemTemplate(response: GatewayResponse): string {
  const status = response.status !== undefined ? `"status":${response.status},` : "";
  return `{"type":"about:blank","title":${JSON.stringify(response.title)},${status}"detail":${response.detail},"requestId":"$context.requestId"}`;
}
