import type { APIGatewayProxyEvent, APIGatewayProxyResult } from "aws-lambda";
import type { Answer } from "../domain/answer";
import type { IngestRequest } from "../domain/ingest-request";

/** API Gateway's event as a request: header names in lower case, the body as the bytes that came in. */
export function toRequest(event: APIGatewayProxyEvent): IngestRequest {
  // Without a prototype: a sender may well name a header `constructor`.
  const headers = Object.create(null) as Record<string, string[]>;
  for (const [name, values] of Object.entries(event.multiValueHeaders ?? {})) {
    const lower = name.toLowerCase();
    (headers[lower] ??= []).push(...(values ?? []));
  }
  // The resource is the configured path, `/webhook/<provider>`, whatever the sender's path looks like.
  const pathProvider = event.resource.split("/")[2];
  const parameters = Object.entries(event.multiValueQueryStringParameters ?? {}).flatMap(([name, values]) =>
    (values ?? []).map((value) => [name, value] as const),
  );
  // A parameter that came twice says nothing: which of the two counts is a guess.
  const single = parameters.filter(([name]) => parameters.filter(([other]) => other === name).length === 1);
  const query = Object.assign(Object.create(null) as Record<string, string>, Object.fromEntries(single));
  const { domainName, path } = event.requestContext;
  return {
    method: event.httpMethod,
    headers,
    body: Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
    requestId: event.requestContext.requestId,
    sourceIp: event.requestContext.identity.sourceIp,
    ...(single.length > 0 && { query }),
    ...(parameters.length > single.length && { parameters }),
    // By the name that API Gateway knows itself by: a sender chooses the Host header, and not this one.
    ...(domainName && { url: `https://${domainName}${path}` }),
    ...(pathProvider && { pathProvider }),
  };
}

/** @param requestId repeated in a header, so that a sender can name it also where the answer has no body of ours */
export function toResult(answer: Answer, requestId: string): APIGatewayProxyResult {
  return {
    statusCode: answer.status,
    headers: { ...answer.headers, "x-request-id": requestId },
    body: answer.body,
  };
}
