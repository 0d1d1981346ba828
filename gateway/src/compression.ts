import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { Negotiator } from '@fastify/accept-negotiator';
import { type SendBytes, addVary } from '@federated-media/subgraph-kit/graphql-http';
import type { FastifyReply } from 'fastify';

/** Smaller responses fit into one packet anyway. */
const THRESHOLD_BYTES = 1_024;
/** A quarter of a second of the default quality for 161 kB becomes 1.5 ms, and the response 15 % longer. */
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
  /** Undefined: compression does not halve it. */
  readonly compressed: Map<Encoding, Promise<Buffer | undefined>>;
}
const sentBodies = new WeakMap<Buffer, SentBody>();

/** The size of a body and of all that is remembered of it, at most, in bytes. */
export const sizeWhenCompressed = (body: Buffer): number => 2 * body.length;

/**
 * Compresses a response as the client accepts it, once for each encoding. A response with a signed URL that expires is
 * a secret next to text that others may have written: its compressed size could reveal the signature (BREACH,
 * CVE-2013-3587), so it is sent unchanged.
 */
export const sendCompressed: SendBytes = async (reply, body) => {
  addVary(reply, 'accept-encoding');
  if (body.length < THRESHOLD_BYTES || isSecret(body)) return reply.send(body);
  const encoding = encodingFor(reply);
  const compressed = encoding && (await compress(body, encoding));
  return compressed
    ? reply.header('content-encoding', encoding).send(compressed)
    : reply.send(body);
};

const encodingFor = ({ request }: FastifyReply): Encoding | undefined => {
  const header = request.headers['accept-encoding'];
  return header === undefined ? undefined : (accepted.negotiate(header) ?? undefined);
};

const isSecret = (body: Buffer) => knownOf(body).isSecret;

function compress(body: Buffer, encoding: Encoding): Promise<Buffer | undefined> {
  const { compressed } = knownOf(body);
  const present = compressed.get(encoding);
  if (present) return present;
  const bytes = compressors[encoding](body).then((smaller) =>
    smaller.length * 2 <= body.length ? smaller : undefined,
  );
  compressed.set(encoding, bytes);
  return bytes;
}

function knownOf(body: Buffer): SentBody {
  const known = sentBodies.get(body) ?? {
    isSecret: body.includes(PARAMETER) && SECRET.test(String(body)),
    compressed: new Map(),
  };
  sentBodies.set(body, known);
  return known;
}
