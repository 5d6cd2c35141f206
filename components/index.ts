export { eventSource } from "./event-bus";
export { Consumer } from "./consumer";
export { WebhookInbox } from "./webhook-inbox";
export type { ConsumerOutput, WebhookInboxOutputs } from "./outputs";
export type {
  ConsumerArgs,
  LambdaConsumerArgs,
  ProviderArgs,
  QueueConsumerArgs,
  SecretRef,
  SecretsManagerRef,
  SsmSecretRef,
  Throttle,
  WebhookInboxArgs,
} from "../config";
