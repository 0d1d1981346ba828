import { isId } from '@federated-media/subgraph-kit/ids';

/** The spelling PostgreSQL answers with, so that ids compare as text; null for what can be nobody's id. */
export const readId = (value: string): string | null => (isId(value) ? value.toLowerCase() : null);
