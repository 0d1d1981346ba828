import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Negotiator } from '@fastify/accept-negotiator';
import { type SendBytes, addVary } from '@federated-media/subgraph-kit/graphql-http';
import { ownBytes } from '@federated-media/subgraph-kit/own-bytes';
import type { FastifyReply } from 'fastify';

/** Smaller responses fit into one packet anyway. */
const THRESHOLD_BYTES = 1_024;
/** 161 kB become 35 kB in 2 ms; the default quality makes 31 kB of them in 300 ms. */
const BROTLI = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };

/** Both work on another thread. */
const compressors = {
  br: (body: Buffer) => promisify(brotliCompress)(body, BROTLI),
  gzip: (body: Buffer) => promisify(gzip)(body),
};
type Encoding = keyof typeof compressors;

const accepted = new Negotiator<Encoding>({ supportedValues: ['br', 'gzip'] });

/** A query parameter that only signed URLs of PRIVATE files and of uploads have. */
const PARAMETER = 'expires=';
const SECRET = /[?&]expires=\d/;

/** What is known of a body that is sent again, as the response cache does. */
interface SentBody {
  readonly isSecret: boolean;
  /** `unfit`: compression does not halve it. A promise until it is known. */
  readonly compressed: Map<Encoding, Compressed | Promise<Compressed>>;
}
type Compressed = Buffer | 'unfit';
const sentBodies = new WeakMap<Buffer, SentBody>();

/** The size of a body and of all that is remembered of it, at most, in bytes. */
export const sizeWhenCompressed = (body: Buffer): number => 2 * body.length;

/**
 * Compresses a response as the client accepts it, once for each encoding. A response with a signed URL that expires is
 * a secret next to text that others may have written: its compressed size could reveal the signature (BREACH,
 * CVE-2013-3587), so it is sent unchanged.
 */
export const sendCompressed: SendBytes = (reply, body) => {
  addVary(reply, 'accept-encoding');
  const encoding = body.length < THRESHOLD_BYTES ? undefined : encodingFor(reply);
  if (!encoding || isSecret(body)) return reply.send(body);
  const send = (compressed: Compressed) =>
    compressed === 'unfit'
      ? reply.send(body)
      : reply.header('content-encoding', encoding).send(compressed);
  const compressed = compress(body, encoding);
  // A promise only where one is needed: it would take a tenth of the time of a response from memory.
  return compressed instanceof Promise ? compressed.then(send) : send(compressed);
};

const encodingFor = ({ request }: FastifyReply): Encoding | undefined => {
  const header = request.headers['accept-encoding'];
  return header === undefined ? undefined : (accepted.negotiate(header) ?? undefined);
};

const isSecret = (body: Buffer) => knownOf(body).isSecret;

function compress(body: Buffer, encoding: Encoding): Compressed | Promise<Compressed> {
  const { compressed } = knownOf(body);
  const known = compressed.get(encoding);
  if (known) return known;
  const work = compressors[encoding](body).then((smaller): Compressed => {
    const result = smaller.length * 2 <= body.length ? ownBytes(smaller) : 'unfit';
    compressed.set(encoding, result);
    return result;
  });
  compressed.set(encoding, work);
  work.catch(() => compressed.delete(encoding)); // Reported to those who wait for it.
  return work;
}

function knownOf(body: Buffer): SentBody {
  const known = sentBodies.get(body) ?? {
    isSecret: body.includes(PARAMETER) && SECRET.test(String(body)),
    compressed: new Map(),
  };
  sentBodies.set(body, known);
  return known;
}
