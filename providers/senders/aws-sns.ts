import { sign as signBytes, verify as verifyBytes } from "node:crypto";
import { ConfigurationError } from "../engine/errors";
import { allowedKeyUrl, type KeyHost } from "../engine/key-url";
import { reject, type WebhookRequest } from "../engine/request";
import { certificateOf, decodeBase64 } from "../recipes/certificate";
import { asObject, textOf } from "../engine/json-object";
import { parseJson } from "../engine/payload";
import { tooLarge, unprovedJson } from "../engine/unproved";
import { matchSecret, sameText, signingSecret } from "../engine/secrets";
import { keyPair } from "../engine/test-keys";
import { NOON, type Sample, type Setup } from "../engine/sender";
import { defineScheme } from "../recipes/define-scheme";
import { provedChallenge, textAnswer } from "../recipes/challenges";

export const setup: Setup = {
  docs: "https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html",
  where: "Topic > Create subscription > HTTPS, without raw message delivery",
  secret: "the ARN of the topic",
  notes:
    "The subscription is confirmed when its first message has been verified. Certificates are fetched from SNS in the topic's own Region only.",
};

const ID = "aws-sns";

const CERTIFICATE = /^\/SimpleNotificationService-[A-Za-z0-9]{1,100}\.pem$/;
const CONFIRMATION = /^\/\?Action=ConfirmSubscription&[A-Za-z0-9=&:%._-]+$/;

/** Partition and Region of a topic's ARN. A Region's name ends in a number, and contains no other. */
const TOPIC =
  /^arn:(aws|aws-cn|aws-us-gov):sns:([a-z]{2,4}(?:-[a-z]+)+-\d{1,2}):\d{12}:[A-Za-z0-9_.-]{1,256}$/;

/**
 * Returns the host of SNS in the Region of a topic, and no other: `sns.s3-us-west-2.amazonaws.com` is a bucket called
 * `sns`, whose owner could publish a key there for the messages of every topic.
 * @see https://docs.aws.amazon.com/general/latest/gr/sns.html
 */
function snsOf(topic: string | undefined, path: RegExp): readonly KeyHost[] {
  const [, partition, region] = TOPIC.exec(topic ?? "") ?? [];
  if (region === undefined) return [];
  return [{ host: `sns.${region}.amazonaws.com${partition === "aws-cn" ? ".cn" : ""}`, path }];
}

/** Names of the signed values in the order in which they are signed. A message without a `Subject` leaves it out. */
const SIGNED = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
  UnsubscribeConfirmation: ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"],
} as const;

const HASHES: Readonly<Record<string, string>> = { "1": "sha1", "2": "sha256" };

type Message = Readonly<Record<string, unknown>>;

function isKnownType(type: string | undefined): type is keyof typeof SIGNED {
  return type !== undefined && Object.hasOwn(SIGNED, type);
}

function signedText(message: Message): string | undefined {
  const type = textOf(message, "Type");
  if (!isKnownType(type)) return undefined;
  return SIGNED[type]
    .map((name) => [name, textOf(message, name)] as const)
    .filter(([name, value]) => value !== undefined || name !== "Subject")
    .map(([name, value]) => `${name}\n${value ?? ""}\n`)
    .join("");
}

const messageOf = ({ body }: WebhookRequest): Message | undefined => asObject(unprovedJson(body));

/** Returns the URL that confirms a subscription, from a message that {@link awsSns} has verified. */
export function confirmationUrl(payload: unknown): string | undefined {
  const message = asObject(payload);
  if (textOf(message, "Type") !== "SubscriptionConfirmation") return undefined;
  return allowedKeyUrl(textOf(message, "SubscribeURL"), snsOf(textOf(message, "TopicArn"), CONFIRMATION));
}

/**
 * Handshake of a subscription: SNS sends a signed message with a URL, and a call of that URL confirms the subscription.
 */
const confirmSubscription = provedChallenge(({ payload }) => {
  const visit = confirmationUrl(payload);
  return visit === undefined ? undefined : { ...textAnswer(""), visit };
});

