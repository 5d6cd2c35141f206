import pulumi from "@pulumi/eslint-plugin";
import tseslint from "typescript-eslint";

const noAws = {
  group: ["@aws-sdk/*", "@smithy/*", "@pulumi/*", "aws-lambda", "aws4fetch"],
  message:
    "The domain and the schemes know nothing of AWS: declare a port and implement it in functions/adapters.",
};

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
    files: ["functions/domain/**", "providers/**"],
    rules: { "no-restricted-imports": ["error", { patterns: [noAws] }] },
  },
  { files: ["**/*.js"], rules: { "@typescript-eslint/no-require-imports": "off" } },
);
