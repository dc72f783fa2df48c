import js from "@eslint/js";
import { createTypeScriptImportResolver } from "eslint-import-resolver-typescript";
import imports from "eslint-plugin-import-x";
import a11y from "eslint-plugin-jsx-a11y";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

const FEATURES = ["account", "admin", "coach", "routine", "status"];

/** Arrows: app → features → shared. A feature knows no other one. */
const forbidden = (...patterns) => ({
  "no-restricted-imports": ["error", { patterns: patterns.map((group) => ({ group: [group] })) }],
});

export default ts.config(
  { ignores: ["dist", "coverage", "node_modules", "test-results", "src/shared/api/*-types.ts", "vite/sw.js"] },
  js.configs.recommended,
  ts.configs.strictTypeChecked,
  a11y.flatConfigs.strict,
  hooks.configs.flat.recommended,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { "import-x": imports },
    settings: {
      ...imports.flatConfigs.typescript.settings,
      "import-x/resolver-next": [createTypeScriptImportResolver()],
    },
    rules: {
      "import-x/no-cycle": "error",
      "import-x/no-self-import": "error",
      "import-x/no-duplicates": "error",
      "import-x/first": "error",
      complexity: ["error", 10],
      "max-lines": ["error", 250],
      "max-lines-per-function": ["error", { max: 60, skipComments: true }],
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      // A label wraps its input, or names it by id: Field does the latter for everything.
      "jsx-a11y/label-has-associated-control": ["error", { assert: "either" }],
      // `list-style: none` takes a list's role away in WebKit only where it is no navigation; ours say what they are.
      "jsx-a11y/no-noninteractive-tabindex": ["error", { tags: ["main", "h1"] }],
    },
  },
  { files: ["src/shared/**"], rules: forbidden("@/features/*", "@/app/*") },
  ...FEATURES.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: forbidden("@/app/*", ...FEATURES.filter((other) => other !== feature).map((other) => `@/features/${other}/*`)),
  })),
  { files: ["**/*.js"], extends: [ts.configs.disableTypeChecked] },
  { files: ["**/*.test.{ts,tsx}", "stories/**"], rules: { "max-lines-per-function": "off" } },
  { files: ["stories/**"], rules: { "react-hooks/rules-of-hooks": "off" } }, // Playwright's fixtures `use`, too
);
