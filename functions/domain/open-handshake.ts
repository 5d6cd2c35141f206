import { hasOpenHandshake, openHandshake, type HandshakeAnswer, type WebhookRequest } from "../../providers";
import type { Answer } from "./answer";
import type { IngestPorts } from "./ingest-ports";
import { readChallenge } from "./payload";
import { verifyTokenOf, type Provider } from "./provider";

/** Bytes of a question that comes before anything is proved; the longest real ones have about 200. */
const MAX_QUESTION_BYTES = 4_096;

/**
 * The answer to a question that a sender asks before it signs anything, or undefined where the request is none. Of
 * what a stranger sends, no more is looked at than a question can hold.
 */
export async function answerQuestion(
  request: WebhookRequest,
  provider: Provider,
  ports: IngestPorts,
): Promise<Answer | undefined> {
  const { scheme, name } = provider;
  if (!hasOpenHandshake(scheme, request.method) || request.body.length > MAX_QUESTION_BYTES) return undefined;
  const keyed = request.method === "GET";
  const answer = openHandshake(scheme, {
    request,
    payload: request.body.length === 0 ? undefined : readChallenge(request),
    secrets: keyed ? await ports.secrets.get(name) : [],
    verifyTokens: provider.hasVerifyToken ? await ports.secrets.get(verifyTokenOf(name)) : [],
  });
  if (answer?.learn === undefined) return answer && plainAnswer(answer);
  const learnt = provider.learnsSecret === true && (await ports.secrets.learn(name, answer.learn));
  return learnt ? plainAnswer(answer) : undefined;
}

/** The part of a handshake that the provider is answered. */
export function plainAnswer({ status, headers, body }: HandshakeAnswer): Answer {
  return { status, headers, body };
}
