/** A response with an error. The names of its fields are those that @tus/server reads. */
export class TusRefusal extends Error {
  readonly status_code: number;
  readonly body: string;
  readonly code: string;

  constructor(status: number, code: string, message: string) {
    super(message);
    this.status_code = status;
    this.code = code;
    this.body = message;
  }
}
