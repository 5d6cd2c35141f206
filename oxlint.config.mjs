import { defineConfig } from "oxlint";

const noAws = {
  group: ["@aws-sdk/*", "@smithy/*", "@pulumi/*", "aws-lambda"],
  message:
    "The domain and the schemes know nothing of AWS: declare a port and implement it in functions/adapters.",
};

/** What files of providers/ may import: of this project the given places alone, of packages none but Node's own. */
function providersImport(files, allowed) {
  const pattern = {
    regex: `^(?!node:|${allowed})`,
    message:
      "providers/ could be a package of its own: the engine is below the recipes, these below the providers.",
  };
  return {
    files: [`providers/${files}.ts`],
    // Oxlint's own has no look-ahead.
    rules: { "eslint-js/no-restricted-imports": ["error", { patterns: [pattern] }] },
  };
}

/** What files may not import of the folders at the top; the reason is said to who breaks it. */
function forbids(files, folders, message) {
  return {
    files,
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: `^(\\.{1,2}/)+(${folders})(/|$)`, message }] },
      ],
    },
  };
}

/** AWS clients are made in two files, so that all have one stack's endpoint and the settings that it needs. */
const noNewClients = {
  selector: "NewExpression[callee.name=/^(.+Client|S3|SQS|DynamoDB)$/]",
  message:
    "Take the client from an Inbox (inbox/connect.ts); a function takes its own from adapters/clients.ts.",
};

/** One file writes and reads what DynamoDB makes of a record: its names and types are those of domain/record.ts. */
const noAttributeValues = [
  "MemberExpression[property.name=/^(S|N|SS)$/]",
  "Property[key.name=/^(S|N|SS)$/]",
].map((selector) => ({
  selector,
  message: "Records are encoded and decoded by functions/adapters/record-item.ts.",
}));

/** What typescript-eslint calls recommended. */
const RECOMMENDED = [
  ...["no-unused-expressions", "no-unused-vars", "no-array-constructor", "no-var", "prefer-const"],
  ...["prefer-rest-params", "prefer-spread"],
  ...[
    ...["ban-ts-comment", "no-duplicate-enum-values", "no-empty-object-type", "no-explicit-any"],
    ...[
      "no-extra-non-null-assertion",
      "no-misused-new",
      "no-namespace",
      "no-non-null-asserted-optional-chain",
    ],
    ...["no-require-imports", "no-this-alias", "no-unnecessary-type-constraint"],
    ...["no-unsafe-declaration-merging", "no-unsafe-function-type", "no-wrapper-object-types"],
    ...["prefer-as-const", "prefer-namespace-keyword", "triple-slash-reference"],
  ].map((rule) => `typescript/${rule}`),
];

/** Rules that need types. */
const TYPED = [
  ...["no-floating-promises", "no-misused-promises", "await-thenable", "switch-exhaustiveness-check"],
  "consistent-type-imports",
].map((rule) => `typescript/${rule}`);

const errors = (rules) => Object.fromEntries(rules.map((rule) => [rule, "error"]));

export default defineConfig({
  plugins: ["eslint", "typescript"],
  // Restricts syntax, which Oxlint itself does not.
  jsPlugins: [{ name: "eslint-js", specifier: "oxlint-plugin-eslint" }],
  categories: { correctness: "off" },
  options: { typeAware: true, reportUnusedDisableDirectives: "error" },
  ignorePatterns: ["node_modules/", ".cache/", "coverage/", "dist/", "examples/"],
  rules: errors(RECOMMENDED),
  overrides: [
    { files: ["**/*.ts", "**/*.tsx"], rules: errors(TYPED) },
    {
      // An Output in a text is not the value that it will have.
      files: ["index.ts", "components/**", "local/deployer/**"],
      rules: { "typescript/restrict-template-expressions": ["error", { allowNumber: true }] },
    },
    {
      files: ["functions/domain/**"],
      rules: { "no-restricted-imports": ["error", { patterns: [noAws] }] },
    },
    {
      files: ["functions/**", "inbox/**", "cli/**", "console/**", "load/**", "consumer/**"],
      excludeFiles: [
        ...["functions/adapters/clients.ts", "functions/adapters/record-item.ts", "inbox/connect.ts"],
        // The item is the consumer's.
        "consumer/dynamodb.ts",
      ],
      rules: { "eslint-js/no-restricted-syntax": ["error", noNewClients, ...noAttributeValues] },
    },
    {
      files: ["tests/**"],
      // What measures and checks DynamoDB's own calls.
      excludeFiles: ["tests/aws/**", "tests/support/aws/**", "tests/unit/functions/adapters/signed-call*"],
      rules: { "eslint-js/no-restricted-syntax": ["error", ...noAttributeValues] },
    },
    forbids(
      ["inbox/**"],
      "cli|console|terminal|local|components|load|perf|tests",
      "inbox/ is the client that every face uses: no terminal, no HTML, no emulator, no deployment.",
    ),
    forbids(
      ["consumer/**"],
      "cli|console|terminal|inbox|local|components|config|functions|statemachines|load|perf|tests",
      "consumer/ runs in the user's own code: of this project it loads the engine of providers/ alone.",
    ),
    forbids(["terminal/**"], "cli|console|local|components|load|perf|tests", "Every command prints with it."),
    forbids(["cli/**"], "console|local|components|load|perf|tests", "What both faces need stands in inbox/."),
    forbids(
      ["local/**"],
      "cli|console|load|perf|tests",
      "The local stack knows no face: what starts the console on it stands in console/.",
    ),
    forbids(["perf/**", "load/**"], "tests/unit", "What measures and tests share stands in tests/support."),
    forbids(["tests/support/**"], "unit|simulation|contract|stack", "Helpers stand below the tests."),
    {
      files: ["**"],
      excludeFiles: ["tests/**"],
      rules: { "max-lines": ["error", 300], "max-lines-per-function": ["error", 80] },
    },
    // Tests of one configuration share one local AWS, and so a file; what describes them is no function that one reads at once.
    { files: ["tests/**"], rules: { "max-lines": ["error", 700] } },
    providersImport("*", "\\./"),
    providersImport("engine/*", "\\./"),
    providersImport("recipes/*", "\\./|\\.\\./engine/"),
    providersImport("senders/*", "\\.\\./(engine|recipes)/"),
    providersImport("senders/index", "\\./|\\.\\./engine/"),
    providersImport("diagnosis/*", "\\./|\\.\\./engine/"),
    { files: ["**/*.js"], rules: { "typescript/no-require-imports": "off" } },
  ],
});
