import { Container, Text, Title } from '@mantine/core';
import type { ReactNode } from 'react';

interface Props {
  readonly title: string;
  readonly text: string;
  readonly children?: ReactNode;
}

/** Why nothing can be chosen here. */
export const Notice = ({ title, text, children }: Props) => (
  <Container component="main" size="xs" py="xl" role="alert">
    <Title order={1} size="h3" mb="sm">
      {title}
    </Title>
    <Text mb="md">{text}</Text>
    {children}
  </Container>
);
