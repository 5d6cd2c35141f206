import * as aws from "./aws";
import * as pulumi from "@pulumi/pulumi";
import { MIN_UNRESERVED_CONCURRENCY, LEAST_MAXIMUM, MOST_MAXIMUM } from "../aws-limits";

/** Requested concurrent invocations; those left out have their defaults. */
export interface WantedConcurrency {
  readonly ingestReservedConcurrency?: number | undefined;
  readonly processReservedConcurrency?: number | undefined;
  readonly processMaximumConcurrency?: number | undefined;
}

/** Shares of the account's Lambda concurrency, in concurrent invocations. */
export interface Concurrency {
  /** Limit of the account in this Region, for all functions together. */
  readonly account: number;
  /** Reserved for ingestion; undefined if nothing is reserved, so that it uses what the account has left. */
  readonly ingestReserved: number | undefined;
  readonly processReserved: number | undefined;
  /** Maximum number of batches that are processed concurrently. */
  readonly processMaximum: number;
}

/** Lambda's default; new accounts begin with less, often 10. @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const USUAL_ACCOUNT_LIMIT = 1_000;

/** Default share of the account's limit for processing; the rest is for ingestion and other functions. */
const PROCESSING_SHARE = 1 / 4;

/**
 * Divides the account's concurrency.
 *
 * Reserves nothing by default. AWS rejects a reservation in a new account and wherever others have reserved the rest,
 * which would fail a first deployment halfway; and a reservation is also a ceiling, for which no figure suits
 * everybody. The event source mapping nevertheless limits processing to a quarter of the account, without a
 * reservation: each batch beyond what Lambda can run would cost a receive of healthy webhooks.
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
 * Returns the account's Lambda concurrency in this Region. If the deploying user may not read quotas, warns and returns
 * AWS's usual limit.
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
