import type { CodegenConfig } from "@graphql-codegen/cli";

// Types of every operation, from the schema: one that the schema does not have fails the build. Each has its hash, by
// which the server knows it: persisted-documents.json is what a server with this client answers before anybody asks.
const config: CodegenConfig = {
  schema: "../schema.graphql",
  documents: "src/operations/*.graphql",
  generates: {
    "src/graph/": {
      preset: "client",
      presetConfig: { fragmentMasking: false, persistedDocuments: { mode: "embedHashInDocument", hashAlgorithm: "sha256" } },
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
