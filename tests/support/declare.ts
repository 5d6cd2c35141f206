import * as pulumi from "@pulumi/pulumi";
// eslint-disable-next-line @typescript-eslint/no-require-imports -- else its exports could not be replaced
import bundle = require("../../components/bundle");
import { stackConfig, type ConfigValues } from "../../local/deployer/config";
import { aliasUrns, urnOf } from "./urns";

/** A resource that the program declared, with its inputs resolved. */
export interface Declared {
  readonly type: string;
  readonly name: string;
  /** URN of the resource in a stack's state. */
  readonly urn: string;
  /** Earlier URNs that Pulumi also accepts for the resource. */
  readonly aliasUrns: readonly string[];
  readonly options: Pick<
    pulumi.CustomResourceOptions,
    "protect" | "retainOnDelete" | "deleteBeforeReplace" | "ignoreChanges"
  >;
  /** Whether the resource has its own provider, such as another account's. */
  readonly hasProvider: boolean;
  // Inputs are whatever AWS takes; the tests say what they must be.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly inputs: Record<string, any>;
}

export interface Declaration {
  readonly resources: readonly Declared[];
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Account for which the program runs. */
export interface Account {
  readonly partition: string;
  /** Lambda concurrency of the account; undefined if the deploying role may not read it. */
  readonly concurrency: number | undefined;
  /** Whether this is a first preview, in which no outputs of resources are known. */
  readonly preview: boolean;
}

const ACCOUNT = "123456789012";

/**
 * Runs a program with recorded mocks. Can be called any number of times.
 * @param program loads the program, again for each call, and returns what it exports
 */
export async function declare(
  program: () => object,
  config: ConfigValues,
  { partition, concurrency, preview }: Account,
): Promise<Declaration> {
  const declared: Promise<Declared>[] = [];
  const options = new Map<string, pulumi.CustomResourceOptions>();
  pulumi.runtime.setAllConfig(stackConfig("example", { protect: undefined, ...config }));
  await pulumi.runtime.setMocks(
    {
      newResource: ({ type, name, inputs }) => {
        if (type.startsWith("aws:"))
          declared.push(described(type, name, inputs as object, options.get(`${type} ${name}`) ?? {}));
        if (preview) return { id: "", state: {} };
        const own = inputs as { name?: string; bucket?: string };
        const arn = `arn:${partition}:${type.split(":")[1]?.split("/")[0]}:us-east-1:${ACCOUNT}:${own.name ?? own.bucket ?? name}`;
        const computed = {
          arn,
          url: `https://sqs.us-east-1.amazonaws.com/${ACCOUNT}/${own.name}`,
          invokeArn: `${arn}/invocations`,
          executionArn: `arn:${partition}:execute-api:us-east-1:${ACCOUNT}:api1`,
          invokeUrl: "https://api1.execute-api.us-east-1.amazonaws.com/v1",
          rootResourceId: "root",
          regionalDomainName: "d-0123456789.execute-api.us-east-1.amazonaws.com",
          regionalZoneId: "Z1UJRXOUMOOFQ8",
        };
        return { id: `${name}-id`, state: { ...computed, ...(inputs as object) } };
      },
      call: ({ token }) => {
        if (token.includes("getRegion")) return { region: "us-east-1" };
        if (token.includes("getPartition")) return { partition, dnsSuffix: "amazonaws.com" };
        if (token.includes("getServiceQuota")) {
          if (concurrency === undefined)
            throw new Error("AccessDeniedException: servicequotas:GetServiceQuota");
          return { value: concurrency };
        }
        return { accountId: ACCOUNT };
      },
    },
    "webhook-inbox",
    "dev",
    preview,
  );
  const exported = await withoutCode(() => loaded(program, options));
  const outputs = preview ? {} : ((await resolved(pulumi.output(exported))) as Declaration["outputs"]);
  return { resources: await Promise.all(declared), outputs };
}

/** Runs a program to its end. @returns what it exports */
async function loaded(program: () => object, options: Map<string, pulumi.CustomResourceOptions>) {
  const exported = await pulumi.runtime.runInPulumiStack(() => {
    pulumi.runtime.registerStackTransformation(({ type, name, opts }) => {
      options.set(`${type} ${name}`, opts);
      return undefined;
    });
    return Promise.resolve(program() as Record<string, unknown>);
  });
  await pulumi.runtime.disconnect();
  return exported;
}

/** Replaces the functions' code by a text, since bundling takes longest of all and is not tested here. */
async function withoutCode<T>(run: () => Promise<T>): Promise<T> {
  const exports = bundle as { bundleFunction: (entry: string) => Promise<string> };
  const { bundleFunction } = exports;
  exports.bundleFunction = (entry) => Promise.resolve(`// The code of ${entry}`);
  return run().finally(() => (exports.bundleFunction = bundleFunction));
}

async function described(
  type: string,
  name: string,
  inputs: object,
  options: pulumi.CustomResourceOptions,
): Promise<Declared> {
  const { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges, provider, parent, aliases } = options;
  const kept = { protect, retainOnDelete, deleteBeforeReplace, ignoreChanges };
  return {
    ...{ type, name, inputs },
    options: Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    hasProvider: provider !== undefined,
    urn: urnOf(type, name, parent),
    aliasUrns: await resolved(aliasUrns(type, name, parent, aliases)),
  };
}

function resolved<T>(output: pulumi.Output<T>): Promise<pulumi.Unwrap<T>> {
  return new Promise((resolve) => output.apply((value) => resolve(value as pulumi.Unwrap<T>)));
}
