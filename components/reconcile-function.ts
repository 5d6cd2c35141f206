import * as pulumi from "@pulumi/pulumi";
import type { ProviderArgs } from "../config";
import { apiSettings, milliseconds } from "../config/reconcile";
import { knownByDelivery } from "../functions/adapters/reconcile/apis";
import { RECENT_INDEX } from "../functions/adapters/indexes";
import { REJECTED_PREFIX } from "../functions/domain/rejected";
import { bundleFunction } from "./bundle";
import { ingestEnvironment, type IngestFunctionArgs } from "./ingest-function";
import { physicalName, type Location } from "./naming";
import { NodeFunction } from "./node-function";
import type { Statement } from "./policy";
import { invokeOnSchedule } from "./schedule";
import { secretPermissions } from "./secret-permissions";

/** The ingestion function's arguments, since missing events are stored and queued in the same way. */
export type ReconcileFunctionArgs = Omit<IngestFunctionArgs, "reservedConcurrency">;

/** Time limit of a run, in seconds; shorter than its lease, so that another run can follow one that timed out. */
const TIMEOUT_SECONDS = 240;

const DEFAULT = "15m";
const MINUTE_MS = 60_000;

/** Returns the settings for reconciling a provider; undefined if it is not reconciled. */
export function reconciled({ name, scheme, orderingKey, redact, reconcile }: ProviderArgs) {
  if (!reconcile) return undefined;
  const settings = apiSettings(scheme, reconcile);
  if (typeof settings === "string" || typeof scheme !== "string")
    throw new pulumi.RunError(`provider ${name}: its events cannot be compared`);
  const { apiKey, every = DEFAULT, settle = DEFAULT } = reconcile;
  const ms = { everyMs: milliseconds(every), settleMs: milliseconds(settle) };
  const own = { ...(orderingKey !== undefined && { orderingKey }), ...(redact && { redact }) };
  return { name, scheme, ...own, settings, apiKey, ...ms };
}

/**
 * Compares the events that the providers' APIs list with the records, on a schedule, and recovers events whose webhooks
 * did not arrive. A lease in the table prevents concurrent runs for one provider, including those of the command line.
 */
export class ReconcileFunction extends pulumi.ComponentResource {
  readonly functionName: pulumi.Output<string>;

  constructor(name: string, args: ReconcileFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
    super("webhook-inbox:index:ReconcileFunction", name, {}, opts);
    const providers = args.providers.map(reconciled).filter((one) => one !== undefined);
    const fn = new NodeFunction(
      name,
      {
        serviceName: args.serviceName,
        environmentSuffix: args.environmentSuffix,
        part: "reconcile",
        description: "Recovers events whose webhooks did not arrive from the providers' APIs",
        code: bundleFunction(
          "functions/reconcile/index.ts",
          { PROVIDERS: providers },
          providers.map(({ scheme }) => scheme),
        ),
        environment: ingestEnvironment(args),
        permissions: permissionsOf(args, providers),
        timeoutSeconds: TIMEOUT_SECONDS,
        logRetentionDays: args.logRetentionDays,
      },
      { parent: this },
    );
    for (const { name: provider, everyMs } of providers) this.schedule(name, provider, everyMs, fn, args);
    this.functionName = fn.functionName;
    this.registerOutputs({ functionName: this.functionName });
  }

  private schedule(name: string, provider: string, everyMs: number, fn: NodeFunction, args: Location): void {
    invokeOnSchedule(this, fn, {
      rule: `${name}-${provider}`,
      target: `${name}-${provider}`,
      name: physicalName(args, `reconcile-${provider}`),
      description: `Compares the events of ${provider} with the records`,
      scheduleExpression: `rate(${everyMs / MINUTE_MS} minutes)`,
      input: { provider },
    });
  }
}

/** Creates the function if there is a provider to reconcile. */
export function reconciliation(
  name: string,
  args: ReconcileFunctionArgs,
  opts: pulumi.ComponentResourceOptions,
): ReconcileFunction | undefined {
  const isNeeded = args.providers.some(({ reconcile }) => reconcile !== undefined);
  return isNeeded ? new ReconcileFunction(name, args, opts) : undefined;
}

/**
 * Returns the permissions for these providers' APIs: an API that returns events needs more than one that is only
 * checked.
 */
function permissionsOf(
  { table, bucket, queue, quarantine, ...location }: ReconcileFunctionArgs,
  providers: readonly NonNullable<ReturnType<typeof reconciled>>[],
): Statement[] {
  const apis = providers.map(({ settings }) => settings);
  const lists = apis.filter(({ api }) => api !== "shopify");
  const admits = lists.some((settings) => !knownByDelivery(settings));
  const when = (condition: boolean, statement: Statement) => (condition ? [statement] : []);
  return [
    { Sid: "Progress", Action: "dynamodb:UpdateItem", Resource: table.tableArn },
    ...when(lists.length > 0, { Sid: "Known", Action: "dynamodb:BatchGetItem", Resource: table.tableArn }),
    ...when(apis.some(knownByDelivery), {
      Sid: "KnownDeliveries",
      Action: "dynamodb:Query",
      Resource: pulumi.interpolate`${table.tableArn}/index/${RECENT_INDEX}`,
    }),
    ...when(admits, {
      Sid: "RawPayloads",
      // Allow deletion: the payload of a webhook that was erased is removed again.
      Action: ["s3:PutObject", "s3:DeleteObject"],
      Resource: pulumi.interpolate`${bucket.bucketArn}/raw/*`,
    }),
    ...when(admits, { Sid: "Queue", Action: "sqs:SendMessage", Resource: queue.queueArn }),
    ...when(quarantine && lists.length > 0, {
      Sid: "Quarantined",
      Action: "s3:ListBucket",
      Resource: bucket.bucketArn,
      Condition: { StringLike: { "s3:prefix": `${REJECTED_PREFIX}*` } },
    }),
    ...when(quarantine && lists.length > 0, {
      Sid: "Quarantine",
      Action: "s3:GetObject",
      Resource: pulumi.interpolate`${bucket.bucketArn}/${REJECTED_PREFIX}*`,
    }),
    ...secretPermissions(
      location,
      providers.map(({ apiKey }) => apiKey),
    ),
  ];
}
