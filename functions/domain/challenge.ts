import {
  acceptsChallenge,
  answerChallenge,
  type HandshakeAnswer,
  type WebhookRequest,
} from "../../providers";
import type { Answer } from "./answer";
import type { IngestPorts } from "./ingest-ports";
import { readChallenge } from "./payload";
import { verifyTokenOf, type Provider } from "./provider";

/** Maximum size of a challenge before verification, in bytes; the longest real ones have about 200. */
const MAX_CHALLENGE_BYTES = 4_096;

/**
 * Returns the response to an unsigned verification challenge, or undefined if the request is none. Reads no more of an
 * unverified request than a challenge can hold.
 */
export async function handleChallenge(
  request: WebhookRequest,
  provider: Provider,
  ports: IngestPorts,
): Promise<Answer | undefined> {
  const { scheme, name } = provider;
  if (!acceptsChallenge(scheme, request.method) || request.body.length > MAX_CHALLENGE_BYTES)
    return undefined;
  const keyed = request.method === "GET";
  const answer = answerChallenge(scheme, {
    request,
    payload: request.body.length === 0 ? undefined : readChallenge(request),
    secrets: keyed ? await ports.secrets.get(name) : [],
    verifyTokens: provider.hasVerifyToken ? await ports.secrets.get(verifyTokenOf(name)) : [],
  });
  if (answer?.learn === undefined) return answer && plainAnswer(answer);
  const learnt = provider.learnsSecret === true && (await ports.secrets.learn(name, answer.learn));
  return learnt ? plainAnswer(answer) : undefined;
}

/** Returns the part of a handshake's answer that is sent to the provider. */
export function plainAnswer({ status, headers, body }: HandshakeAnswer): Answer {
  return { status, headers, body };
}
