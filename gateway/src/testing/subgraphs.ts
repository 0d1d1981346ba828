import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { GraphQLUpload, type IncomingFile } from '@federated-media/multipart/upload';
import type { Caller } from '@federated-media/subgraph-kit/identity';

const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])`;

export const mediaSdl = `${link}
  scalar Upload
  type Picture @key(fields: "id") { id: ID! name: String }
  type Receipt { name: String! size: Int! sha256: String! mimeType: String! }
  type Caller { subject: String! storeId: String! scopes: [String!]! issuer: String! requestId: String! }
  type Query { caller: Caller! picture(id: ID!): Picture broken: String }
  type Mutation {
    upload(file: Upload!): Receipt
    uploadAll(files: [Upload!]!): [Receipt!]
    ignore(file: Upload!): String
  }`;

export const shopSdl = `${link}
  scalar Upload
  type Picture @key(fields: "id", resolvable: false) { id: ID! }
  type Item { id: ID! picture: Picture }
  type Query { items: [Item!]! }
  type Mutation { attach(file: Upload!): Int }`;

/** The calls of the subgraphs, to assert what must not happen. */
export const seen = {
  uploads: [] as string[],
  failures: [] as string[],
  entities: 0,
  headers: [] as IncomingHttpHeaders[],
};

export interface Context {
  caller: Caller;
  requestId: string;
}

const receive = async (incoming: Promise<IncomingFile>) => {
  const { filename, mimetype, createReadStream } = await incoming;
  const hash = createHash('sha256');
  let size = 0;
  try {
    for await (const chunk of createReadStream()) {
      hash.update(chunk as Buffer);
      size += (chunk as Buffer).length;
    }
  } catch (error) {
    seen.failures.push((error as Error).message);
    throw error;
  }
  seen.uploads.push(filename);
  return { name: filename, size, sha256: hash.digest('hex'), mimeType: mimetype };
};

export const mediaResolvers = {
  Upload: GraphQLUpload,
  Query: {
    caller: (_root: unknown, _none: unknown, { caller, requestId }: Context) => ({
      ...caller,
      scopes: [...caller.scopes],
      requestId,
    }),
    picture: (_root: unknown, { id }: { id: string }) => ({ id, name: `image ${id}` }),
    broken: () => {
      throw new Error('SELECT * FROM secrets at db.internal:5432');
    },
  },
  Mutation: {
    upload: (_root: unknown, { file }: { file: Promise<IncomingFile> }) => receive(file),
    uploadAll: (_root: unknown, { files }: { files: Promise<IncomingFile>[] }) =>
      Promise.all(files.map(receive)),
    ignore: () => 'ignored',
  },
  Picture: {
    __resolveReference: ({ id }: { id: string }) => {
      seen.entities += 1;
      return { id, name: `image ${id}` };
    },
  },
};

export const shopResolvers = {
  Upload: GraphQLUpload,
  Query: { items: () => ['1', '2', '3'].map((id) => ({ id, picture: { id } })) },
  Mutation: {
    attach: async (_root: unknown, { file }: { file: Promise<IncomingFile> }) =>
      (await receive(file)).size,
  },
};
