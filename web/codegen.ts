import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of every operation, from the schema: one that the schema does not have fails the build.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/operations/*.graphql",
  generates: {
    "src/graph/": {
      preset: "client",
      presetConfig: { fragmentMasking: false },
      config: {
        documentMode: "string",
        useTypeImports: true,
        enumsAsTypes: true,
        strictScalars: true,
        scalars: { Date: "string", DateTime: "string", Decimal: "string", BigInt: "string", JSON: "unknown" },
      },
    },
  },
};

export default config;
