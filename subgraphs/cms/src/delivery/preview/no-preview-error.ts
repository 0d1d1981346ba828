/** There is no picture to be had from these bytes, now or later: not a fault of the machine. */
export class NoPreviewError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoPreviewError';
  }
}
