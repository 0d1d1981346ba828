/**
 * What a page of another origin does, with each client library. Bundled by `serve-page.ts` and run in a browser, where
 * the functions are in `window.page`.
 */
import { ApolloClient, InMemoryCache, gql } from '@apollo/client';
import { HttpLink } from '@apollo/client/link/http';
import { uploadFile, uploadFiles, type UploadOptions } from '@federated-media/client';
import { typePolicies } from '@federated-media/client/apollo';
import { Client, cacheExchange, fetchExchange } from '@urql/core';
import UploadHttpLink from 'apollo-upload-client/UploadHttpLink.mjs';
import { GraphQLClient } from 'graphql-request';
import { z } from 'zod';

const Answer = z.object({ data: z.unknown() });
const Products = z.object({
  products: z.object({
    edges: z.array(z.unknown()),
    pageInfo: z.object({ endCursor: z.string() }),
  }),
});

interface Asked {
  readonly endpoint: string;
  readonly token: string;
  readonly query: string;
  readonly variables?: Record<string, unknown>;
}

const authorization = (token: string) => ({ authorization: `Bearer ${token}` });

const apolloOf = ({ endpoint, token }: Pick<Asked, 'endpoint' | 'token'>) =>
  new ApolloClient({
    link: new HttpLink({ uri: endpoint, headers: authorization(token) }),
    cache: new InMemoryCache({ typePolicies: typePolicies() }),
    clientAwareness: { name: 'shop', version: '1.0.0' },
  });

const page = {
  async fetch({ endpoint, token, query, variables }: Asked) {
    const response = await fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization(token) },
      body: JSON.stringify({ query, variables }),
    });
    return Answer.parse(await response.json()).data;
  },

  async apollo({ query, variables = {}, ...connection }: Asked) {
    const { data } = await apolloOf(connection).query({ query: gql(query), variables });
    return data;
  },

  async urql({ endpoint, token, query, variables = {} }: Asked) {
    const client = new Client({
      url: endpoint,
      exchanges: [cacheExchange, fetchExchange],
      preferGetMethod: false,
      fetchOptions: { headers: authorization(token) },
    });
    const { data, error } = await client.query(query, variables);
    if (error) throw error;
    return data;
  },

  graphqlRequest: ({ endpoint, token, query, variables = {} }: Asked) =>
    new GraphQLClient(endpoint, { headers: authorization(token) }).request(query, variables),

  /** The pages of a list, joined by the cache of Apollo Client. */
  async apolloPages({ query, ...connection }: Asked) {
    const watched = apolloOf(connection).watchQuery({ query: gql(query) });
    await watched.refetch();
    const products = () => Products.parse(watched.getCurrentResult().data).products;
    await watched.fetchMore({ variables: { after: products().pageInfo.endCursor } });
    return products().edges.length;
  },

  async apolloUpload({ endpoint, token, query }: Asked) {
    const client = new ApolloClient({
      link: new UploadHttpLink({
        uri: endpoint,
        headers: { ...authorization(token), 'apollo-require-preflight': 'true' },
      }),
      cache: new InMemoryCache(),
    });
    const { data } = await client.mutate({ mutation: gql(query), variables: { file: picture() } });
    return data;
  },

  /** The result of `uploadFile`, and the fractions that it reported. */
  async upload({ endpoint, token, ...options }: Pick<Asked, 'endpoint' | 'token'> & UploadOptions) {
    const fractions: number[] = [];
    const uploaded = await uploadFile({ endpoint, token }, picture(), {
      ...options,
      onProgress: (fraction) => fractions.push(fraction),
    });
    return { uploaded, fractions };
  },

  /** The code of the error of an upload to a server that never reads. */
  async uploadToSilence(endpoint: string) {
    const error: unknown = await uploadFile({ endpoint, silentMs: 200 }, picture(), {
      retries: 1,
    }).catch((reason: unknown) => reason);
    return Reflect.get(Object(error), 'code');
  },

  async uploadMany({ endpoint, token }: Pick<Asked, 'endpoint' | 'token'>) {
    const files = [picture(), new File(['not a PNG'], 'b.png', { type: 'image/png' }), picture()];
    const results = await uploadFiles({ endpoint, token }, files);
    return results.map((result) =>
      'error' in result ? Reflect.get(Object(result.error), 'code') : result.uploaded.mimeType,
    );
  },

  /** What a script can read of a response. */
  async readResponse(url: string, init?: RequestInit) {
    const response = await fetch(url, init);
    const headers = ['etag', 'content-length', 'accept-ranges', 'content-range', 'x-request-id'];
    return {
      status: response.status,
      headers: Object.fromEntries(headers.map((name) => [name, response.headers.get(name)])),
      bytes: (await response.arrayBuffer()).byteLength,
    };
  },

  /** Seeks to the middle of a video. */
  async seek(url: string) {
    const video = document.createElement('video');
    const happens = (event: string) =>
      new Promise<void>((resolve, reject) => {
        video.addEventListener(event, () => resolve(), { once: true });
        video.addEventListener('error', () => reject(new Error(video.error?.message)));
      });
    Object.assign(video, { crossOrigin: 'anonymous', muted: true, preload: 'metadata', src: url });
    await happens('loadedmetadata');
    video.currentTime = video.duration / 2;
    await happens('seeked');
    const { duration, currentTime, seekable } = video;
    return { duration, currentTime, seekableUntil: seekable.length > 0 && seekable.end(0) };
  },

  /** The colour of the middle of an image, read through a canvas. */
  async colour(url: string) {
    const image = new Image();
    image.crossOrigin = 'anonymous';
    image.src = url;
    await image.decode();
    const canvas = document.createElement('canvas');
    [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const [red, green, blue] = context.getImageData(canvas.width / 2, canvas.height / 2, 1, 1).data;
    return { red, green, blue };
  },
};

/** A PNG of random pixels, different each time. */
function picture(): File {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [300, 200];
  const context = canvas.getContext('2d')!;
  const pixels = context.createImageData(canvas.width, canvas.height);
  for (let index = 0; index < pixels.data.length; index += 1) {
    pixels.data[index] = index % 4 === 3 ? 255 : Math.random() * 256;
  }
  context.putImageData(pixels, 0, 0);
  const [, base64 = ''] = canvas.toDataURL('image/png').split(',');
  const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
  return new File([bytes], 'picture.png', { type: 'image/png' });
}

Object.assign(globalThis, { page });
