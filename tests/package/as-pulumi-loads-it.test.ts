import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { ROOT } from "../../local/paths";

jest.setTimeout(300_000);

/**
 * What `@pulumi/pulumi/cmd/run` does for `pulumi up`: ts-node as Pulumi brings it, with this project's compilerOptions and
 * nothing of its `include`, types checked. So what index.ts needs must be reached from index.ts. ts-node keeps what it compiled,
 * so after a change in one folder the first file that it compiles can be one of that folder.
 */
const AS_PULUMI = `
  const pulumi = require("@pulumi/pulumi");
  const { typeScriptRequireStrings, loadTypeScriptCompilerOptions } = require("@pulumi/pulumi/tsutils");
  const { tsnodeRequire, typescriptRequire } = typeScriptRequireStrings();
  const given = loadTypeScriptCompilerOptions("tsconfig.json");
  const tsnode = tsnodeRequire.startsWith("/") ? tsnodeRequire : require.resolve(tsnodeRequire, { paths: [require.resolve("@pulumi/pulumi/tsutils")] });
  require(tsnode).register({
    compiler: typescriptRequire, project: "tsconfig.json", skipProject: false,
    compilerOptions: { target: "ES2020", module: "nodenext", moduleResolution: "nodenext", sourceMap: "true", ...given },
  });
  process.on("unhandledRejection", (error) => { console.error(error); process.exit(1); });
  pulumi.runtime.setAllConfig({ "webhook-inbox:environmentSuffix": "dev" });
  let resources = 0;
  const answers = { getPartition: { partition: "aws" }, getRegion: { region: "us-east-1" }, getServiceQuota: { value: 1000 }, getCallerIdentity: { accountId: "123456789012" } };
  pulumi.runtime.setMocks({
    newResource: ({ name, inputs }) => { resources += 1; return { id: name, state: { arn: "arn:aws:sqs:us-east-1:123456789012:" + name, ...inputs } }; },
    call: ({ token }) => answers[token.split(":").pop()],
  }, "webhook-inbox", "dev", false)
    .then(() => pulumi.runtime.runInPulumiStack(async () => (require("./providers"), require("./index.ts"))))
    .then(() => pulumi.runtime.disconnect())
    .then(() => console.log("declared " + resources));
`;

test("the program loads as the Pulumi CLI loads it, and declares its resources", async () => {
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", AS_PULUMI], {
    cwd: ROOT,
    env: { ...process.env, TS_NODE_CACHE: "false" },
    maxBuffer: 1e7,
  });
  expect(Number(/declared (\d+)/.exec(stdout)?.[1])).toBeGreaterThan(60);
});
