import { mediaAssociationContract } from '@federated-media/media-consumer/testing/media-association-contract';
import { contractCms, graphsOf } from './support/contract-cms.ts';
import { artworks, contractConsumer, posts } from './support/contract-consumer.ts';
import { productsConsumer } from './support/products.ts';
import { openTestStack } from './support/stack.ts';

mediaAssociationContract('catalog', async () => {
  const stack = await openTestStack({ subgraphs: ['cms', 'catalog'] });
  const graphOf = graphsOf(stack);
  return {
    cms: contractCms(stack, graphOf),
    consumer: productsConsumer(graphOf),
    close: () => stack.stop(),
  };
});

for (const words of [artworks, posts]) {
  mediaAssociationContract(words.name, async () => {
    const stack = await openTestStack({ subgraphs: ['cms', words.name] });
    const graphOf = graphsOf(stack);
    return {
      cms: contractCms(stack, graphOf),
      consumer: contractConsumer(graphOf, words),
      close: () => stack.stop(),
    };
  });
}
