import type { Stack } from '@federated-media/stack/stack';

/** Where to look, once everything runs. */
export function banner({ gatewayUrl }: Stack, exampleImageUrl: string | null): string {
  const places = [
    ['Graph', `${gatewayUrl}/graphql`],
    ['Explorer', `${gatewayUrl}/graphiql`],
    ['Health', `${gatewayUrl}/health/ready`],
    ...(exampleImageUrl ? [['Picture', exampleImageUrl]] : []),
  ];
  const lines = places.map(([name = '', url]) => `  ${name.padEnd(10)}${url}`);
  return `\n${lines.join('\n')}\n\n  Press Ctrl-C to stop.\n\n`;
}
