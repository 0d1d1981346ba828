/**
 * Why there is no rendition.
 * - `overloaded`: too many renditions are waiting, or this one waited for too long; retry later
 * - `failed`: these bytes cannot be rendered
 * - `none`: these bytes have no preview
 */
export class RenditionError extends Error {
  readonly reason: 'overloaded' | 'failed' | 'none';

  constructor(reason: RenditionError['reason'], options?: ErrorOptions) {
    super(`No rendition: ${reason}.`, options);
    this.name = 'RenditionError';
    this.reason = reason;
  }
}
