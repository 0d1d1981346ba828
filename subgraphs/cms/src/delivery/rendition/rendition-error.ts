/**
 * Why there is no rendition.
 * - `overloaded`: too many wait already, or it took too long to get its turn; worth asking again
 * - `failed`: it can't be made of these bytes
 * - `none`: these bytes show no picture
 */
export class RenditionError extends Error {
  readonly reason: 'overloaded' | 'failed' | 'none';

  constructor(reason: RenditionError['reason'], options?: ErrorOptions) {
    super(`No rendition: ${reason}.`, options);
    this.name = 'RenditionError';
    this.reason = reason;
  }
}
