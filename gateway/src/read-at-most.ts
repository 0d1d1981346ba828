/** `response` read whole. @throws Error as soon as there is more of it than `maxBytes` */
export async function readAtMost(maxBytes: number, response: Response): Promise<Response> {
  const { status, url } = response;
  const body: ReadableStream<Uint8Array> | null = response.body;
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error(`${url} answers with more than ${maxBytes} bytes.`);
    chunks.push(chunk);
  }
  return new Response(Buffer.concat(chunks), { status });
}
