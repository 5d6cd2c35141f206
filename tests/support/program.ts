import type { ConfigValues } from "../../local/deployer/config";
import type * as native from "./declare";

export type { Declared } from "./declare";

export interface Program extends native.Declaration {
  /** The one resource of a type, or the one with this name. */
  one(type: string, name?: string): native.Declared;
  all(type: string): native.Declared[];
}

export const ACCOUNT = "123456789012";

/** What differs from an account of AWS itself with a concurrency of 1,000 in Lambda, of which all outputs are known. */
export interface Account extends Partial<native.Account> {
  /** Another program than index.ts, relative to the project. */
  readonly program?: string;
}

/**
 * Runs the real index.ts, or an example, with recorded mocks. Proves what the program asks for; not that AWS takes it, which the
 * deployment to the emulator shows in part.
 */
export async function runProgram(config: ConfigValues = {}, account: Account = {}): Promise<Program> {
  const { program = "index.ts", ...differing } = account;
  const { declare } = shared.load("tests/support/declare.ts") as typeof native;
  const of = { partition: "aws", concurrency: 1_000, preview: false, ...differing };
  const { resources, outputs } = await declare(
    () => shared.load(program, { again: true }) as object,
    config,
    of,
  );
  const all = (type: string) => resources.filter((resource) => resource.type === type);
  return {
    resources,
    outputs,
    all,
    one(type, name) {
      const [found, ...more] = all(type).filter((resource) => name === undefined || resource.name === name);
      if (!found || more.length > 0) {
        throw new Error(
          `${found ? "several" : "no"} ${type} ${name ?? ""} among ${all(type)
            .map((r) => r.name)
            .join()}`,
        );
      }
      return found;
    },
  };
}

interface PolicyStatement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Principal?: unknown;
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Condition?: unknown;
}

/** Statements of a policy's JSON text. */
export function statements(policy: unknown): readonly PolicyStatement[] {
  const document = JSON.parse(String(policy)) as { Version: string; Statement: PolicyStatement[] };
  expect(document.Version).toBe("2012-10-17");
  return document.Statement;
}
