/**
 * Everything that a consumer of an inbox's events needs in its own code. AWS clients are loaded only if they are used.
 */
export { InvalidSignatureError, verifyDelivery, type Delivery } from "./delivery";
export { dynamodb, type AddWrite, type DynamoDbOptions } from "./dynamodb";
export { InvalidEventError, parse, type WebhookEvent } from "./event";
export { newerThan } from "./newer-than";
export { identityOf, once, type Identity, type Outcome, type Store } from "./once";
export { payloadOf, PayloadError, type PayloadOptions } from "./payload";
export { postgres, postgresTable, type PostgresClient, type PostgresOptions } from "./postgres";
export { sqsHandler, type SqsBatchResponse, type SqsHandlerOptions, type SqsRecord } from "./sqs-handler";
