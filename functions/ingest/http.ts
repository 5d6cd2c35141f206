import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Answer } from "../domain/answer";
import type { IngestRequest } from "../domain/ingest-request";

/**
 * Converts API Gateway's event to a request, with lower-case header names and the body's bytes as they were received.
 */
export function toRequest(event: APIGatewayProxyEvent): IngestRequest {
  // Use no prototype: a provider may well name a header `constructor`.
  const headers = Object.create(null) as Record<string, string[]>;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const lower = name.toLowerCase();
    (headers[lower] ??= []).push(...(values ?? []));
  }
  // Read the provider from the resource, which is the configured path `/webhook/<provider>`, however the request wrote
  // its path.
  const pathProvider = event.resource.split("/")[2];
  const { parameters, query } = queryOf(event);
  const { domainName, path } = event.requestContext;
  return {
    method: event.httpMethod,
    headers,
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    requestId: event.requestContext.requestId,
    sourceIp: event.requestContext.identity.sourceIp,
    ...(query && { query }),
    ...(parameters && { parameters }),
    // Use API Gateway's own domain name: the provider chooses the Host header, but not this name.
    ...(domainName && { url: `https://${domainName}${path}` }),
    ...(pathProvider && { pathProvider }),
  };
}

/**
 * Returns the query parameters that occur once as `query`, and all of them as `parameters` if one occurs several times,
 * since it would be a guess which of its values counts. Looks at each only once, since strangers can send five
 * thousand.
 */
function queryOf({
  multiValueQueryStringParameters,
}: APIGatewayProxyEvent): Pick<IngestRequest, "parameters" | "query"> {
  const parameters: (readonly [string, string])[] = [];
  const query = Object.create(null) as Record<string, string>;
  let singles = 0;
  for (const [name, values] of Object.entries(multiValueQueryStringParameters ?? {})) {
    for (const value of values ?? []) parameters.push([name, value]);
    const [only, ...others] = values ?? [];
    if (only === undefined || others.length > 0) continue;
    query[name] = only;
    singles += 1;
  }
  return { ...(singles > 0 && { query }), ...(parameters.length > singles && { parameters }) };
}

/**
 * Converts an answer to API Gateway's result.
 * @param requestId repeated in a header, so that a provider can name it even if the answer has no body from this
 * function
 */
export function toResult(answer: Answer, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: { ...answer.headers, "x-request-id": requestId },
    body: answer.body,
  };
}
