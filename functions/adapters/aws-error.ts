/**
 * Error that AWS answered (any status but 2xx). Its name is the error code; it has the members that the service added.
 */
export class AwsError extends Error {
  readonly $metadata: { readonly httpStatusCode: number };

  constructor(
    status: number,
    code: string,
    message: string,
    members: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    Object.assign(this, members);
    this.name = code;
    this.$metadata = { httpStatusCode: status };
  }
}

/** Returns whether AWS answered with this error code. Works for errors of the SDK's clients, too. */
export function hasCode(error: unknown, code: string): error is Error {
  return error instanceof Error && error.name === code;
}

/**
 * Returns the error in an answer, whose text is JSON, S3's XML or, from a proxy in front of the service, neither.
 * @param type header `x-amzn-errortype`
 */
export function errorOf(status: number, type: string | undefined, text: string): AwsError {
  const { __type, message, Message, ...members } = jsonOf(text);
  const code = String(type ?? __type ?? tag("Code", text) ?? `Status${status}`);
  const said = String(message ?? Message ?? tag("Message", text) ?? `status ${status}`);
  // Take the short code out of both forms: `com.amazonaws.sqs#QueueDoesNotExist` and
  // `ResourceNotFoundException:http://internal...`.
  return new AwsError(status, code.split(/[:,]/)[0]?.split("#").at(-1) ?? code, said, members);
}

function jsonOf(text: string): Record<string, unknown> {
  try {
    return Object(JSON.parse(text)) as Record<string, unknown>;
  } catch {
    return {};
  }
}

const tag = (name: string, xml: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
