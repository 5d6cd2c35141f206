import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { MIN_UNRESERVED_CONCURRENCY, LEAST_MAXIMUM, MOST_MAXIMUM } from "../aws-limits";

/** Invocations at once that are requested; what is left out has its default. */
export interface WantedConcurrency {
  readonly ingestReservedConcurrency?: number | undefined;
  readonly processReservedConcurrency?: number | undefined;
  readonly processMaximumConcurrency?: number | undefined;
}

/** How the account's Lambda concurrency is shared out, in invocations at once. */
export interface Concurrency {
  /** What the account may run in this Region, all functions together. */
  readonly account: number;
  /** Undefined if nothing is reserved: the function then takes what the account has left. */
  readonly ingestReserved: number | undefined;
  readonly processReserved: number | undefined;
  /** Batches of the queue that are processed at once. */
  readonly processMaximum: number;
}

/** Lambda's default; new accounts begin with less, often 10. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const USUAL_ACCOUNT_LIMIT = 1_000;

/** Of the account's limit, the part that processing takes if nothing is said: ingestion and others have the rest. */
const PROCESSING_SHARE = 1 / 4;

/**
 * Shares out the account's concurrency.
 *
 * Nothing is reserved by default. A reservation is rejected by AWS in a new account and wherever others have reserved the
 * rest, which would break a first deployment in its middle; and it is a ceiling too, for which no figure suits everybody.
 * Processing is held to a quarter of the account all the same, by the event source mapping, which needs no reservation:
 * above what Lambda can run, each batch costs a receive of healthy webhooks.
 * @throws {pulumi.RunError} if AWS would reject the reservations, or throttle the mapping by them
 */
export function shareConcurrency(account: number, wanted: WantedConcurrency): Concurrency {
  const { ingestReservedConcurrency: ingestReserved, processReservedConcurrency: processReserved } = wanted;
  const reserved = (ingestReserved ?? 0) + (processReserved ?? 0);
  const reservable = Math.max(0, account - MIN_UNRESERVED_CONCURRENCY);
  if (reserved > reservable) {
    throw new pulumi.RunError(
      `ingestReservedConcurrency and processReservedConcurrency are ${reserved} together; of this account's Lambda concurrency of ${account} at most ${reservable} can be reserved, since AWS keeps ${MIN_UNRESERVED_CONCURRENCY} for other functions. Leave them out, or ask for more: https://console.aws.amazon.com/servicequotas/home/services/lambda/quotas/${CONCURRENCY_QUOTA}`,
    );
  }
  const share = Math.min(MOST_MAXIMUM, Math.floor(account * PROCESSING_SHARE), processReserved ?? Infinity);
  const processMaximum = wanted.processMaximumConcurrency ?? Math.max(LEAST_MAXIMUM, share);
  if (processReserved !== undefined && processMaximum > processReserved) {
    throw new pulumi.RunError(
      `processMaximumConcurrency is ${processMaximum} and processReservedConcurrency ${processReserved}: Lambda would receive batches that it may not run, and use up their receives`,
    );
  }
  return { account, ingestReserved, processReserved, processMaximum };
}

/** Code of the quota "Concurrent executions" of Lambda. @see https://docs.aws.amazon.com/general/latest/gr/lambda-service.html */
const CONCURRENCY_QUOTA = "L-B99A9384";

/**
 * Returns the account's Lambda concurrency in this Region. Who deploys may not be allowed to read quotas; then it is taken for
 * what AWS usually gives, with a warning.
 */
export async function accountConcurrency(opts: pulumi.InvokeOptions): Promise<number> {
  try {
    const quota = { serviceCode: "lambda", quotaCode: CONCURRENCY_QUOTA };
    return (await aws.servicequotas.getServiceQuota(quota, opts)).value;
  } catch (error) {
    void pulumi.log.warn(
      `the account's Lambda concurrency could not be read (servicequotas:GetServiceQuota), so it is taken for ${USUAL_ACCOUNT_LIMIT}; where it is less, set processMaximumConcurrency: ${error instanceof Error ? error.message : String(error)}`,
    );
    return USUAL_ACCOUNT_LIMIT;
  }
}
