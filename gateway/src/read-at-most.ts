/** Reads the whole `response`. @throws Error when it has more than `maxBytes` */
export async function readAtMost(maxBytes: number, response: Response): Promise<Response> {
  const { status, url } = response;
  const body: ReadableStream<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes)
      throw new Error(`The response of ${url} has more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status });
}
