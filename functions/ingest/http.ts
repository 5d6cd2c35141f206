import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Answer } from "../domain/answer";
import type { IngestRequest } from "../domain/ingest-request";

/** API Gateway's event as a request: header names in lower case, the body as the bytes that was received. */
export function toRequest(event: APIGatewayProxyEvent): IngestRequest {
  // Without a prototype: a provider may well name a header `constructor`.
  const headers = Object.create(null) as Record<string, string[]>;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const lower = name.toLowerCase();
    (headers[lower] ??= []).push(...(values ?? []));
  }
  // The resource is the configured path, `/webhook/<provider>`, whatever the provider's path looks like.
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
    // By the name that API Gateway knows itself by: a provider chooses the Host header, and not this one.
    ...(domainName && { url: `https://${domainName}${path}` }),
    ...(pathProvider && { pathProvider }),
  };
}

/**
 * Returns the parameters that came once, and all of them if one came several times: which of its values counts is a guess.
 * Strangers can send five thousand, so each is looked at once.
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

/** @param requestId repeated in a header, so that a provider can name it also if the answer has no body of ours */
export function toResult(answer: Answer, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: { ...answer.headers, "x-request-id": requestId },
    body: answer.body,
  };
}
