/** These bytes will never have a preview. Not an error of the machine. */
export class NoPreviewError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'NoPreviewError';
  }
}
