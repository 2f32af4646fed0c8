// node server.mjs KIND PORT ANSWER: one peer, on /graphql of the loopback.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";

const [kind, port, source] = process.argv.slice(2);
const host = "127.0.0.1";
const addresses = () => JSON.parse(readFileSync(source, "utf8"));

const kinds = {
  async mercurius() {
    const { default: Fastify } = await import("fastify");
    const { default: mercurius } = await import("mercurius");
    const { resolversOf, typeDefs } = await import("./nearby.mjs");
    const app = Fastify();
    app.register(mercurius, { schema: typeDefs, resolvers: resolversOf(source), jit: 1 });
    await app.listen({ host, port: Number(port) });
  },
  async yoga() {
    const { createSchema, createYoga } = await import("graphql-yoga");
    const { useGraphQlJit } = await import("@envelop/graphql-jit");
    const { resolversOf, typeDefs } = await import("./nearby.mjs");
    const schema = createSchema({ typeDefs, resolvers: resolversOf(source) });
    const yoga = createYoga({ schema, plugins: [useGraphQlJit()], logging: false, graphiql: false });
    createServer(yoga).listen(Number(port), host);
  },
  async apollo() {
    const { ApolloServer } = await import("@apollo/server");
    const { startStandaloneServer } = await import("@apollo/server/standalone");
    const { resolversOf, typeDefs } = await import("./nearby.mjs");
    const server = new ApolloServer({ typeDefs, resolvers: resolversOf(source), introspection: false });
    await startStandaloneServer(server, { listen: { host, port: Number(port) } });
  },
  // ANSWER is a file of the addresses of the slow networks here, and for hive.
  async fanout() {
    const { default: Fastify } = await import("fastify");
    const { default: mercurius } = await import("mercurius");
    const { askingResolvers, typeDefs } = await import("./fanout.mjs");
    const app = Fastify();
    app.register(mercurius, { schema: typeDefs, resolvers: askingResolvers(addresses()), jit: 1 });
    await app.listen({ host, port: Number(port) });
  },
  async hive() {
    const { createGatewayRuntime } = await import("@graphql-hive/gateway-runtime");
    const { supergraphOf } = await import("./fanout.mjs");
    const gateway = createGatewayRuntime({ supergraph: supergraphOf(addresses()), logging: false });
    createServer(gateway).listen(Number(port), host);
  },
};

process.env.NODE_ENV = "production";
process.on("SIGTERM", () => process.exit());
await kinds[kind]();
