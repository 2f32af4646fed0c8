// Peers that ask the six slow networks with each query.
import { Pool } from "undici";

import { metres, typeDefs } from "./nearby.mjs";

const CONNECTIONS = 64;

// One resolver: asks all networks at once, and lays together what is of one name, the cheapest offer first.
export function askingResolvers(urls) {
  const networks = urls.map((url) => {
    const { origin, pathname } = new URL(url);
    return { pool: new Pool(origin, { connections: CONNECTIONS, pipelining: 1 }), pathname };
  });

  async function ask({ pool, pathname }, query) {
    const { statusCode, body } = await pool.request({ path: `${pathname}?${query}`, method: "GET" });
    if (statusCode !== 200) throw new Error(`a network answered ${statusCode}`);
    return body.json();
  }

  function edgeOf(rows) {
    const [first] = rows;
    const node = {
      id: first.name,
      name: first.name,
      kind: "GARAGE",
      address: first.address,
      operator: first.operator,
      capacity: first.capacity,
      openingHours: first.hours,
      maxHeightCm: first.max_height_cm,
      location: { latitude: first.lat, longitude: first.lon },
      occupancy: { vacant: first.vacant, level: "VACANT" },
    };
    const offers = rows
      .sort((a, b) => Number(a.price) - Number(b.price))
      .map(({ tariff, url, price, currency }) => ({
        status: "PRICED",
        bookable: false,
        tariffText: tariff,
        url,
        total: { amount: price, currency },
      }));
    return { node, offers };
  }

  async function nearby(_, { near, radius, stay, first }) {
    const query = new URLSearchParams({
      lat: near.latitude,
      lon: near.longitude,
      r: radius,
      ...(stay && { from: stay.arrive, to: stay.leave }),
    });
    const answers = await Promise.all(networks.map((network) => ask(network, query)));
    const places = new Map();
    for (const row of answers.flat()) {
      const listed = places.get(row.name);
      if (listed) listed.push(row);
      else places.set(row.name, [row]);
    }
    const edges = [...places.values()]
      .map((rows) => ({ rows, distance: metres(near, { latitude: rows[0].lat, longitude: rows[0].lon }) }))
      .filter(({ distance }) => distance <= radius)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, first)
      .map(({ rows }) => edgeOf(rows));
    return { edges };
  }

  return { Query: { nearby } };
}

export { typeDefs };

// The networks as GraphQL subgraphs of one field each: a gateway hands on what they answer, side by side.
export function supergraphOf(urls) {
  const graphs = urls.map((url, number) => `N${number} @join__graph(name: "network${number}", url: "${url}")`);
  const ofAll = urls.map((_, number) => `@join__type(graph: N${number})`).join(" ");
  const fields = urls.map(
    (_, number) => `network${number}(lat: Float!, lon: Float!, r: Int!, from: String, to: String): [Facility!]!
      @join__field(graph: N${number})`,
  );
  return /* GraphQL */ `
    schema
      @link(url: "https://specs.apollo.dev/link/v1.0")
      @link(url: "https://specs.apollo.dev/join/v0.3", for: EXECUTION) {
      query: Query
    }
    directive @join__field(
      graph: join__Graph requires: join__FieldSet provides: join__FieldSet type: String external: Boolean
      override: String usedOverridden: Boolean
    ) repeatable on FIELD_DEFINITION | INPUT_FIELD_DEFINITION
    directive @join__graph(name: String!, url: String!) on ENUM_VALUE
    directive @join__type(
      graph: join__Graph! key: join__FieldSet extension: Boolean! = false resolvable: Boolean! = true
      isInterfaceObject: Boolean! = false
    ) repeatable on OBJECT | INTERFACE | UNION | ENUM | INPUT_OBJECT | SCALAR
    directive @link(url: String, as: String, for: link__Purpose, import: [link__Import]) repeatable on SCHEMA
    enum join__Graph { ${graphs.join(" ")} }
    scalar join__FieldSet
    scalar link__Import
    enum link__Purpose { SECURITY EXECUTION }
    type Facility ${ofAll} {
      id: String! name: String! lat: Float! lon: Float! address: String! operator: String! capacity: Int! vacant: Int!
      hours: String! max_height_cm: Int! price: String! currency: String! tariff: String! url: String!
    }
    type Query ${ofAll} { ${fields.join(" ")} }
  `;
}
