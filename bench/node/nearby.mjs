// What every peer serves: the same places and offers, from memory, by the same work: distances, order, a page.
import { readFileSync } from "node:fs";

export const typeDefs = /* GraphQL */ `
  scalar DateTime
  scalar Decimal
  enum PlaceKind { ON_STREET SURFACE GARAGE UNDERGROUND PARK_AND_RIDE YARD UNKNOWN }
  enum OccupancyLevel { VACANT FEW FULL CLOSED UNKNOWN }
  enum OfferStatus { PRICED FREE NOT_COMPUTABLE UNAVAILABLE }
  input CoordinatesInput { latitude: Float! longitude: Float! }
  input StayInput { arrive: DateTime! leave: DateTime! }
  type Coordinates { latitude: Float! longitude: Float! }
  type Occupancy { vacant: Int level: OccupancyLevel! }
  type Money { amount: Decimal! currency: String! }
  type Offer { status: OfferStatus! bookable: Boolean! tariffText: String url: String total: Money }
  type Place {
    id: ID! name: String! kind: PlaceKind! address: String operator: String capacity: Int openingHours: String
    maxHeightCm: Int location: Coordinates! occupancy: Occupancy
  }
  type PlaceEdge { node: Place! offers: [Offer!]! }
  type PlaceConnection { edges: [PlaceEdge!]! }
  type Query {
    nearby(near: CoordinatesInput!, radius: Int! = 1000, stay: StayInput, first: Int! = 20): PlaceConnection!
  }
`;

const EARTH_RADIUS_M = 6371008.8;
const radians = (degrees) => (degrees * Math.PI) / 180;

export function metres(a, b) {
  const [phi, psi] = [radians(a.latitude), radians(b.latitude)];
  const chord =
    Math.sin((psi - phi) / 2) ** 2 +
    Math.cos(phi) * Math.cos(psi) * Math.sin(radians(b.longitude - a.longitude) / 2) ** 2;
  return 2 * EARTH_RADIUS_M * Math.asin(Math.sqrt(Math.min(1, chord)));
}

export function resolversOf(file) {
  const { edges } = JSON.parse(readFileSync(file, "utf8")).data.nearby;
  const nearby = (_, { near, radius, first }) => ({
    edges: edges
      .map((edge) => ({ edge, distance: metres(near, edge.node.location) }))
      .filter(({ distance }) => distance <= radius)
      .sort((a, b) => a.distance - b.distance)
      .slice(0, first)
      .map(({ edge }) => edge),
  });
  return { Query: { nearby } };
}