/**
 * The message contains an RSA signature. SNS signs for every AWS account with the same keys, so the signature alone
 * does not say whose message it is: the secret is the ARN of the operator's own topic. Raw message delivery has no
 * signature and is rejected.
 */
export default defineScheme({
  id: ID,
  name: "AWS SNS (HTTPS)",
  confidence: "official",
  contentTypes: ["text/plain", "application/json"],
  verify: {
    kind: "custom",
    proof:
      "RSA with SHA-1 or SHA-256 in `Signature` of the message over its values; the certificate is fetched from SNS",
    requiredHeaders: [],
    onlyProviderSigns:
      "Handlers check Amazon SNS's signature with the certificate at an address of Amazon's.",
    keyRequest(request, secrets) {
      const message = messageOf(request);
      const topic = textOf(message, "TopicArn");
      // Fetch nothing for a message of another topic, since it is rejected anyway.
      if (topic === undefined || !secrets.includes(topic)) return undefined;
      const url = allowedKeyUrl(textOf(message, "SigningCertURL"), snsOf(topic, CERTIFICATE));
      return url === undefined ? undefined : { url };
    },
    verify({ request, secrets, now, fetched }) {
      const wrong = secrets.findIndex((secret) => !TOPIC.test(secret));
      if (wrong >= 0)
        throw new ConfigurationError(`secret ${wrong} of scheme ${ID} is not the ARN of a topic`);
      const message = messageOf(request);
      const text = message && signedText(message);
      const signature = decodeBase64(textOf(message, "Signature") ?? "");
      const hash = HASHES[textOf(message, "SignatureVersion") ?? ""];
      if (text === undefined || !signature || hash === undefined) {
        return reject(
          "body_malformed",
          tooLarge(request.body) ?? "the body is no message of SNS with a signature of version 1 or 2",
        );
      }
      const topic = textOf(message, "TopicArn") ?? "";
      const verdict = matchSecret(secrets, (secret) => sameText(secret, topic));
      if (!verdict.ok) return reject("signature_mismatch", "it is of another topic");
      const certificate = certificateOf(fetched, now);
      if (!certificate)
        return reject(
          "signature_mismatch",
          "there is no valid certificate at the address, or it is not that of SNS in the topic's Region",
        );
      if (!verifyBytes(hash, Buffer.from(text), certificate, signature)) {
        return reject("signature_mismatch", "SNS did not sign this message");
      }
      return verdict;
    },
    sign(message) {
      // Split `<topic>|<private key>`: the provider has both.
      const [TopicArn = "", key = ""] = signingSecret(ID, message).split(/\|(.*)/s);
      const filled: Message = {
        Type: "Notification",
        MessageId: message.id ?? "00000000-0000-0000-0000-000000000000",
        Message: message.body.toString(),
        Timestamp: new Date(message.now).toISOString(),
        ...(asObject(parseJson(message.body))?.["Type"] === undefined
          ? {}
          : asObject(parseJson(message.body))),
        TopicArn,
        SignatureVersion: "2",
        SigningCertURL: `https://${snsOf(TopicArn, CERTIFICATE)[0]?.host.toString() ?? ""}/SimpleNotificationService-0000.pem`,
      };
      const text = signedText(filled);
      if (text === undefined) throw new ConfigurationError(`scheme ${ID} has no such type of message`);
      const Signature = signBytes("sha256", Buffer.from(text), key).toString("base64");
      return {
        headers: { "Content-Type": "text/plain; charset=UTF-8" },
        body: Buffer.from(JSON.stringify({ ...filled, Signature })),
      };
    },
    newSecret: () => {
      const topic = "arn:aws:sns:us-east-1:123456789012:test";
      return { secret: topic, signWith: `${topic}|${keyPair("rsa").signWith}` };
    },
  },
  handshakes: [confirmSubscription],
  event: { id: "MessageId", type: "Type", time: "Timestamp" },
});

export const sample: Sample = {
  body: { Type: "Notification", MessageId: "msg_1", Message: "{}", Timestamp: NOON },
  event: { id: "msg_1", type: "Notification", time: NOON },
};
