import type { Stack } from '@federated-media/stack/stack';

/** The URLs of the running stack. */
export function banner({ gatewayUrl }: Stack, exampleImageUrl: string | null): string {
  const places = [
    ['Graph', `${gatewayUrl}/graphql`],
    ['Library', `${gatewayUrl}/library`],
    ['Explorer', `${gatewayUrl}/graphiql`],
    ['Health', `${gatewayUrl}/health/ready`],
    ...(exampleImageUrl ? [['Image', exampleImageUrl]] : []),
  ];
  const lines = places.map(([name = '', url]) => `  ${name.padEnd(10)}${url}`);
  return `\n${lines.join('\n')}\n\n  Press Ctrl-C to stop.\n\n`;
}
