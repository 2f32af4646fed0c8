// node server.mjs PORT URL: the schema `lots` of a database, on /graphql of the loopback.
import { createServer } from "node:http";

const [port, url] = process.argv.slice(2);

process.env.NODE_ENV = "production";
process.on("SIGTERM", () => process.exit());
const { postgraphile } = await import("postgraphile");
const options = { graphqlRoute: "/graphql", disableQueryLog: true, dynamicJson: true, simpleCollections: "both" };
createServer(postgraphile(url, "lots", options)).listen(Number(port), "127.0.0.1");
