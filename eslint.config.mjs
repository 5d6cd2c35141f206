import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

const noAws = {
  group: ["@aws-sdk/*", "@smithy/*", "@pulumi/*", "aws-lambda", "aws4fetch"],
  message:
    "The domain and the schemes know nothing of AWS: declare a port and implement it in functions/adapters.",
};

/** What files of providers/ may import: of this project the given places alone, of packages none but Node's own. */
function providersImport(files, allowed) {
  const pattern = {
    regex: `^(?!node:|${allowed})`,
    message:
      "providers/ could be a package of its own: the engine is below the recipes, these below the senders.",
  };
  return {
    files: [`providers/${files}.ts`],
    rules: { "no-restricted-imports": ["error", { patterns: [pattern] }] },
  };
}

export default tseslint.config(
  { ignores: ["node_modules/", ".cache/", "coverage/"] },
  ...tseslint.configs.recommended,
  {
    files: ["**/*.ts", "**/*.tsx"],
    languageOptions: { parserOptions: { projectService: true } },
    plugins: { "@pulumi": pulumi },
    rules: {
      "@pulumi/no-output-in-template-literal": "error",
      "@typescript-eslint/no-floating-promises": "error",
      "@typescript-eslint/no-misused-promises": "error",
      "@typescript-eslint/await-thenable": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["functions/domain/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [noAws] }] },
  },
  {
    files: ["providers/**"],
    rules: { "max-lines": ["error", 300], "max-lines-per-function": ["error", 80] },
  },
  providersImport("*", "\\./"),
  providersImport("engine/*", "\\./"),
  providersImport("recipes/*", "\\./|\\.\\./engine/"),
  providersImport("senders/*", "\\.\\./(engine|recipes)/"),
  providersImport("senders/index", "\\./|\\.\\./engine/"),
  providersImport("diagnosis/*", "\\./|\\.\\./engine/"),
  { files: ["**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
