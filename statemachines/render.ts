// Named here and not only in tsconfig.json: the Pulumi CLI compiles what index.ts imports and nothing else.
// eslint-disable-next-line @typescript-eslint/triple-slash-reference
/// <reference path="./asl-validator.d.ts" />
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import validate from "asl-validator";
import type { ProviderInWorkflow } from "./provider";

/** Folder of the definition, resolved from `..` since the npm package has this code in dist/. */
const FOLDER = join(__dirname, "..", "statemachines");
const DEFINITION = join(FOLDER, "webhook-workflow.asl.json");
const CONSUMERS = join(FOLDER, "consumers.asl.json");
const EXPRESSIONS = join(FOLDER, "expressions");
const SECONDS_PER_DAY = 86_400;

/** A provider, with the properties that the workflow needs. */
export type WorkflowProvider = ProviderInWorkflow & { readonly name: string };

/** A consumer, with the properties that the workflow needs. */
export interface WorkflowConsumer {
  readonly name: string;
  /** JSONata over the published event; the consumer gets the events for which it is true. @default all */
  readonly when?: string | undefined;
  /** URL of the consumer's FIFO queue. */
  readonly queueUrl: string;
}

export interface WorkflowArgs {
  /** Partition of the account, such as `aws` or `aws-us-gov`: the integrations' ARNs begin with it. @default aws */
  readonly partition?: string;
  readonly tableName: string;
  readonly busName: string;
  readonly bucketName: string;
  /** Days until a record that the workflow writes expires. */
  readonly recordRetentionDays: number;
  readonly providers: readonly WorkflowProvider[];
  /** @default none */
  readonly consumers?: readonly WorkflowConsumer[];
}

/**
 * Returns the workflow's definition as JSON text, validated, with names and the providers' expressions filled in.
 * @throws {Error} that lists the findings of asl-validator, or names a placeholder that is unknown or unused
 */
export function renderWorkflow(args: WorkflowArgs): string {
  const { consumers = [] } = args;
  const substitute = substitution({
    ...expressionFiles(),
    Partition: args.partition ?? "aws",
    TableName: args.tableName,
    EventBusName: args.busName,
    BucketName: args.bucketName,
    RecordRetentionSeconds: String(args.recordRetentionDays * SECONDS_PER_DAY),
    ProvidersThatMark: JSON.stringify(args.providers.filter(marksOutOfOrder).map(({ name }) => name)),
    Filters: assignments("filtering", args.providers, ({ filter }) => filter),
    Transforms: assignments("transforming", args.providers, ({ transform }) => transform),
    Consumers: consumers.map(wanting).join(" "),
    ConsumersLook: String(consumers.some(({ when }) => when !== undefined)),
    UndeliveredOnes: consumers.length > 0 ? "$undelivered" : "[]",
  });
  const definition = mapStrings(withConsumers(consumers), substitute.apply);
  substitute.assertAllUsed();
  const text = JSON.stringify(definition);
  assertValid(text);
  return text;
}

function marksOutOfOrder({ markOutOfOrder, orderingKey }: WorkflowProvider): boolean {
  return markOutOfOrder ?? orderingKey === undefined;
}

/**
 * Reads the multi-line expressions, each from a file of its own; `${Enrich}` in the definition is
 * `expressions/enrich.jsonata`.
 */
function expressionFiles(): Record<string, string> {
  const entries = readdirSync(EXPRESSIONS).map((file): [string, string] => {
    const name = file
      .replace(/\.jsonata$/, "")
      .split("-")
      .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
      .join("");
    const source = readFileSync(join(EXPRESSIONS, file), "utf8");
    return [name, oneLine(source.replace(/\/\*[\s\S]*?\*\//g, ""))];
  });
  return Object.fromEntries(entries);
}

/** Removes line breaks, since the validator does not recognize an expression that contains one. */
function oneLine(expression: string): string {
  return expression.replace(/\s*\n\s*/g, " ").trim();
}

/**
 * Returns a JSONata statement for each provider that assigns its expression to a variable, as a function over the
 * event. Nested conditionals instead would let the 92nd provider reach the depth of about 100 at which Step Functions
 * stops.
 */
function assignments(
  variable: string,
  providers: readonly WorkflowProvider[],
  expression: (provider: WorkflowProvider) => string | undefined,
): string {
  const statements = providers.flatMap((provider) => {
    const own = expression(provider);
    if (!own) return [];
    return [
      `$webhook.provider = '${provider.name}' ? $${variable} := function($event) { $event.(${oneLine(own)}) };`,
    ];
  });
  return statements.join(" ");
}

/**
 * Returns a JSONata statement that adds the consumer if it is to get the event; not nested, as in {@link assignments}.
 */
function wanting({ name, when = "true" }: WorkflowConsumer): string {
  return `$consumers := $isFor('${name}') ? ($seen.(${oneLine(when)}) ? $append($consumers, '${name}') : $consumers) : $consumers;`;
}

interface Definition {
  readonly States: Readonly<Record<string, object>>;
}

/** Returns the definition. If there are consumers, it has a branch for each of them between reading and publishing. */
function withConsumers(consumers: readonly WorkflowConsumer[]): Definition {
  const definition = JSON.parse(readFileSync(DEFINITION, "utf8")) as Definition;
  if (consumers.length === 0) return definition;
  const { SendToConsumers, CheckRun } = JSON.parse(readFileSync(CONSUMERS, "utf8")) as {
    SendToConsumers: { Branches: readonly [unknown] };
    CheckRun: object;
  };
  const [branch] = SendToConsumers.Branches;
  const Branches = consumers.map(({ name, queueUrl }) => mapStrings(branch, ofConsumer(name, queueUrl)));
  const { CheckBatch, ...States } = definition.States;
  const toConsumers = JSON.stringify(CheckBatch).replace('"PublishRun"', '"SendToConsumers"');
  return {
    ...definition,
    States: {
      ...States,
      CheckBatch: JSON.parse(toConsumers) as object,
      SendToConsumers: { ...SendToConsumers, Branches },
      CheckRun,
    },
  };
}

const ofConsumer = (name: string, queueUrl: string) => (text: string) =>
  text.replaceAll("${Consumer}", name).replaceAll("${ConsumerQueueUrl}", queueUrl);

function substitution(values: Readonly<Record<string, string>>) {
  const unused = new Set(Object.keys(values));
  const apply = (text: string): string =>
    text.replace(/\$\{(\w+)\}/g, (_, name: string) => {
      const value = values[name];
      if (value === undefined) throw new Error(`workflow: the placeholder \${${name}} is not known`);
      unused.delete(name);
      // Resolve the placeholders of expression files, but take the user's expressions as they are.
      return ["Filters", "Transforms", "Consumers"].includes(name) ? value : apply(value);
    });
  const assertAllUsed = () => {
    if (unused.size > 0) throw new Error(`workflow: nothing uses ${[...unused].join(", ")}`);
  };
  return { apply, assertAllUsed };
}

function mapStrings(value: unknown, apply: (text: string) => string): unknown {
  if (typeof value === "string") return apply(value);
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, apply));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [apply(key), mapStrings(item, apply)]),
  );
}

/** Checks a definition. @throws {Error} that lists every finding of asl-validator */
export function assertValid(definition: string): void {
  // Pass a copy, since the validator writes defaults into its argument.
  const { isValid, errors } = validate(JSON.parse(definition));
  if (isValid) return;
  const findings = errors.map((error) => error.Message ?? JSON.stringify(error));
  throw new Error(`workflow: the definition is not valid:\n- ${findings.join("\n- ")}`);
}
